"""Raw counts into counts or transcripts per million."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from her2stats.cohort.genes import NO_GENE, symbols_of_ids
from her2stats.cohort.genes.ids import MOSTLY, share_known
from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import read_content
from her2stats.notes import Note
from her2stats.reading.formats.dispatch import read_words
from her2stats.reading.formats.gtf import SUFFIXES, exon_lengths
from her2stats.reading.formats.matrix import Column as Words
from her2stats.reading.formats.matrix import Floats, RawMatrix, numbers_from_words
from her2stats.reading.formats.strangers import length_column

HEAVY, SAMPLES = 0.1, 8  # share of a total that a gene seldom has, and samples that are looked at for it


def on_lengths(notes: Iterable[Note]) -> list[Note]:
    """What is to be said where cell fractions are estimated of an expression that was read with these notes."""
    what = "fractions are from counts per million: long genes weigh more than in the profiles of a signature matrix"
    told = Note("reading", what, detail='normalise = "tpm" with gene_lengths divides by the lengths')
    return [told] if any(note.kind == "counts per million" for note in notes) else []


def read_gene_lengths(path: str | Path) -> dict[str, float]:
    """Length of each gene: of its exons in a GTF, or from a table whose first column has the names of the rows."""
    content = read_content(path)
    if content.suffix in SUFFIXES:
        return exon_lengths(content)
    table = read_words(content)
    place = length_column(table.header, range(1, len(table.header)))
    if place is None:
        listed = ", ".join(repr(column) for column in table.header[:10])
        remedy = "call one column 'length', in a table whose first column has the row names of the counts"
        raise TableError(Problem(f"has not one column of gene lengths (it has {listed})", content.name, remedy))
    found, genes = ProblemList(), [row[0] for row in table.rows]
    words = Words(table.header[place], [row[place] for row in table.rows])
    lengths = numbers_from_words([words], genes, found, name=content.name, first_row=2)[:, 0]
    known: dict[str, float] = {}
    rows = zip(genes, lengths.tolist(), strict=True)
    if several := sorted({gene for gene, length in rows if length == length != known.setdefault(gene, length)}):
        what, remedy = f"genes have several lengths: {', '.join(several[:5])}", "keep one row of each gene"
        found.add(TableError, what, where=content.name, remedy=remedy)
    found.raise_if_any()
    return known


def transcripts_per_million(raw: RawMatrix, lengths: Mapping[str, float] | None) -> RawMatrix:
    """Divide counts by the length of their gene, then as `counts_per_million`; genes without a length are left out.

    Raises TableError when there are no lengths, or of less than half of the genes, or when a sample's total is zero.
    """
    names, known = [str(row).strip() for row in raw.rows], raw.lengths
    if lengths is not None:
        versions = {name.partition(".")[0]: length for name, length in lengths.items() if name.startswith("ENSG")}
        plain = (versions.get(name.partition(".")[0], np.nan) for name in names)
        known = np.array([lengths.get(name, other) for name, other in zip(names, plain, strict=True)])
    there = known > 0 if known is not None else np.zeros(len(names), dtype=bool)
    if known is None or there.sum() * 2 < len(names):
        what = f"transcripts per million need gene lengths: {int(there.sum())} of {len(names)} rows have one"
        remedy = "give gene_lengths = a table of the names of the rows and their lengths, or the GTF"
        raise TableError(Problem(what, raw.name, remedy))
    rows = [row for row, has in zip(raw.rows, there, strict=True) if has]
    told, count = "genes without a length left out, before any total", int((~there).sum())
    gone = Note("genes", told, count, kind="plain rule of genes")
    notes = raw.notes if there.all() else (*raw.notes, gone)
    rates = replace(raw, rows=rows, values=raw.values[there] / known[there, None], notes=notes, first_row=0)
    return counts_per_million(rates, "transcripts")


def counts_per_million(raw: RawMatrix, what: str = "counts") -> RawMatrix:
    """Divide each sample by its total over every row that has a gene's name and multiply by a million.

    Raises TableError when a sample's total is zero.
    """
    counts = np.nan_to_num(raw.values) if np.isnan(raw.values).any() else raw.values
    named = np.array([str(row).strip() not in NO_GENE for row in raw.rows])
    counts = counts if named.all() else counts[named]
    _refuse_heavy_strangers(raw, np.flatnonzero(named), counts)
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
    told = f"raw counts turned into {what} per million"
    notes = [Note("reading", told, len(raw.columns), kind="counts per million" if what == "counts" else "")]
    if not named.all():
        notes.append(Note("reading", "rows without a gene symbol are in no total", int((~named).sum())))
    scaled = raw.values / totals
    scaled *= 1e6
    return replace(raw, values=scaled, notes=(*raw.notes, *notes))


def _refuse_heavy_strangers(raw: RawMatrix, places: np.ndarray, counts: Floats) -> None:
    """Refuse a row that makes up much of every total and has no gene's name, among rows that have: reads, sums."""
    some = counts[:, :SAMPLES]
    heavy = np.flatnonzero((some > HEAVY * some.sum(axis=0)).all(axis=1))
    names = symbols_of_ids([str(raw.rows[place]).strip() for place in places])[0] if len(heavy) else []
    if not names or share_known(names) < MOSTLY:
        return
    strange = [raw.row(int(places[place])) for place in heavy if not share_known([names[place]])]
    if strange:
        listed = ", ".join(strange)
        what = f"rows hold more than {HEAVY:.0%} of all counts of each sample and have no gene's name: {listed}"
        remedy = "take them out if they are no genes: they would be in every total; else give them their gene's symbol"
        raise TableError(Problem(what, raw.name, remedy))
