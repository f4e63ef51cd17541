"""B-mode: remove the technical difference between bulk samples and the profiles of a signature.

The first fit says what each sample would look like if it were made of the profiles. Real and rebuilt mixtures are then
two batches of the same samples; ComBat removes what separates them, gene by gene, and the real ones are fitted again.

Sources: Newman et al. (2019), doi 10.1038/s41587-019-0114-2 (B-mode); Johnson, Li and Rabinovic (2007),
doi 10.1093/biostatistics/kxj037 (ComBat with parametric priors).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from her2stats.errors import DataError, Problem

Floats = npt.NDArray[np.float64]

FEWEST_SAMPLES = 3
CONVERGED = 1e-10
MOST_ROUNDS = 1000


def correct_mixture(values: Floats, rebuilt: Floats, *, towards_signature: bool = False) -> Floats:
    """Bring samples to the scale of mixtures rebuilt from a signature (profiles times fractions).

    Both arrays, and the result, have the shape (S, genes) on the linear scale; the result is not negative. Rows of
    `rebuilt` without a fit are NaN: those samples take no part and come back unchanged. Samples are brought to the
    common mean of both, or all the way to the rebuilt mixtures with `towards_signature`. Raises DataError when fewer
    than three samples have a fit.
    """
    fitted = np.asarray(np.isfinite(rebuilt).all(axis=1))
    count = int(fitted.sum())
    if count < FEWEST_SAMPLES:
        raise DataError(
            Problem(
                f"B-mode needs at least {FEWEST_SAMPLES} samples with a fit, there are {count}",
                "deconvolve",
                "leave batch_correction='none' for single tumours",
            )
        )
    both = np.log2(np.concatenate([values[fitted], rebuilt[fitted]]).T + 1)
    varies = (np.ptp(both[:, :count], axis=1) > 0) & (np.ptp(both[:, count:], axis=1) > 0)
    if varies.sum() < 2:
        raise DataError(
            Problem(
                "B-mode needs samples that differ; these have the same expression", "deconvolve", "check the samples"
            )
        )
    adjusted = combat(both, np.repeat([0, 1], count), reference=1 if towards_signature else None)[:, :count].T
    corrected = values.copy()
    corrected[fitted] = np.maximum(np.exp2(adjusted) - 1, 0)
    return corrected


def combat(data: Floats, batch: npt.NDArray[np.int64], *, reference: int | None = None) -> Floats:
    """Remove batch effects by ComBat: location and scale of each gene in each batch, shrunk by parametric priors.

    The data are (genes, samples) on the log scale; `batch` counts from 0 to k - 1, with at least two samples each. The
    `reference` batch stays as it is and the others are brought to it; without one, all go to their common mean. Genes
    that are constant within a batch are left as they are, as in R's sva. Source: Johnson, Li and Rabinovic (2007),
    doi 10.1093/biostatistics/kxj037; the posterior equations are iterated to a fixed point, where R's sva stops at a
    relative change of 1e-4.
    """
    members = [batch == level for level in range(int(batch.max()) + 1)]
    varies = np.all([np.ptp(data[:, own], axis=1) > 0 for own in members], axis=0)
    genes = data[varies]
    means = np.stack([genes[:, own].mean(axis=1) for own in members], axis=1)
    residual = genes - means[:, batch]
    if reference is None:
        grand = means @ (np.bincount(batch) / len(batch))
    else:
        grand, residual = means[:, reference], residual[:, members[reference]]
    scale = np.sqrt(np.square(residual).mean(axis=1))
    standard = (genes - grand[:, None]) / scale[:, None]
    for level, own in enumerate(members):
        if level == reference:
            continue
        shift, spread = _posterior(standard[:, own])
        standard[:, own] = (standard[:, own] - shift[:, None]) / np.sqrt(spread)[:, None]
    adjusted = data.copy()
    adjusted[varies] = standard * scale[:, None] + grand[:, None]
    return adjusted


def _posterior(standard: Floats) -> tuple[Floats, Floats]:
    """Posterior location and variance of each gene in one batch, (genes,) each.

    Normal prior for locations and inverse gamma prior for variances, both from the moments over genes.
    """
    count = standard.shape[1]
    location, variance = standard.mean(axis=1), standard.var(axis=1, ddof=1)
    centre, width = location.mean(), location.var(ddof=1)
    mean, spread = variance.mean(), variance.var(ddof=1)
    shape, rate = (2 * spread + mean**2) / spread, (mean * spread + mean**3) / spread
    shift, scale = location, variance
    for _ in range(MOST_ROUNDS):
        before = shift, scale
        shift = (width * count * location + scale * centre) / (width * count + scale)
        squares = np.square(standard - shift[:, None]).sum(axis=1)
        scale = (0.5 * squares + rate) / (count / 2 + shape - 1)
        if max(np.abs(shift - before[0]).max(), np.abs(scale / before[1] - 1).max()) < CONVERGED:
            break
    return shift, scale
