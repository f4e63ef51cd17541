"""Build the offline table of gene symbols, src/her2stats/cohort/genes/symbols.tsv.gz.

Two Debian 12 packages hold what it is made of (nothing of either is copied but these facts):

    apt-get download r-bioc-org.hs.eg.db r-bioc-genelendatabase
    dpkg-deb -x r-bioc-org.hs.eg.db_*.deb annotation && dpkg-deb -x r-bioc-genelendatabase_*.deb annotation
    pip install rdata
    python tools/build_gene_symbols.py annotation

* org.Hs.eg.db 3.16.0: NCBI Gene of 12 September 2022 (public domain): current symbols, aliases, Ensembl and Entrez ids.
* geneLenDataBase 1.34.0: symbols of UCSC's hg19 annotation, that is, names that were in use in 2010.

NCBI does not say which alias is an earlier name and which a nickname, a merged neighbour or another gene's name.
An alias X of gene B is taken as an earlier name only if

1. X is a current symbol of no gene, belongs to B alone (upper and lower case apart or not), and looks like a symbol;
2. B was no symbol in 2010: a gene that was called B already then was not called X later;
3. B has not two aliases that were both symbols in 2010: it was made of two genes (PALM2 and AKAP2), neither is it.

The renamings of 2020, made because spreadsheets read the old symbols as dates (Bruford et al. 2020, Nat Genet 52:754),
are known one by one and stand above these rules.

So KIAA0754 does not become MACF1, TNAP does not become ALPL, and MRC1L1 does not become MRC1.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sqlite3
from collections import defaultdict
from pathlib import Path

import rdata

ANNOTATION = "usr/lib/R/site-library/org.Hs.eg.db/extdata/org.Hs.eg.sqlite"
OLD_SYMBOLS = "usr/lib/R/site-library/geneLenDataBase/data/hg19.geneSymbol.LENGTH.RData"
TARGET = Path(__file__).resolve().parent.parent / "src/her2stats/cohort/genes/symbols.tsv.gz"
LOOKS_LIKE_A_SYMBOL = re.compile(r"[A-Z][A-Z0-9]+(orf\d+[A-Z]*)?(-[A-Z0-9]+)*")
RENAMED = {
    **{f"SEPTIN{n}": f"SEPT{n}" for n in (*range(1, 13), 14)},
    **{f"MARCHF{n}": f"MARCH{n}" for n in range(1, 12)},
    **{"MTARC1": "MARC1", "MTARC2": "MARC2", "DELEC1": "DEC1", "SELENOF": "SEP15"},
}
HEADER = """\
# Gene symbols: current symbol, Ensembl ids (without ENSG and leading zeros), earlier symbols, Entrez id of NCBI Gene.
# Source: NCBI Gene of 2022-09-12 through Bioconductor's org.Hs.eg.db 3.16.0; earlier symbols checked against
# the symbols of UCSC hg19 in geneLenDataBase 1.34.0. Made by tools/build_gene_symbols.py, which states the rules.
symbol\tensembl\tearlier\tentrez
"""


def earlier_symbols(database: sqlite3.Connection, in_2010: set[str]) -> dict[str, set[str]]:
    """Earlier symbols of each current symbol, by the rules above."""
    owners: dict[str, set[str]] = defaultdict(set)
    folded: dict[str, set[str]] = defaultdict(set)
    current = {symbol for (symbol,) in database.execute("SELECT symbol FROM gene_info")}
    for alias, symbol in database.execute("SELECT alias_symbol, symbol FROM alias JOIN gene_info USING (_id)"):
        owners[alias].add(symbol)
        folded[alias.upper()].add(symbol)
    for symbol in current:
        folded[symbol.upper()].add(symbol)
    earlier: dict[str, set[str]] = defaultdict(set)
    for alias, symbols in owners.items():
        (symbol, *others) = symbols
        alone = not others and folded[alias.upper()] == {symbol}
        if alone and alias not in current and symbol not in in_2010 and LOOKS_LIKE_A_SYMBOL.fullmatch(alias):
            earlier[symbol].add(alias)
    sure = {symbol: aliases for symbol, aliases in earlier.items() if len(aliases & in_2010) < 2}
    renamed = set(RENAMED.values())
    sure = {symbol: aliases - renamed for symbol, aliases in sure.items()}
    return sure | {symbol: sure.get(symbol, set()) | {old} for symbol, old in RENAMED.items()}


def ensembl_ids(database: sqlite3.Connection) -> dict[str, set[str]]:
    """Ensembl gene ids of each current symbol; an id that belongs to two symbols belongs to none."""
    owners: dict[str, set[str]] = defaultdict(set)
    for identifier, symbol in database.execute("SELECT ensembl_id, symbol FROM ensembl JOIN gene_info USING (_id)"):
        owners[identifier].add(symbol)
    ids: dict[str, set[str]] = defaultdict(set)
    for identifier, symbols in owners.items():
        if len(symbols) == 1 and identifier.startswith("ENSG"):
            ids[next(iter(symbols))].add(identifier.removeprefix("ENSG").lstrip("0"))
    return ids


def entrez_ids(database: sqlite3.Connection) -> dict[str, str]:
    """The Entrez id of each current symbol; a symbol that two genes have is of neither."""
    owners: dict[str, set[str]] = defaultdict(set)
    for identifier, symbol in database.execute("SELECT gene_id, symbol FROM genes JOIN gene_info USING (_id)"):
        owners[symbol].add(identifier)
    return {symbol: next(iter(found)) for symbol, found in owners.items() if len(found) == 1}


def main() -> None:
    """Read the two packages and write the table, byte for byte the same every time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotation", type=Path, help="folder into which both packages were unpacked")
    folder = parser.parse_args().annotation
    (lengths,) = rdata.read_rda(folder / OLD_SYMBOLS).values()
    database = sqlite3.connect(f"file:{folder / ANNOTATION}?mode=ro", uri=True)
    earlier, ids = earlier_symbols(database, set(lengths["Gene"].astype(str))), ensembl_ids(database)
    entrez = entrez_ids(database)
    rows = []
    for symbol in sorted({*ids, *earlier}):
        cells = ("|".join(sorted(ids.get(symbol, ()), key=int)), "|".join(sorted(earlier.get(symbol, ()))))
        rows.append("\t".join((symbol, *cells, entrez.get(symbol, ""))) + "\n")
    TARGET.write_bytes(gzip.compress((HEADER + "".join(rows)).encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
