"""CIBERSORT's method on a block of samples: standardise, regress at three nu, keep the best, normalise.

Source: Newman et al. (2015), Nat Methods 12:453, doi 10.1038/nmeth.3337; conventions of its R code, version 1.04.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.solver.nu_svr import EXACT, solve_nu_svr

Mode = Literal["absolute", "relative", "no.sumto1"]
Solver = Literal["exact", "libsvm"]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

NU = (0.25, 0.5, 0.75)
TIE = 1e-9
"""Two RMSEs that differ by less than this share are a tie: the smaller nu wins."""
ROUNDING = 1e-12
"""A weight below this share of the largest is zero: what is left of an exact zero in floating point."""
LIBSVM_TOLERANCE = 1e-3

CONSTANT = "constant sample: no variation over the signature genes"
ALL_NEGATIVE = "all weights negative: no cell type explains the sample"
NOT_CONVERGED = "not converged: the optimality conditions are not met"


@dataclass(frozen=True, eq=False)
class Fits:
    """What a block of samples gives, before scaling to fractions: samples in rows."""

    weights: Floats  # weights at the best nu, exactly 0 where not positive; NaN where there is no fit
    # best nu; root mean squared error and Pearson correlation between the standardised sample and the profiles
    # weighted to a sum of 1; largest violation of the optimality conditions over the three nu (NaN for libsvm)
    nu: Floats
    rmse: Floats
    r: Floats
    kkt: Floats
    iterations: Counts  # interior point iterations over the three nu (0 for libsvm)
    engine: npt.NDArray[np.str_]  # what solved all three: the compiled kernel, NumPy where it left one, or libsvm
    flag: npt.NDArray[np.str_]  # empty, or why there is no usable fit

    def rows(self, wanted: slice) -> Fits:
        """Return some of the samples."""
        return Fits(*(getattr(self, field.name)[wanted] for field in fields(self)))


def standardise_profiles(profiles: Floats, times: Counts | None = None) -> Floats:
    """Signature by the mean and the n - 1 standard deviation of all its elements; gene i counts `times[i]` times."""
    times = np.ones(len(profiles), dtype=np.int64) if times is None else times
    share = times / (times.sum() * profiles.shape[1])
    centred = profiles - (share @ profiles).sum()
    variance = (share @ np.square(centred)).sum()
    count = times.sum() * profiles.shape[1]
    return np.asarray(centred / np.sqrt(variance * count / (count - 1)))


def standardise_samples(values: Floats, times: Counts | None = None) -> Floats:
    """Each row by its own mean and n - 1 standard deviation; a constant row becomes NaN."""
    times = np.ones(values.shape[1], dtype=np.int64) if times is None else times
    count = times.sum()
    _, power = np.frexp(np.abs(values).max(axis=1, initial=0.0))
    values = np.ldexp(values, -power[:, None])  # by a power of two, which changes no digit: squares cannot overflow
    centred = values - (values @ (times / count))[:, None]
    spread = np.sqrt(np.square(centred) @ (times / (count - 1)))
    constant = spread <= 1e-13 * np.abs(values).max(axis=1)
    return np.asarray(centred / np.where(constant, np.nan, spread)[:, None])


def fit_samples(
    X: Floats,
    values: Floats,
    *,
    times: Counts | None = None,
    solver: Solver = "exact",
    libsvm_tolerance: float = LIBSVM_TOLERANCE,
) -> Fits:
    """Fit every sample at the three nu and keep the best.

    X is the standardised signature (genes, types); `values` the mixture (S, genes) on the linear scale; `times` says
    how often each gene counts, once where not given. The solver "libsvm" stops at `libsvm_tolerance` (1e-3 is R's and
    scikit-learn's own), and its answer then depends on the order of the genes.
    """
    times = np.ones(len(X), dtype=np.int64) if times is None else times
    y = standardise_samples(values, times)
    usable = np.asarray(np.isfinite(y).all(axis=1))
    fitted = y[usable]
    if solver == "exact":
        weights, kkt, iterations, engine = _exact(X, fitted, times)
    else:
        weights, kkt, iterations, engine = _libsvm(X, fitted, times, libsvm_tolerance)
    best = _best(X, fitted, times / times.sum(), weights, kkt, iterations, engine)
    return _widen(best, usable)


Solved = tuple[Floats, Floats, Counts, npt.NDArray[np.str_]]
"""Raw weights (nu, S, types), violations (nu, S), iterations (nu, S) and engine (S,)."""


def _exact(X: Floats, y: Floats, times: Counts) -> Solved:
    shape = (len(NU), len(y))
    if not len(y):
        return np.empty((*shape, X.shape[1])), np.empty(shape), np.empty(shape, dtype=np.int64), np.empty(0, dtype=str)
    fits = solve_nu_svr(X, np.tile(y, (len(NU), 1)), np.repeat(NU, len(y)), cost=times)
    engine = np.where(fits.by_kernel.reshape(shape).all(axis=0), "compiled", "NumPy")
    return fits.weights.reshape(*shape, -1), fits.kkt.reshape(shape), fits.iterations.reshape(shape), engine


def _libsvm(X: Floats, y: Floats, times: Counts, tolerance: float) -> Solved:
    from sklearn.svm import NuSVR  # half a second that the exact solver does not need

    weights = np.empty((len(NU), len(y), X.shape[1]))
    for i, nu in enumerate(NU):
        for j, target in enumerate(y):
            model = NuSVR(kernel="linear", nu=nu, C=1.0, tol=tolerance)
            weights[i, j] = model.fit(X, target, sample_weight=times).coef_[0]
    shape = weights.shape[:2]
    return weights, np.full(shape, np.nan), np.zeros(shape, dtype=np.int64), np.full(len(y), "libsvm")


def _best(
    X: Floats, y: Floats, share: Floats, raw: Floats, kkt: Floats, iterations: Counts, engine: npt.NDArray[np.str_]
) -> Fits:
    """Of the nu with a positive weight, the first of smallest RMSE."""
    weights = np.where(raw > ROUNDING * np.abs(raw).max(axis=2, keepdims=True), raw, 0.0)
    total = weights.sum(axis=2, keepdims=True)
    with np.errstate(invalid="ignore"):
        fitted = (weights / total) @ X.T
    error = np.sqrt(np.square(fitted - y) @ share)
    error = np.where(np.isnan(error), np.inf, error)
    choice = np.argmax(error <= error.min(axis=0) * (1 + TIE), axis=0)
    here = np.arange(len(y))
    chosen, rmse = weights[choice, here], error[choice, here]
    none = ~np.isfinite(rmse)
    worst = kkt.max(axis=0)  # of all nu: an inexact fit can also lose, or win, the choice wrongly
    flag = np.where(none, ALL_NEGATIVE, np.where(worst > EXACT, NOT_CONVERGED, ""))
    return Fits(
        weights=np.where(none[:, None], np.nan, chosen),
        nu=np.where(none, np.nan, np.take(NU, choice)),
        rmse=np.where(none, np.nan, rmse),
        r=_correlation(fitted[choice, here], y, share),
        kkt=worst,
        iterations=iterations.sum(axis=0),
        engine=engine,
        flag=flag,
    )


def _correlation(a: Floats, b: Floats, share: Floats) -> Floats:
    """Pearson correlation of each row of a with that of b, genes weighted; NaN where a row does not vary."""
    a = a - (a @ share)[:, None]
    b = b - (b @ share)[:, None]
    size = np.sqrt((np.square(a) @ share) * (np.square(b) @ share))
    return np.asarray(((a * b) @ share) / np.where(size > 0, size, np.nan))


def _widen(fits: Fits, usable: npt.NDArray[np.bool_]) -> Fits:
    """Put constant samples back as rows without numbers."""
    if usable.all():
        return fits

    def spread(part: Floats) -> Floats:
        whole = np.full((len(usable), *part.shape[1:]), np.nan)
        whole[usable] = part
        return whole

    iterations = np.zeros(len(usable), dtype=np.int64)
    iterations[usable] = fits.iterations
    engine = np.full(len(usable), "", dtype=object)
    engine[usable] = fits.engine
    flag = np.full(len(usable), CONSTANT, dtype=object)
    flag[usable] = fits.flag
    return Fits(
        spread(fits.weights),
        spread(fits.nu),
        spread(fits.rmse),
        spread(fits.r),
        spread(fits.kkt),
        iterations,
        engine.astype(str),
        flag.astype(str),
    )


def join_fits(parts: Iterable[Fits]) -> Fits:
    """Put blocks of samples together again, in their order."""
    parts = list(parts)
    return Fits(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Fits)))


def fractions_of(weights: Floats, values: Floats, mode: Mode, median: float) -> Floats:
    """Scale weights (S, types) to the fractions of a mode; `values` is the mixture (S, signature genes), linear scale.

    "relative" sums to 1. "absolute" (sig.score) is relative, times the sample's median over the signature genes by
    `median`, which is max(median of the whole mixture, 1). "no.sumto1" gives the weights as they are.
    """
    if mode == "no.sumto1":
        return weights
    relative = weights / weights.sum(axis=1, keepdims=True)
    if mode == "relative":
        return np.asarray(relative)
    return np.asarray(relative * (np.median(values, axis=1) / median)[:, None])
