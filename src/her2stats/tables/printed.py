"""A table ready to print: texts, headings, caption and notes, before any file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """What a journal's table consists of.

    `frame` holds the texts as they are printed, its first column the names of the rows. `labels` are the headings by
    column (others keep their name), `spanners` headings over several columns, `groups` the column that is printed as
    headings between the rows (empty for none). `words` are columns of running text, aligned left; the others are
    numbers, aligned right. `strong` cells (row position, column) are bold: what is significant after correction.
    """

    frame: pd.DataFrame
    caption: str
    labels: Mapping[str, str] = field(default_factory=dict)
    spanners: Sequence[tuple[str, Sequence[str]]] = ()
    groups: str = ""
    words: Sequence[str] = ()
    strong: Sequence[tuple[int, str]] = ()
    notes: Sequence[str] = ()

    @property
    def stub(self) -> str:
        """The column that names the rows."""
        return next(str(column) for column in self.frame.columns if column != self.groups)

    @property
    def columns(self) -> list[str]:
        """The printed columns after the one that names the rows."""
        return [str(column) for column in self.frame.columns if column not in (self.groups, self.stub)]

    def heading(self, column: str) -> str:
        """Text above a column."""
        return self.labels.get(column, column)
