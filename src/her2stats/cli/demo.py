"""The demo: four simulated cohorts like the paper's, written to files as a user would have them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pandas as pd

from her2stats.errors import OutputError, Problem
from her2stats.published import published_results
from her2stats.results.csv_cells import csv_bytes
from her2stats.simulate import (
    paper_targets,
    simulate_cohort,
    simulate_her2_signature,
    simulate_response,
    simulate_signature_matrix,
)
from her2stats.simulate.paper import EXPRESSION_COHORTS
from her2stats.writing import told, write_whole

SEED = 2025
# The cohorts are the paper's, in their sizes. The names, which `demo_study.toml` has too, say that they are simulated,
# because figures and tables carry them away from the report.
PREFIX = "sim-"
RESPONSE_COHORT = PREFIX + "immunotherapy"


def write_demo(folder: Path, *, seed: int = SEED) -> Path:
    """Write simulated cohorts, signatures and a study file into a folder, and return the study file.

    The same seed writes the same files. Raises OutputError when the folder cannot be written, or holds other files of
    these names; they are never replaced.
    """
    tables: dict[str, pd.DataFrame] = {}
    sizes = {name: int(cohort["n"]) for name, cohort in published_results()["cohorts"].items()}
    for number, printed in enumerate(EXPRESSION_COHORTS):
        name = PREFIX + printed
        cohort = simulate_cohort(name, sizes[printed], seed=seed + number, targets=paper_targets(printed))
        assert cohort.expression is not None
        tables |= {f"{name}_expression.tsv.gz": cohort.expression, f"{name}_clinical.csv": cohort.clinical}
    response = simulate_response(RESPONSE_COHORT, seed=seed + len(EXPRESSION_COHORTS))
    tables[f"{RESPONSE_COHORT}_clinical.csv"] = response.clinical
    tables["signature_matrix.tsv"] = simulate_signature_matrix().profiles
    her2 = simulate_her2_signature()
    assert her2.weights is not None
    lines = ["gene\tweight", *(f"{gene}\t{weight:g}" for gene, weight in zip(her2.genes, her2.weights, strict=True))]
    study = (resources.files("her2stats.cli") / "demo_study.toml").read_text(encoding="utf-8")
    files = {name: csv_bytes(table, Path(name)) for name, table in tables.items()}
    files["her2_signature.tsv"] = "\n".join([*lines, ""]).encode()
    files["study.toml"] = study.replace(f"seed = {SEED}", f"seed = {seed}").encode()
    _refuse_others(folder, files)
    for name, content in files.items():
        write_whole(folder / name, content)
    return folder / "study.toml"


def _refuse_others(folder: Path, files: Mapping[str, bytes]) -> None:
    """A file that is there and is not this demo's is somebody's work."""
    there = [folder / name for name in files if os.path.lexists(folder / name)]
    with told(folder):
        others = [path for path in there if not path.is_file() or path.read_bytes() != files[path.name]]
    if others:
        what, remedy = "is there already and is not of this demo", "give another folder as --output"
        raise OutputError(*(Problem(what, str(path), remedy) for path in others))
