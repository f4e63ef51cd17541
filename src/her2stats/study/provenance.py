"""Where every number comes from: versions, inputs with checksums, seed and conventions. No clock, no machine."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib import metadata

from her2stats.reading.clinical.population import HER2_VARIABLES
from her2stats.results.provenance import CohortEntry, Provenance
from her2stats.signatures import signature
from her2stats.signatures.til import DEFAULT_MEMBERS
from her2stats.statistics.arguments import percent
from her2stats.statistics.multiplicity import NAMES
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.preparing import Prepared
from her2stats.study.preparing.scores import DANAHER
from her2stats.study.study_file import Study
from her2stats.vocabulary.her2_groups import PAPER, in_words
from her2stats.vocabulary.names import variable_label

NAMED_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "scikit-learn", "plotnine")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages whose numbers or drawings are in the results."""
    found = {"her2stats": metadata.version("her2stats"), "Python": platform.python_version()}
    return found | {name: metadata.version(name) for name in NAMED_PACKAGES}


def provenance(prepared: Prepared, analyses: Sequence[CohortAnalysis]) -> Provenance:
    """Everything that a reader needs to trust or repeat the run.

    Dates, user and machine are left out on purpose: the same inputs and seed give the same bytes.
    """
    study = prepared.study
    return Provenance(
        title=study.study.title,
        her2stats=metadata.version("her2stats"),
        simulated=study.study.simulated,
        exposure=exposure_name(analyses),
        seed=study.study.seed,
        alpha=study.analysis.alpha,
        versions=versions(),
        inputs=prepared.inputs,
        conventions=conventions(study, analyses),
        cohorts=tuple(
            CohortEntry(
                analysis.cohort.name,
                len(analysis.cohort.clinical),
                analysis.cohort.scale or "",
                analysis.cohort.hr_definition,
                "expression" if analysis.cohort.expression is not None else "clinical only",
                analysis.deconvolution.program if analysis.deconvolution is not None else "",
                *_matrix_genes(analysis),
            )
            for analysis in analyses
        ),
        public=study.report.public,
    )


def exposure_name(analyses: Sequence[CohortAnalysis]) -> str:
    """Name of the exposure; the same in every cohort that has one."""
    return next((a.material.exposure for a in analyses if a.material.exposure), "")


def conventions(study: Study, analyses: Sequence[CohortAnalysis]) -> dict[str, str]:
    """Every choice in use, by topic, in words that a methods paragraph can carry."""
    chosen = study.analysis
    ci, changed = f"{percent(chosen.conf_level)} CI", chosen.changed()
    draws = f" of {chosen.draws} draws, seed {study.study.seed}" if chosen.correlation_ci == "bootstrap" else ""
    fractions = _by_cohort(analyses, _fractions) or "none"
    if study.deconvolution is not None and not study.deconvolution.check_scale:
        fractions += "; whether the expression is linear was not checked"
    return {
        "population": f"HER2-negative by {_by_cohort(analyses, _negative)}",
        "exposure": _by_cohort(analyses, lambda analysis: analysis.exposure_method) or study.scores.exposure,
        **({"HER2 groups": in_words(chosen.grouping)} if chosen.grouping != PAPER else {}),
        **({"HER2 IHC": f"read with {assay}"} if (assay := _declared(study, "her2_assay")) else {}),
        **({"pCR": f"defined as {pcr}"} if (pcr := _declared(study, "pcr_definition")) else {}),
        **({"total TIL": total} if (total := _by_cohort(analyses, _total)) else {}),
        "cell fractions": fractions,
        "zero rule": (
            "cell types with a share of zeros above 0.75 excluded, from 0.25 to 0.75 dichotomised as absent or "
            "present, below 0.25 continuous"
        ),
        "high abundance": "at or above the median of the cohort; dichotomised types: present",
        "correlation": f"Spearman, p by the t approximation, {ci} {chosen.correlation_ci}{draws}",
        "groups": "Wilcoxon rank-sum for continuous types, chi-squared without continuity correction for dichotomised",
        "odds ratios": (
            f"logistic regression per 1 SD (n - 1) of the exposure over the {chosen.sd}, {ci} {chosen.odds_ratio_ci}"
        ),
        "interaction": "score x HR, Wald test; likelihood ratio beside it",
        "ANCOVA": (
            f"(HR + {'HER2 IHC' if chosen.grouping == PAPER else 'HER2 group'} + score)^2, Type III with sum-to-zero "
            f"contrasts and numeric variables {'' if chosen.centre else 'not '}centred, marginal means with "
            f"{chosen.weights} weights"
        ),
        "multiplicity": (
            f"{NAMES[chosen.correction]} within the analysed types of one question, cohort and stratum; "
            f"alpha {chosen.alpha:g}"
        ),
        # by the names of the study file: what is added to them is told without a word here
        **(
            {"other than default": "; ".join(f"{name} {_written(to)}" for name, to in changed.items())}
            if changed
            else {}
        ),
    }


def _declared(study: Study, setting: str) -> str:
    """What the study file says of its cohorts, each with the name of the cohort where there are several."""
    said = {one.name: str(getattr(one, setting)) for one in study.cohorts if getattr(one, setting)}
    return "; ".join(f"{text} ({name})" if len(study.cohorts) > 1 else text for name, text in said.items())


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    return str(value).lower()


def _by_cohort(analyses: Sequence[CohortAnalysis], tell: Callable[[CohortAnalysis], str]) -> str:
    """What is told of the cohorts, each text once, with the names of its cohorts where there are several texts."""
    told: dict[str, list[str]] = {}
    for analysis in analyses:
        if text := tell(analysis):
            told.setdefault(text, []).append(analysis.cohort.name)
    return "; ".join(f"{text} ({', '.join(names)})" if len(told) > 1 else text for text, names in told.items())


def _negative(analysis: CohortAnalysis) -> str:
    """Which variables told that a tumour is HER2-negative; the group follows from IHC."""
    there = [name for name in HER2_VARIABLES if name in analysis.cohort.clinical]
    shown = [name for name in there if name != "her2_group" or "her2_ihc" not in there]
    rule = " (0, 1+, or 2+ without ERBB2 amplification)"
    return ", ".join(variable_label(name) + rule * (name == "her2_ihc") for name in shown)


def _total(analysis: CohortAnalysis) -> str:
    """Which types make the total TIL score, each with the genes that the cohort has of it."""
    if not analysis.material.til:
        return ""
    rows = analysis.coverage.set_index("score")
    used = rows[rows["used_in_total"].fillna(False).astype(bool)]
    types = []
    for score, missing in used["missing"].items():
        name = str(score).removeprefix(DANAHER)
        genes = [gene for gene in signature("danaher")[name].genes if gene not in missing.split(", ")]
        types.append(f"{name} ({', '.join(genes)})")
    left_out = ", ".join(name for name in DEFAULT_MEMBERS if f"{DANAHER}{name}" not in used.index)
    text = f"mean of the scores of Danaher's {', '.join(types)}, each the mean log2 expression of its genes"
    return f"{text}; left out for too few genes: {left_out}" if left_out else text


def _matrix_genes(analysis: CohortAnalysis) -> tuple[int, int] | tuple[()]:
    """Genes of the signature matrix that the cohort has, of how many; nothing where another program was asked."""
    found = analysis.deconvolution
    return (len(found.genes), len(found.signature.genes)) if found is not None and found.genes else ()


def _fractions(analysis: CohortAnalysis) -> str:
    """How cell fractions were estimated, and how many genes of the matrix the cohort has."""
    found = analysis.deconvolution
    if found is None:
        return ""
    counts = _matrix_genes(analysis)
    return found.method + (f"; {counts[0]} of the {counts[1]} genes of the matrix were found" if counts else "")
