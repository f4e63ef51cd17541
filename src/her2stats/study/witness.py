"""What the witness is told: the settings of a study as a plain table, and no number that was computed from its data.

``r/witness.R`` makes the study again from the raw files in base R. What it has no reader for lies beside it, the
population only, and the table says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from gzip import decompress
from importlib.resources import files
from pathlib import Path, PurePath

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.cohort.genes import symbol_table
from her2stats.r_engine.sources import r_package
from her2stats.signatures import signature
from her2stats.signatures.scoring import DEFAULT_ANCHOR
from her2stats.signatures.til import DEFAULT_MEMBERS
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.preparing import Prepared, PreparedCohort
from her2stats.study.provenance import exposure_name
from her2stats.study.section_form import Section
from her2stats.study.sections import CohortSection
from her2stats.vocabulary.her2_groups import PAPER, Grouping
from her2stats.vocabulary.names import sentence_case, variable_label
from her2stats.vocabulary.variables import BY_NAME, TABLE_ONE, with_role
from her2stats.writing import write_whole

Setting = tuple[str, str, str, object]  # cohort, kind of setting, name, value
SETTINGS = "witness.tsv"
SCRIPTS = ("witness.R", *(f"witness_{part}.R" for part in ("files", "data", "models", "follows", "study_wide")))
READ_BY_R = (".csv", ".tsv", ".txt", ".tab")
PACKED = (".gz", ".bz2", ".xz")


def write_witness(prepared: Prepared, analyses: Sequence[CohortAnalysis], folder: Path) -> None:
    """Write the witness, its settings, and what base R cannot read into the folder ``r`` of the results."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(("cohort", "setting", "name", "value"))
    for cohort, kind, name, value in witness_settings(prepared, exposure_name(analyses), folder):
        writer.writerow((cohort, kind, name, str(value).lower() if isinstance(value, bool) else value))
    write_whole(folder / SETTINGS, text.getvalue())
    for script in SCRIPTS:
        write_whole(folder / script, (r_package() / "inst" / script).read_bytes())


def witness_settings(prepared: Prepared, exposure: str, folder: Path) -> Iterator[Setting]:
    """Every setting that decides a number; what R cannot read is written into the folder on the way."""
    study = prepared.study
    sections = {"study": study.study, "scores": study.scores, "analysis": study.analysis}
    for kind, section in sections.items():
        yield from _fields("", kind, section)
    yield "", "exposure", "name", exposure
    wanted = {gene for gene in (study.scores.anchor, DEFAULT_ANCHOR, *study.scores.also) if gene}
    wanted |= {prepared.exposure} if isinstance(prepared.exposure, str) else {*prepared.exposure.genes}
    if study.scores.til == "danaher":
        yield from (("", "marker", member.name, gene) for member in signature("danaher") for gene in member.genes)
        yield from (("", "member", name, name) for name in DEFAULT_MEMBERS)
        yield from (("", "also called", *names) for member in signature("danaher") for names in member.synonyms)
        wanted |= {*signature("danaher").genes}
    if prepared.matrix is not None and study.deconvolution is not None:
        yield from _fields("", "deconvolution", study.deconvolution)
        wanted |= {*prepared.matrix.genes}
    yield from _symbols(wanted)
    grouping = study.analysis.grouping
    yield from _vocabulary({str(name) for one in prepared.cohorts for name in one.cohort.clinical}, grouping)
    for one in prepared.cohorts:
        yield from _of_cohort(one, wanted, folder, grouping)
    paths: dict[str, str | None] = {"signature": study.scores.exposure_file}
    paths["signature matrix"] = study.deconvolution.signature if study.deconvolution is not None else None
    for entry in prepared.inputs:
        own = next((one.section for one in prepared.cohorts if one.cohort.name == entry.cohort), None)
        yield entry.cohort, "file", entry.role, paths[entry.role] if own is None else getattr(own, entry.role)
        yield entry.cohort, "sha256", entry.role, entry.sha256


def _fields(cohort: str, kind: str, section: Section) -> Iterator[Setting]:
    """Plain settings of a section of the study file, a row a value."""
    for name, value in section.model_dump().items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is not None and not isinstance(value, dict):
                yield cohort, kind, name, one


def _symbols(wanted: set[str]) -> Iterator[Setting]:
    """Rows of the symbol table that concern these genes, as the table has them: today's symbol and an earlier one."""
    wanted = wanted | {gene.replace(".", "-").replace("_", "-") for gene in wanted}
    table = decompress((files("her2stats.cohort.genes") / "symbols.tsv.gz").read_bytes()).decode()
    for line in table.splitlines()[4:]:
        today, _, names, _ = line.split("\t")
        earlier = names.split("|") if names else [""]
        if today in wanted or not wanted.isdisjoint(earlier):
            yield from (("", "symbol", today, name) for name in earlier)


def _vocabulary(present: set[str], grouping: Grouping) -> Iterator[Setting]:
    """Levels in their order as tables print them, classes and cuts of the variables that the study has."""
    for name in sorted(present & set(BY_NAME)):
        entry = BY_NAME[name]
        levels = tuple(grouping) if name == "her2_group" else entry.levels or tuple(entry.printed)
        yield from (("", f"level {name}", level, entry.printed.get(level, level)) for level in levels)
        yield from (("", f"class {name}", label, upper) for label, upper in entry.classes.items())
        if entry.cut is not None:
            yield "", "cut", entry.cut.label, entry.cut.level if entry.cut.above is None else entry.cut.above
            yield "", "cut of", entry.cut.label, name
    yield from (("", "count", name, name) for name in with_role("count") if name in present)
    for entry in TABLE_ONE:
        own = entry.name == "her2_group" and grouping != PAPER
        if entry.name in present and (entry.unless not in present or own):
            yield "", "table one", entry.name, sentence_case(variable_label(entry.name))
            yield from (("", f"divides {entry.name}", other, level) for other, level in entry.divides.items())


def _of_cohort(one: PreparedCohort, wanted: set[str], folder: Path, grouping: Grouping) -> Iterator[Setting]:
    section, cohort = one.section, one.cohort
    if cohort.scale is not None:  # as it is now, and what was done to counts
        done = {"scale": cohort.scale, "normalise": section.normalise or ("cpm" if section.scale == "counts" else None)}
        section = section.model_copy(update=done)
    yield from _fields(cohort.name, "cohort", section)
    regrouped = "for HER2 groups are declared" * (grouping != PAPER)
    if why := _why_clinical_is_given(section, cohort) or regrouped:
        clinical = cohort.clinical
        if section.scores:
            both = [one.scored.table, *([one.given.fractions] if one.given is not None else [])]
            clinical = clinical.join(pd.concat(both, axis=1)[list(section.scores)])
        yield from _given(cohort.name, "clinical", why, clinical.rename_axis("sample").reset_index(), folder)
        yield from ((cohort.name, "divisor", str(name), 1) for name in clinical.select_dtypes("number"))
    else:
        yield from ((cohort.name, *reading) for reading in cohort.read_as)
        for column, words in section.where.items():
            yield from ((cohort.name, "where", column, word) for word in ([words] if isinstance(words, str) else words))
        for name in section.restrict:
            yield from ((cohort.name, "restrict", name, value) for value in cohort.clinical[name].dropna().unique())
    yield from ((cohort.name, "exclude", "sample", sample) for sample in section.exclude)
    yield from ((cohort.name, "published", name, column) for name, column in section.scores.items())
    yield from ((cohort.name, "cell type", today, written) for written, today in section.cell_types.items())
    if cohort.expression is not None and (why := _why_expression_is_given(section, cohort)):
        today = {symbol_table().canonical(gene) for gene in wanted}  # a matrix of every gene would be large as text
        genes = cohort.expression[[symbol_table().canonical(str(gene)) in today for gene in cohort.expression.index]]
        yield from _given(cohort.name, "expression", why, genes.rename_axis("gene").reset_index(), folder)
        if one.mixture is not None:
            yield cohort.name, "given", "median", one.mixture.median


def _given(cohort: str, role: str, why: str, table: pd.DataFrame, folder: Path) -> Iterator[Setting]:
    name = f"witness.{cohort}.{role}.tsv"
    write_whole(folder / name, table.to_csv(sep="\t", index=False, lineterminator="\n"))
    yield cohort, "given", role, name
    yield cohort, "given why", role, why


def _is_text(file: str) -> bool:
    """Whether base R reads such a file."""
    path = PurePath(file.lower())
    return PurePath(path.stem if path.suffix in PACKED else path).suffix in READ_BY_R


def _why_clinical_is_given(section: CohortSection, cohort: Cohort) -> str:
    if not _is_text(section.clinical):
        return "for base R does not read such a file"
    if section.clinical_header_row is not None:
        return "for its names stand in a row of their own"
    if section.her2_rule is not None:
        return "for HER2 IHC is made of measurements"
    if section.everyone:
        return "for the study file says what stands in no column"
    if section.sample_id != "as written" or section.repeats == "first":
        return "for samples are compared or chosen by their barcodes"
    return "" if cohort.read_as else "for files were joined, rows left out, or cells hold several tests"


def _why_expression_is_given(section: CohortSection, cohort: Cohort) -> str:
    own = ("gene_column", "ignore_columns", "sheet", "layer", "annotation", "symbols", "delimiter", "header_row")
    if not _is_text(str(section.expression)):
        return "for base R does not read such a file"
    if (
        any(getattr(section, name) for name in own)
        or section.decimal != "."
        or section.orientation != "genes x samples"
    ):
        return "for the layout of its file is described in the study file"
    if any(note.kind == "other logarithms" for note in cohort.notes):
        return "for its logarithms are of another base"
    if section.normalise == "tpm":
        return "for counts were divided by the lengths of genes"
    if section.sample_id != "as written":
        return "for samples are compared by parts of their names"
    repaired = [note.what for note in cohort.notes if note.stage == "genes" and note.kind != "plain rule of genes"]
    return f"for reading it: {repaired[0]}" if repaired else ""
