"""A table as a file for a manuscript: Word, LaTeX or HTML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.tables.effects import print_effects
from her2stats.tables.great_table import to_great_table
from her2stats.tables.latex import PACKAGES, table_latex
from her2stats.tables.patients import PATIENTS, print_table_one
from her2stats.tables.printed import PrintedTable
from her2stats.tables.response import print_response
from her2stats.tables.word import word_document
from her2stats.writing import write_whole

_WRITERS: dict[str, Callable[[PrintedTable], str | bytes]] = {
    ".docx": lambda table: word_document([table]),
    ".tex": lambda table: f"% {PACKAGES}\n{table_latex(table)}",
    ".html": lambda table: str(to_great_table(table).as_raw_html(make_page=True)),
}


def save_table(table: pd.DataFrame | PrintedTable, path: str | Path, *, caption: str = "") -> Path:
    r"""Write a table for a manuscript, in the look of gtsummary.

    Parameters
    ----------
    table : DataFrame or PrintedTable
        What `table_one`, `table_effects` or `table_response` returned; any other frame is written as it stands,
        its first column as the names of the rows.
    path : str or Path
        Where; the ending chooses: ``.docx``, ``.tex`` (needs booktabs, longtable and, for wide tables, pdflscape)
        or ``.html``. The same table gives the same bytes.
    caption : str
        Stands above the table; a PrintedTable has its own.

    Returns
    -------
    Path
        The file, which replaces one that is there.

    Raises
    ------
    DataError
        The ending is none of these, or the table has no column.
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from her2stats import table_one
    >>> table = table_one({"tiny": pd.DataFrame({"hr": ["positive", "negative", "positive"]})})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = save_table(table, f"{folder}/table1.tex", caption="Table 1. Patients")
    ...     r"\quad Positive & 2 (66.7\%)" in written.read_text()
    True
    """
    path = Path(path)
    if path.suffix not in _WRITERS:
        what = f"a table cannot be written as {path.suffix or path.name!r}"
        raise DataError(Problem(what, str(path), f"let the file end in {', '.join(_WRITERS)}"))
    printed = table if isinstance(table, PrintedTable) else as_printed(table, caption=caption)
    write_whole(path, _WRITERS[path.suffix](printed), what="the table ")
    return path


def as_printed(table: pd.DataFrame, *, caption: str) -> PrintedTable:
    """Lay a table out as the function that made it is printed, which its columns tell."""
    columns = [str(column) for column in table.columns]
    if not columns:
        raise DataError(Problem("the table has no column", remedy="give what table_one or table_effects returned"))
    cohorts = [name for name in columns if f"{name} n" in columns and f"{name} percent" in columns]
    if columns[:2] == ["variable", "level"] and cohorts:
        sizes = table.loc[table["variable"] == PATIENTS, cohorts].iloc[0]
        return print_table_one(table, {name: str(sizes[name]) for name in cohorts}, caption=caption)
    if columns[:3] == ["cohort", "outcome", "level"]:
        return print_response(table, caption=caption)
    if columns[:5] == ["cohort", "stratum", "outcome", "term", "effect"]:
        return print_effects(table, caption=caption)
    return PrintedTable(table.set_axis(columns, axis=1).reset_index(drop=True).astype("str"), caption)
