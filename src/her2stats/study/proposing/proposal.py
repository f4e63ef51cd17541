"""A study file proposed from the user's files: what was recognised, and what the user has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from her2stats.errors import InputError, Problem
from her2stats.reading.clinical.file import read_clinical_words
from her2stats.reading.clinical.joined import join_patients
from her2stats.reading.scales import BASES, DeclaredScale
from her2stats.study.check import check_study
from her2stats.study.proposing.expression_look import ExpressionLook, look_at_expression
from her2stats.study.proposing.headings import header_row_of
from her2stats.study.proposing.receptors import RECEPTORS, dropped
from her2stats.study.proposing.recognition import Recognised, decimal_comma, recognise, unused_columns
from her2stats.study.proposing.sample_ids import sample_column
from her2stats.study.study_file import read_study

SCALES = get_args(DeclaredScale)


@dataclass(frozen=True)
class Proposal:
    """Everything that goes into a study file, recognised or said by the user."""

    name: str  # of the cohort
    clinical: Path  # the clinical table
    columns: Mapping[str, list[str]] = field(repr=False)  # its columns and their words
    sample: str  # column of the sample ids
    shared: int  # how many of these are in the expression
    found: tuple[Recognised, ...]  # variables and their columns
    expression: ExpressionLook | None = None  # what the expression looks like
    scale_confirmed: bool = False  # whether the user has declared what it looks like; nothing else makes it the scale
    # variable -> word of the file -> word of the vocabulary, empty text for missing
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signature: Path | None = None  # signature matrix of the deconvolution
    patients: Path | None = None  # A second clinical table, of patients
    header_row: int | None = None  # line of the names of the clinical table, where it is not the first
    reading: Mapping[str, Any] = field(default_factory=dict)  # settings by which the expression is read

    def declared(self, scale: str, offset: float | None = None, normalise: str | None = None) -> Proposal:
        """The same with the scale of the expression as the user says it is; the offset as found, where none is said.

        Raises InputError when there is no such scale, or no expression to have one.
        """
        if scale not in SCALES:
            remedy = f"say one of {', '.join(SCALES)}; it is never guessed"
            raise InputError(Problem(f"{scale!r} is not a scale", "--scale", remedy))
        if self.expression is None:
            raise InputError(Problem("there is no expression that could have a scale", "--scale", "give --expression"))
        found = self.expression.floors.get(scale, 0.0) if offset is None else offset
        said: dict[str, Any] = {"scale": scale, "offset": found, "normalise": None}
        if scale not in BASES:
            said = {"scale": "linear", "offset": 0.0, "normalise": normalise or ("cpm" if scale == "counts" else None)}
        return replace(self, expression=replace(self.expression, **said), scale_confirmed=True)

    @property
    def decimal(self) -> str:
        """Decimal mark of the measured variables."""
        measured = (self.columns[item.column] for item in self.found if item.is_number)
        return "," if any(map(decimal_comma, measured)) else "."

    def unused_columns(self) -> dict[str, str]:
        """Columns that nothing is read from, each with the reason, or an empty text."""
        return unused_columns(self.columns, self.sample, self.found)

    def dropped(self) -> list[str]:
        """Say of which receptors nothing is read, though a column seems to tell."""
        told = dropped(self.columns, self.sample, self.found)
        lines = [
            f"column {column!r} of {variable} is not read; map it under columns, or go without"
            for column, variable in told.items()
        ]
        for item in self.found:
            said = self.translations.get(item.variable, {})
            words = ", ".join(f"{word!r} ({count})" for word, count in item.unknown.items() if word not in said)
            if words and item.variable in RECEPTORS and not item.is_open:
                lines.append(f"{item.variable}: {words} are written as missing; say under values what they mean")
        return lines

    def unused(self, *, most: int = 40) -> list[str]:
        """Say which columns nothing is read from, a line each."""
        lines = [f"column {name!r}{f': {why}' if why else ''}" for name, why in self.unused_columns().items()]
        lines.sort(key=lambda line: ": " not in line)  # those with a reason first
        return [*lines[:most], *([f"{len(lines) - most} more columns"] if len(lines) > most else [])]

    def words(self) -> list[str]:
        """Say what was recognised, for a terminal."""
        rows = len(next(iter(self.columns.values())))
        lines = [f"{self.clinical}: {rows} rows, {len(self.columns)} columns", f"  sample ids: column {self.sample!r}"]
        lines += [f"  {item.variable}: column {item.column!r}: {item.words()}" for item in self.found]
        lines += ["  no clinical variable was recognised"] if not self.found else []
        lines += [f"  not used: {one}" for one in self.unused()]
        lines += [f"  left out, though it may tell: {one}" for one in self.dropped()]
        if self.expression is not None:
            look = self.expression
            lines.append(
                f"{look.path}: {look.genes} genes, {len(look.samples)} samples, {self.shared} of them in both files"
            )
            lines += [f"  its names stand in line {look.header_row}"] if look.header_row is not None else []
            lines.append(f"  looks like {look.scale_words}: {look.evidence}")
            lines += [f"  {problem}" for problem in look.problems[:5]]
        return lines


def look_at_files(
    clinical: Path,
    expression: Path | None,
    *,
    name: str = "cohort1",
    patients: Path | None = None,
    header_row: int | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Proposal:
    """Read a clinical table and an expression file and recognise what can be recognised.

    Raises FileError or TableError when one of them cannot be read.
    """
    table, _, _ = read_clinical_words(clinical, header_row=header_row)
    if header_row is None and (header_row := header_row_of(table)) is not None:
        table, _, _ = read_clinical_words(clinical, header_row=header_row)
    if patients is not None:
        table = join_patients(table, *read_clinical_words(patients)[:2])
    columns = {header: [row[place] for row in table.rows] for place, header in enumerate(table.header)}
    look = look_at_expression(expression, reading or {}) if expression is not None else None
    sample, shared = sample_column(columns, look.samples if look is not None else ())
    others = {column: words for column, words in columns.items() if column != sample}
    found = tuple(recognise(others))
    proposal = Proposal(name, clinical, columns, sample, shared, found, look, patients=patients)
    found_row = {"header_row": look.header_row} if look is not None and look.header_row is not None else {}
    return replace(proposal, header_row=header_row, reading={**(reading or {}), **found_row})


def left_to_do(study_file: Path) -> list[str]:
    """What a check of the new study file still complains about; empty where it can run."""
    try:
        check_study(read_study(study_file))
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []
