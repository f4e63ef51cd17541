"""Table 2: response by HER2 group, with counts, percentages and the odds ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.statistics.rows import Rows, records, result_rows
from her2stats.tables.effects import effect_text
from her2stats.tables.printed import PrintedTable
from her2stats.vocabulary.names import level_label, sentence_case, stratum_label, term_label, variable_label
from her2stats.vocabulary.numbers import format_count, format_percent, is_missing
from her2stats.vocabulary.variables import BY_NAME, with_role

ODDS_RATIO_ROW = "Odds ratio"
_EVERYBODY = "patients"
_NEEDED = ("reference", "comparison", "n_reference", "n_events_reference", "n_comparison", "n_events_comparison")


def table_response(results: Rows, *, decimals: int = 0, further: Rows = ()) -> pd.DataFrame:
    """Lay the answer of `response_odds` out as the paper's Table 2.

    Parameters
    ----------
    results : Result, DataFrame, or several of them
        What `response_odds` returned, or frames with its columns.
    decimals : int
        Decimals of the percentages; the paper prints none.
    further : Result, DataFrame, or several of them
        The same groups asked otherwise: adjusted, within the levels of a factor, and their interactions with it
        (`response_odds`, `fit_interaction`). Each is a line below the crude odds ratio.

    Returns
    -------
    DataFrame
        All text. Per cohort and outcome four rows: how many are evaluable, how many responded, how many did not,
        and the odds ratio with its interval. Columns ``cohort``, ``outcome``, ``level``, ``patients n``,
        ``patients %`` and, for the reference group and every group compared with it, ``<group> n`` and
        ``<group> %``. The odds ratio stands in the ``n`` column of its group, "1 (reference)" in that of the
        reference.

    Raises
    ------
    DataError
        The rows are no response rows, or two groups carry the same name.

    References
    ----------
    Pizzamiglio et al., npj Breast Cancer (2025), Table 2; doi:10.1038/s41523-025-00867-z.

    Examples
    --------
    >>> row = {"outcome": "pcr", "reference": "HER2-0", "comparison": "HER2-low", "measure": "odds_ratio",
    ...        "estimate": 0.688, "conf_low": 0.275, "conf_high": 1.724, "n_reference": 50,
    ...        "n_events_reference": 36, "n_comparison": 36, "n_events_comparison": 23}
    >>> table = table_response(pd.DataFrame([row]))
    >>> table.loc[1, ["level", "patients n", "patients %", "HER2-0 n", "HER2-low n", "HER2-low %"]].tolist()
    ['yes', '59', '69', '36', '23', '64']
    >>> table.loc[3, ["HER2-0 n", "HER2-low n"]].tolist()
    ['1 (reference)', '0.69 (0.28–1.72)']
    """
    rows, more = result_rows(results), result_rows(further)
    if len(rows) and any(column not in rows for column in _NEEDED):
        raise DataError(Problem("these are no response rows", remedy="give what response_odds returned"))
    blocks = [
        _block(str(cohort), str(outcome), records(block), decimals) + _beyond(block, more)
        for (cohort, outcome), block in rows.groupby(["cohort", "outcome"], sort=False)
    ]
    lines = [line for block in blocks for line in block]
    order = ["cohort", "outcome", "level", "patients n", "patients %"]
    groups = dict.fromkeys(key.rsplit(" ", 1)[0] for line in lines for key in line if key not in order)
    counts = [f"{group} {number}" for group in groups for number in ("n", "%")]
    return pd.DataFrame(lines, columns=[*order, *counts]).fillna("").astype("str")


def print_response(table: pd.DataFrame, *, caption: str, notes: Sequence[str] = ()) -> PrintedTable:
    """Print what `table_response` returned, with sentences below the table."""
    frame = table.drop(columns="cohort").reset_index(drop=True)
    if table["cohort"].nunique() > 1:
        frame["outcome"] = [f"{cohort}: {one}" for cohort, one in zip(table["cohort"], table["outcome"], strict=True)]
    frame["level"] = [level[:1].upper() + level[1:] if level else "Evaluable" for level in frame["level"]]
    counts = [column for column in frame.columns if column not in ("outcome", "level")]
    groups = list(dict.fromkeys(column.rsplit(" ", 1)[0] for column in counts))
    return PrintedTable(
        frame,
        caption,
        {"level": "Response", **{column: column.rsplit(" ", 1)[1] for column in counts}},
        spanners=[(group[:1].upper() + group[1:], [f"{group} n", f"{group} %"]) for group in groups],
        groups="outcome",
        notes=[*notes, "Odds ratios stand in the column of their group, with their confidence interval."],
    )


def _block(cohort: str, outcome: str, rows: list[dict[str, Any]], decimals: int) -> list[dict[str, str]]:
    """Four lines of one outcome: evaluable, responders, the others, odds ratio."""
    counts = {rows[0]["reference"]: (rows[0]["n_reference"], rows[0]["n_events_reference"])}
    ratios = dict.fromkeys(counts, "1 (reference)")
    for row in rows:
        level = row["comparison"]
        if level in (*counts, _EVERYBODY):
            what = f"the group {level!r} occurs twice for {outcome}"
            raise DataError(Problem(what, cohort, "give the rows of one cohort, each comparison once"))
        counts[level] = (row["n_comparison"], row["n_events_comparison"])
        ratios[level] = effect_text(row)
    yes, no = BY_NAME[outcome].printed.values() if outcome in with_role("response") else ("yes", "no")
    total = [sum(0 if is_missing(pair[place]) else int(pair[place]) for pair in counts.values()) for place in (0, 1)]
    everybody = {_EVERYBODY: (total[0], total[1]), **counts}
    head = {"cohort": cohort, "outcome": sentence_case(variable_label(outcome))}
    evaluable = {f"{name} n": format_count(n) for name, (n, _) in everybody.items()}
    responded: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, (n, events) in everybody.items():
        responded |= _share(name, events, n, decimals)
        others |= _share(name, None if is_missing(n) or is_missing(events) else n - events, n, decimals)
    odds = {f"{name} n": text for name, text in ratios.items()}
    lines = (("", evaluable), (yes, responded), (no, others), (ODDS_RATIO_ROW, odds))
    return [{**head, "level": level, **cells} for level, cells in lines]


def _beyond(block: pd.DataFrame, more: pd.DataFrame) -> list[dict[str, str]]:
    """A line for each further question about the groups of a block: its odds ratio, or the ratio of two."""
    about = records(block)[0]
    if not len(more):
        return []
    own = records(more[more["cohort"].eq(about["cohort"]) & more["outcome"].eq(about["outcome"])])
    lines: dict[str, dict[str, str]] = {}
    for row in own:
        product = row["role"] == "interaction" and row["measure"] == "odds_ratio"
        compared = row["exposure"] if product else row.get("comparison")
        if compared not in set(block["comparison"]) or (not product and row.get("group") != about["group"]):
            continue
        if product:
            factor, level = row["variable_2"], row["level_2"]
            label = f"Ratio of odds ratios, {level_label(factor, level) if factor in BY_NAME else level}"
        elif row["stratum"] == "all":
            given = "" if is_missing(row.get("given")) else str(row["given"])
            words = ", ".join(map(term_label, filter(None, given.split(", "))))
            label = f"{ODDS_RATIO_ROW}, adjusted for {words}" if words else f"{ODDS_RATIO_ROW}, adjusted"
        else:
            label = f"{ODDS_RATIO_ROW}, {stratum_label(row['stratum'])}"
        head = {"cohort": about["cohort"], "outcome": sentence_case(variable_label(about["outcome"])), "level": label}
        lines.setdefault(label, head)[f"{compared} n"] = effect_text(row)
    return list(lines.values())


def _share(name: str, part: Any, whole: Any, decimals: int) -> dict[str, str]:
    if is_missing(part) or is_missing(whole):
        return {f"{name} n": "", f"{name} %": ""}
    return {f"{name} n": format_count(part), f"{name} %": format_percent(int(part), int(whole), decimals)}
