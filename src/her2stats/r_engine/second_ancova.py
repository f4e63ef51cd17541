"""The analysis of covariance once more, with statsmodels' linear model in sum-to-zero coding."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from her2stats.r_engine.exchange.frames import is_factor
from her2stats.r_engine.second_fits import Row, cases_of
from her2stats.statistics.result import Result
from her2stats.statistics.rows import records
from her2stats.vocabulary.names import LEVEL_FOLLOWS

Places = dict[tuple[str, ...], list[int]]  # of each term's columns in the design


def ancovas(result: Result) -> Iterator[Row]:
    """Type III tests, slopes and means of the linear model with all products of two, in sum-to-zero coding."""
    spec: Any = result.spec
    if spec.extra_terms or any(is_factor(result.data[name]) for name in spec.covariates):
        yield from ({} for _ in records(result.table))
        return

    @cache
    def fitted(outcome: str) -> tuple[_Ancova, Row]:
        data, found = cases_of(result, {"stratum": "all"}, [outcome, spec.score, *spec.factors, *spec.covariates])
        return _Ancova(data, outcome, spec), found

    for row in records(result.table):
        model, found = fitted(row["outcome"])
        if not model.full_rank:
            yield {}
        elif spec.quantity == "tests":
            yield found | model.test([name for name in (row["variable"], row["variable_2"]) if name])
        else:
            yield found | model.average(row["stratum"], row.get("at"))


class _Ancova:
    """One outcome's model; numeric variables are centred for the tests of Type III as the question says."""

    def __init__(self, data: pd.DataFrame, outcome: str, spec: Any) -> None:
        import statsmodels.api as sm

        self.data, self.spec = data, spec
        self.levels = {name: list(data[name].cat.remove_unused_categories().cat.categories) for name in spec.factors}
        self.means = {name: float(data[name].mean()) for name in (spec.score, *spec.covariates)}
        self.terms = [*itertools.combinations((*spec.factors, spec.score), 1)]
        self.terms += [*itertools.combinations((*spec.factors, spec.score), 2), *((name,) for name in spec.covariates)]
        # slopes and means do not depend on it, and lose no digits where numbers are centred
        self.centre = self.means if spec.centre or spec.quantity != "tests" else {}
        design, self.places = self._design(data, self.centre)
        self.lengths = np.linalg.norm(design, axis=0)  # of one length, columns of any units cost no digits
        design = design / np.where(self.lengths > 0, self.lengths, 1.0)
        self.full_rank = np.linalg.matrix_rank(design) == design.shape[1] < len(data)
        if not self.full_rank:
            return
        self.fit = sm.OLS(data[outcome].to_numpy(dtype=float), design).fit(method="qr")
        if spec.covariance != "ols" and spec.quantity != "tests":  # the tests of terms are those of the paper
            self.fit = self.fit.get_robustcov_results(spec.covariance.upper())
        self.weighed: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def _codes(self, values: pd.Series) -> list[np.ndarray]:
        """Columns of a factor: 1 in a level, -1 in the last one."""
        *others, last = self.levels[str(values.name)]
        return [(values == level).to_numpy(float) - (values == last).to_numpy(float) for level in others]

    def _design(self, data: pd.DataFrame, centre: dict[str, float]) -> tuple[np.ndarray, Places]:
        single = {
            name: self._codes(data[name])
            if name in self.levels
            else [data[name].to_numpy(float) - centre.get(name, 0.0)]
            for (name,) in (term for term in self.terms if len(term) == 1)
        }
        columns, places = [np.ones(len(data))], {}
        for term in self.terms:
            products = [np.prod(parts, axis=0) for parts in itertools.product(*(single[name] for name in term))]
            places[term] = [len(columns) + place for place in range(len(products))]
            columns += products
        return np.column_stack(columns), places

    def test(self, names: Sequence[str]) -> Row:
        """F of a term given all others."""
        place = next((places for term, places in self.places.items() if set(term) == set(names)), None)
        if place is None:
            return {}
        test = self.fit.f_test(np.eye(len(self.fit.params))[place])
        found = {"statistic": float(test.fvalue), "df": test.df_num, "df_residual": test.df_denom}
        return found | {"p_value": test.pvalue}

    def average(self, stratum: str, at: float | None) -> Row:
        """Mean at a place of the score, or its slope where no place is given, averaged over the factors' levels."""
        start, along = self._weighed(stratum)
        mean = self.means[self.spec.score]
        told = self.fit.t_test((along if at is None else start + (at - mean) * along) / self.lengths)
        found: Row = {"estimate": float(np.squeeze(told.effect)), "std_error": float(np.squeeze(told.sd))}
        if self.spec.covariance == "ols":  # the degrees of freedom of the others have no routine
            low, high = np.squeeze(told.conf_int(1 - self.spec.conf_level))
            found |= {"conf_low": low, "conf_high": high, "df": float(told.df_denom)}
        if at is None:
            found["statistic"] = float(np.squeeze(told.tvalue))
            found |= {"p_value": float(told.pvalue)} if self.spec.covariance == "ols" else {}
        return found

    def _weighed(self, stratum: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns of a stratum's average at the mean score, and what one unit more of it adds."""
        if stratum not in self.weighed:
            fixed, _, level = stratum.partition(LEVEL_FOLLOWS) if stratum != "all" else ("", "", "")
            grid = pd.DataFrame(list(itertools.product(*self.levels.values())), columns=list(self.levels))
            weights = self._weights(grid, fixed, level)
            for name in self.levels:
                grid[name] = pd.Categorical(grid[name], self.data[name].cat.categories)
            spread, mean = float(self.data[self.spec.score].std()), self.means[self.spec.score]
            cells = (grid.assign(**self.means | {self.spec.score: score}) for score in (mean, mean + spread))
            start, end = (weights / weights.sum() @ self._design(cell, self.centre)[0] for cell in cells)
            self.weighed[stratum] = start, (end - start) / spread
        return self.weighed[stratum]

    def _weights(self, grid: pd.DataFrame, fixed: str, level: str) -> np.ndarray:
        """Of each cell of the grid, by emmeans' names for them; cells outside the stratum have none."""
        kind, free = self.spec.weights, [name for name in self.levels if name != fixed]
        inside = (grid[fixed].astype(str) == level).to_numpy() if fixed else np.ones(len(grid), dtype=bool)
        if kind == "equal" or (not free and inside.any()):
            return inside.astype(float)
        if kind == "outer":
            shares = [grid[name].map(self.data[name].value_counts(normalize=True)).to_numpy(float) for name in free]
            return np.asarray(inside * np.prod(shares, axis=0))
        names = free if kind == "proportional" else list(self.levels)
        counts = self.data.groupby(names, observed=False).size()
        keys = grid[names].itertuples(index=False, name=None) if len(names) > 1 else grid[names[0]]
        return np.asarray(inside * [float(counts[key]) for key in keys])
