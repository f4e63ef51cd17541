"""Python's answer to a spec: the verbs called with a spec's fields."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from her2stats.statistics import (
    Result,
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    response_odds,
)
from her2stats.statistics.specs import (
    AncovaSpec,
    ClinicalSpec,
    CorrelationSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    ResponseSpec,
    Spec,
)


def answer(spec: Spec, data: pd.DataFrame) -> Result:
    """Ask Python's statistics what a spec asks."""
    given = {field.name: getattr(spec, field.name) for field in fields(spec)}
    match spec:
        case CorrelationSpec():
            return correlate(data, given.pop("x"), given.pop("y"), **given)
        case GroupSpec():
            kinds = dict(zip(given.pop("y"), given.pop("kinds"), strict=True))
            answers = [compare_groups(data, name, kind=kind, **given) for name, kind in kinds.items()]
            tables = pd.concat([one.table for one in answers], ignore_index=True)
            columns = {name: one.data[name] for one in answers for name in one.data}
            return Result(tables, spec, pd.DataFrame(columns))
        case LogisticSpec():
            return fit_logistic(data, given.pop("outcomes"), given.pop("exposure"), **given)
        case InteractionSpec():
            return fit_interaction(data, given.pop("outcomes"), given.pop("exposure"), given.pop("moderator"), **given)
        case ClinicalSpec():
            return fit_clinical(data, given.pop("outcomes"), given.pop("exposures"), **given)
        case AncovaSpec():
            quantity = given.pop("quantity")
            return getattr(fit_ancova(data, given.pop("outcomes"), given.pop("score"), **given), quantity)
        case ResponseSpec():
            return response_odds(data, given.pop("outcomes"), given.pop("group"), **given)
