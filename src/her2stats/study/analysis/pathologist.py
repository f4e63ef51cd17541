"""The pathologist's count of infiltrating lymphocytes beside the scores and cell types of the same tumours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from her2stats.statistics import Result, adjust, agree_ranks, compare_groups, correlate
from her2stats.statistics.specs import AgreementSpec, CorrelationSpec, GroupSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.study_file import Study
from her2stats.vocabulary.names import variable_label
from her2stats.vocabulary.variables import with_role

TABLE = "pathologist"


def pathologist(material: Material, study: Study, answers: Answers) -> None:
    """Ask how each count goes with the exposure, total TIL and the cell types, and how far their ranks lie apart."""
    for count in material.known(with_role("count")):
        immune = [*filter(None, (material.til,)), *material.continuous]
        if not (immune or material.predictors):
            answers.omit(TABLE, "no score and no cell type of these tumours is known")
            return
        asked = f"scores and cell types against {variable_label(count)}"
        for within, said in ((False, asked), (True, f"{asked}, given hormone receptor")):
            found = list(_asked(material, study, count, immune, within))
            answers.add(TABLE, adjust(found, by=("cohort", "stratum"), method=study.analysis.correction, asked=said))
        level = study.keywords(AgreementSpec) | {"cohort": material.name}
        for by in (None, "hr") if material.has("hr") else (None,):
            answers.add(TABLE, [agree_ranks(material.amounts(), count, immune, by=by, **level)] if immune else [])


def _asked(material: Material, study: Study, count: str, immune: list[str], within: bool) -> Iterator[Result]:
    """Associations over all tumours and in the receptor groups, or given hormone receptor."""
    ranked, has_hr = study.keywords(CorrelationSpec), material.has("hr")
    ask = partial(correlate, material.amounts(), count, [*material.predictors, *immune], cohort=material.name)
    if within:
        yield from [ask(within="hr", **study.keywords(CorrelationSpec, given=True))] if has_hr else []
        return
    for by in (None, "hr") if has_hr else (None,):
        yield ask(by=by, **ranked)
        if material.dichotomised:
            groups = study.keywords(GroupSpec) | {"by": by, "cohort": material.name}
            yield compare_groups(material.presence(), count, group=material.dichotomised, **groups)
