"""Gene symbols that a spreadsheet turned into dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from her2stats.notes import Note

NO_GENE = frozenset({"", "---", "NULL", "None", "nan"})  # what annotation tables write where a probe has no gene

_MONTHS: dict[str | int, str] = {
    **{"mar": "MARCHF", "sep": "SEPTIN", "set": "SEPTIN", "sept": "SEPTIN", "dec": "DELEC", "dic": "DELEC"},
    **{3: "MARCHF", 9: "SEPTIN", 12: "DELEC"},
}
_LAST = {"MARCHF": 11, "SEPTIN": 14, "DELEC": 1}
_OLD = {"MARCHF": "MARCH", "SEPTIN": "SEPT", "DELEC": "DEC", "SELENOF": "SEP15"}
# A spreadsheet writes 1-Mar for MARCH1 and for MARC1 alike: the second gene's names, old and new.
_RIVALS = {"MARCHF1": ("MTARC1", "MARC1"), "MARCHF2": ("MTARC2", "MARC2")}
_STARTS = frozenset("0123456789mMsSdD")
_LIKE_A_DATE = re.compile(r"\d|mar|sep|set|dec|dic", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ]?([a-z]{3,4})(?:[-/. ]\d{2,4})?")
_MONTH_FIRST = re.compile(r"([a-z]{3,4})[-/. ](\d{1,2})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_ISO = re.compile(r"\d{4}-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(36526, 54789)  # days of the years 2000 to 2049
_FEW = 0.01  # share of numbers among symbols up to which they are dates, and not Entrez ids


def symbol_of_date(cell: str | date | float) -> str | None:
    """Current symbol of a gene that a spreadsheet turned into a date; None where the cell is no such date."""
    if isinstance(cell, date):
        return _symbol(cell.month, cell.day)
    if not isinstance(cell, str):
        return _symbol_of_serial(cell)
    text = cell.strip().lower()
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _symbol_of_serial(float(text))
    if match := _ISO.fullmatch(text):
        return _symbol(int(match[1]), int(match[2]))
    if match := _SLASHES.fullmatch(text):
        orders = ((match[1], match[2]), (match[2], match[1]))  # American and European
        meant = {_symbol(int(month), int(day)) for month, day in orders} - {None}
        return meant.pop() if len(meant) == 1 else None
    if match := _DAY_FIRST.fullmatch(text):
        return _symbol(match[2], int(match[1]))
    if match := _MONTH_FIRST.fullmatch(text):
        return _symbol(match[1], int(match[2]))
    return None


def _symbol_of_serial(number: float) -> str | None:
    """Days since the last day but one of 1899, as a workbook stores a date."""
    if number not in _SERIALS:
        return None
    return symbol_of_date(_SERIAL_ZERO + timedelta(days=int(number)))


def _symbol(month: str | int, day: int) -> str | None:
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
    """Repair gene symbols that a spreadsheet turned into dates; a workbook gives real dates and numbers.

    A date that may be two genes (1-Mar is MARCH1 and MARC1) is repaired only where the other one stands elsewhere in
    the same matrix, or where the user says which it is. No repair gives a symbol that the matrix already has. The
    repairs that are `given`, symbol in the file to symbol meant, come first. Sources: Ziemann et al. 2016, Genome Biol
    17:177; current symbols: HGNC, Bruford et al. 2020, Nat Genet 52:754.
    """
    asked = {} if given is None else dict(given)
    symbols = [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]
    repaired = {name: asked[name] for name in symbols if name in asked}
    dates = _dates(cells, symbols, asked)
    present = set(symbols) | set(repaired.values())
    times = Counter(dates.values())
    unclear: list[str] = []
    for place, meant in dates.items():
        two_genes = meant in _RIVALS and not present & set(_RIVALS[meant])
        if two_genes or times[meant] > 1 or present & {meant, _old(meant)}:
            unclear.append(symbols[place])
        else:
            repaired[symbols[place]] = meant
    meanings = [repaired.get(name, name) for name in symbols]
    return RepairedSymbols(meanings, tuple(_repair_notes(repaired, unclear)))


def _dates(cells: Sequence[str | date | float], symbols: Sequence[str], asked: Mapping[str, str]) -> dict[int, str]:
    """Places of cells that are dates, with the symbol each was; numbers count only where nearly all are symbols."""
    few_numbers = sum(name.isdigit() for name in symbols) <= max(_FEW * len(symbols), 1)
    dates = {}
    for place, (cell, name) in enumerate(zip(cells, symbols, strict=True)):
        if name[:1] not in _STARTS or name in asked or not _LIKE_A_DATE.match(name):
            continue
        if name.isdigit() and not few_numbers:
            continue
        meant = symbol_of_date(cell)
        if meant is not None and meant != name:
            dates[place] = meant
    return dates


def _old(symbol: str) -> str:
    """Symbol before 2020."""
    family = symbol.rstrip("0123456789")
    return _OLD[family] if symbol == family else _OLD[family] + symbol.removeprefix(family)


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
