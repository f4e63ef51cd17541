"""The error of the whole study: every test of the exposure in one cohort, and what of it holds."""

from __future__ import annotations

from typing import Any

import pandas as pd

from her2stats.errors import near
from her2stats.statistics import Result, study_wide
from her2stats.statistics.rows import is_second_test, records
from her2stats.statistics.specs import StudyWideSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.questions import with_estimable_levels
from her2stats.study.study_file import Study

TABLE = "study_wide"
# Table of the folder -> the question whose tests its rows are; the model of a slope says which of two.
QUESTIONS = {
    "correlation": "correlation",
    "correlation_by_hr": "correlation",
    "correlation_given_hr": "given",
    "infiltration_by_hr": "difference",
    "odds_ratios": "odds",
    "interaction": "interaction",
    "ancova_slopes": "slopes",
}
SLOPES = {True: "slopes", False: "slopes adjusted"}


def study_wide_error(material: Material, study: Study, answers: Answers) -> None:
    """Ask every exposure table of the cohort once more, over permutations within HR, and write `p_study` into them."""
    if not study.analysis.permutations:
        answers.omit(TABLE, "the study file asks for no permutations")
        return
    # with other weights marginal slopes are another mean over the levels
    slopes = "ancova_slopes" in answers.results and study.analysis.weights == "equal"
    asked = study.keywords(StudyWideSpec) | _primary(material, study, answers, slopes)
    if not asked["primary"] or (study.analysis.primary_types and not asked["primary_outcomes"]):
        answers.omit(TABLE, "the primary question of the study file cannot be asked in this cohort")
        return
    measured, mark = material.measured(), "high "
    while any(f"{mark}{cell_type}" in measured for cell_type in material.kept):  # names are the user's
        mark += "high "
    names = {cell_type: f"{mark}{cell_type}" for cell_type in material.kept}
    frame = pd.concat([measured, material.abundances()[[*names]].rename(columns=names)], axis=1)
    if slopes:
        her2 = material.her2
        frame[her2] = with_estimable_levels(frame, Answers(material.name), her2)[her2].reindex(frame.index)
    result = study_wide(
        frame,
        material.exposure,
        material.kept,
        high=names.values(),
        totals=material.til,
        within="hr" if material.has("hr") else None,
        factors=material.factors if slopes else (),
        covariates=material.known(study.analysis.model_covariates),
        slope_covariates=material.known(study.analysis.covariates) if slopes else (),
        alpha=study.analysis.alpha,
        seed=study.study.seed,
        cohort=material.name,
        **asked,
    )
    answers.add(TABLE, [result])
    found = {(r["model"], r["stratum"], r["outcome"]): r["p_study"] for r in records(result.table)}
    for table, question in QUESTIONS.items():
        results = answers.results.get(table, [])
        results[:] = [one.with_table(_with_p(one, question, found, material.exposure)) for one in results]


def _primary(material: Material, study: Study, answers: Answers, slopes: bool) -> dict[str, Any]:
    """The primary question as this cohort can be asked it; without HR the plain correlation is that given HR."""
    primary, hr = study.analysis.primary, material.has("hr")
    if not hr and primary == "given":
        primary = "correlation"
    elif (primary == "interaction" and not hr) or (primary == "slopes" and not slopes):
        primary = ""
    there = [*material.kept, *([material.til] if material.til else [])]
    for name in study.analysis.primary_types:
        if name not in there:
            why = ("the primary type is not analysed in this cohort", near(name, there))
            answers.omit(f"{TABLE}: {name}", "; ".join(filter(None, why)))
    return {"primary": primary, "primary_outcomes": [t for t in study.analysis.primary_types if t in there]}


def _with_p(one: Result, question: str, found: dict[tuple[str, str, str], float], exposure: str) -> pd.DataFrame:
    """The table with `p_study` where its rows are tests of the exposure, and could be made."""
    rows = one.table
    p_values = []
    for row, second in zip(records(rows), is_second_test(rows), strict=True):
        asks = question if question != "slopes" else SLOPES[row["model"] == "unadjusted"]
        product = question in ("interaction", "difference")
        own = row["role"] == "interaction" if product else exposure in (row["outcome"], row["term"])
        of_type = row["term"] if row["outcome"] == exposure else row["outcome"]
        able = own and not second and row["p_value"] == row["p_value"]
        p_values.append(found.get((asks, row["stratum"], of_type), float("nan")) if able else float("nan"))
    return rows.assign(p_study=pd.Series(p_values, index=rows.index, dtype="float64"))
