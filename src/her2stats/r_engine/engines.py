"""The two ways to ask R: embedded in a worker process by rpy2, or through Rscript. Both give the same numbers."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from her2stats.r_engine.exchange.cells import hexadecimal
from her2stats.r_engine.exchange.fields import Question, spec_fields
from her2stats.r_engine.exchange.frames import column_cells, column_from_cells, frame_levels, is_factor
from her2stats.r_engine.exchange.reading import read_exact
from her2stats.r_engine.exchange.writing import MODELS, write_questions
from her2stats.r_engine.process import Conversation, Gone, find_rscript, python_environment, quiet_environment
from her2stats.r_engine.sources import one_file, r_files, r_package
from her2stats.r_engine.worker import FUNCTIONS, MARK

EngineName = Literal["rpy2", "rscript", "statsmodels"]
START = 60.0  # seconds that R may take to start
LEAST_START = 15.0  # what a busy machine may need, however short a question is to be


@dataclass(frozen=True)
class Versions:
    """What answers: R and its packages; `missing` names packages that R lacks."""

    r: str
    emmeans: str
    missing: tuple[str, ...]
    mode: str = ""


class Engine(ABC):
    """One running R, which is asked one question at a time.

    `Gone` is raised where it has not started within `start` seconds; `functions` is a folder of R files in place of
    her2stats' own.
    """

    name: EngineName
    versions: Versions
    software = "R"
    silence = ""  # why an answer may leave numbers out; R's leaves none out
    _talk: Conversation

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._talk.alive

    def ask(self, question: Question, timeout: float) -> pd.DataFrame | str:
        """R's table for a question (a `Result` is one), or why there is none."""
        try:
            return self._answer(question, timeout)
        except Gone as gone:
            return str(gone)

    def close(self) -> None:
        """End R."""
        self._talk.end()

    @abstractmethod
    def _answer(self, question: Question, timeout: float) -> pd.DataFrame | str:
        """As `ask`; raises `Gone` where R ends."""


class EmbeddedR(Engine):
    """R in a worker process, through rpy2."""

    name = "rpy2"

    def __init__(self, functions: Path | None = None, *, start: float = START) -> None:
        files = os.pathsep.join(str(file) for file in r_files(functions))
        command = [sys.executable, "-m", "her2stats.r_engine.worker"]
        self._talk = Conversation(command, mark=MARK, environment=python_environment() | {FUNCTIONS: files})
        greeting = json.loads(self._talk.hear(start))
        if "problem" in greeting:
            self._talk.end()
            raise Gone(greeting["problem"])
        hello = greeting["hello"]
        self.versions = Versions(
            hello["r_version"], hello["emmeans_version"], tuple(hello["missing"].split()), hello["mode"]
        )

    def _answer(self, question: Question, timeout: float) -> pd.DataFrame | str:
        answer = json.loads(self._talk.ask(json.dumps(_message(question)), timeout))
        if "problem" in answer:
            return str(answer["problem"])
        columns = {name: column_from_cells(part["cells"], part["kind"]) for name, part in answer["table"].items()}
        return pd.DataFrame(columns)


class ScriptedR(Engine):
    """R as ``Rscript --vanilla``, questions and answers in files."""

    name = "rscript"

    def __init__(self, functions: Path | None = None, *, start: float = START) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="her2stats-r-"))
        self._asked = 0
        try:
            script = self._folder / "her2stats.R"
            script.write_text(one_file(functions), encoding="utf-8")
            serve = r_package() / "inst" / "serve.R"
            command = [find_rscript(), "--vanilla", str(serve), str(script)]
            self._talk = Conversation(command, mark=f"\t{MARK}\t", environment=quiet_environment())
            hello = self._talk.hear(start).split("\t")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.versions = Versions(hello[1], hello[2], tuple(hello[3].split()))

    def _answer(self, question: Question, timeout: float) -> pd.DataFrame | str:
        self._asked += 1
        folder = self._folder / str(self._asked)
        (folder / MODELS).mkdir(parents=True)
        write_questions({"model": question}, folder, write=hexadecimal)
        problem = self._talk.ask(f"{folder}\t{timeout:g}", timeout).split("\t")[1]
        return problem or read_exact(folder / "answer.csv")

    def close(self) -> None:
        """End R and remove what was written for it."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _message(question: Question) -> dict[str, Any]:
    """Spec and frame as the worker takes them: numbers as hexadecimal, factors as the positions of their levels."""
    numbers = {}
    for name in question.data.columns:
        column = question.data[name]
        if is_factor(column):
            column = (column.cat.codes + 1).where(column.notna()).astype("float64")
        elif pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_integer_dtype(column.dtype):
            column = column.astype("float64")
        numbers[str(name)] = column_cells(column, hexadecimal)
    return {"spec": spec_fields(question.spec), "numbers": numbers, "levels": frame_levels(question.data)}
