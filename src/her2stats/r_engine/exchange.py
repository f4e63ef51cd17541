"""Questions, model frames and answers as files that base R reads: the `r/` folder of a run.

``format.txt`` names the version; ``specs.csv`` is the long table model, field, position, value (the fields of each
spec, and "levels:<variable>", "dtype:<variable>", "column:<name of the answer's column>", "index");
``models/<model>.data.csv`` is the model frame, the sample id first; ``models/<model>.python.csv`` is Python's answer.
``validate.R`` and ``her2stats.R`` fit everything again in R alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from her2stats.errors import DataError, EngineError, FileError, OutputError, Problem, ProblemList
from her2stats.r_engine.cells import Write, decimal, escape, unescape
from her2stats.r_engine.fields import Question, spec_fields, spec_from_fields
from her2stats.r_engine.frames import (
    Columns,
    column_cells,
    column_from_cells,
    dtype_name,
    frame_cells,
    frame_levels,
)
from her2stats.r_engine.sources import one_file, r_package
from her2stats.statistics.result import Result

FORMAT = "her2stats exchange 1"
FORMAT_FILE, SPECS_FILE, MODELS = "format.txt", "specs.csv", "models"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
REMEDY = "run the study again"
ABOUT_DATA = ("levels:", "dtype:", "column:", "index")


def write_models(results: Mapping[str, Result], folder: str | Path) -> None:
    """Write questions, frames and answers, and the script with which R validates them alone.

    Parameters
    ----------
    results : mapping of str to Result
        Keys are model names: letters, digits, ".", "_", "-", for example "scanb.odds_ratios".
    folder : path
        Made when it is not there.

    Raises
    ------
    DataError
        A name cannot be a file name, or a column cannot be written as text.
    OutputError
        The folder cannot be written.
    """
    for name in results:
        _check_name(name)
    if len({name.lower() for name in results}) < len(results):
        raise DataError(Problem("two models differ in upper and lower case only", remedy="rename one of them"))
    folder = Path(folder)
    try:
        (folder / MODELS).mkdir(parents=True, exist_ok=True)
        write_questions(results, folder, write=decimal)
        for name, result in results.items():
            cells = frame_cells(result.table, decimal)
            answer = {escape(column): values for column, values in cells.items()}
            _write_csv(folder / MODELS / f"{name}.python.csv", answer)
        (folder / "her2stats.R").write_text(one_file(), encoding="utf-8")
        (folder / "validate.R").write_bytes((r_package() / "inst" / "validate.R").read_bytes())
    except OSError as error:
        remedy = "choose a folder that can be written"
        raise OutputError(Problem(error.strerror or str(error), str(folder), remedy)) from error


def write_questions(questions: Mapping[str, Question], folder: Path, *, write: Write) -> None:
    """Write the part of the exchange that an engine needs: format, specs and frames."""
    (folder / FORMAT_FILE).write_text(FORMAT + "\n", encoding="utf-8")
    rows = [row for name, question in questions.items() for row in _spec_rows(name, question)]
    with (folder / SPECS_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model", "field", "position", "value"])
        writer.writerows(rows)
    for name, question in questions.items():
        ids = question.data.index.to_series()
        data = {escape(column): cells for column, cells in frame_cells(question.data, write).items()}
        header = next(free for free in ("sample", *(f"sample{k}" for k in range(len(data)))) if free not in data)
        _write_csv(folder / MODELS / f"{name}.data.csv", {header: column_cells(ids, write)} | data)


def read_models(folder: str | Path) -> dict[str, Result]:
    """Read what `write_models` wrote: equal specs, frames of equal values, dtypes and levels.

    Parameters
    ----------
    folder : path
        The ``r`` folder of a run.

    Raises
    ------
    FileError
        The folder holds no models, or is damaged.
    EngineError
        Another version of her2stats wrote it.

    Examples
    --------
    >>> import tempfile
    >>> from her2stats.statistics import correlate
    >>> result = correlate(pd.DataFrame({"ERBB2": range(9), "CD8": [3.0, 1, 4, 1, 5, 9, 2, 6, 5]}), "ERBB2", "CD8")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_models({"demo.correlation": result}, folder)
    ...     again = read_models(folder)["demo.correlation"]
    >>> again.table.equals(result.table), again.data.equals(result.data), again.spec == result.spec
    (True, True, True)
    """
    folder = Path(folder)
    _check_format(folder)
    specs = _columns_of(folder / SPECS_FILE, ("model", "field", "position", "value"))
    fields: dict[str, dict[str, list[str]]] = {}
    for model, field, value in zip(specs["model"], specs["field"], specs["value"], strict=True):
        fields.setdefault(unescape(model), {}).setdefault(unescape(field), []).append(unescape(value))
    if not fields:
        raise FileError(Problem("names no model", str(folder / SPECS_FILE), REMEDY))
    problems, models = ProblemList(), {}
    for model, mine in fields.items():
        try:
            models[model] = _read_model(folder, model, mine)
        except FileError as error:
            problems.take(error)
    problems.raise_if_any()
    return models


def read_exact(path: Path) -> pd.DataFrame:
    """Read a table that R wrote with `write_exact`: names, then kinds, then cells."""
    with path.open(encoding="utf-8", newline="") as file:
        names, kinds, *body = list(csv.reader(file))
    columns = {
        unescape(name): column_from_cells([row[place] for row in body], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    return pd.DataFrame(columns)


def _check_name(name: str) -> None:
    if not MODEL_NAME.fullmatch(name):
        remedy = "use letters, digits, '.', '_' and '-', 120 at most, such as 'scanb.odds_ratios'"
        raise DataError(Problem(f"model name {name!r} cannot be a file name", remedy=remedy))


def _check_format(folder: Path) -> None:
    try:
        found = (folder / FORMAT_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        remedy = "give the folder 'r' of a run's results"
        raise FileError(Problem(f"holds no models ({FORMAT_FILE} is missing)", str(folder), remedy)) from error
    if found != FORMAT:
        what = f"was written by another version of her2stats ('{found}', this one reads '{FORMAT}')"
        remedy = "run the study again, or use the her2stats that wrote it"
        raise EngineError(Problem(what, str(folder), remedy))


def _spec_rows(name: str, question: Question) -> Iterable[tuple[str, str, int, str]]:
    fields = dict(spec_fields(question.spec))
    data, index = question.data, question.data.index
    fields |= {f"levels:{variable}": levels for variable, levels in frame_levels(data).items()}
    fields |= {f"dtype:{variable}": [dtype_name(data[variable])] for variable in data.columns}
    if isinstance(question, Result):
        table = question.table
        fields |= {f"column:{column}": [dtype_name(table[column])] for column in table.columns}
    fields["index"] = [dtype_name(index.to_series()), *([] if index.name is None else [str(index.name)])]
    for field, values in fields.items():
        for position, value in enumerate(values, start=1):
            yield name, escape(field), position, escape(value)


def _read_model(folder: Path, name: str, fields: dict[str, list[str]]) -> Result:
    def about(prefix: str) -> dict[str, list[str]]:
        return {field.removeprefix(prefix): values for field, values in fields.items() if field.startswith(prefix)}

    try:
        spec = spec_from_fields({field: values for field, values in fields.items() if not field.startswith(ABOUT_DATA)})
        index_dtype, *index_name = fields["index"]
        dtypes, kinds = (
            {column: values[0] for column, values in about(prefix).items()} for prefix in ("dtype:", "column:")
        )
    except (LookupError, ValueError) as error:
        raise FileError(Problem(f"model '{name}' is damaged ({error})", str(folder / SPECS_FILE), REMEDY)) from error
    problems, frames = ProblemList(), []
    for ending, expected, levels in (("data", dtypes, about("levels:")), ("python", kinds, {})):
        try:
            frames.append(_read_frame(folder / MODELS / f"{name}.{ending}.csv", expected, levels, index_dtype))
        except FileError as error:
            problems.take(error)
    problems.raise_if_any()
    data, table = frames
    data.index.name = index_name[0] if index_name else None
    return Result(table.reset_index(drop=True), spec, data)


def _read_frame(path: Path, dtypes: dict[str, str], levels: dict[str, list[str]], index_dtype: str) -> pd.DataFrame:
    """Read a frame whose first column, where it is not among the `dtypes`, is the index."""
    cells = {unescape(column): values for column, values in _columns_of(path).items()}
    header = next((column for column in cells if column not in dtypes), None)
    expected = [*([header] if header is not None else []), *dtypes]
    if list(cells) != expected:
        raise FileError(Problem(f"its columns are not those that {SPECS_FILE} names", str(path), REMEDY))
    problems, columns = ProblemList(), {}
    for column, values in cells.items():
        dtype = index_dtype if column == header else dtypes[column]
        try:
            columns[column] = column_from_cells(values, dtype, levels.get(column, ()))
        except ValueError:
            row = next(place for place, cell in enumerate(values) if not _is_readable(cell, dtype))
            where = f"{path}, row {row + 2}, column '{column}'"
            problems.add(FileError, f"{values[row]!r} is no value of kind {dtype}", where=where, remedy=REMEDY)
    problems.raise_if_any()
    index = columns.pop(header) if header is not None else None
    frame = pd.DataFrame(columns)
    return frame if index is None else frame.set_axis(pd.Index(index), axis=0)


def _is_readable(cell: str, dtype: str) -> bool:
    try:
        column_from_cells([cell], dtype)
    except ValueError:
        return False
    return True


def _write_csv(path: Path, columns: Columns) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(columns))
        writer.writerows(zip(*columns.values(), strict=True))


def _columns_of(path: Path, asked: Sequence[str] = ()) -> Columns:
    """Read a file of cells, column by column.

    Raises
    ------
    FileError
        It is missing, cut off, or lacks a column that is asked for.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *body = list(csv.reader(file))
    except FileNotFoundError:
        raise FileError(Problem("is missing", str(path), REMEDY)) from None
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        what = "is empty" if path.is_file() and not path.stat().st_size else f"cannot be read ({error})"
        raise FileError(Problem(what, str(path), REMEDY)) from None
    if short := next((row for row, cells in enumerate(body, start=2) if len(cells) != len(header)), 0):
        raise FileError(Problem("has not as many cells as the header", f"{path}, row {short}", REMEDY))
    if absent := [name for name in asked if name not in header]:
        raise FileError(Problem(f"has no column '{absent[0]}'", str(path), REMEDY))
    return {name: [row[place] for row in body] for place, name in enumerate(header)}
