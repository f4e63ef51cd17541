"""A study made ready: every file read once, cohorts scored, mixtures aligned; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pandas.api.types import is_numeric_dtype

from her2stats.cohort import Cohort
from her2stats.deconvolution import Deconvolution, SignatureMatrix, read_signature_matrix
from her2stats.deconvolution.mixture import Mixture, align_mixture
from her2stats.errors import DataError, InputError, Problem, ProblemList, StudyFileError, near
from her2stats.notes import Note
from her2stats.progress import Progress, silent
from her2stats.reading import read_cohort, read_fractions
from her2stats.reading.clinical.ids import key
from her2stats.reading.counts import on_lengths
from her2stats.results.provenance import InputEntry
from her2stats.signatures import GeneSignature
from her2stats.signatures.exposure import resolve_exposure
from her2stats.statistics.frame import MOST_LEVELS
from her2stats.study.preparing.column_names import check_column_names
from her2stats.study.preparing.gene_names import expression_for_genes, expression_for_matrix
from her2stats.study.preparing.given_scores import take_scores
from her2stats.study.preparing.scores import ScoredCohort, genes_beside_exposure, score_cohort, score_exposure_of
from her2stats.study.sections import FILES, CohortSection
from her2stats.study.study_file import Study
from her2stats.vocabulary.her2_groups import grouped

T = TypeVar("T")


@dataclass(frozen=True)
class PreparedCohort:
    """One cohort, ready for its analysis: what its files hold, under the names that the study uses.

    `scored` is empty without expression; `given` are fractions of another program; `mixture` is what is to be
    deconvolved, on the genes of the signature matrix; `notes` tell the genes that were renamed for the matrix.
    """

    section: CohortSection
    cohort: Cohort
    scored: ScoredCohort
    given: Deconvolution | None = None
    mixture: Mixture | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A study with everything that it reads, each file opened once."""

    study: Study
    cohorts: tuple[PreparedCohort, ...]
    exposure: GeneSignature | str
    matrix: SignatureMatrix | None = None

    @property
    def inputs(self) -> tuple[InputEntry, ...]:
        """Every file by cohort and role with its checksum; no cohort where it serves the whole study."""
        named = [(one.cohort.name, *source) for one in self.cohorts for source in one.cohort.sources]
        if self.matrix is not None:
            named.append(("", "signature matrix", self.matrix.source, self.matrix.sha256))
        written = self.study.scores.exposure_file
        if written is not None and isinstance(self.exposure, GeneSignature):
            named.append(("", "signature", written, self.exposure.sha256))
        for one in self.cohorts:
            if one.given is not None and one.section.fractions:
                named.append((one.cohort.name, "fractions", one.given.signature.source, one.given.signature.sha256))
        return tuple(InputEntry(cohort, role, Path(path).name, digest) for cohort, role, path, digest in named)


def prepare(study: Study, *, progress: Progress = silent) -> Prepared:
    """Read every file that the study names, once, and bring its cohorts to where the analysis begins.

    Raises InputError with every problem of every file.
    """
    problems = ProblemList()
    read = []
    for number, section in enumerate(study.cohorts):
        progress("Reading", number, len(study.cohorts))
        cohort = _attempt(problems, partial(read_study_cohort, study, section))
        read.append((section, cohort, _attempt(problems, partial(_read_fractions, study, section, cohort))))
    signature = study.deconvolution.signature if study.deconvolution is not None else None
    matrix = _attempt(problems, lambda: read_signature_matrix(study.locate(signature))) if signature else None
    exposure = _attempt(problems, partial(_read_exposure, study))
    progress("Reading", len(study.cohorts), len(study.cohorts))
    problems.raise_if_any()
    assert exposure is not None
    cohorts = []
    for section, cohort, given in read:
        assert cohort is not None
        with problems.collect():
            cohorts.append(_prepared(section, cohort, given, study, exposure, matrix))
    _check_programs(cohorts, problems)
    _check_figures(study, cohorts, matrix, problems)
    problems.raise_if_any()
    return Prepared(study, tuple(cohorts), exposure, matrix)


def _check_programs(cohorts: Sequence[PreparedCohort], problems: ProblemList) -> None:
    """Cell types of one name are one thing in all cohorts, whose estimates are pooled."""
    programs = {
        one.cohort.name: one.given.program if one.given else Deconvolution.program
        for one in cohorts
        if one.given or one.mixture
    }
    if len(set(programs.values())) > 1:
        listed = ", ".join(f"{program} ({name})" for name, program in programs.items())
        what = f"cell amounts of different programs mean something else each and are not pooled: {listed}"
        remedy = "give each a study of its own; her2stats atlas puts their results side by side"
        problems.add(StudyFileError, what, where="[[cohorts]] fractions", remedy=remedy)


def _check_figures(
    study: Study, cohorts: Sequence[PreparedCohort], matrix: SignatureMatrix | None, problems: ProblemList
) -> None:
    """Cell types that figures are to show, or to order, are those of the matrix or of a file of fractions."""
    known = {*(matrix.cell_types if matrix is not None else ())}
    known |= {name for one in cohorts if one.given for name in one.given.signature.cell_types}
    for setting in ("types", "order"):
        for name in getattr(study.figures, setting):
            if name not in known:
                what, remedy = f"{name!r} is no cell type of this study", near(name, sorted(known))
                where = f"{study.path.name}, [figures] {setting}"
                problems.add(
                    StudyFileError, what, where=where, value=name, remedy=remedy or "correct it or leave it out"
                )


def _read_exposure(study: Study) -> GeneSignature | str:
    written = study.scores.exposure_file
    return resolve_exposure(study.locate(written) if written else study.scores.exposure, study.scores.exposure_name)


def _attempt(problems: ProblemList, step: Callable[[], T], *, where: str = "") -> T | None:
    """What a step gives, or None where it is refused, so that all problems are told together."""
    with problems.collect(where):
        return step()
    return None


def _prepared(
    section: CohortSection,
    cohort: Cohort,
    given: Deconvolution | None,
    study: Study,
    exposure: GeneSignature | str,
    matrix: SignatureMatrix | None,
) -> PreparedCohort:
    """Score a cohort and align its mixture; tell all that it lacks for its analysis: genes, scale, names of its own."""
    problems, place = ProblemList(), f"cohort {cohort.name!r}"
    types, file = given.signature.cell_types if given else (), str(section.fractions)
    scored: ScoredCohort | None = ScoredCohort()
    mixture: Mixture | None = None
    notes: tuple[Note, ...] = ()
    if section.scores:
        name = study.scores.exposure_name or (exposure if isinstance(exposure, str) else exposure.name)
        cohort, scored, given = take_scores(cohort, section, study, name, given)
        types, file = given.signature.cell_types if given else (), section.clinical
    elif cohort.expression is not None:
        scored = _scored(cohort, study, exposure, matrix.genes if matrix is not None else (), problems, place)
        if matrix is not None and given is None:
            types, file = matrix.cell_types, Path(matrix.source).name
            with problems.collect(f"{place}, [deconvolution] signature"):
                mixture, notes = _mixture(cohort, study, matrix)
            cohort = replace(cohort, notes=(*cohort.notes, *on_lengths(cohort.notes)))
    if scored is not None:
        check_column_names(cohort, scored, types, file, study, problems)
    _check_covariates(cohort, study, problems, place)
    problems.raise_if_any()
    assert scored is not None
    return PreparedCohort(section, cohort, scored, given, mixture, notes)


def _check_covariates(cohort: Cohort, study: Study, problems: ProblemList, place: str) -> None:
    for setting in ("covariates", "model_covariates"):
        for name in getattr(study.analysis, setting):
            levels = cohort.clinical[name].nunique() if name in cohort.clinical else 0
            if levels > MOST_LEVELS and not is_numeric_dtype(cohort.clinical[name].dtype):
                what = f"{name!r} has {levels} different values and cannot divide tumours into groups"
                remedy = f"leave it out, or map its values into {MOST_LEVELS} or fewer groups"
                problems.add(DataError, what, where=f"{place}, [analysis] {setting}", column=name, remedy=remedy)


def _scored(
    cohort: Cohort,
    study: Study,
    exposure: GeneSignature | str,
    reference_genes: Sequence[str],
    problems: ProblemList,
    place: str,
) -> ScoredCohort | None:
    """Score a cohort; where that cannot be, find out for each setting why not."""
    try:
        return score_cohort(cohort, study, exposure, reference_genes)
    except InputError as error:
        _attempt(problems, lambda: score_exposure_of(cohort, study, exposure), where=f"{place}, [scores] exposure")
        for setting, genes in genes_beside_exposure(study).items():
            named = partial(expression_for_genes, cohort, genes, study, what="")
            _attempt(problems, named, where=f"{place}, [scores] {setting}")
        if not problems:
            problems.take(error)
        return None


def _mixture(cohort: Cohort, study: Study, matrix: SignatureMatrix) -> tuple[Mixture, tuple[Note, ...]]:
    expression, notes = expression_for_matrix(cohort, matrix, study)
    settings = replace(study.deconvolution_settings, rename_genes=False)  # `gene_names` has done it, by the rule
    return align_mixture(expression, matrix, settings), notes


def read_study_cohort(study: Study, section: CohortSection) -> Cohort:
    """Read the files of one cohort as its section says, with the HER2 groups of the study."""
    told = section.told(read_cohort)
    told["columns"] = {**section.columns, **section.scores}
    located = {name: study.locate(told[name]) for name in FILES if told.get(name) is not None}
    cohort = read_cohort(**told | located)
    clinical, notes = grouped(cohort.clinical, study.analysis.grouping)
    again = {True: "slides of IHC 0 were read again", False: "slides of IHC 0 were not read again", None: ""}
    if said := "; ".join(filter(None, (section.her2_assay, again[section.zeros_read_again]))):
        notes.append(Note("population", f"HER2 IHC: {said}"))
    return replace(cohort, clinical=clinical, notes=(*cohort.notes, *notes))


def _read_fractions(study: Study, section: CohortSection, cohort: Cohort | None) -> Deconvolution | None:
    """Read what another program has found for the tumours of the cohort; all are taken where that could not be read."""
    if section.fractions is None:
        return None
    read = read_fractions(study.locate(section.fractions), cell_types=section.cell_types)
    if cohort is None:
        return read
    if section.sample_id != "as written":
        ids = {key(sample, section.sample_id): sample for sample in map(str, cohort.clinical.index)}
        named = [ids.get(key(str(sample), section.sample_id), sample) for sample in read.fractions.index]
        if len(set(named)) == len(named):
            index = pd.Index(named, name=read.fractions.index.name)
            read = replace(read, fractions=read.fractions.set_axis(index), quality=read.quality.set_axis(index))
    absent = cohort.clinical.index.difference(read.fractions.index)
    if len(absent):
        raise StudyFileError(
            Problem(
                f"{len(absent)} tumours of the cohort are not in it, first {', '.join(map(str, absent[:5]))}",
                str(section.fractions),
                "give the result file of the same samples, with the same sample ids",
            )
        )
    keep = cohort.clinical.index
    return replace(read, fractions=read.fractions.loc[keep], quality=read.quality.loc[keep])
