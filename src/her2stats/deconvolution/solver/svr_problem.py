"""The regression problem of a batch of samples, and where each fit stands on its way to the optimum.

All fits of a batch share the design X (n genes x p cell types) and differ in y. With C the cost of a gene, a fit is

    minimise   1/2 |w|^2 + nu (sum of C) eps + sum of C excess
    subject to   y - X w - b  <= eps + excess,   X w + b - y <= eps + excess,   excess >= 0.

Every gene gives two half-planes ("sides"), so that with z = (w, b, eps) all constraints read ``h - B z <= excess``:

    h = [y, -y],    B = [[ X,  1, 1],
                         [-X, -1, 1]].

A side carries a multiplier ``a`` in [0, C], a ``slack`` and an ``excess``, both >= 0, with
``h - B z = excess - slack``, ``a slack = 0`` and ``(C - a) excess = 0`` at the optimum.

Written against the array API standard: whatever array library X and Y come from does the work.
Source: Chang and Lin (2002), doi 10.1162/089976602760128081, in libsvm's scaling.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

Array = Any  # an array of whichever array library the caller uses

FIRST_MU = 0.15  # at the start, by C; y has unit variance


@dataclass(frozen=True)
class Problem:
    """What the fits of a batch share, and their right-hand sides."""

    xp: Any  # the array library
    # B above, and minus its transpose
    sides: Array
    minus_sides_t: Array
    design: Array  # X and a column of ones
    products: Array  # products of every pair of columns of `design`
    unpack: Array  # where each entry of the Newton matrix stands in [products, design, 1]
    ridge: Array  # 1 for the weights, 0 for intercept and eps
    cost: Array  # C of each side
    target: Array  # h above
    budgets: Array  # zeros, and last nu times the sum of C over the genes: what the multipliers of a fit sum to

    def rows(self, index: Array) -> Problem:
        """Return the same problem for some of its fits."""
        take = self.xp.take
        return replace(self, target=take(self.target, index, axis=0), budgets=take(self.budgets, index, axis=0))


@dataclass(frozen=True)
class Iterate:
    """Where each fit stands: every array has the fits in its rows."""

    z: Array  # (S, p + 2): weights, intercept, eps
    a: Array  # (S, 2 n) multipliers
    excess: Array  # (S, 2 n)
    slack: Array  # (S, 2 n)
    infeasible: Array  # (S,) share of the first infeasibility that is left
    iterations: Array  # (S,)

    def rows(self, xp: Any, index: Array) -> Iterate:
        """Return some of the fits."""
        return Iterate(*(xp.take(getattr(self, part.name), index, axis=0) for part in fields(self)))

    def or_else(self, problem: Problem, other: Iterate) -> Iterate:
        """Return the same fits in the precision of another iterate, which replaces rows that ran out of digits."""
        xp = problem.xp
        least = xp.min(xp.stack([xp.min(part, axis=1) for part in (self.a, self.slack, self.excess)]), axis=0)
        room = xp.min(problem.cost - xp.astype(self.a, other.a.dtype), axis=1)
        whole = xp.isfinite(xp.sum(self.a, axis=1) + xp.sum(self.slack + self.excess, axis=1))
        sound = whole & (least > 0) & (room > 0)
        parts = []
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            keep = xp.reshape(sound, (-1,) + (1,) * (mine.ndim - 1))
            parts.append(xp.where(keep, xp.astype(mine, theirs.dtype), theirs))
        return Iterate(*parts)


def pose(xp: Any, X: Array, Y: Array, nu: Array, cost: Array) -> Problem:
    """Set up the batch: X (n, p), Y (S, n), nu (S,), cost (n,)."""
    n, p = X.shape
    one = xp.ones((n, 1), dtype=X.dtype)
    design = xp.concat([X, one], axis=1)
    pairs = [(i, j) for i in range(p + 1) for j in range(i + 1)]
    first = xp.asarray([i for i, _ in pairs])
    second = xp.asarray([j for _, j in pairs])
    place = {pair: k for k, pair in enumerate(pairs)}
    place |= {(p + 1, j): len(pairs) + j for j in range(p + 2)}
    unpack = [place[max(i, j), min(i, j)] for i in range(p + 2) for j in range(p + 2)]
    last = xp.asarray([0.0] * (p + 1) + [1.0], dtype=X.dtype)
    sides = xp.concat([xp.concat([design, one], axis=1), xp.concat([-design, one], axis=1)])
    return Problem(
        xp=xp,
        sides=sides,
        minus_sides_t=xp.asarray(xp.matrix_transpose(-sides), copy=True),
        design=design,
        products=xp.take(design, first, axis=1) * xp.take(design, second, axis=1),
        unpack=xp.asarray(unpack),
        ridge=xp.asarray([1.0] * p + [0.0, 0.0], dtype=X.dtype),
        cost=xp.concat([cost, cost]),
        target=xp.concat([Y, -Y], axis=1),
        budgets=(nu * xp.sum(cost))[:, None] * last,
    )


def start(problem: Problem) -> Iterate:
    """Start at ridge least squares, with eps at the level of its residuals that nu asks for."""
    xp, design = problem.xp, problem.design
    n, q = design.shape
    y = problem.target[:, :n]
    gram = xp.matrix_transpose(design) @ design + xp.eye(q, dtype=design.dtype) * problem.ridge[:q]
    theta = xp.matrix_transpose(xp.linalg.solve(gram, xp.matrix_transpose(y @ design)))
    residual = xp.sort(xp.abs(y - theta @ xp.matrix_transpose(design)), axis=1)
    share = problem.budgets[:, -1] / (xp.sum(problem.cost) / 2)
    place = xp.astype(xp.clip((1 - share) * n, 0, n - 1), xp.int64)
    eps = xp.take_along_axis(residual, place[:, None], axis=1)
    z = xp.concat([theta, eps], axis=1)
    u = problem.target + z @ problem.minus_sides_t
    # Both products equal to mu and no infeasibility of the sides: mu / slack + mu / excess = C, excess - slack = u.
    mu = FIRST_MU * problem.cost
    half = mu / problem.cost - u / 2
    slack = half + xp.sqrt(xp.square(u / 2) + xp.square(mu / problem.cost))
    count = u.shape[0]
    return Iterate(
        z=z,
        a=mu / slack,
        excess=slack + u,
        slack=slack,
        infeasible=xp.ones(count, dtype=u.dtype),
        iterations=xp.zeros(count, dtype=xp.int64),
    )
