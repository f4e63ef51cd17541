"""Raw counts into counts per million."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from her2stats.cohort.genes import NO_GENE
from her2stats.errors import ProblemList, TableError
from her2stats.notes import Note
from her2stats.reading.formats.matrix import RawMatrix


def counts_per_million(raw: RawMatrix) -> RawMatrix:
    """Divide each sample by its total over every row that has a gene's name and multiply by a million.

    Raises
    ------
    TableError
        A sample's total is zero.
    """
    counts = np.nan_to_num(raw.values) if np.isnan(raw.values).any() else raw.values
    named = np.array([str(row).strip() not in NO_GENE for row in raw.rows])
    counts = counts if named.all() else counts[named]
    if not (np.rint(counts) == counts).all():
        counts = np.sort(counts, axis=0)  # whole numbers add up exactly in any order, others do not
    totals = counts.sum(axis=0)
    empty = [name for name, total in zip(raw.columns, totals, strict=True) if not total > 0]
    if empty:
        found = ProblemList()
        found.add(
            TableError,
            f"samples without a single count: {', '.join(empty[:5])}",
            where=raw.name,
            remedy="remove them from the matrix",
        )
        found.raise_if_any()
    notes = [Note("reading", "raw counts turned into counts per million", len(raw.columns))]
    if not named.all():
        notes.append(Note("reading", "rows without a gene symbol are in no total", int((~named).sum())))
    scaled = raw.values / totals
    scaled *= 1e6
    return replace(raw, values=scaled, notes=(*raw.notes, *notes))
