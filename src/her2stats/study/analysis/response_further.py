"""Response by what a trial knows beside HER2: arm, PD-L1, stromal TIL; and residual cancer burden by HER2 group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from her2stats.statistics import Result, fit_interaction, fit_logistic, fit_ordinal, response_odds
from her2stats.statistics.specs import InteractionSpec, LogisticSpec, OrdinalSpec, ResponseSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.response import against, group_levels, her2_group
from her2stats.study.study_file import Study
from her2stats.vocabulary.variables import with_role

TABLE = "response_further"
TOLD_BY = ("pdl1", "stil_class")  # what a pathologist tells in levels, the lowest the reference
FEWEST_IN_ARM = 5  # patients; fewer tell nothing of an arm


def response_further(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the odds of response by arm, by HER2 group given and within arms, by PD-L1, and per SD of measurements.

    These are the counts of lymphocytes, the exposure and total TIL.

    Everything is adjusted for hormone receptor and arm, as far as a cohort has them; RCB is asked by proportional odds.
    """
    scored = [name for name in (material.exposure, material.til) if name in material.scores]
    frame = material.clinical.assign(her2_group=her2_group(material.clinical)).join(material.scores[scored])
    arms = _arms(frame, answers)
    if len(arms) > 1:
        frame["arm"] = pd.Categorical(frame["arm"].astype("object").where(frame["arm"].isin(arms)), arms)
    extra = [
        name
        for name in study.analysis.model_covariates
        if name not in ("hr", "arm", *TOLD_BY, *with_role("count"), "rcb")
    ]
    given = material.known(("hr", *extra))
    outcomes = tuple(name for name in with_role("response") if material.has(name))
    trial = _Trial(frame, outcomes, arms, given, (*given, "arm") if len(arms) > 1 else given, material, study)
    for asked in (*(trial.response() if outcomes else ()), *trial.burden()):
        covariates = ", ".join(getattr(asked.spec, "covariates", ()))
        told = asked.table[asked.table["role"] != "covariate"]  # of which model one is, no column says
        answers.add(TABLE, [asked.with_table(told.assign(given=covariates))])


def _arms(frame: pd.DataFrame, answers: Answers) -> list[str]:
    """Arms by their number of patients, the largest first, ties by name; those of a few are told and left out."""
    counts = frame["arm"].astype("object").dropna().value_counts() if "arm" in frame else pd.Series(dtype="int64")
    for arm in sorted(counts.index[counts < FEWEST_IN_ARM]):
        answers.omit(f"{TABLE}: arm {arm}", f"only {counts[arm]} patient(s) in this arm: it is compared with no other")
    return sorted(counts.index[counts >= FEWEST_IN_ARM], key=lambda arm: (-counts[arm], arm))


@dataclass(frozen=True)
class _Trial:
    """What is asked of a cohort: its frame and outcomes, the arms, what is given without the arm and with it."""

    frame: pd.DataFrame
    outcomes: tuple[str, ...]
    arms: list[str]
    given: tuple[str, ...]
    given_arm: tuple[str, ...]
    material: Material
    study: Study

    def _how(self, spec: type) -> dict[str, Any]:
        return {**self.study.keywords(spec), "cohort": self.material.name}

    def response(self) -> Iterator[Result]:
        ask = partial(response_odds, self.frame, self.outcomes, **self._how(ResponseSpec))
        reference, *others = group_levels(self.frame["her2_group"])
        if len(self.arms) > 1:
            yield ask(group="arm", reference=self.arms[0], covariates=self.given)
        if len(self.arms) > 1 and self.frame["her2_group"].nunique() > 1:
            yield ask(group="her2_group", reference=reference, covariates=self.given_arm)
            yield ask(group="her2_group", reference=reference, by="arm")
            for compared in others:
                yield from self._within_arms(against(self.frame, reference, compared), compared)
        for name in self.material.known(TOLD_BY):
            present = self.frame.assign(**{name: self.frame[name].cat.remove_unused_categories()})
            how = {"reference": present[name].cat.categories[0], "covariates": self.given_arm}
            yield response_odds(present, self.outcomes, name, **how, **self._how(ResponseSpec))
        measured = *self.material.known(with_role("count")), self.material.exposure, self.material.til
        for name in (name for name in measured if name in self.frame):
            how = self._how(LogisticSpec) | {"covariates": self.given_arm}
            yield fit_logistic(self.frame, self.outcomes, name, **how)
            yield from self._within_arms(self.frame, name, per_sd=True)

    def _within_arms(self, frame: pd.DataFrame, exposure: str, *, per_sd: bool = False) -> Iterator[Result]:
        """Whether an odds ratio differs between each other arm and the largest, a model for each pair of arms."""
        how = self._how(InteractionSpec) | {"covariates": self.given, "per_sd": per_sd}
        for other in self.arms[1:]:
            name = "arm" if len(self.arms) == 2 else f"arm {other}"
            arm = frame["arm"].astype("object")
            pair = pd.Categorical(arm.where(arm.isin((self.arms[0], other))), [self.arms[0], other])
            yield fit_interaction(frame.assign(**{name: pair}), self.outcomes, exposure, name, **how)

    def burden(self) -> Iterator[Result]:
        """Odds of a higher class of residual cancer burden in each HER2 group against the first."""
        if not self.material.has("rcb") or self.frame["her2_group"].nunique() < 2:
            return
        reference, *others = group_levels(self.frame["her2_group"])
        codes = self.frame["rcb"].cat.codes.astype("float64")
        how = self._how(OrdinalSpec) | {"per_sd": False}
        for compared in others:
            frame = against(self.frame.assign(rcb=codes.where(codes >= 0)), reference, compared)
            yield fit_ordinal(frame, "rcb", compared, **how)
            if self.given_arm:
                yield fit_ordinal(frame, "rcb", compared, covariates=self.given_arm, **how)
            if "hr" in self.given:
                yield fit_ordinal(frame, "rcb", compared, by="hr", **how)
