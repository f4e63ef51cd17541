"""What is asked of the data: one frozen spec a question.

A spec and a frame are all that an engine needs. The Python engine and the R engine both take the same pair,
which is what makes the crosscheck between them honest. Fields are text, numbers, booleans and tuples of text only,
so that a spec can be written to a plain table and read back by either language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

CorrelationCI = Literal["bonett-wright", "fieller", "caruso-cliff", "fisher", "sas", "bootstrap"]
OddsRatioCI = Literal["wald", "profile"]
Penalty = Literal["none", "firth"]
StandardDeviation = Literal["cohort", "stratum"]
Weights = Literal["equal", "proportional", "outer", "cells"]
PoolingModel = Literal["random", "fixed"]
AncovaQuantity = Literal["tests", "slopes", "curve"]


@dataclass(frozen=True, kw_only=True)
class CorrelationSpec:
    """Spearman correlation of one variable with one or many, over all samples or within the levels of `by`."""

    verb: ClassVar[str] = "correlate"
    cohort: str = ""
    x: str
    y: tuple[str, ...]
    by: str = ""
    ci: CorrelationCI = "bonett-wright"
    conf_level: float = 0.95
    draws: int = 2000
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class GroupSpec:
    """Each variable of `y` between the two levels of each variable of `group`.

    `kinds` says for each `y` which test it gets: "continuous" Wilcoxon, "binary" chi-squared.
    """

    verb: ClassVar[str] = "compare_groups"
    cohort: str = ""
    y: tuple[str, ...]
    kinds: tuple[str, ...]
    group: tuple[str, ...]
    by: str = ""
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class LogisticSpec:
    """Odds ratio of each binary outcome for the exposure, over all samples or within the levels of `by`."""

    verb: ClassVar[str] = "fit_logistic"
    cohort: str = ""
    outcomes: tuple[str, ...]
    exposure: str
    by: str = ""
    covariates: tuple[str, ...] = ()
    per_sd: bool = True
    sd: StandardDeviation = "cohort"
    ci: OddsRatioCI = "wald"
    penalty: Penalty = "none"
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class InteractionSpec:
    """outcome ~ exposure * moderator: does the odds ratio differ between the moderator's two levels?"""

    verb: ClassVar[str] = "fit_interaction"
    cohort: str = ""
    outcomes: tuple[str, ...]
    exposure: str
    moderator: str
    covariates: tuple[str, ...] = ()
    per_sd: bool = True
    ci: OddsRatioCI = "wald"
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class ClinicalSpec:
    """Each binary clinical outcome ~ each exposure * moderator (cell-type abundance by hormone receptor)."""

    verb: ClassVar[str] = "fit_clinical"
    cohort: str = ""
    outcomes: tuple[str, ...]
    exposures: tuple[str, ...]
    moderator: str
    covariates: tuple[str, ...] = ()
    ci: OddsRatioCI = "wald"
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class AncovaSpec:
    """lm(outcome ~ (factors + score)^2 + covariates + extra_terms), and one quantity read from it.

    `extra_terms` are products such as "hr:age". `centre` puts numeric variables at their mean before the
    Type III tests, so that a factor is tested at the average score and not at score 0.
    """

    verb: ClassVar[str] = "fit_ancova"
    cohort: str = ""
    outcomes: tuple[str, ...]
    score: str
    factors: tuple[str, ...] = ("hr", "her2_ihc")
    covariates: tuple[str, ...] = ()
    extra_terms: tuple[str, ...] = ()
    weights: Weights = "equal"
    centre: bool = True
    quantity: AncovaQuantity = "slopes"
    points: int = 25
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class ResponseSpec:
    """Odds ratio of each binary response for every level of `group` against `reference`."""

    verb: ClassVar[str] = "response_odds"
    cohort: str = ""
    outcomes: tuple[str, ...]
    group: str
    reference: str
    ci: OddsRatioCI = "wald"
    conf_level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class PoolingSpec:
    """Odds ratios of the same question, pooled over cohorts: rows of stratum, outcome, term and cohort in the frame."""

    verb: ClassVar[str] = "pool_odds_ratios"
    cohort: str = "pooled"
    model: PoolingModel = "random"
    conf_level: float = 0.95


Spec = (
    CorrelationSpec
    | GroupSpec
    | LogisticSpec
    | InteractionSpec
    | ClinicalSpec
    | AncovaSpec
    | ResponseSpec
    | PoolingSpec
)
