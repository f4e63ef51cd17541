"""What is installed, what works, what to install: in words."""

from __future__ import annotations

import time
from importlib import metadata

from her2stats.errors import Her2statsError
from her2stats.r_engine import r_status
from her2stats.study.provenance import versions

OPTIONAL = {"firthmodels": "firth", "distributed": "dask", "h5py": "h5ad", "rdata": "rds", "zarr": "zarr"}


def examine() -> tuple[bool, list[str]]:
    """Look at the installation and analyse a small simulated cohort.

    Returns
    -------
    tuple
        Whether the analysis works (R is optional), and the findings, a line each.
    """
    lines = [", ".join(f"{name} {version}" for name, version in versions().items())]
    lines += [_optional(package, extra) for package, extra in OPTIONAL.items()]
    lines += r_status().words
    works, said = self_test()
    return works, [*lines, said]


def _optional(package: str, extra: str) -> str:
    try:
        return f"{package} {metadata.version(package)} (optional)"
    except metadata.PackageNotFoundError:
        return f"{package} is not installed (optional): pip install 'her2stats[{extra}]'"


def self_test() -> tuple[bool, str]:
    """Simulate a small cohort, deconvolve it and look for the depletion that was planted."""
    from her2stats.deconvolution import deconvolve
    from her2stats.signatures import score_signature
    from her2stats.simulate import simulate_cohort, simulate_her2_signature, simulate_signature_matrix
    from her2stats.statistics import correlate

    started = time.perf_counter()
    try:
        cohort = simulate_cohort("self-test", 80, seed=1)
        score = score_signature(cohort.log2(), simulate_her2_signature(), method="weighted").table.iloc[:, 0]
        fractions = deconvolve(cohort.linear(), simulate_signature_matrix()).fractions
        found = correlate(fractions.assign(score=score), "score", "T cells CD8").table.iloc[0]
    except Her2statsError as error:
        return False, f"Self-test failed: {error}"
    works = bool(found["conf_high"] < 0)
    seconds = time.perf_counter() - started
    verdict = "passed" if works else "failed: the planted association was not found"
    return works, f"Self-test {verdict} (rho {found['estimate']:.2f}, {seconds:.1f} s)"
