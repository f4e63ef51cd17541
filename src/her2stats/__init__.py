"""HER2 expression, immune infiltration and response in HER2-negative breast cancer.

From an expression matrix and a clinical table to a HER2 expression score, immune scores, cell fractions, correlations,
odds ratios, covariance analysis, tables, figures and one report; every model can be fitted again in R.

Examples
--------
>>> import her2stats as h2
>>> cohort = h2.simulate_cohort("toy", 60, seed=1)
>>> scores = h2.score_signature(cohort.log2(), "ERBB2")
>>> data = cohort.clinical.join(scores.table)
>>> result = h2.correlate(data, "ERBB2", "age", by="hr")
>>> result.table["stratum"].tolist()
['hr=negative', 'hr=positive']
"""

from __future__ import annotations

import importlib
from typing import Any

# Public name -> room. Rooms are imported when a name is first used: help on the command line answers at once.
_ROOMS = {
    "her2stats.cohort": ("Cohort",),
    "her2stats.deconvolution": (
        *("Deconvolution", "SignatureMatrix", "build_signature_matrix", "deconvolve", "deconvolve_file"),
        *("read_signature_matrix", "write_signature_matrix"),
    ),
    "her2stats.errors": ("Her2statsError", "InputError"),
    "her2stats.figures": (
        *("plot_agreement", "plot_composition", "plot_correlation", "plot_distribution", "plot_exposure"),
        *("plot_flow", "plot_forest", "plot_heatmap", "plot_marginal", "plot_published", "plot_response"),
        *("plot_random_lists", "plot_rank_agreement", "plot_robustness", "plot_til_scatter", "save_figure"),
    ),
    "her2stats.published": (
        *("audit_correlation", "audit_counts", "audit_odds_ratio", "audit_published", "compare_published"),
    ),
    "her2stats.r_engine": ("crosscheck_r", "r_status"),
    "her2stats.reading": ("read_cibersortx", "read_clinical", "read_cohort", "read_expression", "read_fractions"),
    "her2stats.report": ("write_report",),
    "her2stats.signatures": (
        *("GeneSignature", "Scores", "derive_signature", "random_signatures", "read_signature", "score_danaher"),
        *("score_exposure", "score_signature", "signature"),
    ),
    "her2stats.simulate": (
        *("Targets", "paper_targets", "simulate_cohort", "simulate_signature_matrix", "simulate_truth"),
    ),
    "her2stats.reading.sources": ("fetch",),
    "her2stats.statistics": (
        *(
            "Abundance",
            "Ancova",
            "Result",
            "adjust",
            "agree_ranks",
            "answer",
            "bias_ihc",
            "classify_abundance",
            "combine",
        ),
        *("compare_groups", "correlate", "e_value", "fit_ancova", "fit_clinical", "fit_interaction", "fit_logistic"),
        *("fit_ordinal", "study_wide"),
        *("pool", "power_correlation", "power_interaction", "power_odds_ratio", "power_response", "response_odds"),
        *("correlate_draws", "specification_curve"),
    ),
    "her2stats.study": ("compare_results", "load_results", "read_study", "run_study"),
    "her2stats.tables": ("save_table", "table_effects", "table_one", "table_response"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"her2stats has no public name {name!r}")
    return getattr(importlib.import_module(_ROOM_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
