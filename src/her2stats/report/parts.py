"""Parts that many sections need: a table of blocks, the figures of a section, why something is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from her2stats.report.page_model import MorePart, Part, Section, TablePart, TextPart
from her2stats.report.statements import name_list
from her2stats.results.folder import ResultsFolder
from her2stats.tables import PrintedTable

Figures = Mapping[str, Sequence[Part]]
LONGEST = 150


def section(name: str, title: str, parts: Iterable[Part], lead: str = "") -> Section:
    """Make a section."""
    return Section(name, title, tuple(parts), lead)


def all_parts(parts: Sequence[Part]) -> Iterator[Part]:
    """All parts, those behind a heading included."""
    for part in parts:
        yield part
        if isinstance(part, MorePart):
            yield from all_parts(part.parts)


def absent(folder: ResultsFolder, *tables: str) -> list[Part]:
    """Say which tables of a section could not be read, and why cohorts are not in the others."""
    said: list[Part] = []
    for name in tables:
        gap = folder.gap(name)
        if gap is not None:
            said.append(TextPart(f"{gap}. What it would show is not on this page.", "gap"))
    omitted = folder.table("omitted")
    rows = omitted[omitted["part"].isin(tables)]
    for reason, part in rows.groupby("reason", sort=False):
        cohorts = name_list(list(dict.fromkeys(map(str, part["cohort"]))), most=99)
        said.append(TextPart(f"Not available for {cohorts}: {reason}.", "aside"))
    return said


def gathered(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows that are alike but for one column as a single row, with what that column says joined by commas."""
    alike = [name for name in rows.columns if name != column]
    joined = rows.groupby(alike, sort=False, dropna=False)[column].agg(lambda told: ", ".join(dict.fromkeys(told)))
    return joined.reset_index()[list(rows.columns)]


def shortened(text: str, file: str) -> str:
    """A long list as far as a line or two hold it; the whole stands in a file of the results folder."""
    return (
        text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} \N{HORIZONTAL ELLIPSIS} (all in {file})"
    )


def by_cohort(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows by cohort, in the order of the file."""
    return [(str(cohort), part) for cohort, part in rows.groupby("cohort", sort=False)]


def table_by_cohort(
    rows: pd.DataFrame, data: str, printed: Callable[[str, pd.DataFrame], PrintedTable], *, sortable: bool = True
) -> list[Part]:
    """One table a cohort."""
    return [TablePart(printed(cohort, part), data, sortable) for cohort, part in by_cohort(rows)]
