"""One linear model an outcome; what does not depend on the outcome is worked out once for all with the same cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from her2stats.statistics.ancova_terms import Term
from her2stats.statistics.fits.covariates import centred
from her2stats.statistics.fits.design import Design
from her2stats.statistics.fits.linear import LinearFit, Projection, fit_linear, project
from her2stats.statistics.fits.marginal_means import ReferenceGrid, reference_grid
from her2stats.statistics.fits.type3 import TermTest, term_tests
from her2stats.statistics.flags import flag
from her2stats.statistics.frame import Array, Cases, ModelFrame
from her2stats.statistics.specs import AncovaSpec


@dataclass(frozen=True, eq=False)
class SharedModel:
    """What outcomes with the same complete cases have in common."""

    projection: Projection  # model matrix, numbers centred at their mean
    tests: list[TermTest]  # type III tests, numbers centred or not as the spec says
    grid: ReferenceGrid  # factor levels that have cases
    present: dict[str, list[int]]  # positions of those levels among the declared ones
    span: tuple[float, float]  # smallest and largest score
    reduced: Array  # orthonormal, spans the columns of the terms without the score
    cells: np.ndarray  # number of the combination of factor levels of each case
    keys: tuple[Array, ...]  # by which cases are put in order: factors, score, covariates


@dataclass(frozen=True, eq=False)
class AncovaModel:
    """The model of one outcome, or the flag that says why there is none."""

    outcome: str
    spec: AncovaSpec
    terms: tuple[Term, ...]
    levels: dict[str, tuple[str, ...]]
    n: int
    n_missing: int
    values: Array  # the outcome of the complete cases
    flag: str = ""
    # none with a flag
    shared: SharedModel | None = None
    fit: LinearFit | None = None


@dataclass(eq=False)
class AncovaModels:
    """Fits the model of each outcome of a frame."""

    frame: ModelFrame
    spec: AncovaSpec
    terms: tuple[Term, ...]
    _shared: dict[bytes, SharedModel] = field(default_factory=dict)

    def fit(self, outcome: str) -> AncovaModel:
        """Fit one outcome; nothing is raised for data that cannot give a model."""
        spec = self.spec
        variables = (*spec.factors, spec.score, *spec.covariates)
        cases = self.frame.complete([*variables, outcome], self.frame.everything)
        levels = {name: self.frame.levels[name] for name in variables if name in self.frame.levels}
        common = (outcome, spec, self.terms, levels, cases.n, cases.n_missing, cases[outcome])
        why = self._why_not(cases, outcome, variables)
        if why:
            return AncovaModel(*common, flag=why)
        key = np.sort(cases.rows).tobytes()
        if key not in self._shared:
            self._shared[key] = _share(self.frame, cases, spec, self.terms)
        shared = self._shared[key]
        fit = fit_linear(shared.projection, cases[outcome])
        if fit.df_residual < 1:
            why = flag("too few observations", f"{cases.n} complete cases for {shared.projection.rank} coefficients")
        elif fit.perfect:
            why = flag("not estimable", "the fit is perfect, nothing is left to judge errors by")
        return AncovaModel(*common, flag=why) if why else AncovaModel(*common, shared=shared, fit=fit)

    def _why_not(self, cases: Cases, outcome: str, variables: tuple[str, ...]) -> str:
        if absent := self.frame.without_value([*variables, outcome]):
            return flag("missing variable", f"'{absent}' has no value")
        if not cases.n:
            return flag("too few observations", "no complete case")
        for code, name in (("constant outcome", outcome), ("constant exposure", self.spec.score)):
            if cases[name].min() == cases[name].max():
                return flag(code, f"'{name}' is {cases[name][0]:g} in all {cases.n} cases")  # type: ignore[arg-type]
        for name in variables:
            if name in self.frame.levels and cases[name].min() == cases[name].max():
                level = self.frame.levels[name][int(cases[name][0])]
                return flag("empty level", f"every complete case has '{name}' {level}")
        return ""


def _share(frame: ModelFrame, cases: Cases, spec: AncovaSpec, terms: tuple[Term, ...]) -> SharedModel:
    variables = (*spec.factors, spec.score, *spec.covariates)
    values: dict[str, Array] = {}
    present: dict[str, list[int]] = {}
    centres: dict[str, float] = {}
    for name in variables:
        if name in frame.levels:
            found, values[name] = _renumbered(cases[name])
            present[name] = found
        else:
            values[name] = cases[name]
            centres[name] = cases[name][0] - centred(cases[name])[0]
    n_levels = {name: len(found) for name, found in present.items()}
    design = Design(terms, n_levels, centres)
    matrix = design.matrix(values)
    projection = project(matrix)
    tested, tested_matrix, tested_projection = design, matrix, projection
    if not spec.centre:
        tested = Design(terms, n_levels, dict.fromkeys(centres, 0.0))
        tested_matrix = tested.matrix(values)
        tested_projection = project(tested_matrix)
    tests = term_tests(tested, tested_matrix, tested_projection)
    grid = reference_grid(design, Cases(values, cases.rows, cases.n_missing))
    score = cases[spec.score]
    keys = tuple(values[name] for name in variables)
    reduced = project(Design(tuple(term for term in terms if spec.score not in term), n_levels, centres).matrix(values))
    cells = np.unique(np.column_stack(keys[: len(spec.factors)]), axis=0, return_inverse=True)[1].ravel()
    span = (float(score.min()), float(score.max()))
    return SharedModel(projection, tests, grid, present, span, reduced.basis, cells, keys)


def _renumbered(codes: Array) -> tuple[list[int], Array]:
    """Levels that have cases, and the codes counted among these only."""
    found, positions = np.unique(codes, return_inverse=True)
    return [int(code) for code in found], positions.astype("float64")
