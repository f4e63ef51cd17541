"""Questions, model frames and answers as files that base R reads: the `r/` folder of a run.

``format.txt`` names the version; ``specs.csv`` is the long table model, field, position, value (the fields of each
spec, and "levels:<variable>", "dtype:<variable>", "column:<name of the answer's column>", "index");
``models/<model>.data.csv`` is the model frame, the sample id first; ``models/<model>.python.csv`` is Python's answer.
``validate.R`` and ``her2stats.R`` fit everything again in R alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from her2stats.errors import DataError, OutputError, Problem
from her2stats.r_engine.exchange.cells import Write, decimal, escape
from her2stats.r_engine.exchange.fields import Question, spec_fields
from her2stats.r_engine.exchange.frames import column_cells, dtype_name, frame_cells, frame_levels
from her2stats.r_engine.sources import one_file, r_package
from her2stats.statistics.result import Result
from her2stats.writing import beside, write_whole

FORMAT = "her2stats exchange 2"
FORMAT_FILE, SPECS_FILE, MODELS = "format.txt", "specs.csv", "models"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
ABOUT_DATA = ("levels:", "dtype:", "column:", "index")


def write_models(results: Mapping[str, Result], folder: str | Path) -> None:
    """Write questions, frames and answers, and the script with which R validates them alone.

    Keys are model names of letters, digits, ".", "_" and "-", such as "scanb.odds_ratios". The folder is made when it
    is not there. Raises DataError when a name cannot be a file name, or a column cannot be written as text. Raises
    OutputError when the folder cannot be written.
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
            answer = map(escape, cells)
            _write_csv(folder / MODELS / f"{name}.python.csv", answer, zip(*cells.values(), strict=True))
        write_whole(folder / "her2stats.R", one_file())
        write_whole(folder / "validate.R", (r_package() / "inst" / "validate.R").read_bytes())
    except OSError as error:
        remedy = "choose a folder that can be written"
        raise OutputError(Problem(error.strerror or str(error), str(folder), remedy)) from error


def write_questions(questions: Mapping[str, Question], folder: Path, *, write: Write) -> None:
    """Write the part of the exchange that an engine needs: format, specs and frames."""
    write_whole(folder / FORMAT_FILE, FORMAT + "\n")
    rows = [row for name, question in questions.items() for row in _spec_rows(name, question)]
    _write_csv(folder / SPECS_FILE, ["model", "field", "position", "value"], rows)
    for name, question in questions.items():
        ids = question.data.index.to_series()
        data = {escape(column): cells for column, cells in frame_cells(question.data, write).items()}
        header = next(free for free in ("sample", *(f"sample{k}" for k in range(len(data)))) if free not in data)
        rows_of_data = zip(column_cells(ids, write), *data.values(), strict=True)
        _write_csv(folder / MODELS / f"{name}.data.csv", [header, *data], rows_of_data)


def _check_name(name: str) -> None:
    if not MODEL_NAME.fullmatch(name):
        remedy = "use letters, digits, '.', '_' and '-', 120 at most, such as 'scanb.odds_ratios'"
        raise DataError(Problem(f"model name {name!r} cannot be a file name", remedy=remedy))


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


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with beside(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(header))
        writer.writerows(rows)
