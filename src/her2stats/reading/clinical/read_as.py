"""What the columns and words of a clinical table were read as: all that another program needs to read it alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from her2stats.cohort.cohort import Reading
from her2stats.errors import ProblemList
from her2stats.reading.clinical.columns import RawColumn, said_beside, translated
from her2stats.reading.clinical.file import SAMPLE, ClinicalFile
from her2stats.reading.clinical.population import HER2_VARIABLES
from her2stats.vocabulary.variables import BY_NAME


def read_as(file: ClinicalFile, values: Mapping[str, Mapping[str, str]], decimal: str) -> tuple[Reading, ...]:
    """Columns, words and divisors as they were read; nothing where rows were changed or a cell holds two tests."""
    raws = [_different_words(file, variable, values.get(variable, {})) for variable in file.columns]
    if file.table.notes or any(said_beside(raw) for raw in raws if raw.variable in HER2_VARIABLES):
        return ()
    return (*_sample(file), *(reading for raw in raws for reading in _of_column(raw, decimal)))


def _sample(file: ClinicalFile) -> Iterator[Reading]:
    for place, column in enumerate(file.table.header):
        if [row[place].strip() for row in file.table.rows] == file.samples:
            yield Reading("sample", SAMPLE, column)
            return


def _different_words(file: ClinicalFile, variable: str, own: Mapping[str, str]) -> RawColumn:
    """Each word of a column once, of all rows of the file, in the place of a sample."""
    column = file.columns[variable]
    place = file.whole.header.index(column)
    words = list(dict.fromkeys(row[place] for row in file.whole.rows))
    return RawColumn(variable, column, words, words, [0] * len(words), file.name, own, words)


def _of_column(raw: RawColumn, decimal: str) -> Iterator[Reading]:
    """Plain numbers speak for themselves: of a measurement only the other words are listed."""
    entry = BY_NAME.get(raw.variable)
    stored, divisor = (entry.stored, entry.divisor) if entry is not None else (raw.variable, 1.0)
    read, _ = translated(raw, decimal, ProblemList())
    yield Reading("column", stored, raw.column)
    measured = read.dtype == "float64"
    numbers = pd.to_numeric(pd.Series(raw.words, index=read.index), errors="coerce")
    if measured:
        divisor = -divisor if (read * numbers < 0).any() else divisor  # counted backwards
        yield Reading("divisor", stored, str(divisor))
    for word, number, value in zip(raw.words, numbers, read, strict=True):
        if not measured or pd.isna(value) or number / divisor != value:
            meant = "" if pd.isna(value) else value * divisor if measured else value
            yield Reading(f"word {stored}", word, str(meant))
