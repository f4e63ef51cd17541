"""A run beside the paper, row by row, and in counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from her2stats.published.beside.matching import is_her2_score, matches, plain, standing_in, why_absent
from her2stats.published.beside.questions import (
    DIFFERENCE_SCALES,
    QUESTIONS,
    Tables,
    by_question,
    cohorts_of,
    own_measure,
    types_left_out,
)
from her2stats.published.estimates import EVERY_COHORT, published_estimates

COLUMNS = (
    *("cohort", "question", "stratum", "exposure", "outcome", "measure", "printed"),
    *("printed_estimate", "printed_low", "printed_high", "printed_p", "printed_direction"),
    *("our_exposure", "our_outcome", "our_measure"),
    *("our_estimate", "our_low", "our_high", "our_p", "our_direction", "n"),
    *("difference", "difference_scale", "overlap", "same_sign", "same_conclusion", "comparison", "note", "place"),
)
HER2_SCORE = "HER2_20"
_GENE_EXPRESSION_COHORTS = ("discovery", "confirmatory", "abim")
_ANSWERS = ("same_sign", "same_conclusion", "overlap")
_EFFECT = ["cohort", "question", "stratum", "exposure", "outcome", "measure", "place"]
_SHARED = ("question", "stratum", "exposure", "outcome", "measure", "printed", "place")


def compare_published(results: Tables, *, exposure: str = "", alpha: float = 0.05) -> pd.DataFrame:
    """Put a run beside the paper: printed number and interval, ours, difference, overlap, sign, conclusion.

    Parameters
    ----------
    results : mapping of str to DataFrame or Result, or iterable of Result
        Tables of a run by the names of the results folder (correlation, correlation_by_hr, group_comparison,
        odds_ratios, interaction, ancova_slopes, response); others are passed over. Several cohorts may stand in
        them. A table abundance says which types the zero rule left out. Results themselves are told apart by their
        spec.
    exposure : str
        The term of the run that stands for the paper's HER2 20-gene score. Found when empty: a term named like the
        score, else the exposure of the run's odds ratios. Under another name than the score's it is a stand-in
        (ERBB2 in an external cohort): directions and conclusions are compared, numbers are not.
    alpha : float
        Level of our conclusions.

    Returns
    -------
    DataFrame
        One row a printed effect and cohort (more where the paper's name fits several of our types), in the paper's
        order, for the questions that were asked of that cohort. ``question``: in words. ``our_measure``: what our
        estimate is (rho, odds ratio, ...), ``measure``: what is printed. ``difference``: ours minus printed on the
        ``difference_scale``: of rho, or of the logarithm of odds ratios. ``overlap``: the two intervals share a value;
        missing where numbers are not compared. ``same_sign``: the estimates point the same way.
        ``same_conclusion``: the same direction at the level `alpha`, or neither; missing where the print leaves it open
        (a limit of 1.00). ``comparison``: "same cohort", "replication" or "replication, ERBB2 for the
        HER2 score". ``note``: why a row has no number of ours, or what to know of it.
        Comparisons of groups are concluded by the adjusted p where there is one, as in the paper.

    Raises
    ------
    DataError
        Nothing in `results` can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> from her2stats.statistics import correlate
    >>> rng = np.random.default_rng(1)
    >>> frame = pd.DataFrame(rng.normal(size=(300, 2)), columns=["ERBB2", "total TIL"])
    >>> frame["total TIL"] -= 0.5 * frame["ERBB2"]
    >>> table = compare_published([correlate(frame, "ERBB2", "total TIL", cohort="scanb")])
    >>> row = table[table["exposure"] == "ERBB2"].iloc[0]
    >>> row["printed"], bool(row["same_sign"]), bool(row["same_conclusion"]), row["comparison"]
    ('-0.28 (-0.38 to -0.17)', True, True, 'replication')
    """
    frames = by_question(results)
    printed: list[dict[str, Any]] = published_estimates().to_dict("records")  # type: ignore[assignment]
    stand_in = exposure or standing_in(frames)
    rows: list[dict[str, Any]] = []
    left_out = types_left_out(results)
    for cohort in cohorts_of(frames):
        own = {question: frame[frame["cohort"] == cohort] for question, frame in frames.items()}
        for effect in printed:
            if len(own.get(effect["question"], ())):
                absent = left_out.get(cohort, {})
                rows += _compare(effect, own[effect["question"]], cohort, stand_in, alpha, absent)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["question"] = table["question"].map(QUESTIONS)
    words = ("our_exposure", "our_outcome", "our_measure", "difference_scale", "note")
    table = table.fillna(dict.fromkeys(words, ""))
    flags = dict.fromkeys(("overlap", "same_sign", "same_conclusion"), "boolean")
    return table.astype({**flags, "n": "Int64"})


def _compare(
    effect: Mapping[str, Any],
    own: pd.DataFrame,
    cohort: str,
    stand_in: str,
    alpha: float,
    left_out: Mapping[str, float],
) -> list[dict[str, Any]]:
    wanted = stand_in if effect["exposure"] == HER2_SCORE else effect["exposure"]
    stands_in = effect["exposure"] == HER2_SCORE and not is_her2_score(stand_in)
    printed_of = _GENE_EXPRESSION_COHORTS if effect["cohort"] == EVERY_COHORT else (effect["cohort"],)
    same = plain(cohort) in printed_of
    kind = "same cohort" if same else "replication"
    kind += f", {stand_in} for the HER2 score" if stands_in else ""
    base = {
        "cohort": cohort,
        **{name: effect[name] for name in _SHARED},
        "printed_estimate": effect["estimate"],
        "printed_low": effect["conf_low"],
        "printed_high": effect["conf_high"],
        "printed_p": effect["p_value"],
        "printed_direction": effect["direction"],
        "comparison": kind,
    }
    found = matches(effect, own, wanted)
    if not len(found):
        return [{**base, "our_exposure": wanted, "note": why_absent(effect, own, wanted, left_out)}]
    ours: list[dict[str, Any]] = found.to_dict("records")  # type: ignore[assignment]
    return [{**base, **_ours(effect, row, wanted, stands_in, alpha)} for row in ours]


def _ours(
    effect: Mapping[str, Any], row: Mapping[str, Any], wanted: str, stands_in: bool, alpha: float
) -> dict[str, Any]:
    """Our side of a row and what the two sides say of each other."""
    turned = effect["question"] == "correlate" and plain(row["outcome"]) == plain(wanted)
    our_type = row["term"] if turned else row["outcome"]
    ratio = effect["question"] in ("fit_logistic", "fit_interaction", "response_odds")
    shift = math.log(row["estimate"]) if ratio and row["estimate"] > 0 else row["estimate"] if not ratio else math.nan
    sign = _sign(shift) * _orientation(effect, row)
    adjusted = row.get("p_adjusted", math.nan) if effect["question"] == "compare_groups" else math.nan
    p = row["p_value"] if math.isnan(adjusted) else adjusted
    direction = math.nan if math.isnan(sign) or math.isnan(p) else sign if p < alpha else 0.0
    comparable = not (stands_in or turned) and effect["measure"] in ("rho", "odds ratio")
    notes = [str(row.get("flag", ""))]
    measure = own_measure(row)
    turning = f"a type present or absent by the zero rule: ours is the {measure} of {wanted} between them"
    notes += [turning] if turned else []
    another = plain(our_type) != plain(effect["outcome"])
    notes += [f"'{effect['outcome']}' in the paper may mean this type or another"] if another else []
    return {
        "our_exposure": row["outcome"] if turned else row["term"],
        "our_outcome": our_type,
        "our_measure": measure,
        "our_estimate": row["estimate"],
        "our_low": row["conf_low"],
        "our_high": row["conf_high"],
        "our_p": p,
        "our_direction": direction,
        "n": row["n"],
        "difference": _difference(effect, row) if comparable else math.nan,
        "difference_scale": DIFFERENCE_SCALES[effect["measure"]] if comparable else "",
        "overlap": _overlap(effect, row) if comparable else pd.NA,
        "same_sign": _same(_printed_sign(effect), sign),
        "same_conclusion": _same(effect["direction"], direction),
        "note": "; ".join(note for note in notes if note),
    }


def _orientation(effect: Mapping[str, Any], row: Mapping[str, Any]) -> float:
    """Turn our contrast where it is not the paper's, which is HR-positive against HR-negative."""
    if effect["question"] == "compare_groups":
        return -1.0 if row.get("comparison", "positive") == "negative" else 1.0
    if effect["question"] == "fit_interaction":
        return -1.0 if row["level_2"] == "negative" else 1.0
    return 1.0


def _sign(value: float) -> float:
    return math.nan if math.isnan(value) else float((value > 0) - (value < 0))


def _printed_sign(effect: Mapping[str, Any]) -> float:
    if effect["measure"] == "rho":
        return _sign(effect["estimate"])
    return _sign(math.log(effect["estimate"])) if effect["measure"] == "odds ratio" else float(effect["direction"])


def _same(first: float, second: float) -> Any:
    return pd.NA if math.isnan(first) or math.isnan(second) else first == second


def _difference(effect: Mapping[str, Any], row: Mapping[str, Any]) -> float:
    if effect["measure"] == "rho":
        return float(row["estimate"] - effect["estimate"])
    return math.log(row["estimate"] / effect["estimate"]) if row["estimate"] > 0 else math.nan


def _overlap(effect: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    ends: Sequence[float] = [row["conf_low"], row["conf_high"], effect["conf_low"], effect["conf_high"]]
    if any(math.isnan(end) for end in ends):
        return pd.NA
    return ends[0] <= ends[3] and ends[2] <= ends[1]


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
