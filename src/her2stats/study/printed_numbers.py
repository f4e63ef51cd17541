"""Printed numbers at the command line: an audit of the paper or of a user's own table, and a run beside the paper."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import Problem, TableError
from her2stats.published import audit_correlation, audit_counts, audit_odds_ratio, audit_published, verdict_counts

_CELLS = ("a", "b", "c", "d")
# Columns of each kind of table: needed, and possible.
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "counts": (("variable", "level", "count", "n"), ("percent", "place")),
    "correlation": (("estimate",), ("low", "high", "n", "p", "item", "place")),
    "odds-ratio": (("estimate",), ("low", "high", "p", "claim", "item", "place", *_CELLS)),
}
_EMPTY: frozenset[str] = frozenset({""})


def audit_file(path: str | Path | None = None, kind: str = "counts") -> pd.DataFrame:
    """Audit the printed numbers of a table file, or of the paper where no file is given.

    Parameters
    ----------
    path : str, Path or None
        A delimited text; one printed number a cell, as printed.
    kind : {"counts", "correlation", "odds-ratio"}
        What stands in a row. Columns: counts has variable, level, count, n and, if printed, percent, place;
        correlation has estimate and low, high, n, p, item, place; odds-ratio the same with claim and the four counts
        a, b, c, d of the 2 x 2 table (events and non-events of the comparison group, then of the reference group).

    Returns
    -------
    DataFrame
        As from `audit_published`.

    Raises
    ------
    FileError, TableError, DataError
        No such file or kind; columns that are missing or not known; numbers that cannot be read.

    Examples
    --------
    >>> audit_file()["verdict"].nunique()
    3
    """
    if path is None:
        return audit_published()
    if kind not in COLUMNS:
        known = ", ".join(COLUMNS)
        raise TableError(Problem(f"{kind!r} is no kind of table", remedy=f"give one of: {known}"))
    table = _read(Path(path), kind)
    audits: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "counts": audit_counts,
        "correlation": lambda rows: audit_correlation(**_printed(rows)),
        "odds-ratio": _audit_odds_ratios,
    }
    return audits[kind](table)


def audit_lines(audit: pd.DataFrame, *, width: int = 80) -> list[str]:
    """Lay an audit out for a terminal: contradictions first, each with its arithmetic, the counts at the end.

    Examples
    --------
    >>> audit_lines(audit_file())[-1]
    '142 checks: 120 consistent, 19 inconsistent, 3 not determinable'
    """
    room = max(width, 24)
    lines: list[str] = []
    for verdict in ("inconsistent", "not determinable", "consistent"):
        rows = audit[audit["verdict"] == verdict]
        lines += [f"{verdict.upper()} ({len(rows)})", ""] if len(rows) else []
        for row in rows.to_dict("records"):
            where = ", ".join(filter(None, (row["place"], row["check"])))
            lines += textwrap.wrap(f"{row['item']} ({where})" if where else row["item"], room, subsequent_indent="  ")
            found = f"; recomputed {row['recomputed']}" if row["recomputed"] else ""
            for text in (f"printed {row['printed']}{found}", row["arithmetic"]):
                lines += textwrap.wrap(text, room, initial_indent="  ", subsequent_indent="  ")
            lines.append("")
    return [*lines, *textwrap.wrap(audit_counts_line(audit), room)]


def audit_counts_line(audit: pd.DataFrame) -> str:
    """Say how many checks there are of each verdict.

    Examples
    --------
    >>> audit_counts_line(audit_file())
    '142 checks: 120 consistent, 19 inconsistent, 3 not determinable'
    """
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdict_counts(audit).items())
    return f"{len(audit)} checks: {counts}"


def beside_the_paper(results: str | Path, *, output: Path | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put a results folder beside the paper.

    Parameters
    ----------
    results : str or Path
        A results folder.
    output : Path, optional
        Folder for the table (comparison.csv) and the figures (published_correlation, published_odds_ratio).

    Returns
    -------
    tuple of DataFrame
        The comparison, row by row, and its summary.

    Raises
    ------
    FileError, DataError, OutputError
        No results folder; nothing in it can be compared; the folder cannot be written.
    """
    from her2stats.published import compare_published, comparison_summary
    from her2stats.study.results import load_results

    comparison = compare_published(load_results(results).tables)
    if output is not None:
        from her2stats.figures import plot_published, save_figure
        from her2stats.study.single_steps import write_csv

        write_csv(comparison, output / "comparison.csv")
        save_figure(plot_published(comparison), output / "published_correlation")
        save_figure(plot_published(comparison, measure="odds ratio"), output / "published_odds_ratio")
    return comparison, comparison_summary(comparison)


def _read(path: Path, kind: str) -> pd.DataFrame:
    from her2stats.reading.files import read_content
    from her2stats.reading.text import read_text_table

    read = read_text_table(read_content(path))
    table = pd.DataFrame(read.rows, columns=[name.strip().casefold() for name in read.header])
    return _checked(table, path, kind)


def _checked(table: pd.DataFrame, path: Path, kind: str) -> pd.DataFrame:
    needed, possible = COLUMNS[kind]
    problems = [Problem(f"no column {name!r}", str(path), f"needed: {', '.join(needed)}") for name in needed]
    problems = [problem for name, problem in zip(needed, problems, strict=True) if name not in table]
    doubled = table.columns[table.columns.duplicated()].unique()
    problems += [Problem(f"column {name!r} is there twice", str(path), "name each column once") for name in doubled]
    unknown = [str(name) for name in table if name not in (*needed, *possible)]
    remedy = f"known: {', '.join((*needed, *possible))}"
    problems += [Problem(f"column {name!r} is not known", str(path), remedy) for name in unknown]
    if not problems and not len(table):
        problems.append(Problem("no rows", str(path), "give one printed number a row"))
    if problems:
        raise TableError(*problems)
    return table


def _printed(rows: pd.DataFrame) -> dict[str, Any]:
    """Columns as keyword arguments, empty ones left out."""
    return {str(name): list(rows[name]) for name in rows if set(rows[name]) != _EMPTY}


def _audit_odds_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    given = [name for name in _CELLS if name in rows]
    numbers = _printed(rows.drop(columns=given))
    if not given:
        return audit_odds_ratio(**numbers)
    if len(given) < len(_CELLS):
        raise TableError(Problem(f"counts {', '.join(given)} without the others", remedy="give a, b, c and d"))
    return audit_odds_ratio(**numbers, cells=rows[list(_CELLS)].to_numpy())
