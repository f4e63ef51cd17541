"""Every verb with every option, asked of a frame: what the crosscheck has to stand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.statistics import (
    Result,
    agree_ranks,
    compare_groups,
    correlate,
    correlate_draws,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    fit_ordinal,
    response_odds,
    specification_curve,
    study_wide,
)

from .frames import AGE, CELLS, GRADE, SCORE

Question = Callable[[pd.DataFrame], dict[str, Result]]

BY = st.sampled_from([None, "hr", "her2_ihc"])
LEVEL = st.sampled_from([0.95, 0.95, 0.9, 0.99])
OR_INTERVAL = st.sampled_from(["wald", "wald", "profile"])
COVARIATES = st.sampled_from([(), (), (AGE,), (GRADE,), (AGE, GRADE)])


@st.composite
def correlations(draw: st.DrawFn) -> Question:
    ci = draw(st.sampled_from(["bonett-wright", "fieller", "caruso-cliff", "fisher", "sas"]))
    options = {"by": draw(BY), "ci": ci, "conf_level": draw(LEVEL)}
    ways = [(None, ()), (None, ()), (GRADE, ()), (GRADE, ("present",)), (None, (GRADE, "present"))]
    options |= dict(zip(("within", "covariates"), draw(st.sampled_from(ways)), strict=True))
    return lambda frame: {"correlation": correlate(frame, SCORE, [CELLS, AGE, "older"], **options)}


@st.composite
def comparisons(draw: st.DrawFn) -> Question:
    by = draw(st.sampled_from([None, "her2_ihc"]))
    level = draw(LEVEL)
    variables = [SCORE, CELLS, "high", "present"]
    return lambda frame: {
        "comparison": compare_groups(frame, variables, group=["hr", "older"], by=by, conf_level=level)
    }


@st.composite
def logistic_models(draw: st.DrawFn) -> Question:
    options = {
        "by": draw(BY),
        "covariates": draw(COVARIATES),
        "per_sd": draw(st.booleans()),
        "sd": draw(st.sampled_from(["cohort", "stratum"])),
        "ci": draw(OR_INTERVAL),
        "conf_level": draw(LEVEL),
    }
    return lambda frame: {"logistic": fit_logistic(frame, ["high", "present"], SCORE, **options)}


@st.composite
def interactions(draw: st.DrawFn) -> Question:
    options = {
        "covariates": draw(COVARIATES),
        "per_sd": draw(st.booleans()),
        "ci": draw(OR_INTERVAL),
        "conf_level": draw(LEVEL),
    }
    return lambda frame: {"interaction": fit_interaction(frame, "high", SCORE, "hr", **options)}


@st.composite
def clinical_models(draw: st.DrawFn) -> Question:
    options = {"covariates": draw(st.sampled_from([(), (GRADE,)])), "ci": draw(OR_INTERVAL), "conf_level": draw(LEVEL)}
    return lambda frame: {
        "clinical": fit_clinical(frame, ["older", "high"], ["present", CELLS], moderator="hr", **options)
    }


@st.composite
def covariance_analyses(draw: st.DrawFn) -> Question:
    covariates, extra = draw(
        st.sampled_from([((), ()), ((AGE,), ()), ((GRADE,), ()), ((AGE, GRADE), (f"hr:{AGE}",)), (("present",), ())])
    )
    options = {
        "factors": draw(st.sampled_from([("hr", "her2_ihc"), ("hr", "her2_ihc"), ("hr",), ("her2_ihc", "hr")])),
        "covariates": covariates,
        "extra_terms": extra,
        "weights": draw(st.sampled_from(["equal", "equal", "proportional", "outer", "cells"])),
        "centre": draw(st.sampled_from([True, True, False])),
        "points": 3,
        "covariance": draw(st.sampled_from(["ols", "ols", "hc2", "hc3"])),
        "conf_level": draw(LEVEL),
    }

    def ask(frame: pd.DataFrame) -> dict[str, Result]:
        found = fit_ancova(frame, CELLS, SCORE, **options)
        return {"tests": found.tests, "slopes": found.slopes, "curve": found.curve}

    return ask


@st.composite
def responses(draw: st.DrawFn) -> Question:
    group, reference = draw(st.sampled_from([("her2_ihc", "0"), ("her2_ihc", "2+"), ("hr", "positive"), (GRADE, "I")]))
    ways = [(None, ()), (None, (AGE,)), ("older", ()), ("older", (AGE,)), (None, (AGE, "older"))]
    by, covariates = draw(st.sampled_from(ways))
    options = {"by": by, "covariates": covariates, "ci": draw(OR_INTERVAL), "conf_level": draw(LEVEL)}
    return lambda frame: {"response": response_odds(frame, ["high", "present"], group, reference=reference, **options)}


@st.composite
def rank_agreements(draw: st.DrawFn) -> Question:
    options = {"by": draw(st.sampled_from([None, "hr", "her2_ihc"])), "conf_level": draw(LEVEL)}
    return lambda frame: {"ranks": agree_ranks(frame, SCORE, [CELLS, AGE, "high"], **options)}


@st.composite
def ordinal_models(draw: st.DrawFn) -> Question:
    ways = [("hr", None, ()), (None, None, ("hr", AGE)), (None, "hr", ()), ("her2_ihc", "hr", (GRADE,))]
    by, moderator, covariates = draw(st.sampled_from(ways))
    options = {"by": by, "moderator": moderator, "covariates": covariates, "per_sd": draw(st.booleans())}
    level = draw(LEVEL)
    return lambda frame: {"ordinal": fit_ordinal(frame, [CELLS, "high"], SCORE, conf_level=level, **options)}


@st.composite
def whole_studies(draw: st.DrawFn) -> Question:
    within, factors, others = draw(
        st.sampled_from([("hr", ("hr", "her2_ihc"), (AGE,)), ("hr", (), ()), (None, (), ())])
    )
    primary = draw(st.sampled_from(["given", "odds", "correlation"] if within else ["correlation"]))
    options = {"within": within, "factors": factors, "slope_covariates": others, "primary": primary}
    options |= {"covariates": draw(st.sampled_from([(), (), (GRADE,)])), "seed": draw(st.integers(0, 5))}
    asked = {"high": ["high", "present"], "totals": "older", "alpha": 0.3, "permutations": 60}
    return lambda frame: {"study": study_wide(frame, SCORE, [CELLS, AGE], **asked, **options)}


@st.composite
def specification_curves(draw: st.DrawFn) -> Question:
    within, covariates = draw(
        st.sampled_from([("hr", (AGE, GRADE)), ("her2_ihc", (AGE,)), ("hr", ()), (None, (GRADE,))])
    )
    exposures = draw(st.sampled_from([[SCORE], [SCORE, "present"]]))
    outcomes = {"cells": {"absolute": CELLS, "markers": "high"}, "age": {"absolute": "older"}}
    options = {"within": within, "covariates": covariates, "conf_level": draw(LEVEL), "seed": draw(st.integers(0, 5))}
    return lambda frame: {"curve": specification_curve(frame, outcomes, exposures, permutations=60, **options)}


@st.composite
def draws_of_amounts(draw: st.DrawFn) -> Question:
    options = {"within": draw(st.sampled_from(["hr", "her2_ihc", None])), "conf_level": draw(LEVEL), "draws": 4}
    names = [CELLS, "older"]

    def ask(frame: pd.DataFrame) -> dict[str, Result]:
        drawn = {
            f"{n}, draw {k}": frame[n] * np.cos(k * np.arange(len(frame))).round(k) for n in names for k in range(1, 5)
        }
        return {"draws": correlate_draws(frame.assign(**drawn), SCORE, names, **options)}

    return ask


QUESTIONS: dict[str, st.SearchStrategy[Question]] = {
    "correlate": correlations(),
    "compare_groups": comparisons(),
    "fit_logistic": logistic_models(),
    "fit_interaction": interactions(),
    "fit_clinical": clinical_models(),
    "fit_ancova": covariance_analyses(),
    "response_odds": responses(),
    "fit_ordinal": ordinal_models(),
    "agree_ranks": rank_agreements(),
    "study_wide": whole_studies(),
    "specification_curve": specification_curves(),
    "correlate_draws": draws_of_amounts(),
}


def refuses(question: Question, frame: pd.DataFrame) -> bool:
    """Whether Python refuses the frame as bad input, so that there is nothing to compare."""
    try:
        question(frame)
    except DataError:
        return True
    return False
