"""Find, in the tables of a run, the rows that answer what the paper prints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd

from her2stats.statistics.rows import exposure_rows, interaction_rows, is_second_test
from her2stats.vocabulary.variables import HER2_GROUPS

_HER2_SCORE_NAMES = ("her2 20", "her2 score", "her2")
_HER2_SCORE_BEGINS = "her2 20 gene"  # whatever follows: "score", "(simulated)", "signature"


def plain(name: str) -> str:
    """Bring names of cell types and scores to one spelling: no accents, Greek letters, dots or underscores."""
    text = name.replace("γδ", "gamma delta").casefold()
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def is_her2_score(term: str) -> bool:
    """Whether a term is named like the HER2 20-gene score."""
    return plain(term) in _HER2_SCORE_NAMES or plain(term).startswith(_HER2_SCORE_BEGINS)


def standing_in(frames: Mapping[str, pd.DataFrame]) -> str:
    """Name the term of a run that answers for the HER2 score: the score, else the exposure of the odds ratios."""
    names = [str(name) for rows in frames.values() for name in (*exposure_rows(rows)["term"], *rows["outcome"])]
    named = [name for name in names if is_her2_score(name)]
    if named:
        return named[0]
    fitted = frames.get("fit_logistic")
    return str(exposure_rows(fitted)["term"].iloc[0]) if fitted is not None else ""


def matches(effect: Mapping[str, Any], own: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """Rows of ours that answer the printed question: by exact name of the type, else by names that begin with it."""
    rows: pd.DataFrame = own[own["stratum"].eq(effect["stratum"]) & ~is_second_test(own)]
    question, name = effect["question"], plain(effect["outcome"])
    if question == "response_odds":
        if "reference" in rows:  # of other groups that a study declares, none is in the paper
            rows = rows[rows["reference"].eq(HER2_GROUPS[0])]
        return rows[rows["outcome"].map(plain).eq(name) & rows["comparison"].map(plain).eq(plain(wanted))]
    if question == "fit_interaction":
        products = interaction_rows(rows)
        products = products[products["variable"].map(plain) == plain(wanted)]
        return _by_name(products, products["outcome"].map(plain), name)
    outcomes, terms = rows["outcome"].map(plain), rows["term"].map(plain)
    direct = _by_name(rows[terms == plain(wanted)], outcomes[terms == plain(wanted)], name)
    if question == "fit_ancova" and "model" in direct:
        return direct[direct["model"].isin(["unadjusted", ""])]
    if question == "correlate" and not len(direct):  # a dichotomised type: the score between absent and present
        turned = outcomes == plain(wanted)
        return _by_name(rows[turned], terms[turned], name)
    return direct


def _by_name(rows: pd.DataFrame, names: pd.Series, wanted: str) -> pd.DataFrame:
    exact: pd.DataFrame = rows[names == wanted]
    return exact if len(exact) else rows[names.str.startswith(f"{wanted} ")]


def why_absent(effect: Mapping[str, Any], own: pd.DataFrame, wanted: str, left_out: Mapping[str, float]) -> str:
    """Say why a run has no answer to a printed question: `own` are its rows of that question, `wanted` the exposure.

    `left_out` are the types that the zero rule left out, with their share of zeros.
    """
    if not wanted:
        return "the run names no exposure that could stand for the HER2 score"
    if effect["stratum"] not in set(own["stratum"]):
        return f"the run has no stratum {effect['stratum']}"
    name = plain(effect["outcome"])
    zeros = [f"{share:.0%} zeros" for kind, share in left_out.items() if f"{plain(kind)} ".startswith(f"{name} ")]
    if zeros:
        return f"left out here by the zero rule ({', '.join(zeros)})"
    return f"the run has no {effect['outcome']} with {wanted}: not measured, or left out"
