"""Every method of the analysis has a function, a test, an R twin where one is asked for, and a place in the results."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from her2stats import statistics
from her2stats.deconvolution import cibersort, settings
from her2stats.r_engine.sources import r_package
from her2stats.results.schema import RESULT_TABLES, SCHEMAS
from her2stats.signatures import scoring
from her2stats.statistics import multiplicity, specs

ROOT = Path(__file__).resolve().parent.parent
METHODS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "traceability.toml").read_text())["method"]
VERBS = {
    *("correlate", "compare_groups", "fit_logistic", "fit_interaction", "fit_clinical", "fit_ancova"),
    *("response_odds", "adjust", "pool"),
}


def exported_by_r() -> set[str]:
    return set(re.findall(r"^export\((\w+)\)$", (r_package() / "NAMESPACE").read_text(), re.MULTILINE))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method["name"][:60])
def test_every_counterpart_is_there(method: dict[str, Any]) -> None:
    room, _, name = method["function"].rpartition(".")
    assert callable(getattr(importlib.import_module(room), name))
    file, _, test = method["test"].partition("::")
    assert (ROOT / file).is_file(), file
    assert test, "say which test of the file"
    assert re.search(rf"def {test}\(", (ROOT / file).read_text()), test
    if method.get("r"):
        assert method["r"] in exported_by_r()
    else:
        assert method["why_not_r"]
    written = {f"tables/{table}.csv" for table in SCHEMAS} | {"provenance.json", "crosscheck.csv", ""}
    assert method["results"] in written


def test_every_statistical_verb_is_traced_to_a_twin_of_its_name() -> None:
    assert set(statistics.__all__) >= VERBS
    traced = {(method["function"].rpartition(".")[2], method.get("r")) for method in METHODS}
    assert {(verb, verb) for verb in VERBS} <= traced


def test_every_public_statistic_is_traced() -> None:
    """Whatever computes: all that her2stats.statistics offers but classes, constants and what passes on or arranges."""
    arranging = {"answer", "as_result_table", "combine"}
    computing = {name for name in statistics.__all__ if inspect.isfunction(getattr(statistics, name))} - arranging
    assert computing <= {method["function"].rpartition(".")[2] for method in METHODS}


def test_every_table_of_results_is_the_place_of_some_method() -> None:
    assert {f"tables/{table}.csv" for table in RESULT_TABLES} <= {method["results"] for method in METHODS}


CHOICES: dict[str, tuple[object, ...]] = {
    "her2stats.signatures": (scoring.Method,),
    "her2stats.deconvolution": (cibersort.Mode, cibersort.Solver, settings.BatchCorrection),
    "her2stats.statistics": (
        *(specs.CorrelationCI, specs.OddsRatioCI, specs.Penalty, specs.StandardDeviation, specs.Weights),
        *(specs.PoolingModel, multiplicity.Method),
    ),
}


@pytest.mark.parametrize(
    ("room", "choice"),
    [(room, word) for room, several in CHOICES.items() for one in several for word in get_args(one) if word != "none"],
)
def test_every_choice_that_is_offered_is_named_by_a_method(room: str, choice: str) -> None:
    """A method that is taken off the table is noticed, as long as the code still offers it."""
    named = " | ".join(method["name"] for method in METHODS if method["function"].startswith(room))
    words = re.sub(r"[^a-z0-9.|]+", " ", named.lower())
    assert re.search(rf"\b{re.escape(choice.replace('-', ' '))}\b", words), choice


def test_no_method_stands_there_twice() -> None:
    names = [method["name"] for method in METHODS]
    assert len(names) == len(set(names))
