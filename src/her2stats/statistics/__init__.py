"""Statistics: plain frames in, `Result` out; one verb a question.

These functions know no files and no cohorts, and can be used on their own in a notebook.
"""

from her2stats.statistics.abundance import Abundance, classify_abundance
from her2stats.statistics.ancova import Ancova, fit_ancova
from her2stats.statistics.answer import answer
from her2stats.statistics.claims.bias import bias_ihc
from her2stats.statistics.claims.draws import correlate_draws
from her2stats.statistics.claims.e_value import e_value
from her2stats.statistics.claims.power import power_correlation, power_interaction, power_odds_ratio, power_response
from her2stats.statistics.claims.rank_agreement import agree_ranks
from her2stats.statistics.claims.robustness import specification_curve
from her2stats.statistics.claims.study_wide import study_wide
from her2stats.statistics.correlation import correlate
from her2stats.statistics.groups import compare_groups
from her2stats.statistics.interaction import fit_clinical, fit_interaction
from her2stats.statistics.logistic import fit_logistic
from her2stats.statistics.multiplicity import adjust
from her2stats.statistics.ordinal import fit_ordinal
from her2stats.statistics.pooling import pool
from her2stats.statistics.response import response_odds
from her2stats.statistics.result import COLUMNS, Result, as_result_table, combine
from her2stats.statistics.specs import (
    AgreementSpec,
    AncovaSpec,
    ClinicalSpec,
    CorrelationSpec,
    CurveSpec,
    DrawsSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    OrdinalSpec,
    PoolingSpec,
    ResponseSpec,
    Spec,
    StudyWideSpec,
)

__all__ = [
    "COLUMNS",
    "Abundance",
    "AgreementSpec",
    "Ancova",
    "AncovaSpec",
    "ClinicalSpec",
    "CorrelationSpec",
    "CurveSpec",
    "DrawsSpec",
    "GroupSpec",
    "InteractionSpec",
    "LogisticSpec",
    "OrdinalSpec",
    "PoolingSpec",
    "ResponseSpec",
    "Result",
    "Spec",
    "StudyWideSpec",
    "adjust",
    "agree_ranks",
    "answer",
    "as_result_table",
    "bias_ihc",
    "classify_abundance",
    "combine",
    "compare_groups",
    "correlate",
    "correlate_draws",
    "e_value",
    "fit_ancova",
    "fit_clinical",
    "fit_interaction",
    "fit_logistic",
    "fit_ordinal",
    "pool",
    "power_correlation",
    "power_interaction",
    "power_odds_ratio",
    "power_response",
    "response_odds",
    "specification_curve",
    "study_wide",
]
