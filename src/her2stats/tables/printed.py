"""A table ready to print: texts, headings, caption and notes, before any file format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """What a journal's table consists of.

    Parameters
    ----------
    frame : DataFrame
        Texts as they are printed, one column a printed column. The first column names the rows.
    caption : str
        What the table shows.
    labels : mapping
        Column of `frame` -> heading. Columns without an entry keep their name.
    spanners : sequence of (str, sequence of str)
        Headings over several columns: text and the columns below it.
    groups : str
        Column of `frame` that is printed as headings between the rows instead; empty for none.
    words : sequence of str
        Columns of running text, aligned left; the others are numbers, aligned right.
    strong : sequence of (int, str)
        Cells (row position, column) in bold: what is significant after correction.
    notes : sequence of str
        Sentences below the table.

    Examples
    --------
    >>> table = PrintedTable(pd.DataFrame({"type": ["T cells CD8"], "rho": ["−0.31"]}), "Correlation")
    >>> table.stub
    'type'
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
