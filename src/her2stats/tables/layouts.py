"""Result tables side by side as a journal prints them: cell types down, cohorts, strata or terms across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from her2stats.statistics.flags import code_of
from her2stats.statistics.rows import records
from her2stats.tables.effects import MARK, effect_text, flag_notes, interval_heading
from her2stats.tables.printed import PrintedTable
from her2stats.vocabulary.names import level_label, variable_label
from her2stats.vocabulary.numbers import count_range, format_count, format_number, format_p, is_missing

Cell = Literal["effect", "p", "p_adjusted", "p_study", "p_permutation", "statistic", "reference", "comparison", "n"]


@dataclass(frozen=True, eq=False)
class Block:
    """Columns of a printed table that belong together: one cohort, one stratum, one term."""

    heading: str  # text above the block
    rows: pd.DataFrame  # result rows, one for each printed row at most
    # what is printed of each row, in this order, of the last three where there is any
    cells: Sequence[Cell] = ("effect", "p", "p_adjusted", "p_study", "p_permutation")
    effect: str = "Estimate"  # what the estimate is called: "ρ", "OR", "Shift"


def print_blocks(
    blocks: Sequence[Block],
    *,
    caption: str,
    key: str = "outcome",
    stub: str = "Cell type",
    alpha: float = 0.05,
    notes: Sequence[str] = (),
) -> PrintedTable:
    """Put blocks of result rows side by side, those without rows left out; rows with the same `key` share a line.

    Lines stand in the order in which their names first occur, below the heading `stub`. A p-value below `alpha` after
    correction is printed in bold, with its estimate. Flags that occur are explained after the `notes`.
    """
    blocks = [block for block in blocks if len(block.rows)]
    names = list(dict.fromkeys(str(name) for block in blocks for name in block.rows[key]))
    frame, labels, spanners = {"name": [variable_label(name) for name in names]}, {"name": stub}, []
    strong: list[tuple[int, str]] = []
    for number, block in enumerate(blocks):
        by_name = {str(row[key]): row for row in records(block.rows)}
        rows = [by_name.get(name) for name in names]
        columns = [cell for cell in block.cells if cell in ("effect", "p") or _occurs(cell, block.rows)]
        for cell in columns:
            column = f"b{number}_{cell}"
            frame[column] = [_cell_text(row, cell, alpha) if row is not None else "" for row in rows]
            labels[column] = _cell_heading(cell, block)
            if cell in ("effect", "p_adjusted"):
                strong += [(place, column) for place, row in enumerate(rows) if row and row["p_adjusted"] < alpha]
        if block.heading:
            spanners.append((block.heading, [f"b{number}_{cell}" for cell in columns]))
    flags = [str(flag) for block in blocks for flag in block.rows["flag"]]
    bold = []
    if any(cell.endswith("_p_adjusted") for cell in frame):
        bold = [f"p corr.: corrected for multiple testing{f'; bold below {alpha:g}' if strong else ''}."]
    if any(cell.endswith("_p_study") for cell in frame):
        bold.append(
            f"p study: of all tests of the exposure together; what is below {alpha:g} holds in the whole study."
        )
    if any(cell.endswith("_p_permutation") for cell in frame):
        bold.append("p perm.: over permutations within the cells of the factors; not corrected for multiple testing.")
    return PrintedTable(
        frame=pd.DataFrame(frame),
        caption=caption,
        labels=labels,
        spanners=spanners,
        strong=strong,
        notes=[*notes, *bold, *_explained(frame, flags)],
    )


def sample_size(rows: pd.DataFrame) -> str:
    """Say how many tumours a group of rows rests on: "n = 343", or the range where rows differ.

    >>> sample_size(pd.DataFrame({"n": [318, 318]})), sample_size(pd.DataFrame({"n": [300, 318]}))
    ('n = 318', 'n = 300–318')
    """
    return count_range(rows["n"])


def _occurs(cell: Cell, rows: pd.DataFrame) -> bool:
    column = f"value_{cell}" if cell in ("reference", "comparison") else cell
    return column in rows and bool(rows[column].notna().any())


def _cell_heading(cell: Cell, block: Block) -> str:
    if cell == "effect":
        return f"{block.effect} ({interval_heading(block.rows)})"
    if cell in ("reference", "comparison"):
        named = {(str(row["group"]), str(row[cell])) for row in records(block.rows) if cell in row}
        return level_label(*named.pop()) if len(named) == 1 else cell.capitalize()
    return {
        "p": "p",
        "p_adjusted": "p\N{NO-BREAK SPACE}corr.",
        "p_study": "p\N{NO-BREAK SPACE}study",
        "p_permutation": "p\N{NO-BREAK SPACE}perm.",
        "statistic": "F",
        "n": "n",
    }[cell]


def _cell_text(row: dict[str, Any], cell: Cell, alpha: float) -> str:
    if cell == "effect":
        return effect_text(row)
    if cell == "statistic":
        return _statistic_text(row)
    if cell in ("reference", "comparison"):
        return _group_value(row, cell)
    if cell == "n":
        return format_count(row["n"])
    return format_p(row["p_value" if cell == "p" else cell], alpha=alpha)


def _statistic_text(row: dict[str, Any]) -> str:
    if is_missing(row["statistic"]):
        return code_of(row["flag"])
    text = format_number(row["statistic"], 1 if row["statistic"] >= 10 else 2)
    return f"{text}{MARK}" if row["flag"] else text


def _group_value(row: dict[str, Any], cell: Literal["reference", "comparison"]) -> str:
    """Median of a measurement, or the share of a dichotomised type as a percentage."""
    value = row.get(f"value_{cell}")
    if value is None or is_missing(value):
        return ""
    if row["measure"] == "risk_difference":
        return f"{format_number(100 * value, 0)}%"
    return significant_digits(value)


def significant_digits(value: float, digits: int = 3) -> str:
    """Write a number with a fixed count of significant digits and no exponent."""
    if is_missing(value) or value == 0:
        return "" if is_missing(value) else "0"
    magnitude = int(f"{abs(value):e}".split("e")[1])
    return format_number(value, max(0, digits - 1 - magnitude))


def _explained(frame: dict[str, list[str]], flags: list[str]) -> list[str]:
    """Explain words that stand in place of numbers, and the dagger, where they occur."""
    printed = {text for column in frame.values() for text in column}
    notes = flag_notes(flags)
    if any(text.endswith(MARK) for text in printed):
        notes = [f"{MARK} The number has a caveat, explained here:", *notes]
    return notes
