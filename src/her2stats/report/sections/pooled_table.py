"""Estimates pooled over cohorts as the page prints them: whatever the measure, in one layout."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import Part, TablePart
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import records
from her2stats.tables import PrintedTable
from her2stats.tables.effects import effect_text, flag_notes, interval_heading
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.names import sentence_case, stratum_label, variable_label
from her2stats.vocabulary.numbers import format_number, format_p, is_missing


def pooled_table(folder: ResultsFolder, name: str, rows: pd.DataFrame, caption: str) -> list[Part]:
    """Pooled estimates, a line a cell type, the strata side by side, with the heterogeneity of the cohorts."""
    if not len(rows):
        return []
    symbol = measure(rows["measure"].iloc[0]).symbol
    types = list(dict.fromkeys(rows["outcome"]))
    frame, labels, spanners = {"name": [variable_label(name) for name in types]}, {"name": "Cell type"}, []
    for number, (stratum, part) in enumerate(rows.groupby("stratum", sort=False)):
        found = {str(row["outcome"]): row for row in records(part)}
        own = [found.get(name) for name in types]
        columns = [f"b{number}_{kind}" for kind in ("effect", "p", "i2")]
        frame[columns[0]] = [effect_text(row) if row else "" for row in own]
        frame[columns[1]] = [format_p(row["p_value"], alpha=folder.provenance.alpha) if row else "" for row in own]
        frame[columns[2]] = [_share(row.get("i2")) if row else "" for row in own]
        labels |= dict(zip(columns, (f"{symbol} ({interval_heading(part)})", "p", "I\N{SUPERSCRIPT TWO}"), strict=True))
        spanners.append((stratum_label(str(stratum)), columns))
    how = f"{sentence_case(rows['method'].iloc[0])}; p not corrected for multiple testing."
    share = "I\N{SUPERSCRIPT TWO}: share of the variation between cohorts that exceeds chance."
    notes = [how, share, *flag_notes([str(text) for text in rows["flag"]])]
    return [TablePart(PrintedTable(pd.DataFrame(frame), caption, labels, spanners, notes=notes), name)]


def _share(value: float | None) -> str:
    return "" if value is None or is_missing(value) else f"{format_number(100 * value, 0)}%"
