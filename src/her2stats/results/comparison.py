"""Two results folders side by side: settings, inputs, and every row of every table that is not the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.results.folder import read_tables
from her2stats.results.provenance import differences, read_results_provenance
from her2stats.results.row_changes import COLUMNS, ORDER, changed_rows, table_change
from her2stats.results.schema import RESULT_TABLES, SCHEMAS
from her2stats.vocabulary.names import stratum_label
from her2stats.vocabulary.notebook import panel_html
from her2stats.vocabulary.numbers import format_estimate, format_p

# The tables that answer the study's questions; within one kind of change their rows stand before those of the others.
MAIN = (
    *("correlation", "correlation_by_hr", "infiltration_by_hr", "group_comparison", "odds_ratios", "interaction"),
    *("ancova_slopes", "response", "pooled_correlations", "pooled_odds_ratios"),
)
NOISE = 0.01  # of a standard error: an estimate that moved by less is no change that anybody reads
UNCHANGED = "No result row changed."
TOLERANCE = 1e-9  # other processors and libraries differ by rounding; a finding does not hang on it
INPUTS = ("cohort", "role")
PROVENANCE_COLUMNS = ("setting", "before", "now")
INPUT_COLUMNS = (*INPUTS, "file_before", "file_now", "change")
TABLE_COLUMNS = ("table", "rows_before", "rows_now", "appeared", "vanished", "changed", "columns")


@dataclass(frozen=True, eq=False)
class ResultsComparison:
    """What changed from one results folder to another.

    Parameters
    ----------
    settings : DataFrame
        Settings, conventions and versions: ``setting``, ``before``, ``now``.
    inputs : DataFrame
        Files by their checksums: ``cohort``, ``role``, ``file_before``, ``file_now``, ``change``.
    rows : DataFrame
        Rows of result tables: the gravest kind of change first (sign, significance, estimates, rows that came or went;
        noise last), in it the main tables, in these the largest: what names the row,
        ``change``, estimate, limits and p before and now, ``size`` in standard errors, ``columns`` that changed.
    tables : DataFrame
        Other tables: how many rows appeared, vanished and changed, and in which columns.
    gaps : tuple of str
        Tables that are missing or damaged in one of the folders, and are not compared.
    """

    settings: pd.DataFrame
    inputs: pd.DataFrame
    rows: pd.DataFrame
    tables: pd.DataFrame
    gaps: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether everything could be compared and nothing changed."""
        return not any(map(len, (self.settings, self.inputs, self.rows, self.tables))) and not self.gaps

    def words(self, *, most: int = 20) -> list[str]:
        """Say it in lines for a terminal, at most so many rows."""
        if self.same:
            return ["Nothing changed: same settings, same inputs, same numbers."]
        lines = [f"Settings and versions that changed: {len(self.settings)}"] if len(self.settings) else []
        lines += [f"  {row['setting']}: {row['before']} -> {row['now']}" for row in _records(self.settings)]
        lines += [f"Inputs that changed: {len(self.inputs)}"] if len(self.inputs) else []
        lines += [
            f"  {' '.join(filter(None, (row['cohort'], row['role'])))}: {row['change']} "
            f"({row['file_now'] or row['file_before']})"
            for row in _records(self.inputs)
        ]
        if len(self.rows):
            counts = self.rows["change"].value_counts()
            kinds = ", ".join(f"{counts[kind]} {kind}" for kind in ORDER if kind in counts)
            lines.append(f"Result rows that changed: {len(self.rows)} ({kinds})")
            lines += [f"  {_sentence(row)}" for row in _records(self.rows.head(most))]
            lines += [f"  and {len(self.rows) - most} more"] if len(self.rows) > most else []
        else:
            lines.append("No result row changed in the tables that could be compared." if self.gaps else UNCHANGED)
        lines += [
            f"Table {row['table']}: of {row['rows_now']} rows {row['changed']} changed, {row['appeared']} appeared, "
            f"{row['vanished']} vanished ({row['columns'] or 'rows only'})"
            for row in _records(self.tables)
        ]
        return lines

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; missing numbers are None."""
        return {"same": self.same, "gaps": list(self.gaps)} | {
            name: _records(getattr(self, name)) for name in ("settings", "inputs", "rows", "tables")
        }

    def _repr_html_(self) -> str:
        return panel_html("Comparison of two results folders", [*self.gaps, *self.words()])


def compare_results(before: str | Path, now: str | Path, *, tolerance: float = TOLERANCE) -> ResultsComparison:
    """Compare two results folders: settings, inputs and all tables.

    Parameters
    ----------
    before, now : str or Path
        Folders written by `run_study`.
    tolerance : float
        Numbers that differ relatively by no more than this are equal.

    Returns
    -------
    ResultsComparison

    Raises
    ------
    FileError
        One of them is not a results folder.
    DataError
        A negative tolerance.

    Examples
    --------
    >>> from her2stats.errors import FileError
    >>> try:
    ...     compare_results("results-march", "results-april")
    ... except FileError as error:
    ...     print(error.problems[1])
    results-april: is not a results folder -> give the folder that a run has written
    """
    if not tolerance >= 0:
        raise DataError(Problem(f"tolerance={tolerance!r} has no meaning", remedy="give a number, 0 or more"))
    problems = ProblemList()
    read = []
    for folder in (Path(before), Path(now)):
        with problems.collect():
            read.append((read_results_provenance(folder), *read_tables(folder)))
    problems.raise_if_any()
    (origin, left, gaps), (new_origin, right, new_gaps) = read
    lost = {Path(gap.file).stem for gap in (*gaps, *new_gaps)}
    left, right = ({name: table for name, table in tables.items() if name not in lost} for tables in (left, right))
    rows, tables = _tables(left, right, _alpha(origin, new_origin), tolerance)
    named = tuple(
        gap.not_compared(Path(folder)) for folder, found in ((before, gaps), (now, new_gaps)) for gap in found
    )
    return ResultsComparison(_settings(origin, new_origin), _inputs(origin, new_origin), rows, tables, named)


def _settings(before: Mapping[str, Any], now: Mapping[str, Any]) -> pd.DataFrame:
    found = [(path, _word(old), _word(new)) for path, old, new in differences(_by_name(before), _by_name(now))]
    return pd.DataFrame(found, columns=list(PROVENANCE_COLUMNS))


def _by_name(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with the cohorts under their names, so that one that came or went is one difference."""
    described = [dict(cohort) for cohort in origin.get("cohorts", [])]
    cohorts = {cohort.pop("name"): cohort for cohort in described}
    return {key: value for key, value in origin.items() if key != "inputs"} | {"cohorts": cohorts}


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {held}" for key, held in value.items() if held != "")
    return "absent" if value is None else str(value)


def _inputs(before: Mapping[str, Any], now: Mapping[str, Any]) -> pd.DataFrame:
    """Files by cohort and role; the same content under another name is no change."""
    old, new = ({(e["cohort"], e["role"]): e for e in one.get("inputs", [])} for one in (before, now))
    found = []
    for key in dict.fromkeys([*old, *new]):
        there, here = old.get(key), new.get(key)
        if there is None or here is None:
            change = "appeared" if there is None else "vanished"
        elif there["sha256"] != here["sha256"]:
            change = "content changed"
        else:
            continue
        found.append((*key, there["file"] if there else "", here["file"] if here else "", change))
    return pd.DataFrame(found, columns=list(INPUT_COLUMNS))


def _tables(
    left: Mapping[str, pd.DataFrame], right: Mapping[str, pd.DataFrame], alpha: tuple[float, float], tolerance: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, others = [], []
    for name in dict.fromkeys([*left, *right]):
        old, new = left.get(name), right.get(name)
        if name in RESULT_TABLES:
            one, other = (SCHEMAS[name].empty() if table is None else table for table in (old, new))
            rows.append(changed_rows(name, one, other, alpha=alpha, tolerance=tolerance))
        elif counted := table_change(name, old, new, tolerance):
            others.append(counted)
    filled = [table for table in rows if len(table)]
    changed = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
    rank = changed["change"].map({kind: place for place, kind in enumerate(ORDER)})
    size = changed["size"].astype("float64")
    rank = rank.mask(changed["change"].eq("numbers changed") & ~(size >= NOISE), len(ORDER))
    keys: dict[str, pd.Series] = {"_rank": rank, "_rest": ~changed["table"].isin(MAIN), "_size": -size}
    ordered = changed.assign(**keys).sort_values([*keys], kind="stable", na_position="last")
    kept = ordered.drop(columns=[*keys]).reset_index(drop=True)
    return kept, pd.DataFrame(others, columns=list(TABLE_COLUMNS))


def _alpha(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[float, float]:
    return float(before.get("alpha", 0.05)), float(now.get("alpha", 0.05))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, None where there is no number."""
    plain = table.astype("object").where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _sentence(row: Mapping[str, Any]) -> str:
    """One changed row: where, what, from and to."""
    where = ", ".join(filter(None, (row["cohort"], stratum_label(row["stratum"]), row["model"])))
    beside = f" ({row['exposure']})" if row["exposure"] not in ("", row["term"]) else ""
    at = f" at {float(row['at']):.4g}" if row["at"] else ""
    what = f"{row['table']}, {where}: {row['outcome']} by {row['term']}{beside}{at}: {row['change']}"
    before, now = (_value(row, when) for when in ("before", "now"))
    moved = "" if row["size"] is None else f" (size {float(row['size']):.2g})"
    return f"{what}: {before} -> {now}{moved}" if before and now else f"{what} {before or now}".rstrip()


def _value(row: Mapping[str, Any], when: str) -> str:
    numbers = [row[f"{name}_{when}"] for name in ("estimate", "conf_low", "conf_high")]
    corrected = row[f"p_adjusted_{when}"]
    p = row[f"p_value_{when}"] if corrected is None else corrected
    said = []
    if numbers[0] is not None:
        limits = [float("nan") if number is None else number for number in numbers]
        said.append(format_estimate(*limits, measure=row["measure"]))
    if p is not None:
        said.append(f"p {format_p(p)}" + ("" if corrected is None else " corrected"))
    return ", ".join(said)
