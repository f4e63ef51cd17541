"""What stands in an expression matrix and is none: columns that describe genes, rows that count what fitted no gene.

Scored or deconvolved as tumours, the columns shift every z-score and the cohort's median; counted into a total, the
rows halve every count per million. They are known by the names that programmes which write such files give them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from her2stats.errors import Problem, TableError
from her2stats.notes import Note
from her2stats.reading.formats.matrix import RawMatrix

SHOWN = 8
SAME = 1e-9  # relative: a sum that was written with nine digits
_DESCRIBING = """
entrezgeneid entrezid entrez geneid ncbigeneid ensemblid ensemblgeneid ensembl ensg hugosymbol hgncsymbol hgncid
genename genesymbol genesymbols symbol genetype geneshortname genebiotype biotype genedescription description
transcriptid transcripttype refseq locus chr chrom chromosome seqname seqnames start end strand cytoband band position
length effectivelength genelength exonlength basepairs gccontent probe probeid idref mean average averageexpression
median sd stdev stddev variance var sum total rowmean rowmeans rowsum rowsums basemean aveexpr pvalue adjpval logfc
ncbiid ncbigene locusid uniprotid startposition endposition genestart geneend width transcriptlength exoniclength
efflength txlength gc genegc min max minimum maximum avg std cv rank index rownames unnamed:0 log2foldchange lfcse stat
padj fdr logcpm bundleid
ncbigeneid genegccontent cdslength exoncount geneversion iqr mad cromosoma kromosom chromosomename hgncname synonyms
lunghezza inizio filamento longueur longitud entrezgeneaccession externalgenename
"""
DESCRIBING = frozenset(_DESCRIBING.split())
# What a row adds up to, in some languages: "Media", "Mean_all", "Totale".
SUMMARY = re.compile(
    r"(row[ _.]?)?(means?|medians?|averages?|avg|media(na)?|promedio|moyenne|mittelwert|somma|summe|totale?)"
    r"([ _.-](all|tutti|alle|total|expr(ession)?|log2|tpm|fpkm|rpkm|cpm|counts?|generale))*",
    re.I,
)
# What array software writes of each sample beside its signal.
BESIDE_A_SIGNAL = re.compile(r"(.*[ ._-])?(detection[ ._-]*p[ ._-]*val(ue)?|bead_?std(err|ev)|avg_?nbeads)", re.I)
_MEASURES = "tpm|fpkm|rpkm|cpm|counts?|num_?reads|expected_?counts?|est_?counts?"
MEASURE = re.compile(rf"(?:.*[ ._-])?({_MEASURES})|({_MEASURES})[ ._-].+", re.I)
_LENGTHS = re.compile(r"(median|mean|effective|eff|gene|exon|exonic|transcript|tx|bp)*lengths?")
NO_GENES = re.compile(
    r"n_(unmapped|multimapping|nofeature|ambiguous)"  # STAR
    r"|_*(no_feature|ambiguous|too_low_aqual|not_aligned|alignment_not_unique)"  # htseq-count
    r"|(un)?assigned(_\w+)?|(un|multi|uniquely[ _])?mapped([ _]reads)?|\*"  # featureCounts, samtools
    r"|n_(processed|pseudoaligned|unique)|mapping[ _]rate|norm[._ ]factors?|size[._ ]factors?"
    r"|(grand[ _])?totale?s?([ _](reads|counts|letture|generale))?|(col(umn)?[ _]?)?sums?|library[ _]size|lib[ _.]size"
    r"|somma|mean|average|median|media|mediana"
    r"|(g?spikein[ _-])?ercc[ _-]?\d{5}|sirv\d{1,6}|phix(174)?|spike[ _-]?ins?[\w-]*",
    re.IGNORECASE,
)


def describes_genes(name: str) -> bool:
    """Whether a column of this name holds something about genes instead of a sample."""
    plain = re.sub(r"\([^)]*\)|[\s._%-]", "", name).lower()
    return plain in DESCRIBING or SUMMARY.fullmatch(name) is not None or BESIDE_A_SIGNAL.fullmatch(name) is not None


def length_column(header: Sequence[str], places: Iterable[int]) -> int | None:
    """Which of some columns is called like gene lengths: the effective ones, or the only ones.

    >>> length_column(["Name", "Length", "EffectiveLength", "TPM"], range(4))
    2
    """
    plain = {place: re.sub(r"[\s._-]", "", header[place]).lower() for place in places}
    called = {place: _LENGTHS.fullmatch(name) for place, name in plain.items()}
    found = [place for place, match in called.items() if match]
    effective = [place for place in found if "eff" in plain[place]]
    return (effective or found)[0] if len(effective or found) == 1 else None


def without_descriptions(header: Sequence[str], places: Sequence[int], name: str) -> tuple[list[int], tuple[Note, ...]]:
    """Leave out the columns that describe genes, with a note; where nothing else is left they stay.

    Raises TableError when the samples stand there as counts and as TPM, or the like.
    """
    kept = [place for place in places if not describes_genes(header[place])]
    measures = Counter((m[1] or m[2]).lower() for place in kept if (m := MEASURE.fullmatch(header[place])))
    if len(measures) > 1:
        listed = ", ".join(f"{word} {count}" for word, count in sorted(measures.items()))
        what = f"its columns are several measures of the same samples ({listed})"
        raise TableError(Problem(what, name, "leave all but one out by ignore_columns"))
    if not kept or len(kept) == len(places):
        return list(places), ()
    names = [header[place] for place in places if place not in set(kept)]
    return kept, (Note("reading", "columns that describe genes are no samples: left out", len(names), _some(names)),)


def genes_only(raw: RawMatrix, *, sums: bool) -> RawMatrix:
    """Leave out the rows that count what fitted no gene, spike-ins, and totals, with a note.

    Genes are in rows. Where the values can be added (`sums`), a row that is the sum of all others is no gene, whatever
    it is called.
    """
    strange = np.array([isinstance(row, str) and NO_GENES.fullmatch(row.strip()) is not None for row in raw.rows])
    if sums and len(raw.rows) > 2 and len(raw.columns) > 1:  # in a single sample it may be chance
        strange[_sums_of_the_others(raw.values, ~strange)] = True
    if not strange.any() or strange.all():
        return raw
    names = [str(row) for row, out in zip(raw.rows, strange, strict=True) if out]
    note = Note("genes", "rows that are no genes left out, before any total", len(names), _some(names))
    rows = [row for row, out in zip(raw.rows, strange, strict=True) if not out]
    first_row = 0 if strange[: len(rows)].any() else raw.first_row  # rows below keep their number in the file
    lengths = raw.lengths[~strange] if raw.lengths is not None else None
    kept = replace(raw, rows=rows, values=raw.values[~strange], lengths=lengths, first_row=first_row)
    return replace(kept, notes=(*raw.notes, note))


def _sums_of_the_others(values: np.ndarray, counted: np.ndarray) -> list[int]:
    """Rows that hold, in every sample, what all other rows that count add up to."""

    def same(row: np.ndarray, totals: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):  # infinite values are told later
            close: np.ndarray = np.isfinite(totals) & (totals > 0) & (np.abs(2 * row - totals) <= SAME * totals)
        return close

    first = values[:, 0]
    likely = np.flatnonzero(counted & same(first, np.nansum(first[counted])))
    if not len(likely):  # as a rule, and without a pass over the whole matrix
        return []
    totals = np.nansum(values[counted], axis=0)
    return [int(place) for place in likely if same(values[place], totals).all()]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
