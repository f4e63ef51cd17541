"""Cell fractions of a cohort: the public verb, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from her2stats.deconvolution import cibersort
from her2stats.deconvolution import permutations as null
from her2stats.deconvolution.blocks import Counter, Progress, run_blocks, split
from her2stats.deconvolution.bootstrap import Intervals, bootstrap_samples
from her2stats.deconvolution.cibersort import Fits, Mode, Solver
from her2stats.deconvolution.mixture import Mixture, align_mixture
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import DataError, ProblemList
from her2stats.notes import Note

CHUNK = 64


@dataclass(frozen=True, eq=False)
class Deconvolution:
    """Cell fractions and how far to trust them.

    Parameters
    ----------
    fractions : DataFrame
        samples x cell types; relative fractions sum to 1, absolute ones to the sample's score. Exactly 0 where the
        weight is not positive; NaN in flagged rows without a fit.
    quality : DataFrame
        samples x nu, r, rmse, p_value (CIBERSORT's), p_value_unbiased, score (sum of the fractions), coverage (share of
        the signature's genes), kkt (violation of the optimality conditions), iterations, flag ("" where all is well).
    mode : str
        "absolute", "relative" or "no.sumto1".
    signature : SignatureMatrix
        What was fitted.
    genes : tuple of str
        Genes shared by mixture and signature.
    reference_median : float
        What absolute scores are relative to. Give it to a later call, and a tumour scored alone gets the same score
        as within this cohort.
    notes : tuple of Note
        What was repaired or assumed.
    method : str
        Every convention in a sentence.
    intervals : DataFrame or None
        One row a sample and type: sample, cell_type, fraction, conf_low, conf_high, zero_share, draws.
    """

    fractions: pd.DataFrame
    quality: pd.DataFrame
    mode: Mode
    signature: SignatureMatrix
    genes: tuple[str, ...]
    reference_median: float
    notes: tuple[Note, ...]
    method: str
    intervals: pd.DataFrame | None = None


def deconvolve(
    expression: pd.DataFrame,
    signature: SignatureMatrix | pd.DataFrame,
    *,
    mode: Mode = "absolute",
    solver: Solver = "exact",
    permutations: int = 0,
    bootstrap: int = 0,
    conf_level: float = 0.95,
    quantile_normalise: bool = False,
    seed: int = 0,
    n_jobs: int = 1,
    reference_median: float | None = None,
    min_overlap: float = 0.5,
    check_scale: bool = True,
    libsvm_tolerance: float = cibersort.LIBSVM_TOLERANCE,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Deconvolution:
    """Estimate cell fractions of bulk samples by nu-support-vector regression on a signature matrix (CIBERSORT).

    Parameters
    ----------
    expression : DataFrame
        genes x samples, linear scale (not log), non-negative, without gaps; gene symbols as in the signature.
    signature : SignatureMatrix or DataFrame
        genes x cell types, linear scale.
    mode : {"absolute", "relative", "no.sumto1"}
        "absolute" (CIBERSORT's sig.score) makes fractions comparable between samples; "relative" ones sum to 1 in each
        sample; "no.sumto1" are the positive weights, not normalised.
    solver : {"exact", "libsvm"}
        The exact optimum, or libsvm at `libsvm_tolerance` for comparison with CIBERSORT's own habits.
    permutations : int
        Random mixtures for the p-value; 0 for none.
    bootstrap : int
        Refits on resampled signature genes, for an interval of every fraction; 0 for none, some hundreds to be of use.
    conf_level : float
        Of these intervals.
    quantile_normalise : bool
        Give every sample the same distribution first (CIBERSORT's default for microarrays, not for RNA-seq).
    seed : int
        Of the permutations and the bootstrap.
    n_jobs : int
        Worker processes, one BLAS thread each. The result is the same for any number.
    reference_median : float, optional
        Median that absolute scores are relative to; that of the given mixture, at least 1, where not given.
    min_overlap : float
        Least share of the signature's genes that the mixture must have.
    check_scale : bool
        Refuse mixtures whose signature genes never exceed 50, which are logarithmic almost surely.
    libsvm_tolerance : float
        Stopping tolerance of ``solver="libsvm"``.
    chunk : int
        Samples a worker takes at once.
    progress : callable, optional
        Called with the fits done (samples, permutations, bootstrap refits) and their total.

    Returns
    -------
    Deconvolution

    Raises
    ------
    TableError, GeneError, SampleError, ScaleError, CoverageError
        What is wrong with the tables: orientation, text, gaps, duplicates, negative or log-scale values, genes absent.
    DataError
        An argument that has no meaning.

    Notes
    -----
    Newman et al. (2015), doi 10.1038/nmeth.3337.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> genes = [f"G{i:02}" for i in range(40)]
    >>> profiles = pd.DataFrame(rng.lognormal(5, 1, (40, 3)), index=genes, columns=["B", "NK", "T"])
    >>> tumour = pd.DataFrame({"T1": profiles @ [0.7, 0.0, 0.3]})
    >>> deconvolve(tumour, profiles, mode="relative").fractions.round(6).loc["T1"].to_dict()
    {'B': 0.7, 'NK': 0.0, 'T': 0.3}
    """
    if not isinstance(signature, SignatureMatrix):
        signature = SignatureMatrix.from_frame(signature)
    _check_arguments(mode, solver, permutations, bootstrap, conf_level, reference_median, min_overlap, chunk)
    mixture = align_mixture(
        expression,
        signature,
        quantile_normalise=quantile_normalise,
        min_overlap=min_overlap,
        check_scale=check_scale,
    )
    median = mixture.median if reference_median is None else float(reference_median)
    X = cibersort.standardise_profiles(mixture.profiles)
    draws = null.draw_mixtures(mixture.values, permutations, seed)
    samples = pd.Index(mixture.samples, name="sample")
    count = len(samples)
    counter = Counter(progress, count * (1 + bootstrap) + permutations)
    fit = partial(cibersort.fit_samples, X, solver=solver, libsvm_tolerance=libsvm_tolerance)
    parts = []
    for part in run_blocks(fit, split(np.concatenate([mixture.values, draws]), chunk), n_jobs=n_jobs):
        parts.append(part)
        counter.add(len(part.nu))
    fits = cibersort.join_fits(parts)
    fractions = pd.DataFrame(
        cibersort.fractions_of(fits.weights[:count], mixture.values, mode, median),
        index=samples,
        columns=list(signature.cell_types),
    )
    intervals = None
    if bootstrap:
        again = partial(
            bootstrap_samples,
            profiles=mixture.profiles,
            mode=mode,
            median=median,
            draws=bootstrap,
            seed=seed,
            conf_level=conf_level,
        )
        limits = []
        for limit in run_blocks(again, split(mixture.values, chunk), n_jobs=n_jobs):
            limits.append(limit)
            counter.add(len(limit.draws) * bootstrap)
        intervals = _interval_table(fractions, limits)
    quality = _quality(fits, count, fractions, mixture.coverage, samples)
    return Deconvolution(
        fractions=fractions,
        quality=quality,
        mode=mode,
        signature=signature,
        genes=mixture.genes,
        reference_median=median,
        notes=(*mixture.notes, *_notes(mixture, mode, reference_median, quality)),
        method=_method(signature, mode, solver, permutations, quantile_normalise, seed, median, libsvm_tolerance),
        intervals=intervals,
    )


def _check_arguments(
    mode: str,
    solver: str,
    permutations: int,
    bootstrap: int,
    conf_level: float,
    reference_median: float | None,
    min_overlap: float,
    chunk: int,
) -> None:
    problems = ProblemList()
    checks = (
        (mode in ("absolute", "relative", "no.sumto1"), f"mode {mode!r}", "absolute, relative or no.sumto1"),
        (solver in ("exact", "libsvm"), f"solver {solver!r}", "exact or libsvm"),
        (permutations >= 0, f"permutations {permutations}", "0 or more"),
        (bootstrap >= 0, f"bootstrap {bootstrap}", "0 or more"),
        (not (bootstrap and solver == "libsvm"), "bootstrap with solver 'libsvm'", "solver 'exact': it is fast enough"),
        (0 < conf_level < 1, f"conf_level {conf_level}", "between 0 and 1"),
        (reference_median is None or reference_median > 0, f"reference_median {reference_median}", "above 0"),
        (0 <= min_overlap <= 1, f"min_overlap {min_overlap}", "between 0 and 1"),
        (chunk >= 1, f"chunk {chunk}", "1 or more"),
    )
    for good, what, meaning in checks:
        if not good:
            problems.add(DataError, f"{what} has no meaning", where="deconvolve", remedy=f"give {meaning}")
    problems.raise_if_any()


def _quality(fits: Fits, count: int, fractions: pd.DataFrame, coverage: float, samples: pd.Index) -> pd.DataFrame:
    ours, unbiased = null.p_values(fits.r[:count], fits.r[count:])
    return pd.DataFrame(
        {
            "nu": fits.nu[:count],
            "r": fits.r[:count],
            "rmse": fits.rmse[:count],
            "p_value": ours,
            "p_value_unbiased": unbiased,
            "score": fractions.sum(axis=1, min_count=1),
            "coverage": coverage,
            "kkt": fits.kkt[:count],
            "iterations": fits.iterations[:count],
            "flag": pd.array(fits.flag[:count].astype(object), dtype="str"),
        },
        index=samples,
    )


def _interval_table(fractions: pd.DataFrame, limits: list[Intervals]) -> pd.DataFrame:
    count, types = fractions.shape
    return pd.DataFrame(
        {
            "sample": np.repeat(fractions.index, types),
            "cell_type": np.tile(fractions.columns, count),
            "fraction": fractions.to_numpy().ravel(),
            "conf_low": np.concatenate([part.low for part in limits]).ravel(),
            "conf_high": np.concatenate([part.high for part in limits]).ravel(),
            "zero_share": np.concatenate([part.zero_share for part in limits]).ravel(),
            "draws": np.repeat(np.concatenate([part.draws for part in limits]), types),
        }
    )


def _notes(mixture: Mixture, mode: Mode, reference_median: float | None, quality: pd.DataFrame) -> list[Note]:
    notes = []
    flagged = quality["flag"][quality["flag"] != ""]
    if len(flagged):
        detail = "; ".join(f"{sample}: {flag}" for sample, flag in flagged.items())
        notes.append(Note("fractions", "samples without a usable fit", len(flagged), detail))
    if mode == "absolute" and reference_median is None:
        what = f"absolute scores are relative to the median of this mixture, {mixture.median:.6g}"
        detail = "give it as reference_median to score further samples on the same scale"
        notes.append(Note("fractions", what, len(quality), detail))
    return notes


def _method(
    signature: SignatureMatrix,
    mode: Mode,
    solver: Solver,
    permutations: int,
    quantile_normalise: bool,
    seed: int,
    median: float,
    tolerance: float,
) -> str:
    scale = {
        "absolute": f"absolute mode (sig.score, reference median {median:.6g})",
        "relative": "relative mode",
        "no.sumto1": "absolute mode (no.sumto1)",
    }[mode]
    how = "exact optimum" if solver == "exact" else f"libsvm at tolerance {tolerance:g}"
    normalised = "quantile normalised" if quantile_normalise else "no quantile normalisation"
    tested = f"{permutations} permutations, seed {seed}" if permutations else "no permutations"
    return (
        f"CIBERSORT nu-SVR ({how}), C = 1, nu of 0.25, 0.5, 0.75 by least RMSE, {scale}, "
        f"signature {signature.name}, {normalised}, {tested}"
    )
