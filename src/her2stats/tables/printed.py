"""A table ready to print: texts, headings, caption and notes, before any file format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

_WIDEST, _UPRIGHT = 60, 96  # letters of a column, and of a line of an upright page


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

    def __post_init__(self) -> None:
        places = {name: place for place, name in enumerate(name for name in self.frame if name != self.groups)}
        for text, columns in filter(lambda spanner: spanner[1], self.spanners):
            at = [places[column] for column in columns]
            assert at == list(range(at[0], at[0] + len(at))), f"columns below {text!r} stand apart"

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

    @property
    def letters(self) -> dict[str, int]:
        """Letters of the longest text of each printed column, as far as they widen it."""
        texts = {name: [*self.frame[name].astype("str"), self.heading(name)] for name in (self.stub, *self.columns)}
        return {name: min(max(map(len, found)), _WIDEST) + 2 for name, found in texts.items()}

    @property
    def is_wide(self) -> bool:
        """Whether it takes a page that is turned."""
        return sum(self.letters.values()) > _UPRIGHT

    @property
    def spans(self) -> list[tuple[str, int]]:
        """What stands above the headings, from the first column to the last, each with how many columns it spans."""
        heads = {columns[0]: (text, len(columns)) for text, columns in self.spanners if columns}
        below = {column for _, columns in self.spanners for column in columns[1:]}
        return [heads.get(column, ("", 1)) for column in (self.stub, *self.columns) if column not in below]

    @property
    def lines(self) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
        """Lines of the body: the heading of a group without cells, or no heading and cells, each with whether bold."""
        strong, group = set(self.strong), None
        for place, row in enumerate(self.frame.astype("str").to_dict("records")):
            if self.groups and row[self.groups] != group:
                group = row[self.groups]
                yield group, []
            yield "", [(row[column], (place, column) in strong) for column in (self.stub, *self.columns)]
