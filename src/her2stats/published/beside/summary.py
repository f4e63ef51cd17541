"""How much of the paper a run repeats, in counts."""

from __future__ import annotations

import pandas as pd

_ANSWERS = ("same_sign", "same_conclusion", "overlap")
_EFFECT = ["cohort", "question", "stratum", "exposure", "outcome", "measure", "place"]


def comparison_summary(comparison: pd.DataFrame) -> pd.DataFrame:
    """Count, per cohort and question, what could be compared and what agrees.

    Parameters
    ----------
    comparison : DataFrame
        From `compare_published`.

    Returns
    -------
    DataFrame
        ``cohort``, ``question``; ``printed``: effects that the paper prints; ``compared``: those of which the run has a
        number; ``same_sign``, ``same_conclusion``, ``overlap``: those that agree, each beside ``..._of``, the number of
        those where that can be said. Where it can be said of none, the count is missing, not 0. An effect whose
        name fits several types of the run counts once, and agrees where every one of them does.

    Examples
    --------
    >>> columns = {"cohort": "a", "question": "correlation", "stratum": "all", "exposure": "score", "measure": "rho"}
    >>> columns |= {"place": "Fig. 1", "outcome": ["CD8", "M1"], "our_estimate": [0.1, None], "same_sign": [True, None]}
    >>> table = pd.DataFrame({**columns, "same_conclusion": [False, None], "overlap": [None, None]})
    >>> comparison_summary(table)[["printed", "compared", "same_sign", "overlap"]].values.tolist()
    [[2, 1, 1, <NA>]]
    """
    table = comparison.astype(dict.fromkeys(_ANSWERS, "boolean"))
    effects = table.groupby(_EFFECT, sort=False, dropna=False).agg(
        compared=("our_estimate", "count"), **{name: (name, _all_or_unknown) for name in _ANSWERS}
    )
    rows = []
    for (cohort, question), found in effects.reset_index().groupby(["cohort", "question"], sort=False):
        row = {"cohort": cohort, "question": question, "printed": len(found), "compared": (found["compared"] > 0).sum()}
        for name in _ANSWERS:
            known = found[name].dropna()
            row[name] = known.sum() if len(known) else pd.NA
            row[f"{name}_of"] = len(known)
        rows.append(row)
    counts = ["printed", "compared", *(column for name in _ANSWERS for column in (name, f"{name}_of"))]
    return pd.DataFrame(rows, columns=["cohort", "question", *counts]).astype(dict.fromkeys(counts, "Int64"))


def _all_or_unknown(answers: pd.Series[bool]) -> object:
    """Whether all known answers of one effect are yes; missing where none is known."""
    known = answers.dropna()
    return bool(known.all()) if len(known) else pd.NA
