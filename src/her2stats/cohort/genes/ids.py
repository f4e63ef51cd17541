"""Ids of genes, Ensembl's or Entrez', alone or beside the symbol, into gene symbols."""

from __future__ import annotations

import re
from collections.abc import Sequence

from her2stats.cohort.genes.symbol_table import symbol_table
from her2stats.notes import Note

_ENSEMBL = re.compile(r"ENSG0*(\d+)(?:\.\d+)?(?:_PAR_Y)?")
_ID = r"ENSG\d{11}(?:\.\d+)?"
_BESIDE = re.compile(rf"(?P<first>.+?)(?:\|\d+|[|;:, _]\(?{_ID}\)?)|{_ID}[|;:, _]+(?P<second>.+)")
MOSTLY = 0.5  # share of ids from which a matrix is one of ids


def symbols_of_ids(names: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Turn ids into symbols where a matrix consists of them; ids without a symbol stay as they are, and notes say so.

    Names are Ensembl gene ids, with or without a version; Entrez gene ids, but no running numbers; or symbols with one
    of these (ERBB2|2064, ENSG00000141736_ERBB2), of which the symbol is taken.
    """
    beside = [_BESIDE.fullmatch(name) for name in names]
    count = sum(match is not None for match in beside)
    if names and count >= MOSTLY * len(names):
        both = zip(names, beside, strict=True)
        symbols = [(match["first"] or match["second"]).strip("?") if match else name for name, match in both]
        return symbols, [Note("genes", "symbols taken from names that hold an id, too", count)]
    numbers = [name if name.isdigit() and name.isascii() else "" for name in names]
    if numbers in ([str(place + first) for place in range(len(names))] for first in (0, 1)):
        return list(names), []  # rows that somebody numbered
    digits = [match[1] if name.startswith("ENSG") and (match := _ENSEMBL.fullmatch(name)) else "" for name in names]
    table = symbol_table()
    for kind, ids, known in (("Ensembl", digits, table.ensembl), ("Entrez", numbers, table.entrez)):
        count = sum(map(bool, ids))
        if names and count >= MOSTLY * len(names):
            symbols = [known.get(one, name) if one else name for name, one in zip(names, ids, strict=True)]
            unknown = sum(one != "" and one not in known for one in ids)
            notes = [Note("genes", f"{kind} ids turned into gene symbols", count - unknown)]
            if unknown:
                notes.append(Note("genes", f"{kind} ids without a gene symbol, left as they are", unknown))
            return symbols, notes
    return list(names), []
