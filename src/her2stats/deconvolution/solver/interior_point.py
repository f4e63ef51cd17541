"""Many nu-support-vector regressions at once, by one interior point method (Mehrotra's predictor and corrector).

The method follows the path on which both products of every side (multiplier times slack, and what the multiplier lacks
to C times excess) equal mu, with mu -> 0. Eliminating all but z = (w, b, eps) leaves a (p + 2) x (p + 2) system whose
entries are linear in one number a side: one product with a table of products of X's columns serves all fits.

Source: Mehrotra (1992), doi 10.1137/0802028.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from her2stats.deconvolution.solver.svr_problem import Array, Iterate, Problem

NEARLY_SINGULAR = 1e-12  # share that keeps the Newton matrix regular when no side holds the intercept or eps
STEP_SHARE = 0.99  # of the way to the boundary
FEASIBLE = 1e-6  # share of the first infeasibility that may remain, or mu where that is larger


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
