"""The reference grid: every combination of factor levels, and averages over it with the weights of emmeans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from her2stats.statistics.fits.design import Design
from her2stats.statistics.frame import Array, Cases
from her2stats.statistics.specs import Weights


@dataclass(frozen=True, eq=False)
class ReferenceGrid:
    """Cells of the grid."""

    design: Design  # with every number centred at its mean
    factors: tuple[str, ...]  # all factors, covariates among them
    cells: Array  # position of each factor's level
    counts: Array  # cases in each cell

    def slopes(self, score: str, weights: Array) -> Array:
        """L of the average slope of the score, shape (k,)."""
        return np.asarray(weights @ self._rises[score])

    def means(self, score: str, at: Array, weights: Array) -> Array:
        """L of the average mean at each value of the score, shape (len(at), k); other numbers at their mean."""
        start = np.asarray(weights @ self._heights)
        return start + np.outer(at - self.design.centres[score], self.slopes(score, weights))

    def weights(self, scheme: Weights, fixed: str = "", level: int = 0) -> Array:
        """Weights, summing to 1, of the cells in the average over all factors, or over the others with one at a level.

        "equal" gives every cell the same; "proportional" how often the averaged combination occurs in all cases;
        "outer" the product of how often each averaged level occurs; "cells" the cases of the cell itself.
        """
        averaged = [place for place, name in enumerate(self.factors) if name != fixed]
        inside = np.ones(len(self.cells), dtype=bool)
        if fixed:
            inside = self.cells[:, self.factors.index(fixed)] == level
        if scheme == "equal":
            raw = np.ones(len(self.cells))
        elif scheme == "cells":
            raw = self.counts
        elif scheme == "proportional":
            raw = self._frequency(averaged)
        else:
            raw = np.prod([self._frequency([place]) for place in averaged], axis=0) * np.ones(len(self.cells))
        chosen = np.where(inside, raw, 0.0)
        result: Array = chosen / chosen.sum()
        return result

    def _frequency(self, places: Sequence[int]) -> Array:
        """Cases that share each cell's levels of the factors in these places."""
        keys = self.cells[:, places]
        same = (keys[:, None, :] == keys[None, :, :]).all(axis=2)
        return np.asarray(same @ self.counts)

    @cached_property
    def _heights(self) -> Array:
        """Row of the model matrix of each cell."""
        return self.design.matrix(self._values())

    @cached_property
    def _rises(self) -> dict[str, Array]:
        """Derivative of each cell's row with respect to each number."""
        return {name: self.design.matrix(self._values(), slope_of=name) for name in self.design.centres}

    def _values(self) -> dict[str, Array]:
        values = {name: self.cells[:, place] for place, name in enumerate(self.factors)}
        numbers = {name: np.full(len(self.cells), centre) for name, centre in self.design.centres.items()}
        return values | numbers


def reference_grid(design: Design, cases: Cases) -> ReferenceGrid:
    """Lay out the grid of a design and count the cases in its cells."""
    factors = tuple(design.n_levels)
    axes = np.meshgrid(*[np.arange(design.n_levels[name], dtype=float) for name in factors], indexing="ij")
    cells = np.column_stack([axis.ravel() for axis in axes])
    observed = np.column_stack([cases[name] for name in factors])
    counts = (observed[:, None, :] == cells[None, :, :]).all(axis=2).sum(axis=0).astype("float64")
    return ReferenceGrid(design, factors, cells, counts)
