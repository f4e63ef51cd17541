"""The demo: four simulated cohorts like the paper's, written to files as a user would have them."""

from __future__ import annotations

from pathlib import Path

from her2stats.simulate import (
    Margins,
    simulate_cohort,
    simulate_her2_signature,
    simulate_response,
    simulate_signature_matrix,
)
from her2stats.study.single_steps import write_csv

# n, and the margins of Table 1 of the paper where it prints them (ABiM's are not printed). The names say that
# they are simulated, because figures and tables carry them away from the report.
EXPRESSION_COHORTS: dict[str, tuple[int, Margins]] = {
    "sim-discovery": (104, Margins(0.788, (0.308, 0.577, 0.115), (49.0, 14.0), 0.86, 0.35)),
    "sim-confirmatory": (81, Margins(0.839, (0.309, 0.321, 0.370), (61.0, 25.0), 0.51, 0.51)),
    "sim-abim": (318, Margins(0.82, (0.30, 0.42, 0.28), (62.0, 20.0), 0.50, 0.40)),
}
RESPONSE_COHORT = "sim-immunotherapy"

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
    for number, (name, (n, margins)) in enumerate(EXPRESSION_COHORTS.items()):
        cohort = simulate_cohort(name, n, seed=seed + number, margins=margins)
        assert cohort.expression is not None
        write_csv(cohort.expression, folder / f"{name}_expression.tsv.gz")
        write_csv(cohort.clinical, folder / f"{name}_clinical.csv")
        parts.append(_COHORT.format(name=name))
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
