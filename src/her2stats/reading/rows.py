"""Rows of a matrix get the names of their genes; rows without a gene or without values are left out, with a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.cohort.genes import NO_GENE, repair_symbols, symbols_of_ids
from her2stats.errors import Problem, ProblemList, TableError
from her2stats.notes import Note
from her2stats.reading.formats.matrix import RawMatrix

MissingRule = Literal["error", "drop"]
SHOWN = 8


def named_rows(
    raw: RawMatrix, symbols: Mapping[str, str] | None = None, annotation: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Note]]:
    """Give every row the symbol of its gene: of its probe, repaired, in place of its Ensembl id.

    `symbols` are the user's own repairs. With an `annotation` (probe -> gene symbol, "" for a probe without a gene) the
    rows are probes. Rows without a gene are left out.
    """
    cells = [row.strip() if isinstance(row, str) else row for row in raw.rows]
    notes: list[Note] = []
    if annotation is not None:
        names = [annotation.get(str(cell), "") for cell in cells]
        notes.append(
            Note("genes", "probes given the gene symbols of the annotation", sum(name != "" for name in names))
        )
    else:
        repaired = repair_symbols(cells, symbols)
        names, translated = symbols_of_ids(repaired.symbols)
        notes += [*repaired.notes, *translated]
    unnamed = NO_GENE | ({"NA"} if names.count("NA") > 1 else set())
    values = raw.values
    if unnamed & set(names):
        kept = np.array([name not in unnamed for name in names])
        notes.append(
            Note("genes", "rows without a gene symbol dropped", int((~kept).sum()), kind="plain rule of genes")
        )
        values, names = values[kept], [name for name in names if name not in unnamed]
    index = pd.Index(names, dtype=object, name="gene").astype(str)
    columns = pd.Index(raw.columns, dtype=object, name="sample").astype(str)
    # A matrix from a file is nobody else's: it is not copied. Each sample lies together, as pandas lays it.
    values = np.asfortranarray(values)
    return pd.DataFrame(values, index=index, columns=columns, copy=raw.source is None), notes


def refuse_empty_samples(values: pd.DataFrame, name: str) -> None:
    """Refuse samples without any value, for which no gene is to blame."""
    numbers = values.to_numpy()
    if not len(numbers) or not np.isnan(numbers[0]).any():
        return
    none = values.columns[np.isnan(numbers).all(axis=0)]
    if len(none):
        what = f"{len(none)} samples have no value at all, first {none[0]!r}"
        listed = ", ".join(f'"{sample}"' for sample in none)
        raise TableError(Problem(what, name, f"leave them out: ignore_columns = [{listed}]", column=str(none[0])))


def without_missing(values: pd.DataFrame, missing: MissingRule, name: str) -> tuple[pd.DataFrame, list[Note]]:
    """Drop genes without any value; genes with some missing are an error or dropped, as declared."""
    lacking = np.isnan(values.to_numpy())
    if not lacking.any():
        return values, []
    notes, empty, holed = [], lacking.all(axis=1), lacking.any(axis=1) & ~lacking.all(axis=1)
    if empty.any():
        listed = ", ".join(values.index[empty][:SHOWN])
        notes.append(
            Note("genes", "genes without any value dropped", int(empty.sum()), listed, kind="plain rule of genes")
        )
    if holed.any() and missing == "error":
        row = int(np.flatnonzero(holed)[0])
        column = int(np.flatnonzero(lacking[row])[0])
        found = ProblemList()
        found.add(
            TableError,
            f"{int(lacking[holed].sum())} values are missing in {int(holed.sum())} genes, this is the first",
            where=name,
            row=f"gene {values.index[row]!r}",
            column=str(values.columns[column]),
            value="missing",
            remedy='impute them before, or say missing = "drop" to leave those genes out',
        )
        found.raise_if_any()
    if holed.any():
        listed = ", ".join(values.index[holed][:SHOWN])
        notes.append(
            Note("genes", "genes with missing values dropped", int(holed.sum()), listed, kind="plain rule of genes")
        )
    return values[~(empty | holed)], notes
