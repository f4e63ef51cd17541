"""Response by HER2 group, whatever the study divides HER2 into: as the paper asks it, and given hormone receptor."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.statistics import fit_interaction, response_odds
from her2stats.statistics.specs import InteractionSpec, ResponseSpec
from her2stats.study.analysis.material import NO_HR, Answers, Material
from her2stats.study.study_file import Study
from her2stats.vocabulary.variables import GROUP_OF_IHC, HER2_GROUPS, with_role


def response(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the odds of response in each HER2 group against the first: HER2-low against HER2-0, unless declared."""
    outcomes = [name for name in with_role("response") if material.has(name)]
    if not outcomes:
        there = [name for name in with_role("response") if name in material.clinical]
        none = "no response variable (pcr, complete_response) in the clinical table"
        answers.omit("response", f"{' and '.join(there)}: the same for all, or missing" if there else none)
        return
    frame = material.clinical.assign(her2_group=her2_group(material.clinical))
    levels = group_levels(frame["her2_group"])
    if frame["her2_group"].nunique() < 2:
        apart = f"{' and '.join(levels)} cannot be told apart or only one of them is present"
        answers.omit("response", apart)
        return
    asked = study.keywords(ResponseSpec)
    odds = response_odds(frame, outcomes, "her2_group", reference=levels[0], cohort=material.name, **asked)
    answers.add("response", [odds])
    _given_hr(frame, outcomes, material, study, answers)


def _given_hr(frame: pd.DataFrame, outcomes: Sequence[str], material: Material, study: Study, answers: Answers) -> None:
    """Ask the same within the receptor groups, adjusted for them, and whether they differ.

    HER2-low tumours are more often receptor-positive, and those respond less: the crude odds ratio mixes the two.
    """
    if not material.has("hr"):
        answers.omit("response_by_hr", NO_HR)
        return
    reference, *others = group_levels(frame["her2_group"])
    asked = {"reference": reference, "cohort": material.name, **study.keywords(ResponseSpec)}
    adjusted = ("hr", *material.known(study.analysis.model_covariates))
    products = study.keywords(InteractionSpec) | {"covariates": (), "per_sd": False, "cohort": material.name}
    odds = response_odds(frame, outcomes, "her2_group", covariates=adjusted, **asked)
    answers.add(
        "response_by_hr",
        [
            odds.with_table(odds.table.assign(given=", ".join(adjusted))),
            response_odds(frame, outcomes, "her2_group", by="hr", **asked),
            *(
                fit_interaction(against(frame, reference, compared), outcomes, compared, "hr", **products)
                for compared in others
            ),
        ],
    )


def against(frame: pd.DataFrame, reference: str, compared: str) -> pd.DataFrame:
    """The frame with a column `compared`: 1 in that HER2 group, 0 in the reference, missing elsewhere."""
    group = frame["her2_group"].astype("object")
    return frame.assign(**{compared: group.eq(compared).astype("float64").where(group.isin((reference, compared)))})


def group_levels(group: pd.Series) -> tuple[str, ...]:
    """The HER2 groups of the study, the reference first."""
    return tuple(group.cat.categories) if isinstance(group.dtype, pd.CategoricalDtype) else HER2_GROUPS


def her2_group(clinical: pd.DataFrame) -> pd.Series:
    """HER2-0 (IHC 0) or HER2-low (IHC 1+, 2+), from the group if given, else from the IHC level."""
    if "her2_group" in clinical:
        return clinical["her2_group"]
    if "her2_ihc" not in clinical:
        return pd.Series(pd.NA, index=clinical.index, dtype="str", name="her2_group")
    group = clinical["her2_ihc"].astype("object").map(GROUP_OF_IHC)
    return pd.Series(pd.Categorical(group, HER2_GROUPS), index=clinical.index, name="her2_group")
