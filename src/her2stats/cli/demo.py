"""The demo: four simulated cohorts like the paper's, written to files as a user would have them."""

from __future__ import annotations

import os
from collections.abc import Mapping
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

# The paper's cohorts and their sizes. The names say that they are simulated, because figures and tables carry them away
# from the report.
PREFIX = "sim-"
RESPONSE_COHORT = PREFIX + "immunotherapy"

_HEAD = """\
# Simulated data: no patient stands behind any number. Run it again with: her2stats run study.toml
[study]
title = "Simulated study of HER2 expression and immune infiltration"
results = "results"
seed = {seed}
simulated = true
"""

_COHORT = """
[[cohorts]]
name = "{name}"
expression = "{name}_expression.tsv.gz"
scale = "log2"
offset = 1
clinical = "{name}_clinical.csv"
[cohorts.columns]
sample = "sample"
hr = "hr"
her2_ihc = "her2_ihc"
age = "age"
size_cm = "size_cm"
grade = "grade"
"""

_RESPONSE = """
[[cohorts]]
name = "{name}"
clinical = "{name}_clinical.csv"
[cohorts.columns]
sample = "sample"
hr = "hr"
her2_ihc = "her2_ihc"
age = "age"
pcr = "pcr"
complete_response = "complete_response"
"""

_TAIL = """
[scores]
exposure = "her2_signature.tsv"
exposure_name = "HER2 20-gene (simulated)"
also = ["ESR1", "ERBB2"]
til = "danaher"

[deconvolution]
signature = "signature_matrix.tsv"
mode = "absolute"

[analysis]
crosscheck = false   # true compares every model with R, in a minute or two more; or: her2stats crosscheck results
"""


def write_demo(folder: Path, *, seed: int = 2025) -> Path:
    """Write simulated cohorts, signatures and a study file into a folder.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    seed : int
        The same seed writes the same files.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds other files of these names; they are never replaced.
    """
    tables, parts = dict[str, pd.DataFrame](), [_HEAD.format(seed=seed)]
    sizes = {name: int(cohort["n"]) for name, cohort in published_results()["cohorts"].items()}
    for number, printed in enumerate(EXPRESSION_COHORTS):
        name = PREFIX + printed
        cohort = simulate_cohort(name, sizes[printed], seed=seed + number, targets=paper_targets(printed))
        assert cohort.expression is not None
        tables |= {f"{name}_expression.tsv.gz": cohort.expression, f"{name}_clinical.csv": cohort.clinical}
        pam50 = 'pam50 = "pam50"\n' if "pam50" in cohort.clinical else ""
        parts.append(_COHORT.format(name=name) + pam50)
    response = simulate_response(RESPONSE_COHORT, seed=seed + len(EXPRESSION_COHORTS))
    tables[f"{RESPONSE_COHORT}_clinical.csv"] = response.clinical
    parts.append(_RESPONSE.format(name=RESPONSE_COHORT))
    tables["signature_matrix.tsv"] = simulate_signature_matrix().profiles
    her2 = simulate_her2_signature()
    assert her2.weights is not None
    lines = ["gene\tweight", *(f"{gene}\t{weight:g}" for gene, weight in zip(her2.genes, her2.weights, strict=True))]
    files = {name: csv_bytes(table, Path(name)) for name, table in tables.items()}
    files |= {"her2_signature.tsv": "\n".join([*lines, ""]).encode(), "study.toml": "".join([*parts, _TAIL]).encode()}
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
