"""The genes that somebody wants, found among the genes that a matrix has, whatever they were called at the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from her2stats.genes.symbol_table import symbol_table
from her2stats.notes import Note

SHOWN = 12


@dataclass(frozen=True)
class MatchedSymbols:
    """Which row of a matrix is which gene wanted.

    Parameters
    ----------
    rows : dict
        Gene wanted -> symbol in the matrix, for the genes that were found.
    renamed : dict
        Those of `rows` whose two names differ.
    unclear : tuple of str
        Genes wanted that several rows could be; none of them is taken.
    """

    rows: dict[str, str]
    renamed: dict[str, str]
    unclear: tuple[str, ...]


def match_symbols(wanted: Iterable[str], available: Iterable[str]) -> MatchedSymbols:
    """Find genes by their own symbol, or else by an earlier or later symbol of the same gene.

    A row whose own name is wanted is never given to another gene, and a gene that two rows could be is left missing.

    Parameters
    ----------
    wanted : iterable of str
        Symbols of a signature.
    available : iterable of str
        Symbols of a matrix.

    Returns
    -------
    MatchedSymbols

    Examples
    --------
    >>> match_symbols(["EMR1", "ERBB2", "MARCHF1"], ["ADGRE1", "ERBB2", "MARCH1"]).renamed
    {'EMR1': 'ADGRE1', 'MARCHF1': 'MARCH1'}
    >>> match_symbols(["KIAA0754"], ["MACF1"]).rows
    {}
    """
    asked = list(dict.fromkeys(wanted))
    present, asked_set = set(available), set(asked)
    absent = [gene for gene in asked if gene not in present]
    rows = {gene: gene for gene in asked if gene in present}
    if not absent:
        return MatchedSymbols(rows, {}, ())
    table = symbol_table()
    # Two wanted genes that are one and the same today cannot both be given one row.
    claims: dict[str, list[str]] = {}
    for gene in asked:
        claims.setdefault(table.canonical(gene), []).append(gene)
    candidates: dict[str, list[str]] = {}
    for symbol in sorted(present - asked_set):
        canonical = table.canonical(symbol)
        if canonical in claims:
            candidates.setdefault(canonical, []).append(symbol)
    renamed, unclear = {}, []
    for gene in absent:
        canonical = table.canonical(gene)
        found = candidates.get(canonical, [])
        if len(found) == 1 and len(claims[canonical]) == 1:
            renamed[gene] = found[0]
        elif found:
            unclear.append(gene)
    return MatchedSymbols({**rows, **renamed}, renamed, tuple(unclear))


def harmonise_genes(
    expression: pd.DataFrame, wanted: Sequence[str], *, what: str = ""
) -> tuple[pd.DataFrame, list[Note]]:
    """Give the rows of a matrix the symbols that a signature uses for the same genes.

    Parameters
    ----------
    expression : DataFrame
        genes x samples.
    wanted : sequence of str
        Symbols of the signature.
    what : str
        Name of the signature, for the notes.

    Returns
    -------
    (DataFrame, list of Note)
        The matrix with renamed rows (the same object where none is), and a note that lists every renaming.

    Examples
    --------
    >>> matrix = pd.DataFrame({"s1": [1.0, 2.0]}, index=["KIAA0125", "ERBB2"])
    >>> harmonise_genes(matrix, ["FAM30A", "ERBB2"])[0].index.tolist()
    ['FAM30A', 'ERBB2']
    """
    matched = match_symbols(wanted, expression.index)
    title, notes = f"{what}: " if what else "", []
    if matched.unclear:
        listed = _some(sorted(matched.unclear))
        note = f"{title}genes that several rows could be, left missing"
        notes.append(Note("genes", note, len(matched.unclear), listed))
    if not matched.renamed:
        return expression, notes
    listed = ", ".join(f"{old} is {new}" for new, old in sorted(matched.renamed.items()))  # all: each is a repair
    notes.append(Note("genes", f"{title}genes found under another symbol", len(matched.renamed), listed))
    back = {symbol: gene for gene, symbol in matched.renamed.items()}
    names = [back.get(symbol, symbol) for symbol in expression.index]
    return expression.set_axis(pd.Index(names, name=expression.index.name), axis=0), notes


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:SHOWN]) + (f" and {len(words) - SHOWN} more" if len(words) > SHOWN else "")
