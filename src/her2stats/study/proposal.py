"""A study file proposed from the columns of the user's files: what was recognised, and what the user has to decide."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from her2stats.errors import OutputError, Problem
from her2stats.reading.clinical import read_clinical_words
from her2stats.reading.vocabulary import MISSING, NUMBERS, WORDS, accepted, fold

# Names under which clinical files hold a variable, most telling first; matched against the folded column name.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "er": (r"er", r"er[ _.]?status.*", r"estrogen.?receptor.*", r"recettor.* estrogen.*"),
    "pgr": (r"pgr?", r"pgr?[ _.]?status.*", r"progesterone.?receptor.*", r"recettor.* progest.*"),
    "hr": (r"hr", r"hr[ _.]?status", r"hormone.?receptor.*"),
    "her2_ihc": (r"her2[ _.]?(ihc|score).*", r".*her2.*ihc.*(score|level).*", r"ihc"),
    "her2_status": (r"her2", r"her2[ _.]?(status|neu).*"),
    "her2_fish": (r".*fish.*", r".*amplif.*"),
    "age": (r"age.*", r"et[aà].*"),
    "size_mm": (r".*size.*mm.*",),
    "size_cm": (r".*size.*cm.*", r"tumou?r.?size"),
    "grade": (r"grade", r".*grade.*", r"nhg", r"grado.*"),
    "pcr": (r"pcr", r"pathologic.*complete.*"),
    "complete_response": (r"cr", r"complete.?response.*"),
    "pam50": (r".*pam50.*",),
}
RECOGNISED = 0.8  # least share of a column's words that the vocabulary has to know


@dataclass(frozen=True)
class Recognised:
    """One variable found in the file: its column, and the words that the user has to translate."""

    variable: str
    column: str
    unknown: tuple[str, ...]


def propose_study(clinical: Path, expression: Path | None, output: Path, *, name: str = "cohort1") -> str:
    """Write a commented study file for a clinical table and an expression file.

    Parameters
    ----------
    clinical : Path
        The clinical table.
    expression : Path or None
        The expression matrix; its scale is left for the user to declare.
    output : Path
        The study file to write; an existing one is not replaced.
    name : str
        Name of the cohort.

    Returns
    -------
    str
        What was recognised and what to do next, for the terminal.

    Raises
    ------
    FileError, TableError
        The clinical table cannot be read.
    OutputError
        The study file exists, or cannot be written.
    """
    if output.exists():
        raise OutputError(Problem("exists already and is not replaced", str(output), "give another --output"))
    table, _, _ = read_clinical_words(clinical)
    columns = {header: [row[place] for row in table.rows] for place, header in enumerate(table.header)}
    found = recognise(columns)
    text = _study_text(clinical, expression, output, name, _sample_column(columns), found)
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror}", str(output), "check the folder")) from None
    lines = [f"{item.variable} = {item.column!r}" for item in found] or ["no column was recognised"]
    return (
        "\n".join(
            ["Recognised:", *(f"  {line}" for line in lines), f"Written: {output}", "Read it, complete it, then: "]
        )
        + f"her2stats check {output}"
    )


def recognise(columns: dict[str, list[str]]) -> list[Recognised]:
    """Match columns to variables by name, and by whether the vocabulary knows their words.

    Parameters
    ----------
    columns : dict
        Column name -> words.

    Returns
    -------
    list of Recognised
        At most one column a variable and one variable a column.

    Examples
    --------
    >>> recognise({"ER_status": ["pos", "neg"], "notes": ["x", "y"]})[0].variable
    'er'
    """
    found: list[Recognised] = []
    taken: set[str] = set()
    for variable, patterns in COLUMN_NAMES.items():
        for pattern in patterns:
            matching = [
                column for column in columns if column not in taken and re.fullmatch(pattern, column.casefold().strip())
            ]
            fitting = [column for column in matching if _share_known(variable, columns[column]) >= RECOGNISED]
            if fitting:
                unknown = _unknown_words(variable, columns[fitting[0]])
                found.append(Recognised(variable, fitting[0], unknown))
                taken.add(fitting[0])
                break
    return found


def _share_known(variable: str, words: list[str]) -> float:
    said = [fold(word) for word in words if fold(word) not in MISSING]
    if not said:
        return 0.0
    if variable in NUMBERS:
        return sum(bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", word)) for word in said) / len(said)
    return sum(word in WORDS[variable] for word in said) / len(said)


def _unknown_words(variable: str, words: list[str]) -> tuple[str, ...]:
    if variable in NUMBERS:
        return ()
    counts = Counter(word for word in words if fold(word) not in MISSING and fold(word) not in WORDS[variable])
    return tuple(word for word, _ in counts.most_common())


def _sample_column(columns: dict[str, list[str]]) -> str:
    """Take the first column whose values differ in every row: sample ids are unique."""
    unique = (
        column
        for column, words in columns.items()
        if len(set(words)) == len(words) and all(word.strip() for word in words)
    )
    return next(unique, next(iter(columns)))


def _study_text(
    clinical: Path, expression: Path | None, output: Path, name: str, sample: str, found: list[Recognised]
) -> str:
    lines = ["[study]", f'title = "Study of {name}"', 'results = "results"', "seed = 1"]
    paths = [path for path in (clinical, expression) if path is not None]
    if any(not path.resolve().is_relative_to(output.resolve().parent) for path in paths):
        lines.append("outside_paths = true               # the data lie outside this file's folder")
    lines += ["", "[[cohorts]]", f"name = {_quoted(name)}"]
    if expression is not None:
        lines.append(f"expression = {_quoted(_relative(expression, output))}")
        lines.append('# scale = "log2"                   # declare it: log2 or linear; it is never guessed')
        lines.append("# offset = 1                       # values are log2(x + offset)")
    lines.append(f"clinical = {_quoted(_relative(clinical, output))}")
    lines += ["[cohorts.columns]", f"sample = {_quoted(sample)}"]
    lines += [f"{item.variable} = {_quoted(item.column)}" for item in found]
    missing = [variable for variable in COLUMN_NAMES if variable not in {item.variable for item in found}]
    lines += [f'# {variable} = "..."' for variable in missing]
    for item in found:
        if item.unknown:
            lines.append(f"[cohorts.values.{item.variable}]     # translate into: {', '.join(accepted(item.variable))}")
            lines += [f'{_quoted(word)} = ""             # "" is missing' for word in item.unknown]
    lines += ["", "[scores]", 'exposure = "ERBB2"                 # a gene, or a signature file', 'also = ["ESR1"]']
    lines += ["", "# [deconvolution]", '# signature = "LM22.txt"           # your own copy']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a TOML string; JSON's rules for quoting are valid there."""
    return json.dumps(text, ensure_ascii=False)


def _relative(path: Path, output: Path) -> str:
    return Path(os.path.relpath(path.resolve(), output.resolve().parent)).as_posix()
