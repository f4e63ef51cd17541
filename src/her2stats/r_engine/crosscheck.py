"""Every number once more in R: which agree, which do not, and which could not be checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from her2stats.errors import DataError, EngineError, Problem
from her2stats.r_engine.engines import LEAST_START, START, EmbeddedR, Engine, EngineName, ScriptedR
from her2stats.r_engine.exchange.fields import Question
from her2stats.r_engine.families import check_families
from her2stats.r_engine.process import Gone, Late
from her2stats.r_engine.second_engine import SecondEngine
from her2stats.r_engine.status import what_is_missing
from her2stats.r_engine.two_answers import AGREE, DISAGREE, LABELS, MEASURED, NOT_CHECKED, WORDS, compare_answers
from her2stats.statistics.ancova import Ancova
from her2stats.statistics.result import Result

Answers = Mapping[str, Result] | Iterable[Result] | Result | Ancova
Choice = Literal["auto", "rpy2", "rscript", "statsmodels"]
STARTS: dict[EngineName, Callable[..., Engine]] = {"rpy2": EmbeddedR, "rscript": ScriptedR, "statsmodels": SecondEngine}
MOST_FAILED_STARTS = 2


@dataclass(frozen=True, eq=False)
class Crosscheck:
    """The comparison of Python's numbers with R's, one row a quantity, and the seconds it took with R's start.

    ``verdict`` is "agree", "disagree" or "not checked"; ``note`` holds R's warnings; ``engine`` in the table is "R", or
    "statsmodels 0.14, not R". The `engine` of the whole is "rpy2", "rscript", "statsmodels", or "none" where there is
    no R.
    """

    table: pd.DataFrame
    engine: str
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether R agrees with everything it could check, and could check something."""
        verdicts = self.table["verdict"]
        return bool((verdicts == AGREE).any() and not (verdicts == DISAGREE).any())

    @property
    def disagreements(self) -> pd.DataFrame:
        """Rows in which R gives another number."""
        return self.table[self.table["verdict"] == DISAGREE].reset_index(drop=True)

    @property
    def summary(self) -> pd.DataFrame:
        """One row a model: counts of the verdicts, and where the largest relative difference is."""
        rows = [_summary_row(str(model), mine) for model, mine in self.table.groupby("model", sort=False)]
        columns = [*("model", "verb", AGREE, DISAGREE, NOT_CHECKED), *LARGEST, "reason"]
        return pd.DataFrame(rows, columns=columns)


LARGEST = ("largest_rel_diff", "quantity", "tolerance", "stratum", "outcome", "term")


def crosscheck_r(
    results: Answers,
    *,
    engine: Choice = "auto",
    timeout: float = 120.0,
    functions: Path | None = None,
    whole: bool = False,
) -> Crosscheck:
    """Fit every result again in R and compare estimate, standard error, limits, statistic, df, p, counts and flag.

    Corrected p-values are computed again by R's p.adjust, family by family.

    Parameters
    ----------
    results : mapping of str to Result, Result, Ancova, or several of them
        What to check; a mapping's keys name the models.
    engine : {"auto", "rpy2", "rscript", "statsmodels"}
        "auto" embeds R through rpy2 and falls back on Rscript. "statsmodels" needs no R: statsmodels and scipy fit
        again what they have a routine for, and the rest is "not checked".
    timeout : float
        Seconds that R may take for one result; a result that takes longer is "not checked".
    functions : Path, optional
        A folder of R files to use instead of her2stats' own.
    whole : bool
        The results are everything that a run has found: a row, or a member of a family of tests, that is not there is
        then a disagreement, and not merely "not checked".

    Returns
    -------
    Crosscheck
        Without R every row is "not checked" and says why; nothing is raised for R's sake.

    Raises
    ------
    DataError
        The arguments are not as described.

    Examples
    --------
    >>> from her2stats.statistics import correlate
    >>> frame = pd.DataFrame({"her2": [1.0, 2, 3, 4, 5, 6], "cd8": [9.0, 7, 8, 5, 6, 1]})
    >>> checked = crosscheck_r({"demo": correlate(frame, "her2", "cd8")})
    >>> set(checked.table["verdict"]) <= {"agree", "not checked"}
    True
    """
    named = _named(results)
    if engine not in get_args(Choice):
        remedy = f"use one of {', '.join(map(repr, get_args(Choice)))}"
        raise DataError(Problem(f"engine={engine!r} is not a choice", remedy=remedy))
    if not timeout > 0:
        raise DataError(Problem(f"timeout={timeout!r} is not positive", remedy="120 seconds is usual"))
    started = time.monotonic()
    pieces: list[pd.DataFrame] = []
    asked = _Asking(engine, functions, start=min(START, max(timeout, LEAST_START)))
    try:
        for name, result in named.items():
            answer = asked.ask(result, timeout)
            pieces.append(asked.signed(compare_answers(result, answer, name, whole=whole, silence=asked.silence)))
        corrected = check_families(named, lambda question: asked.ask(question, timeout), whole=whole)
        if corrected is not None:
            pieces.append(asked.signed(corrected))
    finally:
        asked.close()
    table = pd.concat(pieces, ignore_index=True) if pieces else compare_nothing()
    return Crosscheck(table, asked.used, time.monotonic() - started)


class _Asking:
    """The engine in use: started when first needed, and again when it died of a question."""

    def __init__(self, choice: Choice, functions: Path | None, *, start: float) -> None:
        self._names: tuple[EngineName, ...] = ("rpy2", "rscript") if choice == "auto" else (choice,)
        self._functions, self._patience = functions, start
        self._engine: Engine | None = None
        self._problem = ""
        self.used = "none"
        self.versions = ("", "")
        self.software, self.silence = "R", ""

    def ask(self, question: Question, timeout: float) -> pd.DataFrame | str:
        """R's table, or why there is none."""
        if self._engine is None or not self._engine.alive:
            self._start()
        if self._engine is None:
            return self._problem
        return self._engine.ask(question, timeout)

    def signed(self, found: pd.DataFrame) -> pd.DataFrame:
        """What was found, with the versions of what R it was."""
        return found.assign(engine=self.software, r_version=self.versions[0], emmeans_version=self.versions[1])

    def close(self) -> None:
        """End R."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _start(self) -> None:
        self.close()
        if self._problem:  # it did not start before, and will not now
            return
        reasons = []
        for name in self._names:
            started = self._started(name)
            if not isinstance(started, str):
                self._engine = started
                break
            reasons.append(f"{name}: {started}")
        if self._engine is None:
            self._problem = f"R cannot be used ({'; '.join(reasons)}). her2stats doctor says what to install"
            return
        versions = self._engine.versions
        self.used, self.versions = self._engine.name, (versions.r, versions.emmeans)
        self.software, self.silence = self._engine.software, self._engine.silence
        lacking = versions.r and what_is_missing(versions.r, versions.missing, emmeans=versions.emmeans)
        if lacking:
            self.close()
            self._problem = lacking

    def _started(self, name: EngineName) -> Engine | str:
        """An engine, or why there is none; one that crashed is tried again, one that was late is no faster then."""
        reason = ""
        for _ in range(MOST_FAILED_STARTS):
            try:
                return STARTS[name](self._functions, start=self._patience)
            except Late as late:
                return str(late)
            except (Gone, EngineError) as error:
                reason = str(error)
        return reason


def compare_nothing() -> pd.DataFrame:
    """Table of a crosscheck of no results."""
    return pd.DataFrame(columns=[*LABELS, "quantity", *MEASURED, *WORDS, "engine", "r_version", "emmeans_version"])


def _named(results: Answers) -> dict[str, Result]:
    if isinstance(results, Mapping):
        return dict(results)
    if isinstance(results, Result):
        return {results.spec.verb: results}
    if isinstance(results, Ancova):
        return {f"ancova_{name}": getattr(results, name) for name in ("tests", "slopes", "curve")}
    named: dict[str, Result] = {}
    for place, one in enumerate(results, start=1):
        for name, result in _named(one).items():
            named[f"{place}.{name}"] = result
    return named


def _summary_row(model: str, mine: pd.DataFrame) -> dict[str, object]:
    counts = mine["verdict"].value_counts()
    row: dict[str, object] = {"model": model, "verb": mine["verb"].iloc[0]}
    row |= {verdict: int(counts.get(verdict, 0)) for verdict in (AGREE, DISAGREE, NOT_CHECKED)}
    if mine["rel_diff"].notna().any():
        worst = mine.iloc[int(mine["rel_diff"].fillna(-1.0).to_numpy().argmax())]
        row |= {"largest_rel_diff": worst["rel_diff"]}
        row |= {name: worst[name] for name in LARGEST[1:]}
    told = [
        mine.loc[(mine["verdict"] == verdict) & (mine["reason"] != ""), "reason"] for verdict in (DISAGREE, NOT_CHECKED)
    ]
    return row | {"reason": next((reasons.iloc[0] for reasons in told if len(reasons)), "")}
