"""The figures of a results folder: what the catalogue's plots are given, from the analyses of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from her2stats.results.catalogue import CELL_FIGURES, FIGURES, Figure
from her2stats.statistics import Result, combine
from her2stats.statistics.pooling import FEWEST_TELLING
from her2stats.statistics.rows import GIVEN_HR
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.flow import flow
from her2stats.study.analysis.pooled import POOLED_TABLES, pooled_results
from her2stats.study.stages.figures import Drawing
from her2stats.study.study_file import Study

ORDERED = ("correlation", "distribution", "forest")  # plots whose rows are cell types
MOST_MARGINAL = 6  # panels of Fig. 3; the paper shows two
NO_FRACTIONS = "no cohort of this study has cell fractions"


@dataclass(frozen=True)
class Absent:
    """A figure that is not drawn: for want of what, and in which cohort (empty for all)."""

    stem: str
    reason: str
    cohort: str = ""


def all_drawings(analyses: Sequence[CohortAnalysis], study: Study) -> list[Drawing]:
    """Every figure of a study for which there is something to show.

    The largest cohort's figures carry the plain names; those of the others end in the cohort's name.
    """
    return [one for one in _offered(analyses, study) if isinstance(one, Drawing)]


def absent_figures(analyses: Sequence[CohortAnalysis], study: Study) -> list[Absent]:
    """The other figures, with the reason of each."""
    return [one for one in _offered(analyses, study) if isinstance(one, Absent)]


def _offered(analyses: Sequence[CohortAnalysis], study: Study) -> list[Drawing | Absent]:
    whole = _Offer(analyses, study)
    offered = [whole.drawing(figure) for figure in FIGURES if figure.made == "study" and len(whole.table(figure.data))]
    shown = sorted((a for a in analyses if a.material.abundance is not None), key=lambda a: -len(a.cohort.clinical))
    for place, analysis in enumerate(shown):
        offer, suffix = _Offer([analysis], study), "" if place == 0 else f"_{analysis.cohort.name}"
        offered += [offer.drawing(figure, suffix) for figure in FIGURES if figure.made == "cohort"]
    if not shown:
        offered += [Absent(figure.name, NO_FRACTIONS) for figure in CELL_FIGURES]
    return offered


class _NotThereError(Exception):
    """A figure cannot be drawn; the message says what a cohort has not."""


@dataclass(frozen=True)
class _Offer:
    """What figures can ask for, of one cohort or of several: a result table, or a property of this by its name."""

    analyses: Sequence[CohortAnalysis]
    study: Study

    def drawing(self, figure: Figure, suffix: str = "") -> Drawing | Absent:
        """Say how to draw a figure, or why it cannot be drawn."""
        stem = f"{figure.name}{suffix}"
        try:
            arguments = tuple(self.take(name) for name in figure.of)
            if isinstance(arguments[0], pd.DataFrame) and not len(arguments[0]):
                raise _NotThereError(self._why_empty(figure))
            options = {option: self.take(name) for option, name in figure.options.items()}
            options |= {"order": self.ordered} if self.study.figures.order and figure.plot in ORDERED else {}
        except _NotThereError as reason:
            return Absent(stem, str(reason), self.analyses[0].cohort.name if len(self.analyses) == 1 else "")
        rows = arguments[0]
        shown = list(rows["cohort"].unique()) if "cohort" in rows else [one.cohort.name for one in self.analyses]
        cohort, asked = shown[0] if len(shown) == 1 else "", self.study.figures
        drawn = (figure.plot, stem, arguments, options, figure.letter, cohort)
        return Drawing(
            *drawn, asked.width, tuple(asked.formats), {str(group): colour for group, colour in asked.palette.items()}
        )

    def _why_empty(self, figure: Figure) -> str:
        reasons = dict(self._one.answers.omitted)
        return reasons.get(figure.data, f"no row of {figure.data} can be shown")

    def take(self, name: str) -> Any:
        """Find what the catalogue calls by a name."""
        return getattr(self, name) if hasattr(type(self), name) else self.table(name)

    def table(self, name: str) -> pd.DataFrame:
        """Rows of a result table."""
        if name in POOLED_TABLES:
            return self._shown(combine(self._pooled[name]))
        if name == "flow":
            return flow(self.analyses)
        if name in self._one.random_lists:
            return pd.concat([a.random_lists[name].assign(cohort=a.cohort.name) for a in self.analyses])
        return self._shown(combine([result for a in self.analyses for result in a.answers.results.get(name, [])]))

    def _shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows of the cell types that figures show: no other is their outcome or term."""
        columns = [name for name in ("outcome", "term", "exposure") if name in table]
        return table[~table[columns].isin(self._left_out).any(axis=1)]

    @cached_property
    def _left_out(self) -> set[str]:
        types = {name for one in self.analyses for name in one.material.kept}
        return types - {*self.study.figures.types} if self.study.figures.types else set()

    @property
    def ordered(self) -> list[str]:
        """Cell types as the study file orders them, the others and all else by lineage."""
        from her2stats.figures.style.cell_types import display_order

        kept = {name for one in self.analyses for name in (*one.material.kept, one.material.til) if name}
        first = self.study.figures.order
        return [*first, *display_order(kept - {*first})]

    @cached_property
    def _pooled(self) -> dict[str, list[Result]]:
        return pooled_results(self.analyses, self.study)

    @property
    def _one(self) -> CohortAnalysis:
        """The cohort; of several, the first with cell types."""
        return next((a for a in self.analyses if a.material.abundance is not None), self.analyses[0])

    @property
    def alpha(self) -> float:
        return self.study.analysis.alpha

    @property
    def exposure(self) -> str:
        return self._one.material.exposure

    @property
    def predictors(self) -> tuple[str, ...]:
        return self._one.material.predictors

    @property
    def til(self) -> str:
        if not self._one.material.til:
            raise _NotThereError("there is no total TIL score")
        return self._one.material.til

    @property
    def til_rows(self) -> pd.DataFrame:
        rows = self.table("correlation")
        return rows[rows["outcome"] == self.til]

    @property
    def rank_rows(self) -> pd.DataFrame:
        """Ranks of total TIL, or of the first type, against each count of the cohort."""
        rows = self.table("pathologist")
        rows = rows[rows["measure"].eq("rank_difference") & rows["stratum"].eq("all")]
        return rows.drop_duplicates("term")

    @property
    def count_frame(self) -> pd.DataFrame:
        return self._one.material.amounts()

    @property
    def totals(self) -> list[str]:
        return [self.til]

    @property
    def infiltration_rows(self) -> pd.DataFrame:
        """Total TIL over all tumours, given hormone receptor and within its groups; pooled beside each cohort."""
        rows = self._pooled_beside("correlation", "correlation_by_hr", "correlation_given_hr")
        return rows[rows["outcome"] == self.til]

    @property
    def correlation_and_pooled(self) -> pd.DataFrame:
        rows = self._pooled_beside("correlation")
        return rows[rows["stratum"] == "all"]

    def _pooled_beside(self, *names: str) -> pd.DataFrame:
        """Correlations of tables and those pooled of cohorts enough, with what is given as a stratum of its own."""
        rows = pd.concat([self.table(name) for name in (*names, "pooled_correlations")], ignore_index=True)
        if "given" in rows:
            rows["stratum"] = rows["stratum"].mask(rows["given"].fillna("").ne(""), GIVEN_HR)
        return rows[rows["k"].isna() | (rows["k"] >= FEWEST_TELLING)] if "k" in rows else rows

    @property
    def til_frame(self) -> pd.DataFrame:
        frame = self._one.material.amounts()
        return frame[[self.til, *self.predictors, *(["hr"] if "hr" in frame else [])]]

    @property
    def odds_ratios_and_pooled(self) -> pd.DataFrame:
        pooled = self.table("pooled_odds_ratios")
        plain = pooled[pooled["role"].ne("interaction")]
        return pd.concat([self.table("odds_ratios"), plain], ignore_index=True)

    @property
    def interaction_and_pooled(self) -> pd.DataFrame:
        pooled = self.table("pooled_odds_ratios")
        return pd.concat([self.table("interaction"), pooled[pooled["role"].eq("interaction")]], ignore_index=True)

    @property
    def unadjusted_curves(self) -> pd.DataFrame:
        return self._unadjusted("ancova_curves")

    @property
    def unadjusted_slopes(self) -> pd.DataFrame:
        return self._unadjusted("ancova_slopes")

    @property
    def steepest(self) -> list[str]:
        """The types with the smallest p of the marginal slope."""
        slopes = self.unadjusted_slopes
        overall = slopes[slopes["stratum"] == "all"].sort_values(["p_value", "outcome"], kind="stable")
        return overall["outcome"].head(MOST_MARGINAL).tolist()

    @property
    def exposure_and_factors(self) -> pd.DataFrame:
        """The exposure of all tumours, with the factors that the curves are averaged over."""
        return self._one.material.amounts()[[self.exposure, *self._one.material.factors]]

    def _unadjusted(self, name: str) -> pd.DataFrame:
        table = self.table(name)
        return table[table["model"] == "unadjusted"] if "model" in table else table

    @property
    def analysed_fractions(self) -> pd.DataFrame:
        material = self._one.material
        shown = [name for name in material.kept if name not in self._left_out]
        return material.fractions[shown].join(self._receptor)

    @property
    def all_fractions(self) -> pd.DataFrame:
        if self._one.deconvolution is not None and not self._one.deconvolution.additive:
            raise _NotThereError("scores of different cell types are of different units")
        complete = self._one.material.fractions.dropna()
        if not len(complete):
            raise _NotThereError("no tumour has all cell types")
        return self._one.material.fractions.join(self._receptor)

    @property
    def amounts_mode(self) -> str:
        """How the cohort's amounts were estimated, as axes tell their unit."""
        found = self._one.deconvolution
        return "" if found is None else found.mode if found.additive else "score"

    @property
    def cell_types(self) -> list[str]:
        return list(self._one.material.fractions.columns)

    @property
    def _receptor(self) -> pd.DataFrame:
        clinical = self._one.material.clinical
        return clinical[["hr"]] if "hr" in clinical else clinical[[]]

    @property
    def her2(self) -> str:
        return self._one.material.her2

    @property
    def groupings(self) -> tuple[str, str]:
        return self.her2, "hr"

    @property
    def exposure_by_group(self) -> pd.DataFrame:
        """The exposure beside the groups that the cohort has."""
        material = self._one.material
        if material.exposure not in material.scores:
            raise _NotThereError("there is no exposure score")
        known = material.clinical.columns[material.clinical.notna().any()]
        groups = [factor for factor in self.groupings if factor in known]
        if not groups:
            raise _NotThereError("neither the HER2 IHC level nor hormone-receptor status is known")
        return material.scores[[material.exposure]].join(material.clinical[groups])
