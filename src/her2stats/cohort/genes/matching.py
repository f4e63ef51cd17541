"""The genes that somebody wants, found among the genes that a matrix has, whatever they were called at the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from her2stats.cohort.genes.duplicates import CollapseRule, collapse_duplicates
from her2stats.cohort.genes.symbol_table import symbol_table
from her2stats.errors import GeneError, ProblemList
from her2stats.notes import Note

SHOWN = 12
MERGE = 'say how to make them one, duplicates = "max-mean", "mean" or "median", or take one of the rows out'
CHOOSE = "take one of the rows out, or keep every name as it is with rename_genes=False"


@dataclass(frozen=True)
class MatchedSymbols:
    """Which row of a matrix is which gene wanted."""

    rows: dict[str, str]  # gene wanted -> symbol in the matrix, where it is exactly one row
    renamed: dict[str, str]  # those of `rows` whose two names differ
    several: dict[str, tuple[str, ...]]  # gene wanted -> its symbols in the matrix, where they are several rows
    unclear: tuple[str, ...]  # the same gene as another one wanted, where a row of a third name could be either


def match_symbols(wanted: Iterable[str], available: Iterable[str]) -> MatchedSymbols:
    """Find genes of a signature in a matrix by their own symbol, and by every earlier or later symbol of the same gene.

    A row whose own name is wanted is never given to another gene, and nothing is chosen between two rows.
    """
    asked = list(dict.fromkeys(wanted))
    present, asked_set = set(available), set(asked)
    table = symbol_table()
    # Two wanted genes that are one and the same today keep their own rows, and cannot both be given another.
    claims: dict[str, list[str]] = {}
    for gene in asked:
        claims.setdefault(table.canonical(gene), []).append(gene)
    others = {canonical: sorted((table.spellings(canonical) & present) - asked_set) for canonical in claims}
    rows: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    unclear: list[str] = []
    for gene in asked:
        canonical = table.canonical(gene)
        own, other = [gene] if gene in present else [], others[canonical]
        if len(claims[canonical]) > 1 and own:
            rows[gene] = gene
        elif len(claims[canonical]) > 1 and other:
            unclear.append(gene)
        elif len(own + other) > 1:
            several[gene] = (*own, *other)
        elif own or other:
            rows[gene] = (own + other)[0]
    renamed = {gene: symbol for gene, symbol in rows.items() if gene != symbol}
    return MatchedSymbols(rows, renamed, several, tuple(unclear))


def names_as_wanted(
    names: Sequence[str],
    wanted: Sequence[str],
    *,
    what: str = "",
    duplicates: CollapseRule = "error",
    remedy: str = CHOOSE,
) -> tuple[list[str], list[Note]]:
    """Names of rows, with the symbols that a signature uses for the same genes, and notes that list every renaming.

    With a rule for `duplicates`, as in `harmonise_genes`, all rows of one gene get its name; `remedy` says what to do
    about a gene that stands there under two names without one. Raises GeneError when a wanted gene stands there under
    two names, and no rule was declared.

    >>> names_as_wanted(["KIAA0125", "ERBB2"], ["FAM30A"])[0]
    ['FAM30A', 'ERBB2']
    """
    matched = match_symbols(wanted, names)
    if matched.several and duplicates == "error":
        _refuse(matched.several, remedy)
    title, notes = f"{what}: " if what else "", []
    if matched.unclear:
        listed = _some(sorted(matched.unclear))
        note = f"{title}genes that are the same gene as another one wanted, left missing"
        notes.append(Note("genes", note, len(matched.unclear), listed))
    if matched.renamed:
        listed = ", ".join(f"{old} is {new}" for new, old in sorted(matched.renamed.items()))  # all: each is a repair
        notes.append(Note("genes", f"{title}genes found under another symbol", len(matched.renamed), listed))
    if matched.several:
        listed = ", ".join(f"{gene}: {' and '.join(rows)}" for gene, rows in sorted(matched.several.items()))
        note = f"{title}genes that stand in rows of two names, made one ({duplicates})"
        notes.append(Note("genes", note, len(matched.several), listed))
    back = {symbol: gene for gene, symbol in matched.renamed.items()}
    back |= {symbol: gene for gene, symbols in matched.several.items() for symbol in symbols}
    return [back.get(symbol, symbol) for symbol in names], notes


def harmonise_genes(
    expression: pd.DataFrame,
    wanted: Sequence[str],
    *,
    what: str = "",
    duplicates: CollapseRule = "error",
    remedy: str = MERGE,
) -> tuple[pd.DataFrame, list[Note]]:
    """Give the rows of a matrix, genes x samples, the symbols that a signature uses for the same genes.

    The matrix is the same object where no row is renamed; the notes, which name the signature as `what`, list every
    renaming and every row that was merged. The rule for `duplicates` makes one of a wanted gene's rows under two names,
    as in `collapse_duplicates`; rows that no signature wants stay as they are. Raises GeneError when a wanted gene
    stands there under two names, and no rule was declared.
    """
    before = expression.index.tolist()
    names, notes = names_as_wanted(before, wanted, what=what, duplicates=duplicates, remedy=remedy)
    if names == before:
        return expression, notes
    renamed = expression.set_axis(pd.Index(names, name=expression.index.name), axis=0)
    merged = len(set(names)) < len(set(before))  # rows that no signature wants are not merged for their own sake
    return (collapse_duplicates(renamed, duplicates)[0] if merged else renamed), notes


def _refuse(several: Mapping[str, tuple[str, ...]], remedy: str) -> None:
    found = ProblemList()
    for gene, rows in sorted(several.items())[:SHOWN]:
        told = f"rows {' and '.join(repr(row) for row in rows)} are one gene, {symbol_table().canonical(gene)} today"
        found.add(GeneError, told, row=f"gene {gene!r}", value=rows[-1], remedy=remedy)
    if len(several) > SHOWN:
        more = f"{len(several) - SHOWN} more genes stand in rows of two names"
        found.add(GeneError, more, remedy=remedy)
    found.raise_if_any()


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:SHOWN]) + (f" and {len(words) - SHOWN} more" if len(words) > SHOWN else "")
