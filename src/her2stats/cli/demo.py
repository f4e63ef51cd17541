"""The demo: four simulated cohorts like the paper's, written to files as a user would have them."""

from __future__ import annotations

from pathlib import Path

from her2stats.published import published_results
from her2stats.results.csv_cells import write_csv
from her2stats.simulate import (
    paper_targets,
    simulate_cohort,
    simulate_her2_signature,
    simulate_response,
    simulate_signature_matrix,
)
from her2stats.simulate.paper import EXPRESSION_COHORTS

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
        The folder cannot be written.
    """
    parts = [_HEAD.format(seed=seed)]
    sizes = {name: int(cohort["n"]) for name, cohort in published_results()["cohorts"].items()}
    for number, printed in enumerate(EXPRESSION_COHORTS):
        name = PREFIX + printed
        cohort = simulate_cohort(name, sizes[printed], seed=seed + number, targets=paper_targets(printed))
        assert cohort.expression is not None
        write_csv(cohort.expression, folder / f"{name}_expression.tsv.gz")
        write_csv(cohort.clinical, folder / f"{name}_clinical.csv")
        pam50 = 'pam50 = "pam50"\n' if "pam50" in cohort.clinical else ""
        parts.append(_COHORT.format(name=name) + pam50)
    response = simulate_response(RESPONSE_COHORT, seed=seed + len(EXPRESSION_COHORTS))
    write_csv(response.clinical, folder / f"{RESPONSE_COHORT}_clinical.csv")
    parts.append(_RESPONSE.format(name=RESPONSE_COHORT))
    write_csv(simulate_signature_matrix().profiles, folder / "signature_matrix.tsv")
    her2 = simulate_her2_signature()
    assert her2.weights is not None
    lines = ["gene\tweight", *(f"{gene}\t{weight:g}" for gene, weight in zip(her2.genes, her2.weights, strict=True))]
    (folder / "her2_signature.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    study_file = folder / "study.toml"
    study_file.write_text("".join(parts) + _TAIL, encoding="utf-8")
    return study_file
