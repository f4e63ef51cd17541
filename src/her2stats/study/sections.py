"""The sections of the study file: every setting with its type, default, limits and meaning, each written once.

What a spec or the deconvolution can be asked stands there; here is only which of it a study file may set, and how the
setting is called. The documentation prints the meanings.
"""

from __future__ import annotations

from collections import Counter
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from her2stats.cohort.genes import CollapseRule
from her2stats.deconvolution.settings import Settings
from her2stats.errors import DataError
from her2stats.reading.clinical.ids import Repeats, SampleId
from her2stats.reading.expression import Normalise, Orientation, read_expression
from her2stats.reading.rows import MissingRule
from her2stats.reading.scales import SAY, DeclaredScale
from her2stats.signatures.scoring import Method
from her2stats.signatures.signature_file import names_a_file
from her2stats.statistics import specs
from her2stats.statistics.multiplicity import Method as Correction
from her2stats.study.section_form import Section, with_settings
from her2stats.vocabulary.variables import with_role
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

    title: str = Field(description="stands above the report")
    results: str = Field(default="results", description="folder of the results")
    seed: int = Field(default=1, ge=0, description="of everything random: permutations, bootstrap")
    outside_paths: bool = Field(default=False, description="`true` allows paths that leave the study file's folder")
    rename_genes: bool = Field(
        default=True,
        description="genes of a signature are also found under their earlier and later symbols; `false` looks them up "
        "literally",
    )
    simulated: bool = Field(
        default=False, description="`true` says on every page and figure that no patient stands behind the numbers"
    )


class CohortSection(Section):
    """[[cohorts]]: the files of one cohort and how to read them."""

    name: SafeName = Field(description=f"letters, digits, - and _, at most {MOST_LETTERS}")
    clinical: str = Field(description="csv, tsv, xlsx, sav, dta, sas7bdat or GEO series matrix, one row a patient")
    patients: str | None = Field(default=None, description="a second table, one row a patient, joined by its ids")
    expression: str | None = Field(
        default=None,
        description="csv, tsv, GCT, xlsx, parquet, GEO series matrix, h5ad or rds; gz, bz2, xz and zst too",
    )
    scale: DeclaredScale | None = Field(
        default=None,
        description="needed with `expression`; never guessed, but held against the range of the values. `counts` are "
        "raw counts, turned into counts per million; other logarithms are turned into log2",
    )
    offset: float = Field(default=0.0, description="logarithms are of x + offset")
    normalise: Normalise | None = Field(
        default=None,
        description="raw counts to counts, or transcripts, per million of the sample's total; the scale is linear or "
        "counts",
    )
    gene_lengths: str | None = Field(
        default=None,
        description="for `tpm`: a table of the row names and their lengths, or a GTF; else the lengths of the file of "
        "counts",
    )
    fractions: str | None = Field(
        default=None,
        description="a table of CIBERSORT(x), quanTIseq, EPIC, xCell or MCP-counter, instead of estimating",
    )
    cell_types: Annotated[dict[str, str], Words] = Field(
        default={}, description='types of `fractions` by other names: `{ "CD8_Tcells" = "T cells CD8" }`'
    )
    on_mismatch: Literal["error", "intersect"] = Field(
        default="error", description='`"intersect"` keeps the samples that both files have; the others are counted'
    )
    duplicates: CollapseRule = Field(default="error", description="rows that are one gene, also under two names")
    missing: MissingRule = Field(default="error", description='`"drop"` leaves genes with missing values out')
    orientation: Orientation = Field(
        default="genes x samples", description='`"samples x genes"` for a matrix that lies on its side'
    )
    gene_column: str | None = Field(
        default=None, description="column of the gene symbols, where it is not the first; also of row data (h5ad, rds)"
    )
    ignore_columns: list[str] = Field(
        default=[], description='columns of the expression file that are no samples: `["chr", "start"]`'
    )
    header_row: int | None = Field(
        default=None, ge=1, description="line of the names in the expression file, text or workbook, if not the first"
    )
    annotation: str | None = Field(
        default=None, description="rows are probes: a table, or a GEO platform file, that names their genes"
    )
    symbols: Annotated[dict[str, str], Words] = Field(
        default={}, description='your own repairs of gene symbols: `{ "1-Mar" = "MARCHF1" }`'
    )
    sheet: str | None = Field(default=None, description="of a workbook with several")
    layer: str | None = Field(
        default=None,
        description='of an h5ad file, or `"raw"`, its X where none is named; an assay of a SummarizedExperiment (rds)',
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="one character; found where none is given"
    )
    decimal: Mark = Field(default=".", description="decimal mark of the expression file")
    clinical_sheet: str | None = Field(default=None, description="of the clinical workbook")
    clinical_header_row: int | None = Field(
        default=None, ge=1, description="line of the names in the clinical table, text or workbook, if not the first"
    )
    clinical_decimal: Mark = Field(default=".", description="decimal mark of the clinical table")
    allow_range: bool = Field(default=False, description="`true` accepts values whose range contradicts the scale")
    columns: Annotated[dict[str, str], Words] = Field(
        default={}, description="variable = column of the clinical table; see below"
    )
    values: Annotated[dict[str, dict[str, str]], Words] = Field(
        default={}, description="by variable: value in the file = value here, where they differ"
    )
    where: Annotated[dict[str, str | list[str]], Words] = Field(
        default={},
        description="column = value, or list of values: keep these rows of the clinical table, before anything else is "
        "judged; the rest is counted",
    )
    exclude: list[str] = Field(default=[], description="sample ids that are left out; they are counted")
    restrict: Annotated[dict[str, str | list[str]], Words] = Field(
        default={},
        description='variable of ours = value, or list of values: `{ hr = "negative" }` keeps these tumours of the '
        "population; the rest is counted",
    )
    everyone: Annotated[dict[str, str], Words] = Field(
        default={},
        description="variable of ours = word, for what was a condition of entry and stands in no column: "
        '`{ her2_status = "negative" }`',
    )
    sample_id: SampleId = Field(
        default="as written",
        description='how ids of two files are compared: `"letters"` by letters and digits alone, without a folder and '
        '.bam, `"tcga-sample"` and `"tcga-patient"` by the first 15 or 12 letters of TCGA barcodes',
    )
    repeats: Repeats = Field(
        default="error",
        description='several samples of one patient: `"first"` in the order of their ids, or `"keep"` all',
    )

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

    @model_validator(mode="after")
    def _scale_is_declared(self) -> CohortSection:
        if self.expression is not None and self.scale is None:
            raise ValueError("scale is missing", SAY)
        return self

    def reading(self) -> dict[str, Any]:
        """What `read_expression` is told of the expression file."""
        return {name: getattr(self, name) for name in signature(read_expression).parameters if hasattr(self, name)}


class ScoresSection(Section):
    """[scores]: the exposure, further scores, and how signatures are turned into scores."""

    exposure: str = Field(
        default="ERBB2",
        description="a gene, or a signature file (gene, weight): the score whose association is the question",
    )
    exposure_name: str | None = Field(default=None, description="how tables and figures call it")
    method: Literal["auto"] | Method = Field(
        default="auto",
        description="how the genes of a signature become one score; of themselves weighted where there are weights, "
        "else by their first principal component",
    )
    anchor: str | None = Field(
        default=None, description="gene that fixes the sign of a principal component; ERBB2 if none"
    )
    also: list[str] = Field(default=["ESR1"], description="further genes as scores")
    til: Literal["danaher", "none"] = Field(default="danaher", description='`"none"`: no total TIL score')
    min_coverage: float = Field(default=0.8, ge=0, le=1, description="least share of a score's genes")
    allow_low_coverage: bool = Field(default=False, description="`true` accepts an exposure below that")
    random_lists: int = Field(
        default=1000, ge=0, description="random gene lists beside which an exposure of several genes is put; 0 for none"
    )
    exposure_guard: Literal["error", "flag"] = Field(
        default="error",
        description='a principal component that goes with immune genes and not with its anchor: refused, or `"flag"`',
    )

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

    signature: str | None = Field(
        default=None, description="your signature matrix, genes x cell types, linear scale: LM22 or another"
    )
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
# Setting of [analysis] -> its field, and the specs in which it is set; the first says what it is.
ASKED: dict[str, tuple[str, tuple[type, ...]]] = {
    "conf_level": (
        "conf_level",
        (specs.CorrelationSpec, specs.CurveSpec, specs.GroupSpec, *ODDS, specs.AncovaSpec, specs.PoolingSpec),
    ),
    "correlation_ci": ("ci", (specs.CorrelationSpec, specs.CurveSpec)),
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
    "pooling": ("model", (specs.PoolingSpec,)),
    "primary": ("primary", (specs.StudyWideSpec,)),
    "primary_types": ("primary_outcomes", (specs.StudyWideSpec,)),
    "permutations": ("permutations", (specs.StudyWideSpec,)),
    "robustness": ("permutations", (specs.CurveSpec,)),
}


@with_settings(
    {name: (owners[0], field) for name, (field, owners) in ASKED.items()},
    conf_level={"description": "level of the confidence intervals of every answer"},
    penalty={"description": "of the odds of high abundance; Firth's likelihood is finite under separation"},
    covariates={
        "default": with_role("covariate"),
        "description": "of the adjusted covariance analysis, as far as a cohort has them",
    },
    model_covariates={
        "description": "of the logistic models of high abundance and of the clinical question, as far as a cohort has "
        "them; a variable is no covariate of its own cut"
    },
    primary={
        "description": "the primary question of the whole study: correlation given hormone receptor (`given`), the "
        "plain one, odds of high abundance, their interaction, or the slope of the covariance analysis"
    },
    primary_types={"description": "the cell types, or Total TIL, of which it is asked; all, unless named"},
    permutations={
        "limits": {"ge": 0},
        "description": "of the exposure within hormone receptor, for the error of the whole study; 0 for none",
    },
    robustness={
        "limits": {"ge": 0},
        "description": "permutations of the joint test of every specification curve; 0 for no curves",
    },
)
class AnalysisSection(Section):
    """[analysis]: conventions that stay open to the user."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="what report and figures call significant")
    correction: Correction = Field(default="bonferroni", description="of the p-values of one family of tests")
    crosscheck: bool | None = Field(
        default=None,
        description="`true` or `false`: compare with R, or where there is none with statsmodels; by default it is done",
    )
    ihc_sensitivity: tuple[Share, ...] = Field(
        default=(0.75, 0.85, 0.95),
        description="chances that a HER2-low tumour is read as low, for the correction of misread HER2 IHC",
    )
    ihc_specificity: tuple[Share, ...] = Field(
        default=(0.6, 0.75, 0.9), description="chances that a HER2-0 tumour is read as 0; every pair is a correction"
    )
    ihc_kappa: float = Field(
        default=0.49, ge=0, le=1, description="agreement of two readers of HER2 IHC; 0 leaves its correction out"
    )
    ihc_sensitivity_prior: tuple[Positive, Positive] = Field(
        default=(18, 3), description="beta distribution of the sensitivity: read as low, as 0 of low tumours"
    )
    ihc_specificity_prior: tuple[Positive, Positive] = Field(
        default=(12, 4), description="beta distribution of the specificity: read as 0, as low of HER2-0 tumours"
    )
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @field_validator("covariates", "model_covariates", check_fields=False)
    @classmethod
    def _stand_beside_the_factors(cls, covariates: tuple[str, ...], info: Any) -> tuple[str, ...]:
        model = "covariance analysis" if info.field_name == "covariates" else "logistic models"
        taken = with_role("factor") if info.field_name == "covariates" else ("hr",)
        factors = [name for name in taken if name in covariates]
        if factors:
            what = f"{' and '.join(factors)}: a factor of the {model} is no covariate of it"
            raise ValueError(what, f"take it out of {info.field_name}; every model has it")
        twice = sorted(name for name, count in Counter(covariates).items() if count > 1)
        if twice:
            raise ValueError(f"{info.field_name} named twice: {', '.join(twice)}", "name each once")
        return covariates

    @field_validator("primary_types", check_fields=False)
    @classmethod
    def _name_a_type(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        if not types:
            raise ValueError("the primary question names no type", "name one or more, or leave it out to ask all")
        return tuple(dict.fromkeys(types))

    @model_validator(mode="after")
    def _enough_permutations(self) -> AnalysisSection:
        for name, usual in (("permutations", 10000), ("robustness", 2000)):
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


class ReportSection(Section):
    """[report]: how careful the page has to be with small numbers."""

    public: bool = Field(
        default=False,
        description="`true` leaves single patients and counts below five out of the page; the tables beside it stay "
        "whole",
    )
