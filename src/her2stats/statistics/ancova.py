"""What does a score add beside factors: analysis of covariance with Type III tests, marginal slopes and means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from her2stats.statistics.ancova_rows import curve_rows, slope_rows, term_rows
from her2stats.statistics.ancova_terms import ancova_terms, split_product
from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.fits.ancova_model import AncovaModel, AncovaModels
from her2stats.statistics.flags import Row
from her2stats.statistics.frame import model_frame, telling_columns
from her2stats.statistics.result import Result, shown_columns
from her2stats.statistics.specs import AncovaQuantity, AncovaSpec, Covariance, Weights
from her2stats.vocabulary.notebook import panel_html

ROWS: dict[AncovaQuantity, Callable[[AncovaModel], Iterator[Row]]] = {
    "tests": term_rows,
    "slopes": slope_rows,
    "curve": curve_rows,
}


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
    covariance: Covariance = "ols",
    permutations: int = 0,
    seed: int = 1,
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
    covariance : {"ols", "hc2", "hc3"}
        Errors of slopes and curves: of one residual variance, or heteroscedasticity-consistent; "hc2" with the degrees
        of freedom of Bell and McCaffrey, which keep the level where a few cases have most of the leverage, "hc3" with
        the residual ones. The tests stay those of one residual variance.
    permutations, seed : int
        Permutations within the cells of the factors, of what the model without the score leaves of the outcome (without
        covariates the same as of the score), and where they start; 0 for none.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the results.

    Returns
    -------
    Ancova
        ``tests``: ``statistic`` F, ``df`` of the term, extra columns ``df_residual``, and ``variable``, ``level``,
        ``variable_2``, ``level_2``: the term taken apart. ``slopes``: ``term`` the score,
        ``estimate`` in units of the outcome per unit of the score, t; with permutations ``p_permutation``, the share at
        least as many standard errors from 0: is there a slope in any cell? ``curve``: ``term`` "mean", extra column
        ``at``. ``stratum`` is "all" or "<factor>=<level>". Flags: "missing variable", "too few observations" (no
        degrees of freedom are left), "constant outcome", "constant exposure", "empty level" (of a factor), "not
        estimable" (an empty cell is part of the average, the fit is perfect, or with "hc2" and "hc3" one case alone
        decides it), "few degrees of freedom" (below 10 of "hc2"; the numbers stand), "rank deficient: k of m df" (an
        interaction beside empty cells; its numbers stand).

    Raises
    ------
    DataError
        A column is absent or of the wrong type, or an extra term names a variable that is not in the model.

    References
    ----------
    Searle, Speed and Milliken 1980, doi:10.1080/00031305.1980.10483031. HC2 and its degrees of freedom: Bell and
    McCaffrey 2002, Survey Methodology 28, 169-181; Imbens and Kolesar 2016, doi:10.1162/REST_a_00552. Permutations:
    Freedman and Lane 1983, doi:10.2307/1391660.

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
    known = (*grouped, score, *adjusted)
    with telling_columns(data, outcomes, known):
        spec = AncovaSpec(
            cohort=cohort,
            outcomes=outcomes,
            score=score,
            factors=grouped,
            covariates=adjusted,
            extra_terms=tuple(":".join(split_product(term, known)) for term in as_names(extra_terms)),
            weights=weights,
            centre=centre,
            points=points,
            covariance=covariance,
            permutations=permutations,
            seed=seed,
            conf_level=conf_level,
        )
    tests, slopes, curve = _answers(spec, data, ("tests", "slopes", "curve"))
    return Ancova(tests=tests, slopes=slopes, curve=curve)


def answer_ancova(spec: AncovaSpec, data: pd.DataFrame) -> Result:
    """Answer of `fit_ancova` to a spec: the quantity that it names."""
    (result,) = _answers(spec, data, (spec.quantity,))
    return result


def _answers(spec: AncovaSpec, data: pd.DataFrame, quantities: Sequence[AncovaQuantity]) -> list[Result]:
    """Read several quantities from models that are fitted once."""
    frame = model_frame(data, numeric=[spec.score, *spec.outcomes], factors=spec.factors, either=spec.covariates)
    models = AncovaModels(frame, spec, ancova_terms((*spec.factors, spec.score), spec.covariates, spec.extra_terms))
    fitted = [models.fit(name) for name in spec.outcomes]
    return [
        Result.from_rows(
            [row for model in fitted for row in ROWS[quantity](model)], replace(spec, quantity=quantity), frame.table
        )
        for quantity in quantities
    ]
