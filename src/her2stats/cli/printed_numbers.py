"""Printed numbers at the command line: an audit of the paper, or of a user's own table."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import InputError, Problem, ProblemList, TableError
from her2stats.published import audit_correlation, audit_counts, audit_odds_ratio, audit_published, verdict_counts
from her2stats.published.columns import row_name

_CELLS = ("a", "b", "c", "d")
_EMPTY: frozenset[str] = frozenset({""})


# Kind of table -> columns that it needs, and columns that it may have.
KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "counts": (("variable", "level", "count", "n"), ("percent", "several", "place")),
    "correlation": (("estimate",), ("low", "high", "n", "p", "item", "place")),
    "odds-ratio": (("estimate",), ("low", "high", "p", "claim", "item", "place", *_CELLS)),
}


@dataclass(frozen=True)
class Printed:
    """A user's table of printed numbers: one number a cell, as words, and where each row stands in its file."""

    name: str
    table: pd.DataFrame
    lines: list[int]


def audit_file(
    path: str | Path | None = None, kind: str = "counts", conf_level: float = 0.95, *, wald: bool = False
) -> pd.DataFrame:
    """Audit the printed numbers of a table file, or of the paper where no file is given, as `audit_published` does.

    The file is any table that `read_clinical` reads, with one printed number a cell and the columns that `KINDS` has
    for its kind. The four counts a, b, c, d of an odds ratio are events and non-events of the comparison group, then of
    the reference group; rows without them are audited from estimate and interval. `conf_level` is that of the printed
    intervals, and what is significant is so at 1 less it; with `wald` a p, a claim or a limit that does not fit Wald's
    interval is wrong. Raises FileError, TableError or DataError for no such file or kind, columns that are missing or
    not known, and cells that cannot be read, each with its line and column.
    """
    if (wald and kind != "odds-ratio") or (conf_level != 0.95 and kind == "counts") or (path is None and wald):
        what = "a level or kind of interval is declared, and these numbers have none"
        raise TableError(Problem(what, remedy="both are of a table --as odds-ratio, the level of correlations, too"))
    if path is None:
        return audit_published()
    if kind not in KINDS:
        raise TableError(Problem(f"{kind!r} is no kind of table", remedy=f"give one of: {', '.join(KINDS)}"))
    printed = _read(Path(path), kind)
    try:
        how: dict[str, Any] = {} if kind == "counts" else {"conf_level": conf_level}
        how |= {"ci": "wald"} if wald and kind == "odds-ratio" else {}
        return _AUDITS[kind](printed.table, **how)
    except InputError as error:
        raise type(error)(*_in_file(error.problems, printed)) from None


def audit_lines(audit: pd.DataFrame, *, every: bool = True, width: int = 80) -> list[str]:
    """Lay an audit out for a terminal: contradictions, with `every` the rest, with arithmetic; last the counts."""
    room = max(width, 24)
    lines: list[str] = []
    for verdict in ("inconsistent", "not determinable", "consistent")[: None if every else 1]:
        rows = audit[audit["verdict"] == verdict]
        lines += [f"{verdict.upper()} ({len(rows)})", ""] if len(rows) else []
        for row in rows.to_dict("records"):
            where = ", ".join(filter(None, (row["place"], row["check"])))
            lines += textwrap.wrap(f"{row['item']} ({where})" if where else row["item"], room, subsequent_indent="  ")
            found = f"; recomputed {row['recomputed']}" if row["recomputed"] else ""
            for text in (f"printed {row['printed']}{found}", row["arithmetic"]):
                lines += textwrap.wrap(text, room, initial_indent="  ", subsequent_indent="  ")
            lines.append("")
    rest = "" if every else "; --all shows every check"
    return [*lines, *textwrap.wrap(audit_counts_line(audit) + rest, room)]


def audit_counts_line(audit: pd.DataFrame) -> str:
    """Say how many checks there are of each verdict.

    >>> audit_counts_line(audit_file())
    '142 checks: 120 consistent, 19 inconsistent, 3 not determinable'
    """
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdict_counts(audit).items())
    return f"{len(audit)} checks: {counts}"


def _read(path: Path, kind: str) -> Printed:
    from her2stats.files import read_content
    from her2stats.reading.formats.dispatch import read_words

    read = read_words(read_content(path))
    table = pd.DataFrame(read.rows, columns=[name.strip().casefold() for name in read.header])
    _check_columns(table, path.name, kind)
    return Printed(path.name, table, read.lines)


def _check_columns(table: pd.DataFrame, name: str, kind: str) -> None:
    needed, possible = KINDS[kind]
    found = ProblemList()
    others = [other for other in KINDS if other != kind and _fits(table, other)]
    if others and not _fits(table, kind):
        found.add(
            TableError, f"its columns are those of another kind than {kind}", where=name, remedy=f"say --as {others[0]}"
        )
        found.raise_if_any()
    for column in needed:
        if column not in table:
            found.add(TableError, f"no column {column!r}", where=name, remedy=f"needed: {', '.join(needed)}")
    for column in table.columns[table.columns.duplicated()].unique():
        found.add(TableError, f"column {column!r} is there twice", where=name, remedy="name each column once")
    for column in dict.fromkeys(table.columns):
        if column not in (*needed, *possible):
            remedy = f"known: {', '.join((*needed, *possible))}"
            found.add(TableError, f"column {column!r} is not known", where=name, remedy=remedy)
    given = [column for column in _CELLS if column in table]
    if kind == "odds-ratio" and 0 < len(given) < len(_CELLS):
        what = f"has the counts {', '.join(given)} without the others"
        found.add(TableError, what, where=name, remedy="give a, b, c and d, or none of them")
    if not found and not len(table):
        found.add(TableError, "no rows", where=name, remedy="give one printed number a row")
    found.raise_if_any()


def _fits(table: pd.DataFrame, kind: str) -> bool:
    needed, possible = KINDS[kind]
    return set(needed) <= set(table) <= {*needed, *possible}


def _in_file(problems: Sequence[Problem], printed: Printed) -> list[Problem]:
    """Problems of rows, with the file and the lines where those rows stand, in the order of the lines."""
    lines = {row_name(place): line for place, line in enumerate(printed.lines)}
    placed = []
    for problem in problems:
        row, mark, item = problem.row.partition(" (")
        at = f"line {lines[row]}{mark}{item}" if row in lines else problem.row
        placed.append((lines.get(row, 0), replace(problem, where=printed.name, row=at)))
    return [problem for _, problem in sorted(placed, key=lambda pair: pair[0])]


def _columns(rows: pd.DataFrame) -> dict[str, Any]:
    """Columns as keyword arguments, empty ones left out."""
    return {str(name): list(rows[name]) for name in rows if set(rows[name]) != _EMPTY}


def _audit_correlations(rows: pd.DataFrame, **how: Any) -> pd.DataFrame:
    return audit_correlation(**{"estimate": "", **_columns(rows)}, **how)


def _audit_odds_ratios(rows: pd.DataFrame, **how: Any) -> pd.DataFrame:
    given = [name for name in _CELLS if name in rows]
    cells = rows[given].to_numpy() if given else None
    return audit_odds_ratio(**{"estimate": "", **_columns(rows.drop(columns=given))}, cells=cells, **how)


_AUDITS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "counts": audit_counts,
    "correlation": _audit_correlations,
    "odds-ratio": _audit_odds_ratios,
}
