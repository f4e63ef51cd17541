"""What was asked, in a form that R can re-fit and a results folder can keep.

One frozen dataclass a verb, with the verb's name as `verb`. Fields are text, numbers, booleans and tuples of text only,
so that a spec can be written to a plain table and read back by either language. A spec that has no meaning cannot be
made: it checks itself, and tells everything that is wrong with it at once. What depends on the data `answer` tells.
The meaning of a field stands in its metadata, and the limits of a number, for whatever else lets a person set it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_origin, get_type_hints

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.ancova_terms import check_extra_terms
from her2stats.statistics.arguments import check_choice, check_level, check_names, check_permutations, check_strata
from her2stats.statistics.correlation_interval import INTERVALS

if TYPE_CHECKING:
    CorrelationCI = str
    CurveCI = str
else:  # whoever reads a setting sees the conventions that there are; they are listed in their registry only
    CorrelationCI = Literal[tuple(INTERVALS)]
    CurveCI = Literal[tuple(name for name, kind in INTERVALS.items() if not kind.resamples)]
OddsRatioCI = Literal["wald", "profile"]
Penalty = Literal["none", "firth"]
StandardDeviation = Literal["cohort", "stratum"]
Weights = Literal["equal", "proportional", "outer", "cells"]
PoolingModel = Literal["random", "dersimonian-laird", "fixed"]
AncovaQuantity = Literal["tests", "slopes", "curve"]
Covariance = Literal["ols", "hc2", "hc3"]
Kind = Literal["auto", "continuous", "binary"]
StudyQuestion = Literal["given", "correlation", "odds", "interaction", "slopes", "slopes adjusted", "difference"]
Primary = Literal["given", "correlation", "odds", "interaction", "slopes"]

COHORT = {"meaning": "written into the result"}
CONF_LEVEL = {"meaning": "level of the confidence intervals", "limits": {"gt": 0, "lt": 1}}
BY = {"meaning": "a factor: the question within each of its levels instead of over all samples"}
COVARIATES = {"meaning": "numbers or factors that the model is adjusted for"}
OUTCOMES = {"meaning": "columns of 0 and 1, a model each"}
EXPOSURE = {"meaning": "a column of numbers"}
MODERATOR = {"meaning": "a factor of two levels, the first the reference"}
PER_SD = {"meaning": "odds ratio per standard deviation of the exposure instead of per unit"}
ODDS_CI = {"meaning": "limits of odds ratios: Wald, or profile likelihood"}


class _Checked:
    """Tells everything that is wrong with a spec when it is made: against its own rules, its words and its level."""

    def __post_init__(self) -> None:
        problems = ProblemList()
        self._check(problems)
        own: Any = type(self)
        for name, kind in _types_of(own).items():
            if get_origin(kind) is Literal:
                check_choice(problems, name, getattr(self, name), kind)
        if hasattr(self, "conf_level"):
            check_level(problems, self.conf_level)
        problems.raise_if_any()

    def _check(self, problems: ProblemList) -> None:
        """Note what is wrong by the rules of one kind of question."""


@cache
def _types_of(spec: type) -> dict[str, object]:
    return get_type_hints(spec)


@dataclass(frozen=True, kw_only=True)
class CorrelationSpec(_Checked):
    """Spearman correlation of one variable with one or many, over all samples or within the levels of `by`."""

    verb: ClassVar[str] = "correlate"
    cohort: str = field(default="", metadata=COHORT)
    x: str = field(metadata=EXPOSURE)
    y: tuple[str, ...] = field(metadata={"meaning": "columns of numbers that it is correlated with"})
    by: str = field(default="", metadata=BY)
    within: str = field(default="", metadata={"meaning": "a factor within whose levels ranks are taken, in one answer"})
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    ci: CorrelationCI = field(default="bonett-wright", metadata={"meaning": "interval of Spearman correlations"})
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)
    draws: int = field(default=2000, metadata={"meaning": "resamples of the bootstrap interval", "limits": {"ge": 1}})
    seed: int = field(default=0, metadata={"meaning": "where the random numbers of the bootstrap start"})

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "y", self.y)
        check_strata(problems, self.by)
        check_names(problems, "x, by, within and covariates", [name for name in (self.x, self.by, *self.given) if name])
        if self.given and self.ci == "bootstrap":
            what = f"ci='bootstrap' is not made given {', '.join(self.given)}"
            problems.add(DataError, what, remedy="use 'bonett-wright'")
        if self.draws < 1:
            problems.add(DataError, f"draws={self.draws!r} is not positive", remedy="2000 is usual")

    @property
    def given(self) -> tuple[str, ...]:
        """What samples have to be alike in."""
        return (self.within, *self.covariates) if self.within else self.covariates


@dataclass(frozen=True, kw_only=True)
class AgreementSpec(_Checked):
    """Ranks of each variable of `y` against those of `x`, over all samples or within the levels of `by`."""

    verb: ClassVar[str] = "agree_ranks"
    cohort: str = field(default="", metadata=COHORT)
    x: str = field(metadata={"meaning": "a column of numbers that the others are held against"})
    y: tuple[str, ...] = field(metadata={"meaning": "columns of numbers"})
    by: str = field(default="", metadata=BY)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "y", self.y)
        check_strata(problems, self.by)
        check_names(problems, "x and by", [name for name in (self.x, self.by) if name])


@dataclass(frozen=True, kw_only=True)
class GroupSpec(_Checked):
    """Each variable of `y` between the two levels of each variable of `group`.

    `kinds` says for each `y` which test it gets: "continuous" Wilcoxon, "binary" chi-squared, "auto" whichever its
    values ask for; the spec of an answer has no "auto" left.
    """

    verb: ClassVar[str] = "compare_groups"
    cohort: str = field(default="", metadata=COHORT)
    y: tuple[str, ...] = field(metadata={"meaning": "columns of numbers to compare"})
    kinds: tuple[str, ...] = field(metadata={"meaning": "test of each: continuous, binary, or auto"})
    group: tuple[str, ...] = field(metadata={"meaning": "factors of two levels"})
    by: str = field(default="", metadata=BY)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "y", self.y)
        check_strata(problems, self.by)
        check_names(problems, "group", self.group)
        for kind in dict.fromkeys(self.kinds):
            check_choice(problems, "kind", kind, Kind)
        if len(self.kinds) != len(self.y):
            what = f"{len(self.kinds)} kinds are given for {len(self.y)} variables"
            problems.add(DataError, what, remedy="give one for each, such as 'auto'")


@dataclass(frozen=True, kw_only=True)
class LogisticSpec(_Checked):
    """Odds ratio of each binary outcome for the exposure, over all samples or within the levels of `by`."""

    verb: ClassVar[str] = "fit_logistic"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata=OUTCOMES)
    exposure: str = field(metadata=EXPOSURE)
    by: str = field(default="", metadata=BY)
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    per_sd: bool = field(default=True, metadata=PER_SD)
    sd: StandardDeviation = field(
        default="cohort", metadata={"meaning": "whose standard deviation odds ratios count in"}
    )
    ci: OddsRatioCI = field(default="wald", metadata=ODDS_CI)
    penalty: Penalty = field(
        default="none", metadata={"meaning": "of the likelihood; Firth's is finite under separation"}
    )
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "outcome", self.outcomes)
        check_strata(problems, self.by)
        model = [name for name in (self.exposure, self.by, *self.covariates) if name]
        check_names(problems, "exposure, by and covariates", model)


@dataclass(frozen=True, kw_only=True)
class InteractionSpec(_Checked):
    """outcome ~ exposure * moderator: does the odds ratio differ between the moderator's two levels?"""

    verb: ClassVar[str] = "fit_interaction"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata=OUTCOMES)
    exposure: str = field(metadata=EXPOSURE)
    moderator: str = field(metadata=MODERATOR)
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    per_sd: bool = field(default=True, metadata=PER_SD)
    ci: OddsRatioCI = field(default="wald", metadata=ODDS_CI)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        _check_interaction(self, (self.exposure,), problems)


@dataclass(frozen=True, kw_only=True)
class OrdinalSpec(_Checked):
    """Proportional odds of every value of each outcome for the exposure, or whether they differ by a moderator."""

    verb: ClassVar[str] = "fit_ordinal"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata={"meaning": "columns of numbers, a model each"})
    exposure: str = field(metadata=EXPOSURE)
    by: str = field(default="", metadata=BY)
    moderator: str = field(default="", metadata=MODERATOR)
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    per_sd: bool = field(default=True, metadata=PER_SD)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "outcome", self.outcomes)
        check_strata(problems, self.by)
        check_strata(problems, self.moderator)
        model = [name for name in (self.exposure, self.by, self.moderator, *self.covariates) if name]
        check_names(problems, "exposure, by, moderator and covariates", model)


@dataclass(frozen=True, kw_only=True)
class ClinicalSpec(_Checked):
    """Each binary clinical outcome ~ each exposure * moderator (cell-type abundance by hormone receptor)."""

    verb: ClassVar[str] = "fit_clinical"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata=OUTCOMES)
    exposures: tuple[str, ...] = field(metadata={"meaning": "columns of numbers, a model each"})
    moderator: str = field(metadata=MODERATOR)
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    ci: OddsRatioCI = field(default="wald", metadata=ODDS_CI)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        _check_interaction(self, self.exposures, problems)


def _check_interaction(spec: InteractionSpec | ClinicalSpec, exposures: tuple[str, ...], problems: ProblemList) -> None:
    check_names(problems, "outcome", spec.outcomes)
    check_strata(problems, spec.moderator)
    check_names(problems, "exposure, moderator and covariates", (*exposures, spec.moderator, *spec.covariates))


@dataclass(frozen=True, kw_only=True)
class AncovaSpec(_Checked):
    """lm(outcome ~ (factors + score)^2 + covariates + extra_terms), and one quantity read from it.

    `extra_terms` are products such as "hr:age". `centre` puts numeric variables at their mean before the
    Type III tests, so that a factor is tested at the average score and not at score 0.
    """

    verb: ClassVar[str] = "fit_ancova"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata={"meaning": "columns of numbers, a model each"})
    score: str = field(metadata=EXPOSURE)
    factors: tuple[str, ...] = field(default=("hr", "her2_ihc"), metadata={"meaning": "factors beside the score"})
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    extra_terms: tuple[str, ...] = field(default=(), metadata={"meaning": "products of variables, such as hr:age"})
    weights: Weights = field(default="equal", metadata={"meaning": "of the levels that are averaged over"})
    centre: bool = field(default=True, metadata={"meaning": "test at the mean of every number instead of at 0"})
    quantity: AncovaQuantity = field(default="slopes", metadata={"meaning": "what is read from the model"})
    points: int = field(default=25, metadata={"meaning": "places along each marginal curve", "limits": {"ge": 2}})
    covariance: Covariance = field(
        default="ols", metadata={"meaning": "of the coefficients: one residual variance, or HC2 or HC3 without it"}
    )
    permutations: int = field(
        default=0,
        metadata={"meaning": "within the cells of the factors, for a p of each slope; 0 for none", "limits": {"ge": 0}},
    )
    seed: int = field(default=1, metadata={"meaning": "where the permutations start", "limits": {"ge": 0}})
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        if self.permutations:
            check_permutations(problems, 0.05, self.permutations, self.seed)
        check_names(problems, "outcome", self.outcomes)
        check_names(problems, "factors", self.factors)
        for name in self.factors:
            check_strata(problems, name)
        check_names(problems, "factors, score and covariates", (*self.factors, self.score, *self.covariates))
        if not isinstance(self.points, Integral) or self.points < 2:
            what = f"points={self.points!r} is not a whole number of 2 or more"
            problems.add(DataError, what, remedy="25 is usual")
        check_extra_terms(problems, (*self.factors, self.score), self.covariates, self.extra_terms)


@dataclass(frozen=True, kw_only=True)
class ResponseSpec(_Checked):
    """Odds ratio of each binary response for every level of `group` against `reference`, within the levels of `by`."""

    verb: ClassVar[str] = "response_odds"
    cohort: str = field(default="", metadata=COHORT)
    outcomes: tuple[str, ...] = field(metadata=OUTCOMES)
    group: str = field(metadata={"meaning": "a factor"})
    reference: str = field(metadata={"meaning": "the level that the others are compared with"})
    by: str = field(default="", metadata=BY)
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    ci: OddsRatioCI = field(default="wald", metadata=ODDS_CI)
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "outcome", self.outcomes)
        check_strata(problems, self.by)
        model = [name for name in (self.group, self.by, *self.covariates) if name]
        check_names(problems, "group, by and covariates", model)


@dataclass(frozen=True, kw_only=True)
class PoolingSpec(_Checked):
    """Estimates of the same question, pooled over cohorts: rows of stratum, outcome, term and cohort in the frame."""

    verb: ClassVar[str] = "pool"
    cohort: str = field(default="pooled", metadata=COHORT)
    model: PoolingModel = field(default="random", metadata={"meaning": "how effects vary between cohorts"})
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)


@dataclass(frozen=True, kw_only=True)
class StudyWideSpec(_Checked):
    """Every test of one exposure over one set of permutations: a primary question first, then all others.

    `high` has for each of `outcomes` the column with its 0 / 1 abundance; `totals` are outcomes that have none.
    """

    verb: ClassVar[str] = "study_wide"
    cohort: str = field(default="", metadata=COHORT)
    exposure: str = field(metadata=EXPOSURE)
    outcomes: tuple[str, ...] = field(default=(), metadata={"meaning": "columns of numbers, or 0 and 1"})
    high: tuple[str, ...] = field(default=(), metadata={"meaning": "for each outcome a column of 0 and 1"})
    totals: tuple[str, ...] = field(default=(), metadata={"meaning": "further columns of numbers"})
    within: str = field(default="", metadata={"meaning": "a factor within whose levels the exposure is permuted"})
    factors: tuple[str, ...] = field(default=(), metadata={"meaning": "factors of the covariance analysis; none: none"})
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    slope_covariates: tuple[str, ...] = field(default=(), metadata={"meaning": "of a second covariance analysis"})
    primary: Primary = field(default="given", metadata={"meaning": "question whose answers let a type's others count"})
    primary_outcomes: tuple[str, ...] = field(default=(), metadata={"meaning": "of which outcomes it is asked; all"})
    alpha: float = field(default=0.05, metadata={"meaning": "level of the gate", "limits": {"gt": 0, "lt": 1}})
    permutations: int = field(default=10_000, metadata={"meaning": "of the exposure", "limits": {"ge": 1}})
    seed: int = field(default=1, metadata={"meaning": "where the permutations start", "limits": {"ge": 0}})

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "outcomes and totals", (*self.outcomes, *self.totals))
        check_names(problems, "high", self.high, required=bool(self.outcomes))
        if len(self.high) != len(self.outcomes):
            what = f"{len(self.high)} columns of high abundance are given for {len(self.outcomes)} outcomes"
            problems.add(DataError, what, remedy="give one for each outcome")
        check_strata(problems, self.within)
        within = (self.within,) if self.within else ()
        check_names(problems, "exposure, within and covariates", (self.exposure, *within, *self.covariates))
        slopes = (self.exposure, *self.factors, *self.slope_covariates)
        check_names(problems, "exposure, factors and slope_covariates", slopes)
        for name in self.primary_outcomes:
            if name not in (*self.outcomes, *self.totals):
                problems.add(DataError, f"the primary outcome '{name}' is none of the outcomes", remedy="name one")
        if self.primary == "given" and not self.within:
            what = "the primary question is the correlation given a factor, and `within` names none"
            problems.add(DataError, what, remedy="name the factor, or ask primary='correlation'")
        check_permutations(problems, self.alpha, self.permutations, self.seed)


@dataclass(frozen=True, kw_only=True)
class CurveSpec(_Checked):
    """One question by every choice that might as well have been made: exposure, amount, covariates, scale.

    Covariates come one after the other.
    """

    verb: ClassVar[str] = "specification_curve"
    cohort: str = field(default="", metadata=COHORT)
    exposures: tuple[str, ...] = field(metadata={"meaning": "columns of numbers that measure the same exposure"})
    outcomes: tuple[str, ...] = field(metadata={"meaning": "columns of numbers"})
    types: tuple[str, ...] = field(metadata={"meaning": "of each outcome what it measures"})
    amounts: tuple[str, ...] = field(metadata={"meaning": "of each outcome how it measures"})
    within: str = field(default="", metadata={"meaning": "a factor that every specification is given"})
    covariates: tuple[str, ...] = field(default=(), metadata=COVARIATES)
    ci: CurveCI = field(default="bonett-wright", metadata={"meaning": "interval of Spearman correlations"})
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)
    alpha: float = field(default=0.05, metadata={"meaning": "below it a specification counts as significant"})
    permutations: int = field(default=2000, metadata={"meaning": "of the rows of exposures", "limits": {"ge": 1}})
    seed: int = field(default=1, metadata={"meaning": "where the permutations start", "limits": {"ge": 0}})

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "outcomes", self.outcomes)
        check_names(problems, "exposures", self.exposures)
        check_strata(problems, self.within)
        given = (*([self.within] if self.within else []), *self.covariates)
        check_names(problems, "exposures, outcomes and what is given", (*{*self.outcomes}, *self.exposures, *given))
        check_permutations(problems, self.alpha, self.permutations, self.seed)


@dataclass(frozen=True, kw_only=True)
class DrawsSpec(_Checked):
    """Rank correlation of one variable with amounts that are estimates, each of which was estimated again and again.

    The draws of an amount stand in columns of their own, called as `drawn` says.
    """

    verb: ClassVar[str] = "correlate_draws"
    cohort: str = field(default="", metadata=COHORT)
    x: str = field(metadata=EXPOSURE)
    y: tuple[str, ...] = field(metadata={"meaning": "columns of amounts"})
    draws: int = field(metadata={"meaning": "how often each amount was estimated again", "limits": {"ge": 2}})
    within: str = field(default="", metadata={"meaning": "a factor within whose levels ranks are taken, in one answer"})
    ci: CurveCI = field(default="bonett-wright", metadata={"meaning": "interval of Spearman correlations"})
    conf_level: float = field(default=0.95, metadata=CONF_LEVEL)

    def _check(self, problems: ProblemList) -> None:
        check_names(problems, "y", self.y)
        check_strata(problems, self.within)
        if self.draws < 2:
            what = f"draws={self.draws!r} says nothing of how draws differ"
            problems.add(DataError, what, remedy="50 are usual")
        drawn = [column for name in self.y for column in self.drawn(name)]
        check_names(
            problems, "x, y, draws and within", [self.x, *{*self.y}, *drawn, *([self.within] * bool(self.within))]
        )

    def drawn(self, name: str) -> tuple[str, ...]:
        """Columns of the draws of an amount."""
        return tuple(f"{name}, draw {one}" for one in range(1, self.draws + 1))


Spec = (
    CorrelationSpec
    | GroupSpec
    | LogisticSpec
    | InteractionSpec
    | ClinicalSpec
    | AncovaSpec
    | ResponseSpec
    | PoolingSpec
    | StudyWideSpec
    | OrdinalSpec
    | AgreementSpec
    | CurveSpec
    | DrawsSpec
)
