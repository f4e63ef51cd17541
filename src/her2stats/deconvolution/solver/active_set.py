"""From near the optimum to the optimum itself: solve for the sides that hold it, then check every condition.

At the optimum each side is inside the tube (multiplier 0), outside (multiplier C), or exactly on its edge (any
multiplier between). At most p + 2 sides lie on the edge unless genes coincide. Once those are known, weights,
intercept, eps and their multipliers follow from one linear system, free of any tolerance; what was guessed wrongly
shows in the optimality conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from her2stats.deconvolution.solver.svr_problem import Array, Iterate, Problem

DOUBTFUL = 6  # sides whose place is tried both ways where the first guess fails
NOTHING = 1e-300  # a multiplier that rounding put on its bound
HOLD = 1e-6  # how firmly an undetermined intercept or eps stays where it was


def guess_edge(problem: Problem, iterate: Iterate) -> tuple[Array, Array]:
    """Which sides an interior iterate puts on the edge, and which outside: two masks (S, 2 n).

    A side is taken to be on the edge when its multiplier is further from both bounds than the side is from the edge;
    where that holds for more than p + 2 sides, for the p + 2 of the clearest cases.
    """
    xp = problem.xp
    m = problem.ridge.shape[0]
    room = problem.cost - iterate.a
    edge = (iterate.a > iterate.slack) & (room > iterate.excess)
    if xp.any(xp.sum(xp.astype(edge, xp.int64), axis=1) > m):
        clear = xp.where(room < iterate.a, room, iterate.a) / (iterate.slack + iterate.excess)
        ranked = xp.sort(xp.where(edge, clear, 0.0), axis=1)
        edge = edge & (clear >= ranked[:, -m][:, None])
    return edge, (iterate.excess > iterate.slack) & ~edge


def solve_edge(problem: Problem, edge: Array, outside: Array, near: Array) -> tuple[Array, Array]:
    """Solve for z and the multipliers when the sides `edge` hold with equality and the sides `outside` pay C.

    Where no gene, or only genes above (or only below) the tube, are on the edge, the tube can be moved or widened
    without any cost: the weights are determined, intercept and eps are not, and those nearest to `near` (S, p + 2) are
    taken. The system always has p + 2 rows for sides, the unused ones empty, so that its solution never depends on
    which other fits share the batch.
    """
    xp = problem.xp
    m = problem.ridge.shape[0]
    fixed = xp.where(outside, problem.cost, 0.0)
    index, used = _places(xp, edge, m)
    fits = index.shape[0]
    rows = xp.reshape(xp.take(problem.sides, xp.reshape(index, (-1,)), axis=0), (fits, m, m))
    rows = xp.where(used[..., None], rows, 0.0)
    eye = xp.eye(m, dtype=rows.dtype)
    loose = xp.where(_determined(xp, edge)[:, None], 0.0, HOLD * (1 - problem.ridge))
    matrix = xp.concat(
        [
            xp.concat([eye * (problem.ridge + loose)[:, None, :], -xp.matrix_transpose(rows)], axis=2),
            xp.concat([rows, xp.where(used[..., None], 0.0, eye)], axis=2),
        ],
        axis=1,
    )
    target = xp.where(used, xp.take_along_axis(problem.target, index, axis=1), 0.0)
    balance = fixed @ problem.sides - problem.budgets + loose * near
    solution = _solve(xp, matrix, xp.concat([balance, target], axis=1))
    z, held = solution[:, :m], solution[:, m:]
    place = xp.cumulative_sum(xp.astype(edge, xp.int64), axis=1) - 1
    return z, xp.where(edge, xp.take_along_axis(held, xp.clip(place, 0, m - 1), axis=1), fixed)


def _determined(xp: Any, edge: Array) -> Array:
    half = edge.shape[1] // 2
    return xp.any(edge[:, :half], axis=1) & xp.any(edge[:, half:], axis=1)


def _places(xp: Any, edge: Array, m: int) -> tuple[Array, Array]:
    """Index of up to m sides on the edge of each fit, ascending, and which of the m places are used."""
    counts = xp.sum(xp.astype(edge, xp.int64), axis=1)
    columns = xp.concat([xp.nonzero(edge)[1], xp.zeros(1, dtype=xp.int64)])
    used = xp.arange(m) < counts[:, None]
    position = (xp.cumulative_sum(counts) - counts)[:, None] + xp.arange(m)
    position = xp.where(used, position, columns.shape[0] - 1)
    return xp.reshape(xp.take(columns, xp.reshape(position, (-1,))), position.shape), used


def _solve(xp: Any, matrix: Array, right: Array) -> Array:
    """Solve each system; where genes coincide and it is singular, the solution of least norm."""
    try:
        return xp.linalg.solve(matrix, right[..., None])[..., 0]
    except np.linalg.LinAlgError:  # NumPy gives up on all when one is singular
        if matrix.shape[0] > 1:
            return xp.concat([_solve(xp, matrix[row : row + 1], right[row : row + 1]) for row in range(right.shape[0])])
        return (xp.linalg.pinv(matrix) @ right[..., None])[..., 0]


def other_guesses(problem: Problem, iterate: Iterate) -> Iterator[tuple[Array, Array]]:
    """Guesses of edge and outside that differ from the first in its least certain sides, the fewest changes first.

    Where a side is a millionth from the edge and its multiplier a millionth from its bound, their comparison decides
    nothing. Which guess is right, the optimality conditions say.
    """
    xp = problem.xp
    room = problem.cost - iterate.a
    distance = iterate.slack + iterate.excess
    inner = xp.where(room < iterate.a, room, iterate.a)
    clear = xp.abs(xp.log(xp.where(inner > NOTHING, inner, NOTHING) / distance))
    order = xp.argsort(clear, axis=1)
    sides = xp.arange(clear.shape[1])
    doubtful = [sides == order[:, place][:, None] for place in range(min(DOUBTFUL, clear.shape[1]))]
    edge, _ = guess_edge(problem, iterate)
    paying = iterate.a > room
    for count in range(1, len(doubtful) + 1):
        for changed in combinations(doubtful, count):
            other = edge
            for side in changed:
                other = other ^ side
            yield other, paying & ~other


def solve_degenerate(problem: Problem, iterate: Iterate) -> tuple[Array, Array]:
    """As `solve_edge`, fit by fit, where more sides lie on the edge than there are unknowns.

    That happens when genes coincide, or when a mixture is an exact combination of the profiles: the tube then has no
    width and every gene is on both its edges. The multipliers are then not unique; those nearest to the iterate's are
    taken, which are inside their bounds.
    """
    xp = problem.xp
    sides, ridge, cost = (np.asarray(part) for part in (problem.sides, problem.ridge, problem.cost))
    a, slack, excess = (np.array(part) for part in (iterate.a, iterate.slack, iterate.excess))
    z = np.array(iterate.z)
    edge = (a > slack) & (cost - a > excess)
    a = np.where(edge, a, np.where(excess > slack, cost, 0.0))
    for row, target in enumerate(np.asarray(problem.target)):
        held = sides[edge[row]]
        left, size, right = np.linalg.svd(held, full_matrices=True)
        rank = int(np.sum(size > size[:1] * 1e-12))
        left, size, inside, free = left[:, :rank], size[:rank], right[:rank], right[rank:]
        point = inside.T @ ((left.T @ target[edge[row]]) / size)
        budget = np.asarray(problem.budgets)[row]
        pull = a[row] @ sides - budget
        if len(free):
            point += free.T @ np.linalg.lstsq(free * ridge @ free.T, free @ (pull - ridge * point), rcond=None)[0]
        z[row] = point
        a[row, edge[row]] += left @ ((inside @ (ridge * point - pull)) / size)
    return xp.asarray(z), xp.asarray(a)


def violation(problem: Problem, z: Array, a: Array) -> Array:
    """How far each fit is from optimal: 0 at the optimum, (S,).

    The largest of: what a multiplier moves when it takes a step along its side's value and is put back into [0, C]
    (feasibility and complementarity in one), and the imbalance of the stationarity equations. Units: y's standard
    deviation and C.
    """
    xp = problem.xp
    u = problem.target + z @ problem.minus_sides_t
    moved = a + u
    moved = xp.where(moved < 0, 0.0, xp.where(moved > problem.cost, problem.cost, moved))
    sides = xp.max(xp.abs(a - moved), axis=1)
    balance = xp.max(xp.abs(a @ problem.sides - problem.ridge * z - problem.budgets), axis=1)
    worst = xp.where(sides > balance, sides, balance)
    return xp.where(xp.isfinite(worst), worst, xp.inf)
