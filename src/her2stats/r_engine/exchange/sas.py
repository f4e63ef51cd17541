"""`sas/validate.sas`: the model frames of a results folder once more in SAS, for colleagues who have it.

The program is base SAS and SAS/STAT, a step a question, with the options that give our conventions; it stands in
`validate.sas.j2`, and here is what it asks of a result. Nobody here has run it: it is written to be read, and each
step is followed by Python's answer for the eye to compare. Variables are V1, V2, ... with their names as labels, since
a name of SAS has 32 letters at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from her2stats.packaged import templates
from her2stats.r_engine.exchange.frames import frame_levels
from her2stats.statistics.result import Result
from her2stats.writing import told, write_whole


def write_sas(results: Mapping[str, Result], folder: Path) -> None:
    """Write the program into a folder, which is made; raises OutputError where it cannot be."""
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "validate.sas", sas_program(results))


def sas_program(results: Mapping[str, Result]) -> str:
    """Write the program for named results; a question that SAS has no short way for is named in a comment."""
    made = templates("her2stats.r_engine.exchange")
    made.filters |= {"quoted": quoted, "said": said, "tuple": tuple}
    frames = [Frame(name, result) for name, result in results.items()]
    return made.get_template("validate.sas.j2").render(frames=frames) + "\n"


def quoted(text: str) -> str:
    """Text of SAS in which nothing is a macro or ends it."""
    return "'" + text.replace("'", "''") + "'"


def said(text: str) -> str:
    """Text in a comment, which it does not end."""
    return text.replace("*/", "* /")


class Frame:
    """One model's frame, and how its variables are called in the program."""

    def __init__(self, name: str, result: Result) -> None:
        self.name, self.spec, self._data = name, result.spec, result.data
        self._levels = frame_levels(result.data)
        self.short = {str(column): f"V{place}" for place, column in enumerate(result.data.columns, start=1)}

    def __getitem__(self, column: str) -> str:
        return self.short[column]

    def all(self, columns: tuple[str, ...], by: str = " ") -> str:
        """Short names of several variables."""
        return by.join(self.short[column] for column in columns)

    def is_factor(self, column: str) -> bool:
        """Whether a variable is read as text."""
        return column in self._levels

    def factors(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those among columns that are factors."""
        return tuple(column for column in columns if self.is_factor(column))

    def numbers(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Those among columns that are numbers."""
        return tuple(column for column in columns if not self.is_factor(column))

    def levels(self, column: str) -> list[str]:
        """Levels of a factor, the reference first."""
        return self._levels[column]

    def strata(self, by: str) -> Iterator[tuple[str, str]]:
        """Each level's name with the statement that chooses its rows."""
        if not by:
            yield "all tumours", ""
        for level in self.levels(by) if by else ():
            yield level, f"where {self.short[by]} = {quoted(level)};"

    def spread(self, column: str, level: str = "", by: str = "") -> str:
        """Standard deviation over all who have a value, or over those of one level, with every digit."""
        values = self._data[column]
        return repr(float((values[self._data[by].astype(str) == level] if by else values).std()))
