"""What was repaired, dropped, excluded or assumed on the way: nothing happens to data without a note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Note:
    """One thing the reader of the results has to know."""

    # where on the data's way: "reading", "genes", "population", "scores", "fractions", "abundance", "analysis"
    stage: str
    what: str  # what was done or assumed, in a sentence
    count: int | None = None  # how many rows, genes, samples or values it concerns
    detail: str = ""  # names and values, as far as they help
    left: int | None = None  # of what leaves `count` tumours out of the study: how many stay
    # what code asks of it, where it asks anything, so that none has to read the sentence
    kind: Literal["", "counts per million", "other logarithms", "plain rule of genes"] = ""


def notes_table(notes: Iterable[Note]) -> pd.DataFrame:
    """Notes as a frame with the columns stage, what, count, detail.

    >>> notes_table([Note("population", "HER2-positive tumours excluded", 42)])["count"].tolist()
    [42]
    """
    table = pd.DataFrame([asdict(note) for note in notes], columns=["stage", "what", "count", "detail"])
    return table.astype({"count": "Int64"})
