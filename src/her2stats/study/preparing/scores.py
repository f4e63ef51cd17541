"""The scores of a cohort: exposure, further genes, immune-cell scores and total TIL, with their gene coverage.

Scoring looks genes up as they are written: `gene_names` has renamed them before, by the rule of the cohort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.errors import DataError, InputError, Problem
from her2stats.notes import Note
from her2stats.signatures import GeneSignature, Scores, score_danaher, score_exposure, score_gene
from her2stats.signatures import signature as from_catalogue
from her2stats.signatures.guards import guard_exposure, named_genes, shared_genes, without_genes
from her2stats.signatures.scoring import DEFAULT_ANCHOR
from her2stats.signatures.til import TOTAL
from her2stats.study.preparing.gene_names import expression_for_exposure, expression_for_genes
from her2stats.study.study_file import Study

DANAHER = "Danaher "  # LM22 and Danaher share names such as Neutrophils; the prefix keeps the columns apart
WITHOUT_IMMUNE = " without immune genes"
FEWEST_LEFT = 2  # genes that an exposure keeps without its immune genes, to be scored once more


@dataclass(frozen=True)
class ScoredCohort:
    """All scores of one cohort; empty for a cohort without expression."""

    exposure: str = ""
    also: tuple[str, ...] = ()
    til: str = ""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame)
    method: str = ""
    notes: tuple[Note, ...] = ()
    omitted: tuple[tuple[str, str], ...] = ()


def score_cohort(
    cohort: Cohort, study: Study, exposure: GeneSignature | str, reference_genes: Sequence[str] = ()
) -> ScoredCohort:
    """Score the exposure, the genes beside it, and immune cells.

    The exposure has to be there; a further gene or the TIL score that cannot be had is left out with the reason. An
    exposure that shares genes with the immune lists (Danaher's and `reference_genes`, those of the signature matrix) is
    scored once more without them. Raises CoverageError or GeneError when the exposure cannot be scored, GeneError when
    a gene of any score stands in two rows and no rule says how to merge them, and DataError when the exposure is a
    principal component that is not its anchor's.
    """
    main = score_exposure_of(cohort, study, exposure)
    name = str(main.table.columns[0])
    parts, also, omitted = [main], [], []
    genes = [gene for gene in dict.fromkeys(study.scores.also) if gene != name]
    expression, notes = expression_for_genes(cohort, genes, study, what="genes beside the exposure")
    for gene in genes:
        try:
            parts.append(score_gene(expression, gene, rename_genes=False))
            also.append(gene)
        except InputError as error:
            omitted.append((f"score {gene}", error.problems[0].what))
    til = _til(cohort, study, omitted)
    if isinstance(exposure, GeneSignature) and len(exposure.genes) > 1:
        main, purged = _guarded(cohort, study, exposure, main, til, reference_genes)
        parts[0] = main
        if purged is not None:
            parts.append(purged)
            also.append(str(purged.table.columns[0]))
    if til is not None:
        theirs = {f"{DANAHER}{one.name}": {*one.genes} & {*reference_genes} for one in from_catalogue("danaher")}
        both = [", ".join(sorted(theirs.get(str(name), ()))) for name in til.coverage.index]
        parts.append(replace(til, coverage=til.coverage.assign(shared=both)) if reference_genes else til)
    return ScoredCohort(
        exposure=name,
        also=tuple(also),
        til=TOTAL if til is not None else "",
        table=pd.concat([part.table for part in parts], axis=1),
        coverage=pd.concat([part.coverage for part in parts]).rename_axis("score").reset_index(),
        method=f"{name}: {main.method}",
        notes=(*notes, *(note for part in parts for note in part.notes)),
        omitted=tuple(omitted),
    )


def score_exposure_of(cohort: Cohort, study: Study, exposure: GeneSignature | str) -> Scores:
    """Score the exposure alone, as the study file defines it.

    Raises CoverageError or GeneError when the exposure cannot be scored.
    """
    settings = study.scores
    expression, notes = expression_for_exposure(cohort, exposure, study)
    scores = score_exposure(
        expression,
        exposure,
        name=settings.exposure_name,
        method=settings.method,
        anchor=settings.anchor,
        min_coverage=settings.min_coverage,
        allow_low_coverage=settings.allow_low_coverage,
        rename_genes=False,
    )
    return replace(scores, notes=(*notes, *scores.notes))


def _guarded(
    cohort: Cohort,
    study: Study,
    exposure: GeneSignature,
    main: Scores,
    til: Scores | None,
    reference_genes: Sequence[str],
) -> tuple[Scores, Scores | None]:
    """Hold the exposure against immune genes and infiltration: with its flag, and scored again without such genes."""
    immune = dict.fromkeys(reference_genes, "signature matrix")
    immune |= {gene: member.name for member in from_catalogue("danaher") for gene in member.genes}
    shared = shared_genes(exposure, immune)
    flags, notes = main.coverage["flag"].tolist(), list(main.notes)
    if study.scores.method == "pc1" or (study.scores.method == "auto" and exposure.weights is None):
        expression, _ = expression_for_exposure(cohort, exposure, study)
        total = til.table[TOTAL] if til is not None else None
        anchor = study.scores.anchor or DEFAULT_ANCHOR
        guard = guard_exposure(expression, exposure, main.table.iloc[:, 0], immune=immune, anchor=anchor, til=total)
        if guard.refusals and study.scores.exposure_guard == "error":
            leave = f"leave {', '.join(shared)} out of the list" if shared else "check the genes of the list"
            remedy = f'{leave}, give its genes weights, or take it as it is with exposure_guard = "flag"'
            what = f"the first principal component of {main.table.columns[0]!r} is not {anchor}'s: "
            raise DataError(Problem(what + "; ".join(guard.refusals), f"cohort {cohort.name!r}", remedy))
        flags = ["; ".join(filter(None, [flags[0], guard.flag]))]
    if shared:
        what = "genes of the exposure that are immune genes too"
        notes.append(Note("scores", what, len(shared), named_genes(shared)))
    main = replace(main, coverage=main.coverage.assign(flag=flags, shared=", ".join(shared)), notes=tuple(notes))
    if not shared or len(exposure.genes) - len(shared) < FEWEST_LEFT:
        return main, None
    rest = without_genes(exposure, shared)
    return main, score_exposure_of(cohort, study, replace(rest, name=f"{main.table.columns[0]}{WITHOUT_IMMUNE}"))


def genes_beside_exposure(study: Study) -> dict[str, list[str]]:
    """Genes that the study scores besides its exposure, by the setting of the study file that asks for them."""
    markers = list(from_catalogue("danaher").genes) if study.scores.til == "danaher" else []
    return {"also": list(study.scores.also), "til": markers}


def _til(cohort: Cohort, study: Study, omitted: list[tuple[str, str]]) -> Scores | None:
    if study.scores.til == "none":
        omitted.append(("total TIL", "the study file does not ask for it"))
        return None
    markers = genes_beside_exposure(study)["til"]
    expression, notes = expression_for_genes(cohort, markers, study, what="the Danaher markers")
    try:
        scores = score_danaher(expression, min_coverage=study.scores.min_coverage, rename_genes=False)
    except InputError as error:
        omitted.append(("total TIL", error.problems[0].what))
        return None
    names = {name: name if name == TOTAL else f"{DANAHER}{name}" for name in scores.table.columns}
    return Scores(
        scores.table.rename(columns=names), scores.coverage.rename(index=names), scores.method, (*notes, *scores.notes)
    )
