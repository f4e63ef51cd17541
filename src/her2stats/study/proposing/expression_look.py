"""A first look at an expression file: what is in it, and what its numbers say about their scale. Nothing is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from her2stats.errors import TableError
from her2stats.reading.expression import open_matrix
from her2stats.reading.formats.matrix import MatrixOptions, RawMatrix
from her2stats.reading.gates import lies_on_its_side
from her2stats.reading.scales import BASES, LOG2_MAXIMUM, base_by_totals, floor_of, log2_units
from her2stats.study.proposing.recognition import is_number

LOOKED_AT = 8  # lines in which the names may stand


@dataclass(frozen=True)
class ExpressionLook:
    """What an expression file looks like."""

    path: Path  # the file
    samples: tuple[str, ...]  # names of its columns
    genes: int  # how many rows
    # what the numbers look like; the user has to confirm it
    scale: str
    offset: float
    normalise: Literal["cpm"] | None
    evidence: str  # Why
    floors: Mapping[str, float] = field(default_factory=dict)  # logarithm that the values may be -> its offset
    problems: tuple[str, ...] = ()  # what will be wrong when it is read
    names: frozenset[str] = field(default=frozenset(), repr=False)  # names of its genes
    header_row: int | None = None  # line of its names, where it was found further down

    @property
    def scale_words(self) -> str:
        """The scale as one says it: "log2(x + 0.1)", "log2 or ln", "raw counts"."""
        if self.floors:
            return " or ".join(f"{word}(x + {floor:g})" if floor else word for word, floor in self.floors.items())
        return "raw counts" if self.normalise else "linear"


def look_at_expression(path: Path, reading: Mapping[str, Any] | None = None) -> ExpressionLook:
    """Read a matrix, as settings say, and say what its numbers look like.

    Raises FileError or TableError when it cannot be read.
    """
    raw, header_row = _opened(path, reading or {})
    problems = [str(problem) for problem in raw.problems]
    side = lies_on_its_side(raw)
    problems += [f"the matrix lies on its side: {side}"] if side else []
    evidence, floors, normalise = _scale_of(raw) if np.isfinite(raw.values).any() else ("no numbers at all", {}, None)
    scale, offset = next(iter(floors.items()), ("linear", 0.0))
    samples = tuple(map(str, raw.rows if side else raw.columns))
    genes = frozenset(map(str, raw.columns if side else raw.rows))
    number = len(raw.columns if side else raw.rows)
    told = (scale, offset, normalise, evidence, floors, tuple(problems))
    return ExpressionLook(path, samples, number, *told, genes, header_row)


def _opened(path: Path, told: Mapping[str, Any]) -> tuple[RawMatrix, int | None]:
    """Read as told; where that fails, by the first line below that holds a name for each column, numbers below it."""
    given = {one.name: told[one.name] for one in fields(MatrixOptions) if one.name in told}
    opened = partial(open_matrix, path, orientation=told.get("orientation", "genes x samples"))
    raw, failed = None, None
    try:
        raw = opened(MatrixOptions(**given))
    except TableError as error:
        failed = error
    if "header_row" not in given and (raw is None or (raw.problems and not _are_names(raw.columns))):
        for row in range(2, LOOKED_AT):
            with suppress(TableError):
                other = opened(MatrixOptions(**given, header_row=row))
                if not other.problems and _are_names(other.columns):
                    return other, row
    if failed is not None:
        raise failed
    assert raw is not None
    return raw, None


def _are_names(columns: Sequence[str]) -> bool:
    return len(set(columns)) == len(columns) > 1 and all(columns) and not any(map(is_number, columns))


def _scale_of(raw: RawMatrix) -> tuple[str, dict[str, float], Literal["cpm"] | None]:
    """Tell what numbers look like: counts, amounts, or logarithms, of all bases they may have, with their offsets."""
    values = raw.values[np.isfinite(raw.values)]
    low, high = float(values.min()), float(values.max())
    span = f"values from {low:.4g} to {high:.4g}"
    if raw.logarithm:
        return f"{span}: the file says so", {raw.logarithm: 1.0}, None
    if high > LOG2_MAXIMUM:
        if low >= 0 and bool((values == np.rint(values)).all()):
            return f"{span}, all of them whole: raw counts, to be divided by each sample's total", {}, "cpm"
        what = "no logarithm is that large" if low >= 0 else "but some are negative, which no amount is"
        return f"{span}: {what}", {}, None
    base = base_by_totals(raw.values)
    bases = [base] if base else [word for word in BASES if high * log2_units(word) <= LOG2_MAXIMUM]
    span += f", every sample has the same total as {base}" if base else ""
    told = {word: floor_of(values, word) for word in bases}
    floors = {word: offset for word, (offset, _) in told.items() if offset is not None}
    if floors:
        near = " or ".join(f"{word}(x + {offset:g})" for word, offset in floors.items())
        share = told[next(iter(floors))][1]
        return f"{span}, {share:.1%} of them the smallest, as {near} of zeros", floors, None
    open_, middle = dict.fromkeys(bases, 0.0), float(np.median(values))
    if low < 0 and abs(middle) < 0.1 * (high - low) / 2:
        return f"{span}, their middle at {middle:.2g}: logarithms, perhaps centred by gene", open_, None
    return f"{span}: the amounts of a transcriptome do not stay below {LOG2_MAXIMUM:g}", open_, None
