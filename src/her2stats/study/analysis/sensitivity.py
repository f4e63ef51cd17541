"""What a cohort could have found, and what its answers could not stand: least effects, E-values, misread HER2 IHC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from her2stats.errors import InputError
from her2stats.statistics import Result, bias_ihc, compare_groups, e_value, power_correlation, power_response
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import records
from her2stats.statistics.specs import GroupSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.response import group_levels, her2_group
from her2stats.study.study_file import Study

CORRELATIONS = ("correlation", "correlation_by_hr", "correlation_given_hr")
RESPONSES = ("response", "response_by_hr")
Answered = Mapping[str, Sequence[Result]]  # by table


def sensitivity(material: Material, study: Study, answers: Answers) -> dict[str, pd.DataFrame]:
    """Tables of the results folder, by name, from what was answered before."""
    said, also = study.analysis, _infiltration_by_her2(material, study)
    shares = {name: getattr(said, f"ihc_{name}") for name in ("sensitivity", "specificity")}
    priors = [getattr(said, f"ihc_{name}_prior") for name in shares]
    reading = shares | {"kappa": said.ihc_kappa or None, "priors": priors, "seed": study.study.seed}
    return what_follows(answers.results, material.exposure, material.til, said.alpha, reading, also=also)


def what_follows(
    results: Answered, exposure: str, til: str, alpha: float, reading: dict[str, Any], *, also: Sequence[Result] = ()
) -> dict[str, pd.DataFrame]:
    """Tables that follow from a cohort's answers and comparisons of HER2 groups; `reading` is for `bias_ihc`."""
    asked = {name: results.get(name, []) for name in (*CORRELATIONS, "odds_ratios", *RESPONSES)}
    ranked = [r for name in CORRELATIONS for r in asked[name] if getattr(r.spec, "x", "") == exposure]
    responses = [r for name in RESPONSES for r in asked[name] if r.spec.verb == "response_odds"]
    least = [*_least_correlations(ranked, til, alpha), *_least_odds_ratios(responses, alpha)]
    e_values = [row for r in [*ranked, *asked["odds_ratios"], *responses] for row in _e_values(r)]
    read = [r.table for r in (*(r for r in responses if not _given(r)), *also)]
    return {
        "detectable": pd.concat(least, ignore_index=True) if least else pd.DataFrame(),
        "e_values": pd.DataFrame(e_values),
        "misread_ihc": bias_ihc(read, **reading).assign(given="") if read else pd.DataFrame(),
    }


def _given(result: Result) -> str:
    """What the samples of an answer are alike in."""
    return ", ".join(getattr(result.spec, "given", getattr(result.spec, "covariates", ())))


def _least_correlations(results: Sequence[Result], til: str, alpha: float) -> Iterator[pd.DataFrame]:
    """Of total infiltration, and of a cell type among those that its threshold is divided by."""
    for result in results:
        strata, spec = 1 + bool(getattr(result.spec, "within", "")), result.spec
        for stratum, part in result.table.groupby("stratum", sort=False):
            total = set(part["outcome"]) == {til}
            tests = 1 if total or part["family_size"].isna().all() else int(part["family_size"].max())
            n, covariates = int(part["n"].max()), len(getattr(spec, "covariates", ()))
            about = {"outcome": til if total else "", "stratum": stratum, "given": _given(result), "tests": tests}
            if n > 2 + strata + covariates:
                found = power_correlation(n, strata=strata, covariates=covariates, alpha=alpha / tests)
                yield found.assign(**about)


def _least_odds_ratios(results: Sequence[Result], alpha: float) -> Iterator[pd.DataFrame]:
    """Of response, by the counts of the stratum; adjusted for the receptor, by those of its groups."""
    within = [row for r in results for row in records(r.table) if row["stratum"] != "all"]
    for result in results:
        for row in records(result.table):
            parts = [part for part in within if part["outcome"] == row["outcome"]] if _given(result) else [row]
            split = [(part["n_reference"], part["n_comparison"]) for part in parts]
            about = {"outcome": row["outcome"], "stratum": row["stratum"], "given": _given(result), "tests": 1}
            try:
                shares = [part["n_events_reference"] / part["n_reference"] for part in parts]
                found = power_response(sum(map(sum, split)), share=shares, split=split, alpha=alpha)
            except (InputError, ZeroDivisionError):  # nobody in a group, or none or all of the reference respond
                continue
            yield found.assign(**about)


def _e_values(result: Result) -> Iterator[Row]:
    names = ("outcome", "stratum", "term", "measure", "estimate", "conf_low", "conf_high")
    for row in records(result.table[result.table["estimate"].notna()]):
        if row["measure"] not in ("rho", "odds_ratio"):
            continue
        share = 0.5 if row["measure"] == "rho" else row["n_events"] / row["n"]
        found = {name: row[name] for name in names} | {"given": _given(result), "n": row["n"], "share": share}
        limits = (row["estimate"], row["conf_low"], row["conf_high"])
        try:
            yield (
                found
                | e_value(*limits, measure=row["measure"], share=share)
                | {"method": "E-value of VanderWeele and Ding"}
            )
        except InputError:  # a correlation of 1
            yield found


def _infiltration_by_her2(material: Material, study: Study) -> list[Result]:
    """Total infiltration of each HER2 group against the first, in all tumours and by hormone receptor."""
    group = her2_group(material.clinical)
    reference, *others = group_levels(group)
    found: list[Result] = []
    for compared in others if material.til else ():
        both = group.astype("object").where(group.isin((reference, compared)))
        pair = pd.Categorical(both, [reference, compared])
        frame = material.clinical.assign(her2_group=pair, **{material.til: material.scores[material.til]})
        if frame["her2_group"].nunique() < 2:
            continue
        how = {"group": "her2_group", "cohort": material.name, **study.keywords(GroupSpec)}
        strata = (None, "hr") if material.has("hr") else (None,)
        found += [compare_groups(frame, material.til, by=by, **how) for by in strata]
    return found
