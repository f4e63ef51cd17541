"""A spec and a frame in, the answer out: what every verb does once it has written down what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from her2stats.statistics.ancova import answer_ancova
from her2stats.statistics.claims.draws import answer_draws
from her2stats.statistics.claims.rank_agreement import answer_agreement
from her2stats.statistics.claims.robustness import answer_curve
from her2stats.statistics.claims.study_wide import answer_study_wide
from her2stats.statistics.correlation import answer_correlation
from her2stats.statistics.groups import answer_groups
from her2stats.statistics.interaction import answer_clinical, answer_interaction
from her2stats.statistics.logistic import answer_logistic
from her2stats.statistics.ordinal import answer_ordinal
from her2stats.statistics.pooling import answer_pooling
from her2stats.statistics.response import answer_response
from her2stats.statistics.result import Result
from her2stats.statistics.specs import (
    AgreementSpec,
    AncovaSpec,
    ClinicalSpec,
    CorrelationSpec,
    CurveSpec,
    DrawsSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    OrdinalSpec,
    PoolingSpec,
    ResponseSpec,
    Spec,
    StudyWideSpec,
)

ANSWERS: dict[type[Spec], Callable[[Any, pd.DataFrame], Result]] = {
    CorrelationSpec: answer_correlation,
    GroupSpec: answer_groups,
    LogisticSpec: answer_logistic,
    InteractionSpec: answer_interaction,
    ClinicalSpec: answer_clinical,
    AncovaSpec: answer_ancova,
    ResponseSpec: answer_response,
    PoolingSpec: answer_pooling,
    StudyWideSpec: answer_study_wide,
    OrdinalSpec: answer_ordinal,
    CurveSpec: answer_curve,
    DrawsSpec: answer_draws,
    AgreementSpec: answer_agreement,
}


def answer(spec: Spec, frame: pd.DataFrame) -> Result:
    """Answer what a spec asks of a frame; R's `run_spec` does the same.

    Parameters
    ----------
    spec : Spec
        Verb and conventions, as ``Result.spec`` keeps them.
    frame : DataFrame
        samples x variables; for a `PoolingSpec` odds ratios, a row a cohort and question.

    Returns
    -------
    Result
        As the verb gives it. Of an `AncovaSpec` the one quantity that it names.

    Raises
    ------
    DataError
        A column is absent or of the wrong type.

    Examples
    --------
    >>> from her2stats.statistics import correlate
    >>> frame = pd.DataFrame({"her2": [1.0, 2, 3, 4, 5, 6], "cd8": [9.0, 7, 8, 5, 6, 1]})
    >>> result = correlate(frame, "her2", "cd8")
    >>> answer(result.spec, result.data).table.equals(result.table)
    True
    """
    return ANSWERS[type(spec)](spec, frame)
