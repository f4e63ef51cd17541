"""Exact nu-support-vector regression of many samples on one design, and the proof that each fit is exact.

libsvm (R's e1071, scikit-learn) solves one sample at a time and stops at a tolerance, after which its answer still
depends on the order of the genes. Here all samples follow the central path together (`interior_point`), and each ends
at the vertex itself (`active_set`), accepted only when every optimality condition holds. Where the installation has a
compiled kernel (`compiled`), that does the same for all fits but degenerate ones.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.solver import active_set, compiled, interior_point, svr_problem
from her2stats.deconvolution.solver.svr_problem import Array, Iterate, Problem

EXACT = 1e-9
"""Largest violation of the optimality conditions of a fit that counts as exact."""

ROUGH_MU = 1e-4  # down to here single precision is enough, and twice as fast
MU_GOALS = (1e-6, 1e-8, 1e-10, 1e-12, 1e-13)
MOST_ITERATIONS = 40  # to each goal; 12 to 23 in all are usual
BATCH = 96  # fits at once: 32 samples at three nu; the working set then stays near the processor

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NuSvrFits:
    """One fit a row."""

    weights: Array  # raw weights, of either sign
    # intercept and half-width of the tube
    intercept: Array
    eps: Array
    kkt: Array  # largest violation of an optimality condition; at most `EXACT` where the fit is exact
    iterations: Array  # interior point iterations
    by_kernel: Array  # whether the compiled kernel settled it


def solve_nu_svr(
    X: Array, Y: Array, nu: float | Array, *, cost: float | Array = 1.0, batch: int = BATCH, fallback: bool = True
) -> NuSvrFits:
    """Linear nu-support-vector regression of every row of Y on the same X, to the exact optimum.

    X is (genes, types), standardised; each row of Y, (S, genes), has unit variance, which the start and the tolerances
    assume. `nu`, one or one a row, bounds the share of genes outside the tube; `cost` is C, or C of each gene (a gene
    that counts twice has twice the cost). With `fallback`, fits that the interior point method does not bring to an
    exact vertex go to libsvm at a tight tolerance; ``kkt > EXACT`` marks a fit that is not exact. X and Y may come from
    any library that follows the array API standard and has ``linalg``. Source: Chang and Lin (2002),
    doi 10.1162/089976602760128081.
    """
    xp = Y.__array_namespace__()
    n = X.shape[0]
    fits = Y.shape[0]
    shares = xp.asarray(nu, dtype=Y.dtype) * xp.ones(fits, dtype=Y.dtype)
    costs = xp.asarray(cost, dtype=Y.dtype) * xp.ones(n, dtype=Y.dtype)
    found = compiled.solve(X, Y, shares, costs)
    if found is None:
        z, kkt, iterations = _by_arrays(xp, X, Y, shares, costs, batch, fallback)
        by_kernel = xp.zeros(fits, dtype=xp.bool)
    else:
        z, kkt, iterations = found
        by_kernel = kkt <= EXACT
        left = np.flatnonzero(~by_kernel)
        if len(left):
            z[left], kkt[left], iterations[left] = _by_arrays(np, X, Y[left], shares[left], costs, batch, fallback)
    return NuSvrFits(z[:, :-2], z[:, -2], z[:, -1], kkt, iterations, by_kernel)


def _by_arrays(
    xp: Any, X: Array, Y: Array, shares: Array, costs: Array, batch: int, fallback: bool
) -> tuple[Array, Array, Array]:
    """z, kkt and iterations of each fit, by products of whole arrays of whichever library."""
    fits = Y.shape[0]
    whole = svr_problem.pose(xp, X, Y, shares, costs)
    rough = svr_problem.pose(xp, *(xp.astype(part, xp.float32) for part in (X, Y, shares, costs)))
    parts = []
    for first in range(0, fits, batch):
        rows = xp.arange(first, min(first + batch, fits))
        parts.append(_solve_batch(whole.rows(rows), rough.rows(rows), fallback))
    z, kkt, iterations = (xp.concat([part[i] for part in parts]) for i in range(3))
    return z, kkt, iterations


def _solve_batch(problem: Problem, rough: Problem, fallback: bool) -> tuple[Array, Array, Array]:
    """z, kkt and iterations of each fit; a fit leaves as soon as its vertex is proved exact.

    `rough` is the same problem in single precision, for the first half of the way.
    """
    xp = problem.xp
    here = xp.arange(problem.target.shape[0])
    settled: list[tuple[Array, Array, Array, Array]] = []
    iterate = _in_single_precision(rough).or_else(problem, svr_problem.start(problem))
    for goal in MU_GOALS:
        iterate = interior_point.advance(problem, iterate, goal, MOST_ITERATIONS)
        z, a = active_set.solve_edge(problem, *active_set.guess_edge(problem, iterate), iterate.z)
        kkt = active_set.violation(problem, z, a)
        done = xp.nonzero(kkt <= EXACT)[0]
        settled.append(tuple(xp.take(part, done, axis=0) for part in (here, z, kkt, iterate.iterations)))
        left = xp.nonzero(kkt > EXACT)[0]
        if left.shape[0] == 0:
            break
        here, iterate, problem = xp.take(here, left), iterate.rows(xp, left), problem.rows(left)
    else:
        z, kkt = _last_resort(problem, iterate, fallback)
        settled.append((here, z, kkt, iterate.iterations))
    order, z, kkt, iterations = (xp.concat(parts) for parts in zip(*settled, strict=True))
    back = xp.argsort(order)
    return xp.take(z, back, axis=0), xp.take(kkt, back), xp.take(iterations, back)


def _in_single_precision(rough: Problem) -> Iterate:
    """The first half of the way; rows that run out of digits there come back without sense, and start anew."""
    begun = svr_problem.start(rough)
    with np.errstate(all="ignore"):
        try:
            return interior_point.advance(rough, begun, ROUGH_MU, MOST_ITERATIONS)
        except np.linalg.LinAlgError:  # one singular matrix of many: all start anew
            return replace(begun, a=begun.a * rough.xp.nan)


def _last_resort(problem: Problem, iterate: Iterate, fallback: bool) -> tuple[Array, Array]:
    """The best of the iterate, the vertices of other guesses, the degenerate one, and libsvm's at a tight tolerance."""
    xp = problem.xp
    z, kkt = iterate.z, active_set.violation(problem, iterate.z, iterate.a)

    def improve(other: Array, multipliers: Array) -> None:
        nonlocal z, kkt
        violation = active_set.violation(problem, other, multipliers)
        better = violation < kkt
        z, kkt = xp.where(better[:, None], other, z), xp.where(better, violation, kkt)

    for edge, outside in active_set.other_guesses(problem, iterate):
        if not xp.any(kkt > EXACT):
            return z, kkt
        improve(*active_set.solve_edge(problem, edge, outside, iterate.z))
    improve(*active_set.solve_degenerate(problem, iterate))
    if fallback and xp.any(kkt > EXACT):
        a = xp.asarray(_libsvm_multipliers(problem, np.asarray(kkt > EXACT)))
        inner = xp.where(a < problem.cost - a, a, problem.cost - a)
        for edge in (inner > 1e-6, inner > 0):
            improve(*active_set.solve_edge(problem, edge, (a > 0) & ~edge, z))
    return z, kkt


def _libsvm_multipliers(problem: Problem, wanted: npt.NDArray[np.bool_]) -> Floats:
    """Multipliers of every side by libsvm for the wanted fits, (S, 2 n): slow, and independent of all that is above."""
    from sklearn.exceptions import ConvergenceWarning  # an import of half a second that few runs need
    from sklearn.svm import NuSVR

    design = np.asarray(problem.design)[:, :-1]
    n = len(design)
    cost, target, budgets = (np.asarray(part) for part in (problem.cost[:n], problem.target, problem.budgets))
    a = np.zeros(target.shape)
    for row in np.flatnonzero(wanted):
        model = NuSVR(kernel="linear", nu=budgets[row, -1] / cost.sum(), tol=1e-9, max_iter=500_000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # what comes back is checked anyway
            model.fit(design, target[row, :n], sample_weight=cost)
        signed = np.zeros(n)
        signed[model.support_] = model.dual_coef_[0]
        a[row] = np.concatenate([np.maximum(signed, 0), np.maximum(-signed, 0)])
    return a
