"""How many tumours each cohort has at every step: in its clinical table, left out and why, analysed, known."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.vocabulary.names import known_label, level_label
from her2stats.vocabulary.variables import with_role


def flow(analyses: Sequence[CohortAnalysis]) -> pd.DataFrame:
    """Count the tumours of every cohort; what was left out stands in the order in which it was, and adds up."""
    rows = [(one.cohort.name, *step) for one in analyses for step in _steps(one)]
    return pd.DataFrame(rows, columns=["cohort", "step", "what", "n"])


def _steps(analysis: CohortAnalysis) -> list[tuple[str, str, int]]:
    clinical, fractions = analysis.cohort.clinical, analysis.material.fractions
    out = [(note.left, note.what, note.count) for note in analysis.notes if note.left is not None and note.count]
    out.sort(key=lambda step: -step[0])
    steps = [("start", "samples in the clinical table", out[0][0] + out[0][2] if out else len(clinical))]
    steps += [("left out", what, count) for _, what, count in out]
    steps.append(("analysed", "tumours analysed", len(clinical)))
    if "hr" in clinical:
        counts = {level_label("hr", level): int((clinical["hr"] == level).sum()) for level in ("positive", "negative")}
        counts["HR unknown"] = int(clinical["hr"].isna().sum())
        steps += [("group", what, n) for what, n in counts.items() if n]
    her2 = [name for name in ("her2_ihc", "her2_group") if name in clinical][:1]  # the group follows from IHC
    for name in (*her2, *(name for name in with_role("response") if name in clinical)):
        steps.append(("known", known_label(name), int(clinical[name].notna().sum())))
    if fractions.shape[1]:
        steps.append(("known", "cell fractions estimated", int(fractions.notna().all(axis=1).sum())))
    return steps
