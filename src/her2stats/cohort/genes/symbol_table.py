"""The offline table of gene symbols: current symbols, their Ensembl and Entrez ids, their earlier symbols.

Made by tools/build_gene_symbols.py from NCBI Gene of September 2022; the rules by which an alias counts as an earlier
symbol stand there.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, product


@dataclass(frozen=True)
class SymbolTable:
    """Gene symbols of today and of yesterday."""

    current: frozenset[str]  # symbols that have an Ensembl id or an earlier symbol
    earlier: Mapping[str, str]  # to the current symbol; only where it is certain which gene is meant
    ensembl: Mapping[str, str]  # digits of an Ensembl gene id, without leading zeros, to the current symbol
    entrez: Mapping[str, str]  # Entrez gene id to the current symbol

    def canonical(self, symbol: str) -> str:
        """Current symbol of a gene; the symbol itself where the table does not know a later one.

        Points and underscores that R and databases write for a hyphen (HLA.DRA) are read as such if that gives a
        current symbol.
        """
        if symbol in self.current:
            return symbol
        if symbol in self.earlier:
            return self.earlier[symbol]
        hyphened = symbol.replace(".", "-").replace("_", "-")
        return hyphened if hyphened != symbol and hyphened in self.current else symbol

    def spellings(self, symbol: str) -> frozenset[str]:
        """Every symbol that is the same gene: the current one, earlier ones, those with points for hyphens."""
        canonical = self.canonical(symbol)
        names = {canonical, *self._earlier_of.get(canonical, ())}
        if "-" in canonical and canonical in self.current:
            marks = product("-._", repeat=canonical.count("-"))
            parts = canonical.split("-")
            written = ("".join(chain(*zip(parts, (*row, ""), strict=True))) for row in marks)
            names |= {name for name in written if self.canonical(name) == canonical}
        return frozenset(names)

    @cached_property
    def _earlier_of(self) -> Mapping[str, list[str]]:
        names: dict[str, list[str]] = {}
        for earlier, current in self.earlier.items():
            names.setdefault(current, []).append(earlier)
        return names


@cache
def symbol_table() -> SymbolTable:
    """Load the table, once."""
    text = gzip.decompress((files(__package__) / "symbols.tsv.gz").read_bytes()).decode()
    earlier, ensembl, entrez, current = {}, {}, {}, []
    for line in text.splitlines()[4:]:
        symbol, ids, names, number = line.split("\t")
        current.append(symbol)
        if number:
            entrez[number] = symbol
        for digits in ids.split("|") if ids else ():
            ensembl[digits] = symbol
        for name in names.split("|") if names else ():
            earlier[name] = symbol
    return SymbolTable(frozenset(current), earlier, ensembl, entrez)
