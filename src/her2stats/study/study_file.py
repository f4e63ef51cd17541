"""The study file: what a user writes down once, checked as a whole before anything is read."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from her2stats.cohort.genes import CollapseRule
from her2stats.deconvolution.settings import Settings
from her2stats.errors import CONTROL_CODES, FileError, Problem, ProblemList, StudyFileError
from her2stats.reading.expression import Orientation
from her2stats.reading.rows import MissingRule
from her2stats.signatures.signature_file import names_a_file
from her2stats.statistics.pooling import POOLED
from her2stats.statistics.specs import CorrelationCI, OddsRatioCI, Weights

ANCOVA_FACTORS = ("hr", "her2_ihc")
SafeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]


def _words(table: Any) -> Any:
    """TOML keys are text already; values may be written as 1 or true where the data file holds "1" or "true"."""
    if isinstance(table, dict):
        return {str(key): _words(value) for key, value in table.items()}
    if isinstance(table, list):
        return [_words(value) for value in table]
    return str(table).lower() if isinstance(table, bool) else str(table)


class Section(BaseModel):
    """A section of the study file: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_control_codes(cls, value: Any) -> Any:
        if any(
            isinstance(word, str) and CONTROL_CODES.search(word)
            for word in (value if isinstance(value, list) else [value])
        ):
            raise ValueError(f"{value!r} holds control codes", "take them out")
        return value


class StudySection(Section):
    """[study]: what it is called, where results go, the seed of everything random.

    With `rename_genes`, genes of a signature are also found under their earlier and later symbols.
    """

    title: str
    results: str = "results"
    seed: Annotated[int, Field(ge=0)] = 1
    outside_paths: bool = False
    rename_genes: bool = True
    simulated: bool = False


class CohortSection(Section):
    """[[cohorts]]: the files of one cohort and how to read them."""

    name: SafeName
    clinical: str
    expression: str | None = None
    scale: Literal["log2", "linear"] | None = None
    offset: float = 0.0
    normalise: Literal["cpm"] | None = None
    fractions: str | None = None
    on_mismatch: Literal["error", "intersect"] = "error"
    gene_column: str | None = None
    ignore_columns: list[str] = []
    orientation: Orientation = "genes x samples"
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    layer: str | None = None
    annotation: str | None = None
    symbols: Annotated[dict[str, str], BeforeValidator(_words)] = {}
    duplicates: CollapseRule = "error"
    missing: MissingRule = "error"
    allow_range: bool = False
    clinical_sheet: str | None = None
    clinical_decimal: str = "."
    columns: Annotated[dict[str, str], BeforeValidator(_words)] = {}
    values: Annotated[dict[str, dict[str, str]], BeforeValidator(_words)] = {}
    where: Annotated[dict[str, str | list[str]], BeforeValidator(_words)] = {}

    @model_validator(mode="after")
    def _scale_is_declared(self) -> CohortSection:
        if self.expression is not None and self.scale is None:
            raise ValueError("scale is missing", 'say scale = "log2" or scale = "linear"; it is never guessed')
        return self


class ScoresSection(Section):
    """[scores]: the exposure, further scores, and how signatures are turned into scores."""

    exposure: str = "ERBB2"
    exposure_name: str | None = None
    also: list[str] = ["ESR1"]
    til: Literal["danaher", "none"] = "danaher"
    min_coverage: Annotated[float, Field(ge=0, le=1)] = 0.8
    allow_low_coverage: bool = False

    @property
    def exposure_file(self) -> str | None:
        """Signature file that is the exposure; None where a gene is."""
        return self.exposure if names_a_file(self.exposure) else None


def _section_of(settings: type) -> type[Section]:
    """Make a section of every field of a dataclass that says what it means."""
    hints = get_type_hints(settings)
    said = [one for one in fields(settings) if "meaning" in one.metadata]
    entries: dict[str, Any] = {
        one.name: (
            hints[one.name],
            Field(default=one.default, description=one.metadata["meaning"], **one.metadata.get("bounds", {})),
        )
        for one in said
    }
    return create_model(settings.__name__, __base__=Section, **entries)


if TYPE_CHECKING:
    _OfSettings = Section
else:
    _OfSettings = _section_of(Settings)


class DeconvolutionSection(_OfSettings):
    """[deconvolution]: which signature matrix, and the settings of the deconvolution."""

    signature: str | None = None

    def settings(self, seed: int) -> Settings:
        """Choices of the deconvolution, with the seed of the study."""
        return Settings(**self.model_dump(exclude={"signature"}), seed=seed)


class AnalysisSection(Section):
    """[analysis]: conventions that stay open to the user."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    correlation_ci: CorrelationCI = "bonett-wright"
    odds_ratio_ci: OddsRatioCI = "wald"
    weights: Weights = "equal"
    covariates: list[str] = ["age", "size_cm"]
    crosscheck: bool | None = None

    @field_validator("covariates")
    @classmethod
    def _stand_beside_the_factors(cls, covariates: list[str]) -> list[str]:
        factors = [name for name in ANCOVA_FACTORS if name in covariates]
        if factors:
            what = f"{' and '.join(factors)}: a factor of the covariance analysis is no covariate of it"
            raise ValueError(what, "take it out of covariates; every model has it")
        twice = sorted({name for name in covariates if covariates.count(name) > 1})
        if twice:
            raise ValueError(f"covariates named twice: {', '.join(twice)}", "name each once")
        return covariates


class ReportSection(Section):
    """[report]: how careful the page has to be with small numbers."""

    public: bool = False


class Study(Section):
    """A whole study file, checked.

    Parameters
    ----------
    path : Path
        Where it was read from; every path in it is relative to this file's folder.
    """

    path: Path = Field(exclude=True)
    study: StudySection
    cohorts: Annotated[tuple[CohortSection, ...], Field(min_length=1)]
    scores: ScoresSection = ScoresSection()
    deconvolution: DeconvolutionSection | None = None
    analysis: AnalysisSection = AnalysisSection()
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
    path = Path(path)
    document = _parse(path)
    if "path" in document:
        raise StudyFileError(Problem("is not a known setting", f"{path}, [path]", "correct the spelling or remove it"))
    try:
        study = Study.model_validate({**document, "path": path.resolve()})
    except ValidationError as error:
        details = error.errors()
        # an invalid cohort is also counted as no cohort; only the first of the two complaints helps
        told = [detail for detail in details if detail["type"] != "too_short" or len(details) == 1]
        raise StudyFileError(*(_problem(detail, path) for detail in told)) from None
    _check_files(study, shown=path)
    return study


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
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
    except tomllib.TOMLDecodeError as error:
        raise StudyFileError(Problem(f"not valid TOML: {error}", str(path), "mend that line")) from None


def _problem(detail: Any, path: Path) -> Problem:
    """One pydantic complaint in the words of somebody who writes a study file."""
    steps = [f"number {step + 1}" if isinstance(step, int) else str(step) for step in detail["loc"]]
    place = f"{path}, [{' '.join(steps[:-1])}] {steps[-1]}" if len(steps) > 1 else f"{path}, [{' '.join(steps)}]"
    kind, given = detail["type"], detail.get("input")
    if kind == "missing":
        return Problem("is missing", place, "add it")
    if kind == "extra_forbidden":
        return Problem("is not a known setting", place, "correct the spelling or remove it")
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
            problems.add(FileError, f"there is no file {written!r}", where=place, remedy="correct the path")
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
        keys = ("expression", "clinical", "fractions", "annotation")
        named += [(f"{section} {key}", getattr(cohort, key)) for key in keys]
    if study.deconvolution is not None:
        named.append(("[deconvolution] signature", study.deconvolution.signature))
    named.append(("[scores] exposure", study.scores.exposure_file))
    return [(setting, written) for setting, written in named if written is not None]
