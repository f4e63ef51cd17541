"""Which sides hold the optimum, told from an iterate near it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.solver.active_set import guess_edge, other_guesses
from her2stats.deconvolution.solver.svr_problem import Iterate, Problem, pose

Floats = npt.NDArray[np.float64]
NEAR = 1e-6


def problem(genes: int = 4) -> Problem:
    """One fit of one cell type: at most three sides lie on the edge; each gene costs 1."""
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(genes, 1)), rng.normal(size=(1, genes))
    return pose(np, X, Y, np.array([0.5]), np.ones(genes))


def iterate(a: list[float], slack: list[float], excess: list[float]) -> Iterate:
    zero = np.zeros((1, 3))
    rows = (np.array([part]) for part in (a, excess, slack))
    return Iterate(zero, *rows, np.zeros(1), np.zeros(1))


def test_a_side_is_inside_on_the_edge_or_outside() -> None:
    inside, on, outside = (NEAR, 0.5, NEAR), (0.4, NEAR, NEAR), (1 - NEAR, NEAR, 0.5)
    sides = [inside, on, outside, inside, on, outside, inside, inside]
    edge, beyond = guess_edge(problem(), iterate(*map(list, zip(*sides, strict=True))))
    assert edge.tolist() == [[side is on for side in sides]]
    assert beyond.tolist() == [[side is outside for side in sides]]


def test_no_more_sides_than_unknowns_the_clearest_first() -> None:
    edges = [(0.4, NEAR, NEAR), (0.5, 10 * NEAR, NEAR), (1 - 0.4, NEAR, NEAR), (0.3, NEAR, NEAR)]
    sides = [*edges, *[(NEAR, 0.5, NEAR)] * 4]
    edge, beyond = guess_edge(problem(), iterate(*map(list, zip(*sides, strict=True))))
    assert edge.tolist() == [[True, False, True, True, False, False, False, False]]
    assert not beyond.any()


def test_the_least_certain_side_is_tried_the_other_way_first() -> None:
    doubtful = (2 * NEAR, NEAR, NEAR / 10)  # hardly further from its bound than from the edge
    sides = [(0.4, NEAR, NEAR), doubtful, (1 - NEAR, NEAR, 0.5), *[(NEAR, 0.5, NEAR)] * 5]
    here = iterate(*map(list, zip(*sides, strict=True)))
    edge, beyond = guess_edge(problem(), here)
    other, others_beyond = next(iter(other_guesses(problem(), here)))
    assert np.flatnonzero(edge != other).tolist() == [1]
    assert np.array_equal(beyond, others_beyond)
