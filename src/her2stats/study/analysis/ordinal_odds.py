"""The odds of high abundance over every value of a cell type, where a study asks for them beside the median split."""

from __future__ import annotations

from typing import Any

from her2stats.statistics import adjust, fit_ordinal
from her2stats.statistics.specs import OrdinalSpec
from her2stats.study.analysis.material import NO_HR, Answers, Material
from her2stats.study.study_file import Study

TABLE = "ordinal_odds"


def ordinal_odds(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the odds of more of each kept type per SD of the exposure: given HR, by HR, and whether these differ."""
    if not study.analysis.ordinal:
        answers.omit(TABLE, "not asked for ([analysis] ordinal = true)")
        return
    frame, hr = material.amounts().join(material.fractions[material.dichotomised]), material.has("hr")
    if not hr:
        answers.omit(f"{TABLE}, by hormone receptor", NO_HR)
    others = material.known(study.analysis.model_covariates)
    ways: dict[str, dict[str, Any]] = {"given": {"covariates": ("hr", *others) if hr else others}}
    if hr:
        ways |= {"by": {"by": "hr"}, "interaction": {"moderator": "hr"}}
    for way, how in ways.items():
        asked = study.keywords(OrdinalSpec) | {"covariates": others} | how
        found = fit_ordinal(frame, material.kept, material.exposure, cohort=material.name, **asked)
        family = f"odds over all values by {material.exposure}, {way}"
        answers.add(TABLE, [adjust(found, by=("cohort", "stratum"), asked=family, method=study.analysis.correction)])
