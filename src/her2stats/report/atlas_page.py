"""The page of an atlas of studies: what they say about each question, beside the paper, and why it cannot decide."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from her2stats.figures.atlas import QUESTION, printed_beside
from her2stats.report.write import assets, environment
from her2stats.statistics.pooling import FEWEST_PREDICTING
from her2stats.statistics.rows import records
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.names import stratum_label, variable_label
from her2stats.vocabulary.numbers import format_count, format_estimate, format_number, is_missing
from her2stats.vocabulary.variables import BY_NAME

VERDICTS = {
    "none printed": "the paper prints no estimate",
    "no estimate": "no study has an estimate",
    "same": "the sign is that of the paper, and the interval leaves out no effect",
    "same, unclear": "the sign is that of the paper, and the interval includes no effect",
    "opposite": "the sign opposes that of the paper, and the interval leaves out no effect",
    "opposite, unclear": "the sign opposes that of the paper, and the interval includes no effect",
}


def atlas_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Hold what the studies say about each question, a row each, against what the paper prints.

    The estimate is the pooled one, or that of the largest study where none could be pooled; `without_low` and
    `without_high` are the smallest and largest pooled estimate with one study left out.
    """
    own, paper = table[table["part"] != "paper"], table[table["part"] == "paper"]
    rows = [_summed_up(about, part, paper) for about, part in own.groupby(list(QUESTION), sort=False)]
    further = ("measure", "n", "estimate", "conf_low", "conf_high", "pi_low", "pi_high", "i2", "same_sign", "of")
    columns = [*QUESTION, "studies", *further, "without_low", "without_high", "paper", "paper_term", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _summed_up(about: tuple[Any, ...], rows: pd.DataFrame, paper: pd.DataFrame) -> dict[str, Any]:
    question = dict(zip(QUESTION, about, strict=True))
    studies, pooled = rows[rows["part"] == "study"], rows[rows["part"] == "pooled"]
    without = rows.loc[rows["part"] == "without", "estimate"]
    largest = studies.sort_values(["n", "study"], ascending=[False, True])
    found = pd.concat([pooled, largest[largest["estimate"].notna()], largest]).iloc[0]
    null = measure(found["measure"]).null or 0.0
    beside = printed_beside(paper, found)
    printed = beside["estimate"].iloc[0] if len(beside) else np.nan
    same = np.sign(found["estimate"] - null) == np.sign(printed - null)
    clear = found["conf_low"] > null or found["conf_high"] < null
    verdict = ("same" if same else "opposite") + ("" if clear else ", unclear")
    verdict = "no estimate" if is_missing(found["estimate"]) else "none printed" if is_missing(printed) else verdict
    return {
        **{str(name): value for name, value in found.items()},
        **question,
        "studies": int(studies["estimate"].notna().sum()),
        "without_low": without.min(),
        "without_high": without.max(),
        "paper": printed,
        "paper_term": beside["term"].iloc[0] if len(beside) else "",
        "verdict": verdict,
    }


def render_atlas(
    table: pd.DataFrame, studies: pd.DataFrame, pictures: Mapping[str, bytes], *, template: str = "atlas.html.j2"
) -> str:
    """Render the page from the table of `build_atlas`, the list of studies, and the figures as png.

    As HTML it needs no other file, as Markdown it shows the pictures that lie beside it.
    """
    return (
        environment()
        .get_template(template)
        .render(
            **assets(),
            question=_question,
            number=_number,
            verdicts=VERDICTS,
            fewest_predicting=FEWEST_PREDICTING,
            rows=records(table),
            summary=records(atlas_summary(table)),
            studies=records(studies),
            pictures={name: base64.b64encode(png).decode("ascii") for name, png in pictures.items()},
            count=format_count,
            whole=lambda share: f"{format_number(100 * share, 0)}%",
            missing=is_missing,
        )
    )


def _question(row: Mapping[str, Any]) -> str:
    fractions = f" ({row['fractions']})" if row["fractions"] else ""
    given = f", given {BY_NAME[row['given']].short}" if row["given"] else ""
    return f"{row['term']} and {variable_label(row['outcome'])}{fractions}, {stratum_label(row['stratum'])}{given}"


def _number(row: Mapping[str, Any], *names: str) -> str:
    wanted = names or ("estimate", "conf_low", "conf_high")
    return format_estimate(*(row[name] for name in wanted), measure=row["measure"])
