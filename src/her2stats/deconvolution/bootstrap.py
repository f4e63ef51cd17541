"""How firm is a fraction, and how firm a zero? Refits on resampled signature genes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution import cibersort
from her2stats.deconvolution.settings import Settings

Floats = npt.NDArray[np.float64]
MOST_KEPT = 50  # draws whose fractions are kept: enough for the variance between them


@dataclass(frozen=True, eq=False)
class Intervals:
    """Percentile limits of a block of samples: every array is (S, types), `draws` (S,)."""

    low: Floats
    high: Floats
    zero_share: Floats
    draws: npt.NDArray[np.int64]
    kept: Floats  # (draws kept, S, types): the fractions themselves, of the first draws


def resample_genes(genes: int, draw: int, seed: int) -> npt.NDArray[np.int64]:
    """How often each of the genes, in the order of their bytes, is drawn: depends on seed and draw only."""
    chosen = np.random.default_rng([seed, draw]).integers(genes, size=genes)
    return np.bincount(chosen, minlength=genes).astype(np.int64)


def bootstrap_samples(values: Floats, *, profiles: Floats, median: float, settings: Settings) -> Intervals:
    """Repeat the whole estimate on signature genes drawn with replacement: percentile limits and shares of zeros.

    A gene that is drawn k times has k times the cost in the regression, which is the same as k equal genes and keeps
    the optimum unique. All samples see the same draws, so that a draw's design is shared by the batch; draws without a
    fit are left out. `values`, of shape (S, 2, genes), are the mixture as fitted and as given (they differ in B-mode
    only); they and the profiles (genes, types) are on the linear scale and the shared genes. `median` is what absolute
    scores are relative to. Source: Efron (1979), doi 10.1214/aos/1176344552.
    """
    results = np.empty((settings.bootstrap, len(values), profiles.shape[1]))
    for draw in range(settings.bootstrap):
        times = resample_genes(len(profiles), draw, settings.seed)
        kept = times > 0
        X = cibersort.standardise_profiles(profiles[kept], times[kept])
        fits = cibersort.fit_samples(X, values[:, 0, kept], times=times[kept])
        given = np.repeat(values[:, 1], times, axis=1)
        results[draw] = cibersort.fractions_of(fits.weights, given, settings.mode, median)
    return _limits(results, settings.conf_level)


def _limits(results: Floats, conf_level: float) -> Intervals:
    """Percentiles over the first axis, without draws that have no fit; NaN where none has one."""
    known = np.asarray(np.isfinite(results).all(axis=2))
    draws = known.sum(axis=0)
    shape = results.shape[1:]
    low, high, zero_share = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    tail = (1 - conf_level) / 2
    for sample in np.flatnonzero(draws):
        mine = results[known[:, sample], sample]
        low[sample], high[sample] = np.quantile(mine, [tail, 1 - tail], axis=0)
        zero_share[sample] = (mine == 0).mean(axis=0)
    return Intervals(low, high, zero_share, draws, results[:MOST_KEPT].copy())
