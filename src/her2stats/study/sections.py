"""The sections of the study file: every setting with its type, default and limits, each written once.

What a spec or the deconvolution can be asked stands there; here is only which of it a study file may set, and how the
setting is called. What it means stands in ``settings.toml``, and the documentation prints it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from her2stats.cohort.genes import CollapseRule
from her2stats.deconvolution.settings import Settings
from her2stats.errors import DataError
from her2stats.reading.clinical.derived import why_no_rule
from her2stats.reading.clinical.ids import Repeats, SampleId
from her2stats.reading.expression import Normalise, Orientation
from her2stats.reading.rows import MissingRule
from her2stats.reading.scales import SAY, DeclaredScale
from her2stats.signatures.scoring import Method
from her2stats.signatures.signature_file import names_a_file
from her2stats.statistics import specs
from her2stats.statistics.multiplicity import Method as Correction
from her2stats.study.section_form import Section, with_settings
from her2stats.vocabulary.her2_groups import GROUPINGS, Grouping, why_no_grouping
from her2stats.vocabulary.variables import BY_NAME, with_role
from her2stats.vocabulary.words import fold

MOST_LETTERS = 60  # of the name of a cohort: names of files are made of it
SafeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=MOST_LETTERS)]
Mark = Literal[".", ","]
Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _words(table: Any) -> Any:
    """TOML keys are text already; values may be written as 1 or true where the data file holds "1" or "true"."""
    if isinstance(table, dict):
        return {str(key): _words(value) for key, value in table.items()}
    if isinstance(table, list):
        return [_words(value) for value in table]
    return str(table).lower() if isinstance(table, bool) else str(table)


Words = BeforeValidator(_words)


class StudySection(Section):
    """[study]: what it is called, where results go, the seed of everything random."""

    title: str
    results: str = "results"
    seed: int = Field(default=1, ge=0)
    outside_paths: bool = False
    rename_genes: bool = True
    simulated: bool = False


FILES = ("expression", "clinical", "patients", "fractions", "annotation", "gene_lengths")  # settings that are paths


class CohortSection(Section):
    """[[cohorts]]: the files of one cohort and how to read them."""

    name: SafeName
    clinical: str
    patients: str | None = None
    expression: str | None = None
    scale: DeclaredScale | None = None
    offset: float = 0.0
    normalise: Normalise | None = None
    gene_lengths: str | None = None
    fractions: str | None = None
    cell_types: Annotated[dict[str, str], Words] = Field(default={})
    on_mismatch: Literal["error", "intersect"] = "error"
    duplicates: CollapseRule = "error"
    missing: MissingRule = "error"
    orientation: Orientation = "genes x samples"
    gene_column: str | None = None
    ignore_columns: list[str] = Field(default=[])
    header_row: int | None = Field(default=None, ge=1)
    annotation: str | None = None
    symbols: Annotated[dict[str, str], Words] = Field(default={})
    sheet: str | None = None
    layer: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Mark = "."
    clinical_sheet: str | None = None
    clinical_header_row: int | None = Field(default=None, ge=1)
    clinical_decimal: Mark = "."
    allow_range: bool = False
    columns: Annotated[dict[str, str], Words] = Field(default={})
    values: Annotated[dict[str, dict[str, str]], Words] = Field(default={})
    scores: Annotated[dict[str, str], Words] = Field(default={})
    where: Annotated[dict[str, str | list[str]], Words] = Field(default={})
    exclude: list[str] = Field(default=[])
    restrict: Annotated[dict[str, str | list[str]], Words] = Field(default={})
    everyone: Annotated[dict[str, str], Words] = Field(default={})
    her2_rule: str | dict[str, float] | None = None
    sample_id: SampleId = "as written"
    repeats: Repeats = "error"
    her2_assay: str | None = None
    zeros_read_again: bool | None = None
    pcr_definition: str | None = None

    @field_validator("values")
    @classmethod
    def _a_word_has_one_value(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for variable, given in values.items():
            meant: dict[str, str] = {}
            for word, value in given.items():
                if meant.setdefault(fold(word), value) != value:
                    what = f"{variable}: {word!r} is given two values, {meant[fold(word)]!r} and {value!r}"
                    raise ValueError(what, "give one; upper case and spaces around a word make no other word")
        return values

    @field_validator("her2_rule")
    @classmethod
    def _is_a_rule(cls, rule: str | dict[str, float] | None) -> str | dict[str, float] | None:
        if wrong := why_no_rule(rule):
            raise ValueError(*wrong)
        return rule

    @model_validator(mode="after")
    def _scores_are_no_variables(self) -> CohortSection:
        taken = sorted(name for name in self.scores if name in BY_NAME or name in self.columns)
        if taken:
            raise ValueError(f"scores: {', '.join(taken)} names a variable", "give the score another name")
        if self.scores and self.expression is not None:
            raise ValueError("scores stand beside an expression file", "leave one of the two out")
        return self

    @model_validator(mode="after")
    def _scale_is_declared(self) -> CohortSection:
        if self.expression is not None and self.scale is None:
            raise ValueError("scale is missing", SAY)
        return self

    def told(self, reader: Callable[..., Any]) -> dict[str, Any]:
        """What a reader is told: those of its arguments that are settings of a cohort."""
        return {name: getattr(self, name) for name in signature(reader).parameters if name in type(self).model_fields}


class ScoresSection(Section):
    """[scores]: the exposure, further scores, and how signatures are turned into scores."""

    exposure: str = "ERBB2"
    exposure_name: str | None = None
    method: Literal["auto"] | Method = "auto"
    anchor: str | None = None
    also: list[str] = Field(default=["ESR1"])
    til: Literal["danaher", "none"] = "danaher"
    min_coverage: float = Field(default=0.8, ge=0, le=1)
    allow_low_coverage: bool = False
    random_lists: int = Field(default=1000, ge=0)
    exposure_guard: Literal["error", "flag"] = "error"

    @property
    def exposure_file(self) -> str | None:
        """Signature file that is the exposure; None where a gene is."""
        return self.exposure if names_a_file(self.exposure) else None

    @model_validator(mode="after")
    def _a_gene_is_its_own_score(self) -> ScoresSection:
        how = [name for name in ("method", "anchor") if name in self.model_fields_set]
        if how and self.exposure_file is None:
            what = f"{' and '.join(how)}: the exposure {self.exposure!r} is a gene, and its level is the score"
            raise ValueError(what, "take it out, or name a signature file as the exposure")
        return self


OF_THE_STUDY = ("seed", "rename_genes")  # settings of the deconvolution that [study] makes for everything


@with_settings(
    {name: (Settings, name) for name in Settings.__dataclass_fields__ if name not in OF_THE_STUDY},
    min_overlap={"limits": {"gt": 0, "le": 1}},  # a study without a gene of its signature is a mistake
)
class DeconvolutionSection(Section):
    """[deconvolution]: which signature matrix, and the settings of `deconvolve`."""

    signature: str | None = None
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @model_validator(mode="after")
    def _settings_go_together(self) -> DeconvolutionSection:
        try:
            self.settings()
        except DataError as error:
            raise ValueError(error.problems[0].what, error.problems[0].remedy) from None
        return self

    def settings(self, **of_the_study: Any) -> Settings:
        """Choices of the deconvolution, with those that the study makes for everything (`OF_THE_STUDY`)."""
        return Settings(**self.model_dump(exclude={"signature"}), **of_the_study)


LOGISTIC = (specs.LogisticSpec, specs.InteractionSpec, specs.ClinicalSpec)
ODDS = (*LOGISTIC, specs.ResponseSpec)
ALL_ODDS = (*ODDS, specs.OrdinalSpec)
# Setting of [analysis] -> its field, and the specs in which it is set; the first says what it is.
ASKED: dict[str, tuple[str, tuple[type, ...]]] = {
    "conf_level": (
        "conf_level",
        (
            *(specs.CorrelationSpec, specs.CurveSpec, specs.DrawsSpec, specs.GroupSpec, specs.AgreementSpec),
            *(*ALL_ODDS, specs.AncovaSpec, specs.PoolingSpec),
        ),
    ),
    "correlation_ci": ("ci", (specs.CorrelationSpec, specs.CurveSpec, specs.DrawsSpec)),
    "draws": ("draws", (specs.CorrelationSpec,)),
    "odds_ratio_ci": ("ci", ODDS),
    "penalty": ("penalty", (specs.LogisticSpec,)),
    "sd": ("sd", (specs.LogisticSpec,)),
    "model_covariates": ("covariates", LOGISTIC),
    "covariates": ("covariates", (specs.AncovaSpec,)),
    "weights": ("weights", (specs.AncovaSpec,)),
    "centre": ("centre", (specs.AncovaSpec,)),
    "points": ("points", (specs.AncovaSpec,)),
    "covariance": ("covariance", (specs.AncovaSpec,)),
    "slope_permutations": ("permutations", (specs.AncovaSpec,)),
    "pooling": ("model", (specs.PoolingSpec,)),
    "primary": ("primary", (specs.StudyWideSpec,)),
    "primary_types": ("primary_outcomes", (specs.StudyWideSpec,)),
    "permutations": ("permutations", (specs.StudyWideSpec,)),
    "robustness": ("permutations", (specs.CurveSpec,)),
}


@with_settings(
    {name: (owners[0], field) for name, (field, owners) in ASKED.items()},
    covariates={"default": with_role("covariate")},
    permutations={"limits": {"ge": 0}},  # 0 for none
    robustness={"limits": {"ge": 0}},
)
class AnalysisSection(Section):
    """[analysis]: conventions that stay open to the user."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    correction: Correction = "bonferroni"
    her2_groups: Annotated[str | dict[str, list[str]], Words] = "paper"
    crosscheck: bool | None = None
    ordinal: bool = False
    ihc_sensitivity: tuple[Share, ...] = (0.75, 0.85, 0.95)
    ihc_specificity: tuple[Share, ...] = (0.6, 0.75, 0.9)
    ihc_kappa: float = Field(default=0.49, ge=0, le=1)
    ihc_sensitivity_prior: tuple[Positive, Positive] = (18, 3)
    ihc_specificity_prior: tuple[Positive, Positive] = (12, 4)
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @field_validator("covariates", "model_covariates", check_fields=False)
    @classmethod
    def _stand_beside_the_factors(cls, covariates: tuple[str, ...], info: Any) -> tuple[str, ...]:
        model = "covariance analysis" if info.field_name == "covariates" else "logistic models"
        taken = (*with_role("factor"), "her2_group") if info.field_name == "covariates" else ("hr",)
        factors = [name for name in taken if name in covariates]
        if factors:
            what = f"{' and '.join(factors)}: a factor of the {model} is no covariate of it"
            raise ValueError(what, f"take it out of {info.field_name}; every model has it")
        twice = sorted(name for name, count in Counter(covariates).items() if count > 1)
        if twice:
            raise ValueError(f"{info.field_name} named twice: {', '.join(twice)}", "name each once")
        return covariates

    @field_validator("her2_groups")
    @classmethod
    def _is_a_grouping(cls, groups: str | dict[str, list[str]]) -> str | dict[str, list[str]]:
        if isinstance(groups, str) and groups not in GROUPINGS:
            raise ValueError(f"{groups!r} is no grouping", f"say one of {', '.join(GROUPINGS)}, or groups = levels")
        if not isinstance(groups, str) and (wrong := why_no_grouping(groups)):
            raise ValueError(*wrong)
        return groups

    @property
    def grouping(self) -> Grouping:
        """HER2 groups with their levels, the reference first."""
        return GROUPINGS[self.her2_groups] if isinstance(self.her2_groups, str) else self.her2_groups

    @field_validator("primary_types", check_fields=False)
    @classmethod
    def _name_a_type(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        if not types:
            raise ValueError("the primary question names no type", "name one or more, or leave it out to ask all")
        return tuple(dict.fromkeys(types))

    @model_validator(mode="after")
    def _enough_permutations(self) -> AnalysisSection:
        for name, usual in (("permutations", 10000), ("robustness", 2000), ("slope_permutations", 10000)):
            if 0 < getattr(self, name) <= 1 / self.alpha:
                what = f"{name} = {getattr(self, name)}: no p-value of so many can be below alpha = {self.alpha:g}"
                raise ValueError(what, f"{usual} are usual; 0 asks for none")
        return self

    def keywords(self, spec: type) -> dict[str, Any]:
        """Arguments of a verb that the study file sets, by the spec of the verb."""
        return {field: getattr(self, name) for name, (field, owners) in ASKED.items() if spec in owners}

    def changed(self) -> dict[str, Any]:
        """Settings of the questions that are not the default."""
        defaults = AnalysisSection()
        asked = ("correction", *(name for name in type(self).model_fields if name.startswith("ihc_")), *ASKED)
        return {name: getattr(self, name) for name in asked if getattr(self, name) != getattr(defaults, name)}


Group = Literal[
    "All tumours", "HR-positive", "HR-negative", "HER2 IHC 0", "HER2 IHC 1+", "HER2 IHC 2+", "HER2-0", "HER2-low"
]


class FiguresSection(Section):
    """[figures]: how figures are drawn and written."""

    width: float = Field(default=183.0, ge=150, le=250)
    formats: list[Literal["pdf", "svg", "png"]] = Field(default=["pdf", "svg", "png"])
    palette: dict[Group, Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]] = Field(default={})
    types: list[str] = Field(default=[])
    order: list[str] = Field(default=[])

    @field_validator("formats", "types", "order")
    @classmethod
    def _named_once(cls, names: list[str], info: Any) -> list[str]:
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise ValueError(f"{info.field_name} named twice: {', '.join(twice)}", "name each once")
        if info.field_name == "formats" and "png" not in names:
            raise ValueError(f"formats = {names}: the report needs png", 'add "png"')
        return names

    @field_validator("palette")
    @classmethod
    def _told_apart(cls, palette: dict[str, str]) -> dict[str, str]:
        if len({colour.lower() for colour in palette.values()}) < len(palette):
            raise ValueError("two groups have one colour", "give each its own")
        return palette


class ReportSection(Section):
    """[report]: how careful the page has to be with small numbers."""

    public: bool = False
