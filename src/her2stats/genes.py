"""Gene symbols: repair of spreadsheet damage, names that changed, and collapsing of rows that share a symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.errors import GeneError, ProblemList
from her2stats.notes import Note

CollapseRule = Literal["error", "max-mean", "mean", "median"]

SHOWN = 8
NO_GENE = frozenset({"", "---", "NULL", "None", "nan"})  # what annotation tables write where a probe has no gene

_MONTHS = {"mar": "MARCHF", "sep": "SEPTIN", "set": "SEPTIN", "sept": "SEPTIN", "dec": "DELEC", "dic": "DELEC"}
_LAST = {"MARCHF": 11, "SEPTIN": 14, "DELEC": 1}
_MONTH_NUMBERS = {3: "mar", 9: "sep", 12: "dec"}
# A spreadsheet writes 1-Mar for MARCH1 and for MARC1 alike: the second gene's names, old and new.
_RIVALS = {"MARCHF1": ("MTARC1", "MARC1"), "MARCHF2": ("MTARC2", "MARC2")}
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ]?([a-z]{3,4})(?:[-/. ]\d{2,4})?$")
_MONTH_FIRST = re.compile(r"^([a-z]{3,4})[-/. ](\d{1,2})$")
_ISO = re.compile(r"^\d{4}-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$")


def symbol_of_date(cell: str | date | float) -> str | None:
    """Current symbol of a gene that a spreadsheet turned into a date; None where the cell is no such date.

    Examples
    --------
    >>> symbol_of_date("2-Sep"), symbol_of_date("2021-03-05 00:00:00"), symbol_of_date("ERBB2")
    ('SEPTIN2', 'MARCHF5', None)
    """
    if isinstance(cell, date):
        return _symbol(_MONTH_NUMBERS.get(cell.month, ""), cell.day)
    if not isinstance(cell, str):
        return None
    text = cell.strip().lower()
    if match := _ISO.match(text):
        return _symbol(_MONTH_NUMBERS.get(int(match[1]), ""), int(match[2]))
    if match := _DAY_FIRST.match(text):
        return _symbol(match[2], int(match[1]))
    if match := _MONTH_FIRST.match(text):
        return _symbol(match[1], int(match[2]))
    return None


def _symbol(month: str, day: int) -> str | None:
    family = _MONTHS.get(month)
    if family is None:
        return None
    if family == "SEPTIN" and day == 15:
        return "SELENOF"  # SEP15 was the 15-kDa selenoprotein, not a septin
    return f"{family}{day}" if 1 <= day <= _LAST[family] else None


@dataclass(frozen=True)
class RepairedSymbols:
    """Symbols as text after the repair, in the order given, and the notes about it."""

    symbols: list[str]
    notes: tuple[Note, ...]


def repair_symbols(cells: Sequence[str | date | float], given: Mapping[str, str] | None = None) -> RepairedSymbols:
    """Repair gene symbols that a spreadsheet turned into dates.

    A date that may be two genes (1-Mar is MARCH1 and MARC1) is repaired only where the other one stands elsewhere
    in the same matrix, or where the user says which it is.

    Parameters
    ----------
    cells : sequence
        Symbols as read; a workbook gives real dates.
    given : mapping, optional
        The user's own repairs, symbol in the file to symbol meant; they come first.

    Returns
    -------
    RepairedSymbols

    References
    ----------
    Ziemann et al. 2016, Genome Biol 17:177; current symbols: HGNC, Bruford et al. 2020, Nat Genet 52:754.

    Examples
    --------
    >>> repair_symbols(["ERBB2", "2-Sep", "1-Mar", "MTARC1"]).symbols
    ['ERBB2', 'SEPTIN2', 'MARCHF1', 'MTARC1']
    """
    asked = {} if given is None else dict(given)
    symbols = [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]
    present = set(symbols)
    repaired: dict[str, str] = {}
    unclear: list[str] = []
    for place, cell in enumerate(cells):
        name = symbols[place]
        if name in asked:
            symbols[place] = repaired[name] = asked[name]
            continue
        meant = symbol_of_date(cell) if name[:1].isdigit() or name[:1].isalpha() else None
        if meant is None or meant == name:
            continue
        two_genes = meant in _RIVALS and not present & set(_RIVALS[meant])
        if two_genes or meant in present:
            unclear.append(name)
        else:
            symbols[place] = repaired[name] = meant
    return RepairedSymbols(symbols, tuple(_repair_notes(repaired, unclear)))


def _repair_notes(repaired: Mapping[str, str], unclear: Sequence[str]) -> Iterable[Note]:
    if repaired:
        detail = ", ".join(f"{old} -> {new}" for old, new in sorted(repaired.items()))
        yield Note("genes", "gene symbols repaired", len(repaired), detail)
    if unclear:
        detail = f"{', '.join(sorted(set(unclear)))}: say which gene is meant (symbols)"
        yield Note("genes", "gene symbols turned into dates by a spreadsheet, left as they are", len(unclear), detail)


def _as_text(cell: date | float) -> str:
    if isinstance(cell, date):
        return cell.isoformat() if type(cell) is date else str(cell)
    return f"{cell:g}" if not float(cell).is_integer() else str(int(cell))


def collapse_duplicates(
    values: pd.DataFrame, rule: CollapseRule = "error", *, where: str = ""
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Make one row of all rows that share a symbol, by the declared rule.

    Parameters
    ----------
    values : DataFrame
        rows x samples, index of symbols (of several probes, or written twice).
    rule : {"error", "max-mean", "mean", "median"}
        "max-mean" keeps the row of the highest mean (the first in sorted order of its values on a tie); "mean" and
        "median" average over the rows, sample by sample.
    where : str
        File, for the message.

    Returns
    -------
    (DataFrame, tuple of Note)
        Symbols in the order in which they first appear.

    Raises
    ------
    GeneError
        There are duplicates and no rule was declared.

    Examples
    --------
    >>> probes = pd.DataFrame({"s1": [1.0, 3.0, 5.0]}, index=["ERBB2", "ERBB2", "ESR1"])
    >>> collapse_duplicates(probes, "mean")[0]["s1"].to_dict()
    {'ERBB2': 2.0, 'ESR1': 5.0}
    """
    repeated = values.index.duplicated(keep=False)
    if not repeated.any():
        return values, ()
    counts = values.index[repeated].value_counts()
    listed = ", ".join(f"{symbol} ({count})" for symbol, count in sorted(counts.items())[:SHOWN])
    if rule == "error":
        found = ProblemList()
        found.add(
            GeneError,
            f"{len(counts)} gene symbols stand in more than one row: {listed}",
            where=where,
            remedy='declare how to collapse them: duplicates = "max-mean", "mean" or "median"',
        )
        found.raise_if_any()
    order = values.index.drop_duplicates()
    several = values[repeated]
    collapsed = _highest_mean(several) if rule == "max-mean" else _averaged(several, rule)
    whole = pd.concat([values[~repeated], collapsed]).loc[order]
    note = Note("genes", f"rows that share a symbol collapsed ({rule})", int(repeated.sum()) - len(counts), listed)
    return whole, (note,)


def _averaged(several: pd.DataFrame, rule: CollapseRule) -> pd.DataFrame:
    # sorted within each sample, so that a sum never depends on the order of rows in the file
    pieces = {
        symbol: getattr(np, rule)(np.sort(rows.to_numpy(), axis=0), axis=0)
        for symbol, rows in several.groupby(level=0, sort=True)
    }
    return pd.DataFrame.from_dict(pieces, orient="index", columns=several.columns)


def _highest_mean(several: pd.DataFrame) -> pd.DataFrame:
    numbers = several.to_numpy()
    means = np.sort(numbers, axis=1).mean(axis=1)
    best: dict[str, int] = {}
    for place, symbol in enumerate(several.index):
        held = best.get(symbol)
        if held is None or (means[place], *numbers[place]) > (means[held], *numbers[held]):
            best[symbol] = place
    return several.iloc[list(best.values())]
