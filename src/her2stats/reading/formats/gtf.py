"""Gene lengths from the annotation that reads were counted with (GTF, or GFF3 whose exons name their gene)."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from her2stats.errors import Problem, TableError
from her2stats.files import Content

SUFFIXES = (".gtf", ".gff", ".gff3")
LONGEST = 12  # digits of a place on a chromosome
_ID, _NAME = (re.compile(rb'(?:^|[ ;])%s[ =]"?([^";]+)' % word) for word in (b"gene_id", b"gene_name"))


def exon_lengths(content: Content) -> dict[str, float]:
    """Bases that the exons of each gene cover, each base once, by gene id and by gene name.

    A name that several genes of other lengths have has none. Raises TableError for an exon without a place or a gene,
    with its line, and when there is no exon.
    """
    genes: dict[tuple[bytes, bytes], int] = {}
    chromosomes: dict[bytes, int] = {}
    exons = array("q")
    for number, line in enumerate(_lines(content), 1):
        cells = line.split(b"\t")
        if line.startswith(b"#") or len(cells) < 3 or cells[2] != b"exon":
            continue
        gene = _ID.search(cells[-1])
        ends = [int(cell) for cell in cells[3:5] if cell.isdigit() and len(cell) < LONGEST]
        if len(cells) != 9 or gene is None or len(ends) != 2 or not 0 < ends[0] <= ends[1]:
            what = "an exon has no gene_id, or no start and end"
            raise TableError(Problem(what, f"{content.name}, line {number}", "give the GTF with which was counted"))
        name = _NAME.search(cells[-1])
        key = gene[1], name[1] if name else gene[1]
        place = chromosomes.setdefault(cells[0], len(chromosomes))
        exons.extend((genes.setdefault(key, len(genes)), place, ends[0] - 1, ends[1]))
    if not exons:
        raise TableError(Problem("has no exons", content.name, "give a GTF with lines of exons"))
    lengths: dict[str, float] = {}
    by_name: defaultdict[str, set[float]] = defaultdict(set)
    for (gene_id, gene_name), length in zip(
        genes, _covered(np.reshape(exons, (-1, 4)), len(genes)).tolist(), strict=True
    ):
        lengths[gene_id.decode("utf-8", "replace")] = length
        by_name[gene_name.decode("utf-8", "replace")].add(length)
    return {**{name: min(found) for name, found in by_name.items() if len(found) == 1}, **lengths}


def _covered(exons: np.ndarray, genes: int) -> np.ndarray:
    """Sum, by gene, what each exon covers beyond those that begin before it."""
    gene, place, start, end = exons[np.lexsort(exons.T[[3, 2, 1, 0]])].T
    _, group = np.unique(np.stack([gene, place]), axis=1, return_inverse=True)
    apart = group.ravel() * (int(end.max()) + 1)  # so that a running maximum begins anew with each gene
    reached = np.maximum.accumulate(end + apart)
    before = np.concatenate([[0], reached[:-1]]) - apart
    return np.bincount(gene, np.maximum(end - np.maximum(start, before), 0), genes)


def _lines(content: Content) -> Iterator[bytes]:
    """Lines, of text that is never held whole where it unpacks to very much."""
    rest = b""
    for piece in content.unpacked() if content.unpacked is not None else [content.beginning]:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.rstrip(b"\r") for line in lines)
    yield rest
