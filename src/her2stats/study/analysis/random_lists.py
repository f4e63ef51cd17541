"""The exposure of a cohort beside random gene lists of its size."""

from __future__ import annotations

import pandas as pd

from her2stats.errors import InputError
from her2stats.signatures import GeneSignature
from her2stats.signatures import signature as from_catalogue
from her2stats.signatures.random_lists import SCORED, counted, random_correlations, summarised
from her2stats.signatures.scoring import DEFAULT_ANCHOR
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.preparing import Prepared, PreparedCohort
from her2stats.study.preparing.gene_names import expression_for_exposure

TABLE, HISTOGRAM = "random_lists", "random_histogram"


def beside_random_lists(
    one: PreparedCohort, prepared: Prepared, material: Material, answers: Answers
) -> dict[str, pd.DataFrame]:
    """Place what the exposure says of total infiltration and each cell type, with a histogram; no rows where it cannot.

    No list draws a gene of Danaher's lists or of the signature matrix.
    """
    exposure, study, nothing = prepared.exposure, prepared.study, {TABLE: pd.DataFrame(), HISTOGRAM: pd.DataFrame()}
    settings = study.scores
    method = settings.method
    if method == "auto" and isinstance(exposure, GeneSignature):
        method = "pc1" if exposure.weights is None else "weighted"
    if one.cohort.expression is None:
        why = "no expression data in this cohort"
    elif not settings.random_lists:
        why = "the study file asks for none"
    elif not isinstance(exposure, GeneSignature) or len(exposure.genes) < 2:
        why = "the exposure is a single gene"
    elif exposure.reference is not None:
        why = "the exposure is a frozen score, and a random list has no means of its own"
    elif method not in SCORED:
        why = f"no random lists are made for method {method!r}"
    else:
        why = ""
    if why or not isinstance(exposure, GeneSignature):
        answers.omit(TABLE, why)
        return nothing
    outcomes = [*filter(None, [material.til]), *material.kept]
    measured = material.measured() if material.kept else material.scores
    expression, _ = expression_for_exposure(one.cohort, exposure, study)
    immune = [*from_catalogue("danaher").genes, *(prepared.matrix.genes if prepared.matrix is not None else ())]
    try:
        found = random_correlations(
            expression,
            exposure,
            measured[outcomes],
            within=material.clinical["hr"] if material.has("hr") else None,
            method=method,
            anchor=settings.anchor or DEFAULT_ANCHOR,
            leave_out=immune,
            lists=settings.random_lists,
            seed=study.study.seed,
        )
    except InputError as error:
        answers.omit(TABLE, error.problems[0].what)
        return nothing
    return {TABLE: summarised(found), HISTOGRAM: counted(found)}
