"""The gates of an expression matrix: what would give wrong numbers is stopped here, all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from her2stats.cohort.centred import is_centred
from her2stats.errors import ProblemList, SampleError, ScaleError, TableError
from her2stats.notes import Note
from her2stats.reading.formats.matrix import SHOWN, RawMatrix
from her2stats.reading.scales import BASES, LOG2_MAXIMUM, SAMPLES, DeclaredScale, base_by_totals, floor_of, log2_units

# Genes that every transcriptome holds: in the header instead of the first column, the matrix lies on its side.
LANDMARKS = frozenset(
    (
        *("ACTB", "GAPDH", "B2M", "ERBB2", "ESR1", "PGR", "MKI67", "TP53", "BRCA1", "EGFR"),
        *("CD8A", "CD4", "PTPRC", "CD3D", "CD68", "KRT5", "KRT18", "GATA3", "FOXA1", "AURKA"),
    )
)
THOUSAND = 1000
LEAST_MAXIMUM = 6.0  # log2 of the largest value of a whole transcriptome, whatever the platform: 10 to 16 as a rule
MANY = 0.01  # share of negative values from which they are no single mistakes
ROUNDING = 0.1  # log2 values published with one decimal
MANY_GENES = 200  # so many amounts are not whole by chance


def check_sample_names(raw: RawMatrix, found: ProblemList) -> None:
    """Every sample has a name, and a name of its own, in the header as it stands in the file."""
    empty = [place for place, name in enumerate(raw.columns) if not name]
    if empty:
        found.add(
            SampleError,
            f"{len(empty)} columns have no sample id",
            where=raw.name,
            row="header",
            remedy="name them, or remove empty columns",
        )
    twice = {name: count for name, count in Counter(raw.columns).items() if count > 1 and name}
    for name, count in list(twice.items())[:SHOWN]:
        found.add(
            SampleError,
            f"sample {name!r} stands there {count} times",
            where=raw.name,
            row="header",
            value=name,
            remedy="keep one column of each sample",
        )
    if len(twice) > SHOWN:
        what = f"{len(twice) - SHOWN} more samples stand there repeatedly"
        found.add(SampleError, what, where=raw.name, row="header", remedy="keep one column of each sample")


def lies_on_its_side(raw: RawMatrix, clinical_ids: Sequence[str] = ()) -> str:
    """What says that samples stand in rows and genes in columns; empty where nothing does."""
    rows, columns = {str(row) for row in raw.rows}, set(raw.columns)
    ids = set(clinical_ids)
    in_rows, in_columns = len(ids & rows), len(ids & columns)
    by_ids = in_rows > max(in_columns, len(ids) / 2)
    by_genes = len(LANDMARKS & columns) >= 3 and not LANDMARKS & rows
    if by_ids:
        return f"{in_rows} of {len(ids)} sample ids of the clinical table are names of rows, {in_columns} of columns"
    return f"the header holds gene symbols ({', '.join(sorted(LANDMARKS & columns)[:3])})" if by_genes else ""


def check_numbers(raw: RawMatrix, found: ProblemList, *, scale: DeclaredScale) -> None:
    """No infinities, and nothing negative on a linear scale."""
    low, high = _extent(raw)
    if not np.isfinite(low + high):
        remedy = "log2(0) needs an offset; correct it"
        _list_places(raw, np.isinf(raw.values), found, TableError, "is infinite", remedy)
        low, high = _known_extent(raw)
    if scale not in BASES and low < 0:
        negative = raw.values < 0
        share = np.count_nonzero(negative) / raw.values.size
        if share > MANY:
            found.add(
                ScaleError,
                f"declared {scale}, but values range from {low:.4g} to {high:.4g}, {share:.0%} of them negative",
                where=raw.name,
                remedy='declare scale="log2" with its offset if these are logarithms',
            )
        else:
            remedy = "correct the values; an amount is never below 0"
            _list_places(raw, negative, found, ScaleError, f"is negative on the declared {scale} scale", remedy)


def _list_places(raw: RawMatrix, wrong: Any, found: ProblemList, kind: Any, what: str, remedy: str) -> None:
    count = int(np.count_nonzero(wrong))
    if not count:
        return
    for row, column in np.argwhere(wrong)[:SHOWN]:
        value, place = f"{raw.values[row, column]:g}", raw.row(int(row))
        named = raw.columns[int(column)]
        found.add(kind, f"{value} {what}", where=raw.name, row=place, column=named, value=value, remedy=remedy)
    if count > SHOWN:
        found.add(kind, f"{count - SHOWN} more values: {what.replace('is ', '', 1)}", where=raw.name, remedy=remedy)


def check_scale(raw: RawMatrix, found: ProblemList, *, scale: DeclaredScale, offset: float) -> None:
    """The range of the values is one that the declared scale can have, and nothing else says another scale."""
    low, high = _extent(raw)
    if np.isnan(low):
        low, high = _known_extent(raw)
    if np.isnan(low):
        found.add(TableError, "holds no numbers at all", where=raw.name, remedy="give a matrix with values")
        return
    span = f"values range from {low:.4g} to {high:.4g}"
    what = ""
    if raw.logarithm and (scale, offset or 1) != (raw.logarithm, 1):
        what = f": the file says that they are {raw.logarithm}(x + 1)"
        remedy = f'say scale = "{raw.logarithm}" and offset = 1'
    elif scale in BASES:
        what, remedy = _why_no_logarithm(raw, scale, offset, low, high)
    elif low >= 0 and 0 < high <= LOG2_MAXIMUM:
        what = ": this looks like log2" + (", or another logarithm" if high <= LOG2_MAXIMUM / log2_units("ln") else "")
        remedy = 'declare scale="log2" with its offset; allow_range = true if the values really are that small'
    elif low >= 0 and high < THOUSAND and _thousands_with_a_dot(raw.values):
        what = ", whole ones and ones of three decimals: the mark is between thousands"
        remedy = "write numbers without it; allow_range = true if these are decimals"
    if what:
        found.add(ScaleError, f"declared {scale}, but {span}{what}", where=raw.name, remedy=remedy)


def _thousands_with_a_dot(values: np.ndarray) -> bool:
    """Whether 1.234 seems to be 1234: of the amounts many are whole, and all others have three decimals."""
    amounts = values[values > 0]
    others = amounts[np.rint(amounts) != amounts] * THOUSAND
    exact = np.abs(others - np.rint(others)) < 1e-6
    rounder = np.abs(others / 10 - np.rint(others / 10)) < 1e-6
    return 0 < len(others) < 0.9 * len(amounts) and bool(exact.all()) and rounder.mean() < 0.5


def _why_no_logarithm(raw: RawMatrix, scale: str, offset: float, low: float, high: float) -> tuple[str, str]:
    """What contradicts this logarithm, and what to do; empty text where nothing does."""
    most, least = LOG2_MAXIMUM / log2_units(scale), np.log2(offset) / log2_units(scale) if offset > 0 else -np.inf
    if high > most:
        row, column = (np.unique(places) for places in np.nonzero(raw.values > most))
        if len(column) == 1 < len(raw.columns) - 1:
            what = f", all of those above {most:.4g} in column {raw.columns[column[0]]!r}"
            return what, "name it in ignore_columns if it is no sample; else correct it"
        if len(row) == 1 < len(raw.rows) - 1:
            return f", all of those above {most:.4g} in {raw.row(int(row[0]))}", "take that row out if it is no gene"
        return f": no logarithm is above {most:.4g}", 'declare scale="linear"'
    if low < least - ROUNDING:
        return f": nothing can be below {scale}({offset:g}) = {least:.4g}", "correct the offset"
    if is_centred(raw.values):
        what = " with every gene centred near 0: these are ratios or z-scores"
        return what, "give the values before centring; allow_range = true accepts them for scores, not for fractions"
    if high * log2_units(scale) < LEAST_MAXIMUM and len(raw.rows) >= MANY_GENES:
        what = f": no gene has an amount above {BASES[scale] ** high:.3g}, where transcriptomes have thousands"
        return what, "say the base, or give amounts: not ranks, z-scores or logarithms of logarithms; or allow_range"
    base = base_by_totals(raw.values)
    if base not in ("", scale):
        return f": as {base} every sample has the same total, as {scale} none has", f'declare scale="{base}"'
    return "", ""


def notes_on_scale(raw: RawMatrix, *, scale: DeclaredScale, offset: float) -> list[Note]:
    """What may be otherwise than declared, though the values can be so."""
    if scale in BASES and not offset:
        floor, share = floor_of(raw.values, scale)
        if floor is not None:
            what = f"{share:.1%} of the values are smallest, as {scale}(x + {floor:g}) of zeros, and no offset is given"
            return [Note("reading", what, None, f"if it is so, say offset = {floor:g}")]
    some = raw.values[:, :SAMPLES]
    if scale == "linear" and len(some) >= MANY_GENES and (np.rint(some) == some).all():
        what = "all values are whole, as raw counts are: samples are not divided by their totals"
        return [Note("reading", what, None, 'if they are counts, say scale = "counts"')]
    return []


def _extent(raw: RawMatrix) -> tuple[float, float]:
    """Smallest and largest value; NaN where any is missing."""
    return (float(raw.values.min()), float(raw.values.max())) if raw.values.size else (np.nan, np.nan)


def _known_extent(raw: RawMatrix) -> tuple[float, float]:
    """Smallest and largest of the values that are not missing."""
    known = raw.values[~np.isnan(raw.values)]
    return (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)
