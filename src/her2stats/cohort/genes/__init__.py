"""Gene symbols: repair of spreadsheet damage, names that changed, rows that share a symbol."""

from her2stats.cohort.genes.described import genes_by_samples
from her2stats.cohort.genes.duplicates import CollapseRule, collapse_duplicates
from her2stats.cohort.genes.ids import refuse_other_species, symbols_of_ids
from her2stats.cohort.genes.matching import CHOOSE, MatchedSymbols, harmonise_genes, match_symbols, names_as_wanted
from her2stats.cohort.genes.spreadsheet import NO_GENE, RepairedSymbols, repair_symbols, symbol_of_date
from her2stats.cohort.genes.symbol_table import SymbolTable, symbol_table

__all__ = [
    "CHOOSE",
    "NO_GENE",
    "CollapseRule",
    "MatchedSymbols",
    "RepairedSymbols",
    "SymbolTable",
    "collapse_duplicates",
    "genes_by_samples",
    "harmonise_genes",
    "match_symbols",
    "names_as_wanted",
    "refuse_other_species",
    "repair_symbols",
    "symbol_of_date",
    "symbol_table",
    "symbols_of_ids",
]
