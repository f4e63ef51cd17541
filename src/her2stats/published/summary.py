"""How much of the paper a run repeats, in counts."""

from __future__ import annotations

import pandas as pd


def comparison_summary(comparison: pd.DataFrame) -> pd.DataFrame:
    """Count, per cohort and question, what could be compared and what agrees.

    Parameters
    ----------
    comparison : DataFrame
        From `compare_published`.

    Returns
    -------
    DataFrame
        ``cohort``, ``question``, ``printed`` (rows), ``compared``, ``same_sign``, ``same_conclusion``, ``overlap``.

    Examples
    --------
    >>> columns = {"cohort": "a", "question": "correlate", "our_estimate": [0.1, None], "same_sign": [True, None]}
    >>> table = pd.DataFrame({**columns, "same_conclusion": [False, None], "overlap": [None, None]})
    >>> comparison_summary(table)[["printed", "compared", "same_sign"]].values.tolist()
    [[2, 1, 1]]
    """
    grouped = comparison.groupby(["cohort", "question"], sort=False)
    summary = grouped.agg(printed=("question", "size"), compared=("our_estimate", "count")).astype(int)
    for name in ("same_sign", "same_conclusion", "overlap"):
        agree = comparison[name].astype("boolean").fillna(False)
        summary[name] = agree.groupby([comparison["cohort"], comparison["question"]], sort=False).sum().astype(int)
    return summary.reset_index()
