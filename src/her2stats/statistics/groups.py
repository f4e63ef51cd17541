"""Do two groups differ: Wilcoxon for continuous variables, chi-squared for binary ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from her2stats.statistics.arguments import Names, as_names, percent
from her2stats.statistics.fits.proportions import fisher_exact, two_proportions
from her2stats.statistics.fits.rank_tests.wilcoxon import RankSum, rank_sum
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, ModelFrame, Stratum, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import GroupSpec, Kind

FISHER = "(Fisher exact)"
FEW_EXPECTED = 5


def compare_groups(
    data: pd.DataFrame,
    y: Names,
    *,
    group: Names,
    by: str | None = None,
    kind: Kind = "auto",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Compare variables between two groups, second level against the first.

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    y : str or sequence of str
        Numbers to compare, in any unit; stand in the column ``outcome``.
    group : str or sequence of str
        Factors of two levels (text, categories or 0/1); every `y` is compared in every `group`.
    by : str, optional
        A factor: the comparison within each of its levels instead of over all samples.
    kind : {"auto", "continuous", "binary"}
        "auto" takes a `y` that holds nothing but 0 and 1 for binary.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        Extra columns ``group``, ``reference`` and ``comparison`` (levels), ``n_reference``, ``n_comparison``,
        ``value_reference``, ``value_comparison`` (medians, or proportions) and ``superiority`` (the chance that a value
        of the second group exceeds one of the first).
        Continuous: ``estimate`` Hodges-Lehmann shift with its interval, ``statistic`` W, p exact when both groups have
        fewer than 50 values without ties, else normal with tie and continuity correction; see `rank_sum`.
        Binary: ``estimate`` difference of the proportions with its Wald interval, ``statistic`` chi-squared without
        continuity correction; a second row "<group> (Fisher exact)" of
        measure "second_test" where an expected count is below 5.
        Flags: "empty level" unless exactly two levels are present, "constant outcome", "too few observations" where
        the groups are too small for an interval of this level, "not estimable" where both proportions are 0 or 1
        and the Wald interval has no width.

    Raises
    ------
    DataError
        A column is absent, holds text, or is not 0/1 though declared binary.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z; Hodges and Lehmann 1963,
    doi:10.1214/aoms/1177704172.

    Examples
    --------
    >>> cd8 = [1.1, 2.2, 3.3, 4.4, 3.0, 5.0, 6.0, 7.0]
    >>> frame = pd.DataFrame({"cd8": cd8, "hr": ["negative"] * 4 + ["positive"] * 4})
    >>> compare_groups(frame, "cd8", group="hr").table[["estimate", "statistic", "p_value"]].round(4)
       estimate  statistic  p_value
    0      2.65       14.0   0.1143
    """
    outcomes, groups = as_names(y), as_names(group)
    with telling_columns(data, outcomes, groups, by):
        spec = GroupSpec(
            cohort=cohort,
            y=outcomes,
            kinds=(kind,) * len(outcomes),
            group=groups,
            by="" if by is None else by,
            conf_level=conf_level,
        )
    return answer_groups(spec, data)


def answer_groups(spec: GroupSpec, data: pd.DataFrame) -> Result:
    """Answer of `compare_groups` to a spec, in which every "auto" has become what the data are."""
    asked = dict(zip(spec.y, spec.kinds, strict=True))
    binary = [name for name, kind in asked.items() if kind == "binary"]
    numeric = [name for name in asked if name not in binary]
    factors = (*spec.group, *as_names(spec.by))
    frame = model_frame(data, numeric=numeric, binary=binary, factors=factors, ranked=True)
    kinds = tuple(_kind(frame.values[name]) if kind == "auto" else kind for name, kind in asked.items())
    spec = replace(spec, kinds=kinds)
    rows = [
        {"stratum": within.label, **row}
        for within in frame.strata(spec.by)
        for name in spec.group
        for outcome, measured in zip(spec.y, kinds, strict=True)
        for row in _comparison(frame, within, outcome, name, measured, spec.conf_level)
    ]
    return Result.from_rows(rows, spec, frame.table)


def _kind(values: Array) -> str:
    present = values[~np.isnan(values)]
    return "binary" if len(present) and np.isin(present, (0.0, 1.0)).all() else "continuous"


def _comparison(
    frame: ModelFrame, within: Stratum, outcome: str, group: str, kind: str, conf_level: float
) -> Iterator[Row]:
    cases = frame.complete([group, outcome], within)
    values, codes = cases[outcome], cases[group]
    row: Row = {
        "outcome": outcome,
        "term": group,
        "role": "group",
        "measure": "shift" if kind == "continuous" else "risk_difference",
        "conf_level": conf_level,
        "n": cases.n,
        "n_missing": cases.n_missing,
        "method": f"{'Wilcoxon' if kind == 'continuous' else 'chi-squared'}, no test",
    }
    if kind == "binary":
        row["n_events"] = int(values.sum())
    row |= {"group": group, "reference": "", "comparison": ""}
    row |= dict.fromkeys(
        ["n_reference", "n_comparison", "value_reference", "value_comparison", "superiority"], math.nan
    )
    present = np.unique(codes)
    if absent := frame.without_value([group, outcome]):
        yield row | {"flag": flag("missing variable", f"'{absent}' has no value")}
        return
    if len(present) != 2:
        levels = ", ".join(frame.levels[group][int(code)] for code in present) or "none"
        yield row | {"flag": flag("empty level", f"two levels of '{group}' are needed, present: {levels}")}
        return
    first, second = (values[codes == code] for code in present)
    row["reference"], row["comparison"] = (frame.levels[group][int(code)] for code in present)
    row |= {"n_reference": len(first), "n_comparison": len(second)}
    if kind == "continuous":
        row |= {"value_reference": float(np.median(first)), "value_comparison": float(np.median(second))}
    else:
        row |= {"value_reference": first.sum() / len(first), "value_comparison": second.sum() / len(second)}
    if values.min() == values.max():
        yield row | {"flag": flag("constant outcome", f"'{outcome}' is {values[0]:g} throughout")}
    elif kind == "continuous":
        yield row | _continuous(rank_sum(first, second, conf_level=conf_level), conf_level)
    else:
        yield from _binary(row, first, second, conf_level)


def _continuous(test: RankSum, conf_level: float) -> Row:
    if test.exact:
        method = f"Wilcoxon, exact; {percent(conf_level)} CI Hodges-Lehmann, exact"
    else:
        method = (
            "Wilcoxon, normal approximation with tie and continuity correction; "
            f"{percent(conf_level)} CI Hodges-Lehmann, Moses"
        )
    short = math.isnan(test.conf_low)
    return {
        "estimate": test.shift,
        "conf_low": test.conf_low,
        "conf_high": test.conf_high,
        "statistic": test.statistic,
        "p_value": test.p_value,
        "superiority": test.superiority,
        "method": method,
        "flag": flag("too few observations", f"no {percent(conf_level)} interval") if short else "",
    }


def _binary(row: Row, first: Array, second: Array, conf_level: float) -> Iterator[Row]:
    events = int(first.sum()), int(second.sum())
    totals = len(first), len(second)
    test = two_proportions(events, totals, conf_level=conf_level)
    without_width = test.std_error == 0
    yield row | {
        "estimate": test.difference,
        "std_error": math.nan if without_width else test.std_error,
        "conf_low": math.nan if without_width else test.conf_low,
        "conf_high": math.nan if without_width else test.conf_high,
        "statistic": test.statistic,
        "df": 1,
        "p_value": test.p_value,
        "method": f"chi-squared without continuity correction; {percent(conf_level)} CI Wald",
        "flag": flag("not estimable", "both proportions are 0 or 1, no interval") if without_width else "",
    }
    if test.smallest_expected < FEW_EXPECTED:
        yield row | {
            "term": f"{row['term']} {FISHER}",
            "measure": "second_test",
            "conf_level": math.nan,
            "p_value": fisher_exact(events, totals),
            "value_reference": math.nan,
            "value_comparison": math.nan,
            "method": "Fisher exact",
        }
