"""Ensembl gene ids, with or without a version, into gene symbols."""

from __future__ import annotations

import re
from collections.abc import Sequence

from her2stats.cohort.genes.symbol_table import symbol_table
from her2stats.notes import Note

_ENSEMBL = re.compile(r"ENSG0*(\d+)(?:\.\d+)?(?:_PAR_Y)?")
MOSTLY = 0.5  # share of ids from which a matrix is one of Ensembl ids


def symbols_of_ensembl(names: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Turn Ensembl gene ids into symbols where a matrix consists of them; ids without a symbol stay as they are.

    Parameters
    ----------
    names : sequence of str
        Names of the rows.

    Returns
    -------
    (list of str, list of Note)
        Names, and what was done.

    Examples
    --------
    >>> symbols_of_ensembl(["ENSG00000141736.13", "ENSG00000153563"])[0]
    ['ERBB2', 'CD8A']
    """
    ids = [_ENSEMBL.fullmatch(name) if name.startswith("ENSG") else None for name in names]
    count = sum(match is not None for match in ids)
    if not names or count < MOSTLY * len(names):
        return list(names), []
    known = symbol_table().ensembl
    symbols = [known.get(match[1], name) if match else name for name, match in zip(names, ids, strict=True)]
    unknown = sum(match is not None and match[1] not in known for match in ids)
    notes = [Note("genes", "Ensembl ids turned into gene symbols", count - unknown)]
    if unknown:
        notes.append(Note("genes", "Ensembl ids without a gene symbol, left as they are", unknown))
    return symbols, notes
