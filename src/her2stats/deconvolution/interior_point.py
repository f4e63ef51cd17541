"""Many nu-support-vector regressions at once, by one interior point method (Mehrotra's predictor and corrector).

All fits of a batch share the design X (n genes x p cell types) and differ in y. With C the cost of a gene, a fit is

    minimise   1/2 |w|^2 + nu (sum of C) eps + sum of C excess
    subject to   y - X w - b  <= eps + excess,   X w + b - y <= eps + excess,   excess >= 0.

Every gene gives two half-planes ("sides"), so that with z = (w, b, eps) all constraints read ``h - B z <= excess``:

    h = [y, -y],    B = [[ X,  1, 1],
                         [-X, -1, 1]].

A side carries a multiplier ``a`` in [0, C], a ``slack`` and an ``excess``, both >= 0, with
``h - B z = excess - slack``, ``a slack = 0`` and ``(C - a) excess = 0`` at the optimum. The method follows the path on
which both products equal mu, with mu -> 0. Eliminating all but z leaves a (p + 2) x (p + 2) system whose entries are
linear in the diagonal D of the sides: one matrix product with a table of products of X's columns serves all fits.

Written against the array API standard: whatever array library X and Y come from does the work.
Source: Chang and Lin (2002), doi 10.1162/089976602760128081 (nu-SVR, libsvm's scaling); Mehrotra (1992),
doi 10.1137/0802028.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

Array = Any  # an array of whichever array library the caller uses

NEARLY_SINGULAR = 1e-12  # share that keeps the Newton matrix regular when no side holds the intercept or eps
STEP_SHARE = 0.99  # of the way to the boundary
FIRST_MU = 0.15  # at the start, by C; y has unit variance
FEASIBLE = 1e-6  # share of the first infeasibility that may remain, or mu where that is larger


@dataclass(frozen=True)
class Problem:
    """What the fits of a batch share, and their right-hand sides.

    Parameters
    ----------
    xp : module
        The array library.
    sides, minus_sides_t : array, (2 n, p + 2) and (p + 2, 2 n)
        B above, and minus its transpose.
    design : array, (n, p + 1)
        X and a column of ones.
    products : array, (n, (p + 1)(p + 2) / 2)
        Products of every pair of columns of `design`.
    unpack : array of int, ((p + 2)^2,)
        Where each entry of the Newton matrix stands in [products, design, 1].
    ridge : array, (p + 2,)
        1 for the weights, 0 for intercept and eps.
    cost : array, (2 n,)
        C of each side.
    target : array, (S, 2 n)
        h above.
    budgets : array, (S, p + 2)
        Zeros, and last nu times the sum of C over the genes: what the multipliers of a fit sum to.
    """

    xp: Any
    sides: Array
    minus_sides_t: Array
    design: Array
    products: Array
    unpack: Array
    ridge: Array
    cost: Array
    target: Array
    budgets: Array

    def rows(self, index: Array) -> Problem:
        """Return the same problem for some of its fits."""
        take = self.xp.take
        return _replace(self, target=take(self.target, index, axis=0), budgets=take(self.budgets, index, axis=0))


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

    def or_else(self, xp: Any, other: Iterate) -> Iterate:
        """Return the same fits in the precision of another iterate, which replaces rows that broke down."""
        sound = xp.isfinite(xp.sum(self.a, axis=1) + xp.sum(self.slack + self.excess, axis=1))
        parts = []
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            keep = xp.reshape(sound, (-1,) + (1,) * (mine.ndim - 1))
            parts.append(xp.where(keep, xp.astype(mine, theirs.dtype), theirs))
        return Iterate(*parts)


def _replace(problem: Problem, **changes: Array) -> Problem:
    return Problem(**{part.name: changes.get(part.name, getattr(problem, part.name)) for part in fields(problem)})


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


def advance(problem: Problem, iterate: Iterate, mu_goal: float, max_iterations: int) -> Iterate:
    """Follow the central path until each fit has mu below the goal and is feasible; its row then stands still.

    The arrays of the iterate given are used up.
    """
    xp = problem.xp
    here = xp.arange(iterate.z.shape[0])
    arrived: list[Iterate] = []
    order: list[Array] = []
    for turn in range(max_iterations + 1):
        room = problem.cost - iterate.a
        gap = xp.vecdot(iterate.a, iterate.slack) + xp.vecdot(room, iterate.excess)
        done = (gap < mu_goal * problem.cost.shape[0]) & (iterate.infeasible < max(FEASIBLE, mu_goal)) | ~xp.isfinite(
            gap
        )
        if turn == max_iterations:
            done = xp.ones_like(done)
        if xp.any(done):
            there = xp.nonzero(done)[0]
            arrived.append(iterate.rows(xp, there))
            order.append(xp.take(here, there))
            left = xp.nonzero(~done)[0]
            if left.shape[0] == 0:
                break
            here = xp.take(here, left)
            iterate, problem = iterate.rows(xp, left), problem.rows(left)
            room, gap = xp.take(room, left, axis=0), xp.take(gap, left)
        iterate = _step(problem, iterate, room, gap)
    back = xp.argsort(xp.concat(order))
    return Iterate(
        *(xp.take(xp.concat([getattr(i, part.name) for i in arrived]), back, axis=0) for part in fields(Iterate))
    )


def _newton_matrix(problem: Problem, diagonal: Array) -> Array:
    """Ridge + B' D B of each fit, (S, p + 2, p + 2)."""
    xp = problem.xp
    n = problem.design.shape[0]
    upper, lower = diagonal[:, :n], diagonal[:, n:]
    both = upper + lower
    packed = xp.concat(
        [both @ problem.products, (upper - lower) @ problem.design, xp.sum(both, axis=1, keepdims=True)], axis=1
    )
    m = problem.ridge.shape[0]
    matrix = xp.reshape(xp.take(packed, problem.unpack, axis=1), (-1, m, m))
    eye = xp.eye(m, dtype=matrix.dtype)
    keep = xp.where(problem.ridge > 0, problem.ridge, NEARLY_SINGULAR * (1 + matrix[:, -1, -1])[:, None])
    return matrix + eye * keep[:, None, :]


def _step(problem: Problem, iterate: Iterate, room: Array, gap: Array) -> Iterate:
    """One predictor and corrector step; `room` is C - a, `gap` the sum of all products that shall vanish.

    The iterate's arrays are used up: most of the time goes into passes over them, and passes in place cost half.
    """
    xp = problem.xp
    z, a, excess, slack = iterate.z, iterate.a, iterate.excess, iterate.slack
    u = problem.target + z @ problem.minus_sides_t
    dual = a @ problem.sides - problem.ridge * z - problem.budgets
    inv_a, inv_room = 1 / a, 1 / room
    slack_a, excess_room = slack * inv_a, excess * inv_room
    diagonal = 1 / (slack_a + excess_room)
    matrix = _newton_matrix(problem, diagonal)

    def direction(side: Array) -> tuple[Array, Array]:
        right = (diagonal * side) @ problem.sides + dual
        dz = xp.linalg.solve(matrix, right[..., None])[..., 0]
        da = dz @ problem.minus_sides_t
        da += side
        da *= diagonal
        return dz, da

    # Predictor: straight for mu = 0. How far it gets says how much centring the corrector needs.
    _, da = direction(u)
    up, down = da * inv_a, da * inv_room
    longest = _largest(xp, -xp.min(up, axis=1), 1 + xp.max(up, axis=1), xp.max(down, axis=1), 1 - xp.min(down, axis=1))
    alpha = 1 / xp.where(longest > 1, longest, 1.0)
    up += 1
    up *= slack
    up *= da  # minus the predicted change of slack times that of a
    down -= 1
    down *= excess
    down *= da  # minus the predicted change of excess times that of C - a
    crossing = -xp.sum(up, axis=1) - xp.sum(down, axis=1)
    reached = (1 - alpha) * gap + alpha * alpha * crossing
    mu = (gap * (reached / gap) ** 3 / problem.cost.shape[0])[:, None]

    # Corrector: aim at mu, with the predictor's second-order error taken away.
    up += mu
    up *= inv_a
    down += mu
    down *= inv_room
    u += up
    u -= down
    dz, da = direction(u)
    up -= slack
    slack_a *= da
    up -= slack_a  # change of slack
    down -= excess
    excess_room *= da
    down += excess_room  # change of excess
    inv_a *= da
    inv_room *= da
    alpha = STEP_SHARE / _largest(
        xp,
        -xp.min(inv_a, axis=1),
        xp.max(inv_room, axis=1),
        -xp.min(up / slack, axis=1),
        -xp.min(down / excess, axis=1),
        STEP_SHARE * xp.ones_like(gap),
    )
    by_row = alpha[:, None]
    da *= by_row
    up *= by_row
    down *= by_row
    a += da
    slack += up
    excess += down
    return Iterate(z + by_row * dz, a, excess, slack, iterate.infeasible * (1 - alpha), iterate.iterations + 1)


def _largest(xp: Any, *rows: Array) -> Array:
    return xp.max(xp.stack(rows), axis=0)
