"""Every public name says what it does, and shows it in an example that runs (pytest runs those of src)."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import her2stats


@pytest.mark.parametrize("name", her2stats.__all__)
def test_every_public_name_has_an_example(name: str) -> None:
    said = inspect.getdoc(getattr(her2stats, name)) or ""
    assert ">>> " in said
    assert "doctest: +SKIP" not in said or name == "write_report"


@pytest.mark.parametrize("name", her2stats.__all__)
def test_every_public_name_says_in_one_line_what_it_is(name: str) -> None:
    summary, *_ = (inspect.getdoc(getattr(her2stats, name)) or "").split("\n\n")
    assert summary.endswith(".")
    assert "\n" not in summary


METHODS = (
    *("adjust", "compare_groups", "correlate", "fit_ancova", "fit_clinical", "fit_interaction", "fit_logistic"),
    *("pool", "response_odds", "classify_abundance", "score_signature", "derive_signature"),
    *("deconvolve", "build_signature_matrix", "read_cibersortx"),
)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_its_source_parameters_and_errors(name: str) -> None:
    function = getattr(her2stats, name)
    said = inspect.getdoc(function) or ""
    assert "doi" in said.split("References\n")[1]
    assert "Raises\n" in said
    assert "Returns\n" in said
    explained = {word for line in said.splitlines() for word in line.partition(" : ")[0].split(", ")}
    assert set(inspect.signature(function).parameters) <= explained


def test_walkthroughs_are_run_at_every_build() -> None:
    """A page stored by an earlier build would show the numbers of earlier code."""
    settings = (Path(__file__).resolve().parent.parent / "mkdocs.yml").read_text()
    assert "      execute: true\n      cache: false " in settings
    assert "allow_errors: false" in settings
