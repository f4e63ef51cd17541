"""What does a score add beside factors: analysis of covariance with Type III tests, marginal slopes and means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.ancova_model import AncovaModels
from her2stats.statistics.ancova_rows import curve_rows, slope_rows, test_rows
from her2stats.statistics.arguments import Names, as_names, check_choice, check_level, check_names
from her2stats.statistics.design import Term, two_way_terms
from her2stats.statistics.frame import model_frame
from her2stats.statistics.result import Result, shown_columns
from her2stats.statistics.specs import AncovaSpec, Weights
from her2stats.vocabulary.notebook import panel_html


@dataclass(frozen=True, eq=False)
class Ancova:
    """Three readings of one model.

    Parameters
    ----------
    tests : Result
        Type III tests, a row a term.
    slopes : Result
        Marginal slopes of the score, overall and at each level of each factor.
    curve : Result
        Marginal means along the score, overall and at each level of each factor.

    Examples
    --------
    >>> frame = pd.DataFrame({"score": range(8), "hr": list("np" * 4), "cells": [1.0, 3, 2, 5, 4, 6, 5, 9]})
    >>> fitted = fit_ancova(frame, "cells", "score", factors="hr")
    >>> fitted.tests.table["term"].tolist()
    ['hr', 'score', 'hr:score']
    """

    tests: Result
    slopes: Result
    curve: Result

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {getattr(self, name)!r}" for name in ("tests", "slopes"))

    def _repr_html_(self) -> str:
        points = len(self.curve.table)
        facts = [f"Method: {method}" for method in dict.fromkeys(self.slopes.table["method"]) if method]
        facts.append(f"Type III tests, then marginal slopes; the marginal mean curves have {points} points")
        tables = (shown_columns(result.table) for result in (self.tests, self.slopes))
        return panel_html("Analysis of covariance", facts, *tables)


def fit_ancova(
    data: pd.DataFrame,
    outcome: Names,
    score: str,
    *,
    factors: Names = ("hr", "her2_ihc"),
    covariates: Names = (),
    extra_terms: Names = (),
    weights: Weights = "equal",
    centre: bool = True,
    points: int = 25,
    conf_level: float = 0.95,
    cohort: str = "",
) -> Ancova:
    """Fit lm(outcome ~ (factors + score)^2 + covariates + extra_terms).

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    outcome : str or sequence of str
        Columns of numbers (cell fractions); one model each.
    score : str
        A column of numbers.
    factors : str or sequence of str
        Factors (text, categories or 0/1). Levels without complete cases are left out of the model, as by R's lm.
    covariates : str or sequence of str
        Numbers or factors, without interactions.
    extra_terms : str or sequence of str
        Products such as "hr:age" of variables that are in the model.
    weights : {"equal", "proportional", "outer", "cells"}
        Of the levels averaged over, as emmeans defines them; "equal" is SAS LSMEANS, "proportional" its OM option.
    centre : bool
        Test at the mean of every number instead of at 0. Slopes and means do not depend on it.
    points : int
        Of each curve, equally spaced from the smallest to the largest score.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the results.

    Returns
    -------
    Ancova
        ``tests``: ``statistic`` F, ``df`` of the term, extra column ``df_residual``. ``slopes``: ``term`` the score,
        ``estimate`` in units of the outcome per unit of the score, t. ``curve``: ``term`` "mean", extra column ``at``.
        ``stratum`` is "all" or "<factor>=<level>". Flags: "missing variable", "too few observations" (no degrees of
        freedom are left), "constant outcome", "constant exposure", "empty level" (of a factor), "not estimable" (an
        empty cell is part of the average, or the fit is perfect), "rank deficient: k of m df" (an interaction
        beside empty cells; its numbers stand).

    Raises
    ------
    DataError
        A column is absent or of the wrong type, or an extra term names a variable that is not in the model.

    References
    ----------
    Searle, Speed and Milliken 1980, doi:10.1080/00031305.1980.10483031.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2": range(12), "hr": ["negative", "positive"] * 6, "her2_ihc": list("001122" * 2)})
    >>> frame["plasma"] = [9, 8, 7.5, 7, 6, 6.5, 5, 4, 4.5, 3, 2, 1]
    >>> fit_ancova(frame, "plasma", "her2").slopes.table[["stratum", "estimate", "df"]].round(3).head(3)
           stratum  estimate   df
    0          all    -0.681  2.0
    1  hr=negative    -0.611  2.0
    2  hr=positive    -0.750  2.0
    """
    outcomes, grouped, adjusted = as_names(outcome), as_names(factors), as_names(covariates)
    extra = tuple(tuple(part.strip() for part in term.split(":")) for term in as_names(extra_terms))
    problems = ProblemList()
    check_names(problems, "outcome", outcomes)
    check_names(problems, "factors", grouped)
    check_names(problems, "factors, score and covariates", (*grouped, score, *adjusted))
    check_choice(problems, "weights", weights, Weights)
    check_level(problems, conf_level)
    if not isinstance(points, Integral) or points < 2:
        problems.add(DataError, f"points={points!r} is not a whole number of 2 or more", remedy="25 is usual")
    spec = AncovaSpec(
        cohort=cohort,
        outcomes=outcomes,
        score=score,
        factors=grouped,
        covariates=adjusted,
        extra_terms=tuple(":".join(term) for term in extra),
        weights=weights,
        centre=centre,
        points=points,
        conf_level=conf_level,
    )
    terms = _terms(problems, (*grouped, score), adjusted, extra)
    frame = model_frame(data, numeric=[score, *outcomes], factors=grouped, either=adjusted, problems=problems)
    models = AncovaModels(frame, spec, terms)
    fitted = [models.fit(name) for name in outcomes]

    def result(quantity: str, rows: list[dict[str, object]]) -> Result:
        return Result.from_rows(rows, replace(spec, quantity=quantity), frame.table)  # type: ignore[arg-type]

    return Ancova(
        tests=result("tests", [row for model in fitted for row in test_rows(model)]),
        slopes=result("slopes", [row for model in fitted for row in slope_rows(model)]),
        curve=result("curve", [row for model in fitted for row in curve_rows(model)]),
    )


def _terms(
    problems: ProblemList, variables: tuple[str, ...], adjusted: tuple[str, ...], extra: tuple[Term, ...]
) -> tuple[Term, ...]:
    """Terms of the model; an extra term needs the terms that it contains."""
    known = {*variables, *adjusted}
    usable = []
    for term in extra:
        strange = [name for name in term if name not in known]
        if strange:
            what = f"extra term '{':'.join(term)}' uses '{strange[0]}', which is not in the model"
            problems.add(DataError, what, remedy=f"name it as a covariate, or use {', '.join(sorted(known))}")
        elif len(set(term)) < len(term) or len(term) < 2:
            what = f"extra term '{':'.join(term)}' is not a product of different variables"
            problems.add(DataError, what, remedy="write for example 'hr:age'")
        else:
            usable.append(term)
    terms = two_way_terms(variables, adjusted, usable)
    sets = {frozenset(term) for term in terms}
    for term in usable:
        lacking = [name for name in term if len(term) > 2 and frozenset(term) - {name} not in sets]
        if lacking:
            inner = ":".join(other for other in term if other != lacking[0])
            problems.add(DataError, f"extra term '{':'.join(term)}' needs '{inner}'", remedy=f"add '{inner}' before it")
    return terms
