"""The linear model's columns: terms written as in R, factors coded to sum to zero, numbers about a centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from her2stats.statistics.ancova_terms import Term
from her2stats.statistics.frame import Array


@dataclass(frozen=True, eq=False)
class Design:
    """How values become columns."""

    terms: tuple[Term, ...]  # variables of each term, the intercept not among them
    n_levels: Mapping[str, int]  # how many levels each factor has; variables that are not here are numbers
    centres: Mapping[str, float]  # subtracted from each number

    def blocks(self) -> list[slice]:
        """Columns of each term; column 0 is the intercept."""
        ends = accumulate((self.width(term) for term in self.terms), initial=1)
        return [slice(start, end) for start, end in pairwise(ends)]

    def width(self, term: Term) -> int:
        """Full degrees of freedom of a term."""
        return int(np.prod([self.n_levels[name] - 1 for name in term if name in self.n_levels], dtype=int))

    def matrix(self, values: Mapping[str, Array], *, slope_of: str = "") -> Array:
        """Rows of the model matrix for values of the variables (factors as the position of their level).

        With `slope_of`, the derivative of each row with respect to that number.
        """
        n = len(next(iter(values.values())))
        columns = [np.full((n, 1), 0.0 if slope_of else 1.0)]
        for term in self.terms:
            block = np.ones((n, 1)) if slope_of in (*term, "") else np.zeros((n, 1))
            for name in term:
                block = (block[:, :, None] * self._coded(name, values[name], slope_of)[:, None, :]).reshape(n, -1)
            columns.append(block)
        return np.column_stack(columns)

    def _coded(self, name: str, values: Array, slope_of: str) -> Array:
        if name == slope_of:
            return np.ones((len(values), 1))
        if name not in self.n_levels:
            return (values - self.centres[name])[:, None]
        levels = self.n_levels[name]
        contrasts: Array = np.vstack([np.eye(levels - 1), -np.ones(levels - 1)])
        return np.asarray(contrasts[values.astype(int)])
