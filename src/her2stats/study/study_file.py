"""The study file: what a user writes down once, checked as a whole before anything is read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from her2stats.deconvolution.settings import Settings
from her2stats.errors import FileError, Problem, ProblemList, StudyFileError
from her2stats.files import as_path, regular_bytes
from her2stats.lookalike import file_that_looks_like
from her2stats.statistics.correlation_interval import interval
from her2stats.statistics.pooling import POOLED
from her2stats.statistics.specs import AncovaSpec, CorrelationSpec
from her2stats.study.section_form import Section
from her2stats.study.sections import (
    FILES,
    AnalysisSection,
    CohortSection,
    DeconvolutionSection,
    FiguresSection,
    ReportSection,
    ScoresSection,
    StudySection,
)

_MISSPELT = "correct the spelling or remove it"


class Study(Section):
    """A whole study file, checked; every path in it is relative to the folder of `path`, where it was read from."""

    path: Path = Field(exclude=True)
    study: StudySection
    cohorts: Annotated[tuple[CohortSection, ...], Field(min_length=1)]
    scores: ScoresSection = ScoresSection()
    deconvolution: DeconvolutionSection | None = None
    analysis: AnalysisSection = AnalysisSection()
    figures: FiguresSection = FiguresSection()
    report: ReportSection = ReportSection()

    @field_validator("cohorts")
    @classmethod
    def _names_are_unique(cls, cohorts: tuple[CohortSection, ...]) -> tuple[CohortSection, ...]:
        names = [cohort.name.lower() for cohort in cohorts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"cohort names must differ, found twice: {', '.join(twice)}", "rename one of them")
        if POOLED in names:
            what = f"'{POOLED}' is the name of estimates pooled over cohorts"
            raise ValueError(what, "give the cohort another name")
        return cohorts

    def locate(self, written: str) -> Path:
        """Turn a path as written in the study file into a path on disk."""
        return self.path.parent / written

    @property
    def own_files(self) -> list[Path]:
        """The study file and every file that it names."""
        return [self.path, *(self.locate(written) for _, written in _named_files(self))]

    def section(self, cohort: str) -> CohortSection:
        """Find what the study file says of one cohort."""
        return next(section for section in self.cohorts if section.name == cohort)

    @property
    def deconvolution_settings(self) -> Settings:
        """Choices of the deconvolution, the study's own among them."""
        section = self.deconvolution or DeconvolutionSection()
        return section.settings(seed=self.study.seed, rename_genes=self.study.rename_genes)

    def keywords(self, spec: type, *, given: bool = False) -> dict[str, Any]:
        """Arguments of a verb that the study file sets, by the spec of the verb.

        Of what is `given` other variables no samples are drawn: the interval is then the usual one.
        """
        bootstrap = spec is CorrelationSpec and self.analysis.correlation_ci == "bootstrap"
        random = bootstrap or (spec is AncovaSpec and self.analysis.slope_permutations)
        seed = {"seed": self.study.seed} if random else {}
        asked = self.analysis.keywords(spec) | seed
        return asked | {"ci": "bonett-wright"} if given and interval(asked["ci"]).resamples else asked

    @property
    def results_folder(self) -> Path:
        """Where the results go."""
        return self.locate(self.study.results)


def read_study(path: str | Path) -> Study:
    r"""Read and check a study file; nothing it points to is opened, but everything has to exist.

    Parameters
    ----------
    path : str or Path
        A TOML file.

    Returns
    -------
    Study

    Raises
    ------
    FileError
        The study file, or a file it names, does not exist.
    StudyFileError
        It is not valid TOML, or asks for what does not exist; every problem is listed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "study.toml"
    ...     _ = file.write_text('[study]\ntitle = "Ours"\n[[cohorts]]\nname = "a"\nclinical = "a.csv"\n')
    ...     _ = file.with_name("a.csv").write_text("sample,age\n")
    ...     study = read_study(file)
    >>> study.study.title, study.cohorts[0].clinical
    ('Ours', 'a.csv')
    """
    path = as_path(path)
    document = parse_study(path)
    problems = ProblemList()
    if document.pop("path", None) is not None:  # where a study file lies is nothing that it may say of itself
        problems.add(StudyFileError, "is not a known setting", where=f"{path}, [path]", remedy=_MISSPELT)
    try:
        study = Study.model_validate({**document, "path": path.resolve()})
    except ValidationError as error:
        details = error.errors()
        # an invalid cohort is also counted as no cohort; only the first of the two complaints helps
        told = [detail for detail in details if detail["type"] != "too_short" or len(details) == 1]
        problems.take(StudyFileError(*(problem_of(detail, path) for detail in told)))
    problems.raise_if_any()
    _check_files(study, shown=path)
    return study


LARGEST = 2**24  # bytes of a study file


def parse_study(path: Path) -> dict[str, Any]:
    """What a study file says, before any of it is checked.

    Raises FileError or StudyFileError when it cannot be read, or is not valid TOML.
    """
    try:
        text = regular_bytes(path, max_bytes=LARGEST).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise FileError(Problem("there is no such file", str(path), "give the path of a study file (TOML)")) from None
    except IsADirectoryError:
        raise FileError(Problem("this is a folder", str(path), "give the study file inside it")) from None
    except UnicodeDecodeError:
        raise FileError(Problem("is not text in UTF-8", str(path), "save it as UTF-8")) from None
    except OSError as error:
        remedy = "check the path and its permissions"
        raise FileError(Problem(f"cannot be read: {error.strerror or error}", str(path), remedy)) from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        what = "not valid TOML: brackets stand within brackets thousands of times"
    except ValueError as error:  # also a number of more digits than Python reads
        what = f"not valid TOML: {error}"
    raise StudyFileError(Problem(what, str(path), "mend that line"))


def problem_of(detail: Any, path: Path | str) -> Problem:
    """One pydantic complaint in the words of somebody who writes a study file."""
    steps = [f"number {step + 1}" if isinstance(step, int) else str(step) for step in detail["loc"]]
    place = f"{path}, [{' '.join(steps[:-1])}] {steps[-1]}" if len(steps) > 1 else f"{path}, [{' '.join(steps)}]"
    kind, given = detail["type"], detail.get("input")
    if kind == "missing":
        return Problem("is missing", place, "add it")
    if kind == "extra_forbidden":
        return Problem("is not a known setting", place, _MISSPELT)
    if kind == "value_error":
        what, *remedy = detail["ctx"]["error"].args  # our own validators say both
        return Problem(what, place, *(remedy or ["correct the value"]))
    return Problem(f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {given!r}", place, "correct the value")


def _check_files(study: Study, *, shown: Path) -> None:
    """Every file that the study names has to exist, inside the study's folder unless the user says otherwise."""
    problems = ProblemList()
    for setting, written in _named_files(study):
        target, place = study.locate(written), f"{shown}, {setting}"
        if not study.study.outside_paths and not target.resolve().is_relative_to(study.path.parent):
            problems.add(
                StudyFileError,
                f"the path {written!r} leaves the folder of the study file",
                where=place,
                remedy="move the file, or set outside_paths = true under [study] if that is meant",
            )
        elif not target.exists():
            remedy = file_that_looks_like(target) or "correct the path"
            problems.add(FileError, f"there is no file {written!r}", where=place, remedy=remedy)
    if not study.study.outside_paths and not study.results_folder.resolve().is_relative_to(study.path.parent):
        problems.add(
            StudyFileError,
            f"results = {study.study.results!r} leaves the folder of the study file",
            where=f"{shown}, [study] results",
            remedy="write inside it, or set outside_paths = true under [study]",
        )
    problems.raise_if_any()


def _named_files(study: Study) -> list[tuple[str, str]]:
    named: list[tuple[str, str | None]] = []
    for cohort in study.cohorts:
        section = f"[[cohorts]] {cohort.name}"
        named += [(f"{section} {key}", getattr(cohort, key)) for key in FILES]
    if study.deconvolution is not None:
        named.append(("[deconvolution] signature", study.deconvolution.signature))
    named.append(("[scores] exposure", study.scores.exposure_file))
    return [(setting, written) for setting, written in named if written is not None]
