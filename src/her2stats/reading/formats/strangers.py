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
import pandas as pd

from her2stats.cohort.genes.described import SUMMARY, describes_genes
from her2stats.errors import Problem, ProblemList, TableError
from her2stats.notes import Note
from her2stats.reading.formats.matrix import RawMatrix

SHOWN = 8
SAME = 1e-9  # relative: a sum that was written with nine digits
FEWEST, LOOKED_AT = 200, 500  # genes whose ranks tell columns that are no samples, and how many of them are looked at
# Rank correlation with all other columns: 0.7 to 0.95 among tumours, 0.1 at most of lengths, positions and p-values
TUMOURS_AGREE, STRANGER = 0.6, 0.25
MADE_OF_THEM = 0.01  # of the usual distance from the mean of the others: a mean that was rounded
_MEASURES = "tpm|fpkm|rpkm|cpm|(?:raw_?|num_?|expected_?|est_?)?(?:counts?|reads)"
_OF_A_SAMPLE = "raw|norm(?:alized)?|log2|signal|unstranded|stranded_first|stranded_second|conf_?hi|conf_?lo"
MEASURE = re.compile(rf"({_MEASURES})[ ._:-]+(.+)|(?:(.*)[ ._-])?({_MEASURES}|{_OF_A_SAMPLE})", re.I)
_LENGTHS = re.compile(r"(median|mean|effective|eff|gene|exon|exonic|transcript|tx|bp)*lengths?")
NO_GENES = re.compile(
    r"(n_)?(unmapped|multi_?(mapping|mapped)|no_?feature|ambiguous)"  # STAR
    r"|_*(no_feature|ambiguous|too_low_aqual|not_aligned|alignment_not_unique)"  # htseq-count
    r"|(un)?assigned(_\w+)?|(un|multi|uniquely[ _])?mapped([ _]reads)?|\*"  # featureCounts, samtools
    r"|n_(processed|pseudoaligned|unique|targets|reads|genes|counts)|mapping[ _]rate|(norm|size)[._ ]factors?"
    r"|(grand[ _])?totale?s?([ _](reads|counts|letture|generale))?|(col(umn)?[ _]?)?sums?|lib(rary)?[ _.]?size"
    r"|(g?spikein[ _-])?ercc[ _-]?\d{5}|sirv\d{1,6}|phix(174)?|spike[ _-]?ins?[\w-]*",
    re.IGNORECASE,
)


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
    told = {header[place]: found for place in kept if (found := MEASURE.fullmatch(header[place]))}
    measures = Counter((found[1] or found[4]).lower() for found in told.values())
    if bare := {header[place] for place in kept} & {found[2] or found[3] for found in told.values()} - {*told}:
        measures["none named"] = len(bare)
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
    likes = (NO_GENES, SUMMARY)
    strange = np.array(
        [isinstance(row, str) and any(like.fullmatch(row.strip()) for like in likes) for row in raw.rows]
    )
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


def refuse_no_samples(raw: RawMatrix) -> None:
    """Refuse columns that are the mean or sum of the others, or rank the genes otherwise, as no two tumours do.

    Only where most columns agree: ratios and z-scores have no ranks in common.
    """
    some = np.argsort([str(row) for row in raw.rows], kind="stable")  # whatever order the file has
    some = some[:: max(1, len(some) // LOOKED_AT)]
    places = np.flatnonzero(np.isfinite(raw.values[some]).mean(axis=0) > 0.5) if len(some) else some
    values = raw.values[np.ix_(some, places)]
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < FEWEST or len(places) < 4:
        return
    ranks = pd.DataFrame(values).rank().to_numpy() - (len(values) + 1) / 2
    others = ranks.sum(axis=1, keepdims=True) - ranks
    lengths = np.sqrt((ranks**2).sum(axis=0) * (others**2).sum(axis=0))
    agree = np.divide((ranks * others).sum(axis=0), lengths, out=np.zeros(len(places)), where=lengths > 0)
    usual = float(np.median(agree))
    if usual < TUMOURS_AGREE:
        return
    odd = agree < STRANGER
    rest = values[:, ~odd]
    mean = (rest.sum(axis=1, keepdims=True) - rest) / (rest.shape[1] - 1)
    away = [np.abs(rest / many - mean).mean(axis=0) for many in (1, rest.shape[1] - 1)]
    made = np.flatnonzero(~odd)[np.minimum(*away) < MADE_OF_THEM * np.median(away[0])]
    told = [(places[odd], f"genes rank in them otherwise than in the other columns (correlation below {STRANGER:g})")]
    told.append((places[made], "they are the mean or the sum of the other columns"))
    found = ProblemList()
    for which, why in told:
        names = [raw.columns[place] for place in which]
        if names:
            listed = ", ".join(f'"{name}"' for name in names)
            what = f"{len(names)} columns seem to be no samples, first {names[0]!r}: {why}"
            remedy = f"leave them out: ignore_columns = [{listed}]; allow_range = true if they are samples"
            found.add(TableError, what, where=raw.name, column=names[0], remedy=remedy)
    found.raise_if_any()
