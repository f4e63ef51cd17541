"""The figures of a results folder: which there are, and of what."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.statistics import Result, combine
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.pooled import pooled_odds_ratios
from her2stats.study.stages.figures import Drawing
from her2stats.study.study_file import Study

MOST_MARGINAL = 6  # panels of Fig. 3; the paper shows two


def all_drawings(analyses: Sequence[CohortAnalysis], study: Study) -> list[Drawing]:
    """Every figure of a study.

    Parameters
    ----------
    analyses : sequence of CohortAnalysis
        The largest cohort's figures carry the plain names; those of the others end in the cohort's name.
    study : Study
        What the study file says.
    """
    drawings = [*overview_drawings(analyses, study)]
    shown = sorted((a for a in analyses if a.material.abundance is not None), key=lambda a: -len(a.cohort.clinical))
    for place, analysis in enumerate(shown):
        suffix = "" if place == 0 else f"_{analysis.cohort.name}"
        drawings += cohort_drawings(analysis, study, suffix)
    if not shown:
        drawings += [Drawing("placeholder", name, ("No cohort of this study has cell fractions",)) for name in NAMES]
    return drawings


NAMES = (
    "fig1a_correlation",
    "fig1b_til",
    "fig2a_heatmap",
    "fig2b_forest",
    "fig3_marginal",
    "figS1_distribution",
    "figS2_exposure",
    "figS3_composition",
)


def overview_drawings(analyses: Sequence[CohortAnalysis], study: Study) -> list[Drawing]:
    """Figures that hold all cohorts: correlations of the exposure, pooled odds ratios, response."""
    drawings = []
    exposure = next((a.material.exposure for a in analyses if a.material.abundance is not None), "")
    correlations = _results(analyses, "correlation")
    if correlations:
        drawings.append(
            Drawing("plot_correlation", "fig1a_correlation", (combine(correlations),), {"exposure": exposure})
        )
    pooled = pooled_odds_ratios(analyses).table
    if len(pooled):
        product = pooled["role"].eq("interaction")
        odds = pd.concat([combine(_results(analyses, "odds_ratios")), pooled[~product]], ignore_index=True)
        tests = pd.concat([combine(_results(analyses, "interaction")), pooled[product]], ignore_index=True)
        options = {"exposure": exposure, "alpha": study.analysis.alpha}
        drawings.append(Drawing("plot_forest", "fig2c_pooled", (odds, tests), options))
    responses = _results(analyses, "response")
    if responses:
        drawings.append(Drawing("plot_response", "fig4_response", (combine(responses),)))
    return drawings


def cohort_drawings(analysis: CohortAnalysis, study: Study, suffix: str) -> list[Drawing]:
    """Figures of one cohort."""
    material, alpha = analysis.material, study.analysis.alpha
    found = analysis.answers.results

    def table(name: str) -> pd.DataFrame:
        return combine(found.get(name, []))

    drawings = [_til_drawing(analysis, suffix)]
    drawings.append(
        Drawing(
            "plot_heatmap", f"fig2a_heatmap{suffix}", (table("correlation_matrix"),), {"scores": material.predictors}
        )
    )
    drawings.append(
        Drawing(
            "plot_forest",
            f"fig2b_forest{suffix}",
            (table("odds_ratios"), table("interaction")),
            {"exposure": material.exposure, "alpha": alpha},
        )
    )
    drawings.append(_marginal_drawing(analysis, suffix))
    receptor = material.clinical[["hr"]] if "hr" in material.clinical else material.clinical[[]]
    measured = material.fractions[material.kept].join(receptor)
    drawings.append(Drawing("plot_distribution", f"figS1_distribution{suffix}", (table("group_comparison"), measured)))
    drawings += _exposure_drawing(analysis, suffix)
    drawings.append(
        Drawing(
            "plot_composition",
            f"figS3_composition{suffix}",
            (material.fractions.join(receptor), list(material.fractions.columns)),
        )
    )
    return drawings


def _exposure_drawing(analysis: CohortAnalysis, suffix: str) -> list[Drawing]:
    """Draw the exposure by the groups that the cohort has."""
    material, name = analysis.material, f"figS2_exposure{suffix}"
    if material.exposure not in material.scores:
        return [Drawing("placeholder", name, ("There is no exposure score in this cohort",))]
    groups = [factor for factor in ("her2_ihc", "hr") if factor in material.clinical]
    frame = material.scores[[material.exposure]].join(material.clinical[groups])
    return [Drawing("plot_exposure", name, (frame, material.exposure))]


def _til_drawing(analysis: CohortAnalysis, suffix: str) -> Drawing:
    material = analysis.material
    if not material.til:
        return Drawing("placeholder", f"fig1b_til{suffix}", ("There is no total TIL score in this cohort",))
    frame = material.amounts()
    columns = [material.til, *material.predictors, *(["hr"] if "hr" in frame else [])]
    rows = combine(analysis.answers.results.get("correlation", []))
    rows = rows[rows["outcome"] == material.til]
    return Drawing("plot_til_scatter", f"fig1b_til{suffix}", (rows, frame[columns]), {"til": material.til})


def _marginal_drawing(analysis: CohortAnalysis, suffix: str) -> Drawing:
    """Draw the types with the smallest p of the marginal slope."""
    curves, slopes = (_unadjusted(analysis, name) for name in ("ancova_curves", "ancova_slopes"))
    if not len(curves):
        reasons = dict(analysis.answers.omitted)
        reason = reasons.get("ancova_curves", "the covariance analysis could not be made")
        return Drawing("placeholder", f"fig3_marginal{suffix}", (f"No covariance analysis: {reason}",))
    overall = slopes[slopes["stratum"] == "all"].sort_values(["p_value", "outcome"], kind="stable")
    shown = overall["outcome"].head(MOST_MARGINAL).tolist()
    score = analysis.material.exposure
    fitted = analysis.answers.results["ancova_curves"][0].data.dropna(subset=[score, "hr", "her2_ihc"])
    options = {"outcomes": shown, "score": score, "rug": fitted[[score]]}
    return Drawing("plot_marginal", f"fig3_marginal{suffix}", (curves, slopes), options)


def _unadjusted(analysis: CohortAnalysis, name: str) -> pd.DataFrame:
    table = combine(analysis.answers.results.get(name, []))
    return table[table["model"] == "unadjusted"] if "model" in table else table


def _results(analyses: Sequence[CohortAnalysis], name: str) -> list[Result]:
    return [result for analysis in analyses for result in analysis.answers.results.get(name, [])]
