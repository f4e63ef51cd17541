"""Which gene a probe measures: the user's annotation table, or the platform table of a GEO file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from her2stats.errors import Problem, TableError
from her2stats.files import Content, read_content
from her2stats.reading.formats.text import TextTable, read_text_table
from her2stats.vocabulary.words import fold

GENE_COLUMNS = ("gene symbol", "gene_symbol", "symbol", "gene", "hgnc symbol", "hgnc_symbol", "ilmn_gene", "genesymbol")
TABLE = re.compile(rb"^!platform_table_begin\s*\n(.*?)^!platform_table_end", re.DOTALL | re.MULTILINE)
SEVERAL = re.compile(r"\s*(?:///|//|;|,|\|)\s*")


def read_annotation(path: str | Path, *, gene_column: str | None = None, probes: Iterable[str] = ()) -> dict[str, str]:
    """Read the gene symbol of each probe; "" stands for a probe without a gene, or with several.

    The file is a table whose first column holds the probes, or another most of the given ones, beside a column of gene
    symbols (Gene Symbol, Symbol, ILMN_Gene, ...; `gene_column` where its name is none of the usual), or a GEO family or
    platform file (SOFT). Lines that start with # are remarks. Raises FileError or TableError when the file cannot be
    read, has no column of gene symbols, or none that holds any of the probes.
    """
    table, name = _table(read_content(path)), Path(path).name
    place, wanted = _gene_place(table, gene_column, name), set(probes)
    met = [len(wanted.intersection(row[column] for row in table.rows)) for column in range(len(table.header))]
    if wanted and not any(met):
        what = f"no row of the expression is in any of its columns, not {', '.join(sorted(wanted)[:3])}"
        raise TableError(Problem(what, name, "give the annotation of this platform"))
    held = met.index(max(met))
    said: dict[str, str] = {}
    for row in table.rows:  # a probe may have a row for each of its genes
        said[row[held]] = f"{said[row[held]]} /// {row[place]}" if row[held] in said else row[place]
    return {probe: _one_gene(words) for probe, words in said.items() if probe}


def _table(content: Content) -> TextTable:
    data = content.data.replace(b"\r\n", b"\n")
    platform = TABLE.search(data) if b"!platform_table_begin" in data else None
    if platform:
        data = platform[1]
    lines = [line for line in data.split(b"\n") if not line.startswith((b"#", b"^", b"!"))]
    return read_text_table(
        replace(content, beginning=b"\n".join(lines), unpacked=None), delimiter="\t" if platform else None
    )


def _gene_place(table: TextTable, gene_column: str | None, name: str) -> int:
    wanted = GENE_COLUMNS if gene_column is None else (fold(gene_column),)
    for word in wanted:
        for place, column in enumerate(table.header):
            if fold(column) == word and place > 0:
                return place
    listed = ", ".join(repr(column) for column in table.header[:10])
    remedy = "call it 'Gene Symbol', in a table whose first column holds the probes"
    raise TableError(Problem(f"has no column of gene symbols (it has {listed})", name, remedy))


def _one_gene(word: str) -> str:
    """The symbol, if there is exactly one: a probe that fits several genes measures none of them."""
    genes = {gene for gene in SEVERAL.split(word) if gene and gene != "---"}
    return genes.pop() if len(genes) == 1 else ""
