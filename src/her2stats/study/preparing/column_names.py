"""Every column of a cohort has a name of its own: its clinical variables, scores and cell types stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from her2stats.cohort import Cohort
from her2stats.deconvolution.result import QUALITY
from her2stats.errors import ProblemList, TableError
from her2stats.study.preparing.scores import ScoredCohort
from her2stats.study.study_file import Study
from her2stats.vocabulary.variables import VARIABLES


@dataclass(frozen=True)
class Use:
    """What a name is used for, and how it could be given up; empty where it cannot."""

    what: str
    remedy: str = ""


def check_column_names(
    cohort: Cohort, scored: ScoredCohort, types: Sequence[str], file: str, study: Study, found: ProblemList
) -> None:
    """Find names that stand for two things, among clinical variables, scores, cell types and the exposure.

    `types` are those that the fractions have or will have, and `file` is where they are named, for the message; `found`
    gets a problem a name.
    """
    uses: dict[str, list[Use]] = {}
    for name, use in _uses(cohort, scored, types, file, study):
        uses.setdefault(name, []).append(use)
    for name, several in uses.items():
        if len(several) > 1:
            what = f"{name!r} is {' and '.join(use.what for use in several)}"
            remedy = ", or ".join(dict.fromkeys(use.remedy for use in several if use.remedy))
            found.add(TableError, what, where=f"cohort {cohort.name!r}", column=name, value=name, remedy=remedy)


def _uses(
    cohort: Cohort, scored: ScoredCohort, types: Sequence[str], file: str, study: Study
) -> Iterator[tuple[str, Use]]:
    yield from ((name, Use("a column of every table of results")) for name in ("cohort", "sample"))
    remedy = "map the clinical column under another name in [cohorts.columns]"
    yield from ((str(name), Use("a clinical variable", remedy)) for name in cohort.clinical)
    cuts = [entry.cut.label for entry in VARIABLES if entry.cut is not None and entry.name in cohort.clinical]
    yield from ((name, Use("a cut of a clinical variable")) for name in cuts)
    yield from ((str(name), _use_of_score(str(name), scored)) for name in scored.table)
    exposure_is_this_gene = scored.exposure == study.scores.exposure
    for gene in study.scores.also:
        if gene == scored.exposure and not exposure_is_this_gene:
            yield gene, Use("a gene beside the exposure", "take it out of also")
    if types:
        yield from ((name, Use("a measure of the fit of the fractions")) for name in QUALITY)
    yield from ((name, Use(f"a cell type of {file}", f"rename the cell type in {file}")) for name in types)


def _use_of_score(name: str, scored: ScoredCohort) -> Use:
    if name == scored.exposure:
        return Use("the exposure", "give the exposure another exposure_name")
    if name in scored.also:
        return Use("a gene beside the exposure", "take it out of also")
    return Use("a score of immune cells")
