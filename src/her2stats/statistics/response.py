"""Odds of response by group: counts, odds ratio against a reference level, limits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.fits.logit import fit_logit
from her2stats.statistics.fits.odds_ratio import interval_name, odds_ratio
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, ModelFrame, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import OddsRatioCI, ResponseSpec
from her2stats.statistics.terms import term_columns


def response_odds(
    data: pd.DataFrame,
    outcome: Names,
    group: str,
    *,
    reference: str,
    ci: OddsRatioCI = "wald",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of each binary response for every level of a group against a reference level.

    Parameters
    ----------
    data : DataFrame
        patients x variables.
    outcome : str or sequence of str
        Columns of 0 and 1: pathological complete response, complete response at mid-course.
    group : str
        A factor (text, categories or 0/1).
    reference : str
        The level that the others are compared with.
    ci : {"wald", "profile"}
        Limits on the log scale, or profile likelihood; z and p are Wald's.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        A row "<group>[<level>]" for every other level; ``estimate`` odds ratio, ``std_error`` on the log scale; extra
        columns ``group``, ``reference``, ``comparison`` (levels), ``variable`` and ``level``, ``n_reference``,
        ``n_events_reference``, ``n_comparison``, ``n_events_comparison``. With every level in one model the odds ratios
        are those of the 2 x 2 tables. Flags: "empty level", "constant outcome", "separation" (a zero cell).

    Raises
    ------
    DataError
        A column is absent, an outcome is not 0/1, or the group has no such reference level.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z and Table 2.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2_group": ["HER2-0"] * 50 + ["HER2-low"] * 36})
    >>> frame["pcr"] = [1] * 36 + [0] * 14 + [1] * 23 + [0] * 13
    >>> result = response_odds(frame, "pcr", "her2_group", reference="HER2-0")
    >>> result.table[["estimate", "conf_low", "conf_high"]].round(3).to_numpy().tolist()
    [[0.688, 0.275, 1.724]]
    """
    outcomes = as_names(outcome)
    with telling_columns(data, outcomes, group):
        spec = ResponseSpec(
            cohort=cohort, outcomes=outcomes, group=group, reference=reference, ci=ci, conf_level=conf_level
        )
    return answer_response(spec, data)


def answer_response(spec: ResponseSpec, data: pd.DataFrame) -> Result:
    """Answer of `response_odds` to a spec."""
    frame = model_frame(data, binary=spec.outcomes, factors=[spec.group])
    levels = frame.levels[spec.group]
    if spec.reference not in levels:
        what = f"'{spec.group}' has no level {spec.reference!r}"
        raise DataError(Problem(what, remedy=f"levels are {', '.join(levels) or 'none'}"))
    rows = [row for name in spec.outcomes for row in _response(frame, name, spec)]
    return Result.from_rows(rows, spec, frame.table)


def _response(frame: ModelFrame, outcome: str, spec: ResponseSpec) -> Iterator[Row]:
    cases = frame.complete([spec.group, outcome], frame.everything)
    events, codes = cases[outcome], cases[spec.group]
    levels = frame.levels[spec.group]
    base = events[codes == levels.index(spec.reference)]
    absent = frame.without_value([spec.group, outcome])
    for position, level in enumerate(levels):
        if level == spec.reference:
            continue
        compared = events[codes == position]
        row: Row = {
            "stratum": "all",
            "outcome": outcome,
            **term_columns((spec.group, level)),
            "role": "group",
            "measure": "odds_ratio",
            "conf_level": spec.conf_level,
            "group": spec.group,
            "reference": spec.reference,
            "comparison": level,
            "n": cases.n,
            "n_events": int(events.sum()),
            "n_missing": cases.n_missing,
            "method": f"logistic, odds ratio against {spec.reference}; {interval_name(spec.ci, spec.conf_level)}",
            "n_reference": len(base),
            "n_events_reference": int(base.sum()),
            "n_comparison": len(compared),
            "n_events_comparison": int(compared.sum()),
        }
        if absent:
            yield row | {"flag": flag("missing variable", f"'{absent}' has no value")}
        else:
            yield row | _against(base, compared, events, spec)


def _against(base: Array, compared: Array, events: Array, spec: ResponseSpec) -> Row:
    if not len(base) or not len(compared):
        return {"flag": flag("empty level", "one of the two groups has no complete case")}
    if events.min() == events.max():
        return {"flag": flag("constant outcome", f"the outcome is {events[0]:g} in all {len(events)} cases")}
    if any(group.min() == group.max() for group in (base, compared)):
        return {"flag": flag("separation", "a cell of the 2 x 2 table is 0")}
    # Two levels are all that their odds ratio depends on, in a model of any number of levels.
    indicator = np.repeat([0.0, 1.0], [len(base), len(compared)])
    fit = fit_logit(np.column_stack([np.ones(len(indicator)), indicator]), np.concatenate([base, compared]))
    return odds_ratio(fit, np.array([0.0, 1.0]), ci=spec.ci, conf_level=spec.conf_level)
