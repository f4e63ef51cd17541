"""Whether the association of a cohort hangs on choices: a specification curve of every cell type and of total TIL."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from her2stats.deconvolution import Deconvolution
from her2stats.errors import InputError
from her2stats.signatures import GeneSignature, score_gene
from her2stats.signatures.scoring import DEFAULT_ANCHOR
from her2stats.statistics import adjust, specification_curve
from her2stats.statistics.specs import CurveSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.preparing import Prepared, PreparedCohort
from her2stats.study.preparing.gene_names import expression_for_genes
from her2stats.study.preparing.scores import DANAHER, WITHOUT_IMMUNE

TABLE = "robustness"
COVARIATES = ("age", "grade")  # one after the other
# Danaher's type that counts the same cells; a type of several, such as both kinds of NK cells, is another question.
MARKERS = {"T cells CD8": "CD8 T cells", "T cells regulatory (Tregs)": "Treg"}


def robustness(
    one: PreparedCohort, prepared: Prepared, material: Material, fractions: Deconvolution | None, answers: Answers
) -> None:
    """Ask the association given HR by every score, measure, scale and covariates."""
    study = prepared.study
    asked = study.keywords(CurveSpec, given=True) | {"alpha": study.analysis.alpha, "seed": study.study.seed}
    if not asked["permutations"]:
        answers.omit(TABLE, "the study file asks for none")
        return
    covariates, exposures = material.known(COVARIATES), dict(_exposures(one, prepared, material, answers))
    given = material.clinical[[*covariates, *material.known(("hr",))]]  # others may be called as a score here is
    for name in (name for name in COVARIATES if name not in covariates):
        answers.omit(f"{TABLE}: {name}", "not known, or the same in every tumour: fewer specifications")
    for about, types in (("cell types", material.kept), ("total infiltration", [material.til] * bool(material.til))):
        measured = {name: dict(_measures(one, material, fractions, name)) for name in types}
        columns = {f"{name}, {how}": values for name, own in measured.items() for how, values in own.items()}
        if not measured:
            continue
        curve = specification_curve(
            pd.concat([given, pd.DataFrame(exposures), pd.DataFrame(columns)], axis=1),
            {name: {how: f"{name}, {how}" for how in own} for name, own in measured.items()},
            exposures,
            within="hr" if material.has("hr") else None,
            covariates=covariates,
            cohort=material.name,
            **asked,
        )
        family = f"specification curves of {material.exposure}, {about}"
        answers.add(TABLE, [adjust(curve, by=("cohort",), method=study.analysis.correction, asked=family)])


def _exposures(
    one: PreparedCohort, prepared: Prepared, material: Material, answers: Answers
) -> Iterator[tuple[str, pd.Series]]:
    """The exposure, as it is guarded; of several genes also without immune ones, and its anchor."""
    name, study = material.exposure, prepared.study
    yield from ((score, material.scores[score]) for score in (name, name + WITHOUT_IMMUNE) if score in material.scores)
    anchor = study.scores.anchor or DEFAULT_ANCHOR
    try:
        if isinstance(prepared.exposure, GeneSignature) and anchor != name:
            expression, _ = expression_for_genes(one.cohort, [anchor], study, what="the anchor of the exposure")
            yield anchor, score_gene(expression, anchor, rename_genes=False).table[anchor]
    except InputError as error:
        answers.omit(f"{TABLE}: {anchor}", error.problems[0].what)


def _measures(
    one: PreparedCohort, material: Material, fractions: Deconvolution | None, name: str
) -> Iterator[tuple[str, pd.Series]]:
    """A type, or total TIL, by each measure of the same cells that the cohort has.

    Only immune cells of one unit add up to infiltration: scores do not, and other programs have fibroblasts, too.
    """
    adds_up = fractions is None or fractions.program == Deconvolution.program
    total, is_total = material.fractions.sum(axis=1, min_count=1), name == material.til
    amount = total if is_total else material.fractions[name]
    markers, coverage = name if is_total else f"{DANAHER}{MARKERS.get(name, name)}", one.scored.coverage
    if (fractions is None or fractions.mode != "relative") and (adds_up or not is_total):
        yield "absolute", amount
    if not is_total and adds_up:
        yield "relative", amount / total.where(total > 0)
    if markers in material.scores and (is_total or not coverage.loc[coverage["score"].eq(markers), "flag"].any()):
        yield "markers", material.scores[markers]
