"""Many studies and one question: a panel a question, a line a study, the pooled estimate and the paper's below."""

from __future__ import annotations

import pandas as pd
from plotnine import element_text, ggplot, theme

from her2stats.figures.placeholder import placeholder
from her2stats.figures.replication import FILLED, Measure, draw_sources
from her2stats.figures.style.theme import GREY, INK, TEXT_SIZE
from her2stats.figures.style.wording import display_name, stratum_name
from her2stats.vocabulary.measures import measure as measure_of
from her2stats.vocabulary.variables import BY_NAME

SOURCES = {"study": "a study", "pooled": "pooled", "paper": "printed in the paper, not pooled"}
LOOKS = dict(zip(SOURCES.values(), (("#0072B2", "o"), (INK, "D"), (GREY, "s")), strict=True))
ACROSS = 3  # panels side by side: all tumours and the two receptor groups
QUESTION = ("outcome", "fractions", "term", "given", "stratum")
NOT_SIZES = "What the paper prints has other exposures or drugs: compare directions, not sizes."


def plot_atlas(table: pd.DataFrame, *, measure: str = "rho", width_mm: float = 183.0) -> ggplot:
    """Draw the estimates of many studies, a table of `build_atlas`, as one forest: a panel a question.

    `.data` holds one row a line; symbols are filled where the interval leaves out no effect.
    """
    rows = table[(table["measure"] == measure) & table["part"].isin(list(SOURCES)) & table["estimate"].notna()]
    if not len(rows):
        return placeholder(f"No study has a {measure_of(measure).words}.", width_mm=width_mm)
    caption = [FILLED, *([NOT_SIZES] if (rows["part"] == "paper").any() else [])]
    axis: Measure = "odds ratio" if measure_of(measure).log_scale else "rho"
    drawn = draw_sources(_placed(rows, measure), axis, caption=caption, looks=LOOKS, width_mm=width_mm, across=ACROSS)
    return drawn + theme(strip_text=element_text(size=TEXT_SIZE))


def _placed(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Give every row its panel and its line; the paper's stand in every panel of their outcome and stratum."""
    own, paper = rows[rows["part"] != "paper"], rows[rows["part"] == "paper"]
    panels = []
    for _, part in own.groupby(list(QUESTION), sort=False):
        first = part.iloc[0]
        panels.append(pd.concat([part, printed_beside(paper, first)]).assign(panel=_title(first)))
    placed = pd.concat(panels, ignore_index=True)
    names = placed["study"] + placed["term"].radd(": ").where(placed["part"] == "paper", "")
    placed["line"] = names.where(placed["part"] != "pooled", SOURCES["pooled"])
    null = measure_of(measure).null
    placed["significant"] = (placed["conf_low"] > null) | (placed["conf_high"] < null)
    placed["panel"] = pd.Categorical(placed["panel"], list(dict.fromkeys(placed["panel"])))
    placed["Source"] = pd.Categorical(placed["part"].map(SOURCES), list(SOURCES.values()))
    lines = placed.sort_values(["Source", "line"])["line"].drop_duplicates()
    return placed.assign(y=placed["line"].map({line: -float(place) for place, line in enumerate(lines)}))


def printed_beside(paper: pd.DataFrame, question: pd.Series) -> pd.DataFrame:
    """Choose what is printed about an outcome in a stratum, the same exposure first; the paper adjusts nothing."""
    asked = (paper["outcome"] == question["outcome"]) & (paper["stratum"] == question["stratum"])
    beside: pd.DataFrame = paper[asked & (question["given"] == "")]
    return beside.sort_values("term", key=lambda terms: terms != question["term"], kind="stable")


def _title(row: pd.Series) -> str:
    fractions = f", {row['fractions']}" if row["fractions"] else ""
    given = f", given {BY_NAME[row['given']].short}" if row["given"] else ""
    return f"{display_name(row['outcome'])}{fractions}\n{row['term']}, {stratum_name(row['stratum'])}{given}"
