"""What is installed, what works, what to install: in words and as plain values."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from her2stats.deconvolution.solver.compiled import kernel
from her2stats.r_engine import r_status
from her2stats.r_engine.status import RStatus, installed
from her2stats.study.provenance import versions
from her2stats.study.stages.cache import Cache, stage_folder, why_not_used

OPTIONAL = {**{"distributed": "dask", "h5py": "h5ad", "rdata": "rds", "zarr": "zarr"}, "pyreadstat": "labelled"}


@dataclass(frozen=True)
class SelfTest:
    """One part of the analysis tried out."""

    name: str  # what was tried
    passed: bool  # whether it gave what it has to give
    found: str  # what it gave, or why it failed
    seconds: float  # how long it took, the loading of libraries included


@dataclass(frozen=True)
class Examination:
    """What the doctor found."""

    versions: dict[str, str]  # Python, this package and the libraries whose numbers or drawings are in results
    optional: dict[str, str]  # packages; empty text for one that is not installed
    solver: str  # which form of the deconvolution's solver is used, and why not the faster one
    r: RStatus
    cache: str  # where stages are kept, how much, and why that does not work
    cache_bytes: int
    cache_problem: str
    tests: tuple[SelfTest, ...]

    @property
    def healthy(self) -> bool:
        """Whether the analysis works; R and a cache are optional."""
        return all(test.passed for test in self.tests)

    def words(self) -> list[str]:
        """Findings for a terminal, a line each."""
        lines = [", ".join(f"{name} {version}" for name, version in self.versions.items())]
        lines += [
            f"{package} {version} (optional)"
            if version
            else f"{package} is not installed (optional): pip install 'her2stats[{OPTIONAL[package]}]'"
            for package, version in self.optional.items()
        ]
        lines.append(f"Deconvolution is solved by: {self.solver}")
        lines += self.r.words
        kept = f"Stages of earlier runs are kept in {self.cache} ({self.cache_bytes / 1e6:.0f} MB)"
        lines.append(f"{kept}, but {self.cache_problem}" if self.cache_problem else kept)
        lines += [
            f"{'works' if test.passed else 'FAILS'}: {test.name}: {test.found} ({test.seconds:.1f} s)"
            for test in self.tests
        ]
        failed = sum(not test.passed for test in self.tests)
        return [*lines, f"Self-test failed: {failed} of {len(self.tests)} parts" if failed else "Self-test passed"]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"healthy": self.healthy, **asdict(self), "r": {"usable": self.r.usable, **asdict(self.r)}}


def examine() -> Examination:
    """Look at the installation, and try out a deconvolution, a model and a figure."""
    cache = Cache(stage_folder())
    return Examination(
        versions=versions(),
        optional={package: installed(package) for package in OPTIONAL},
        solver=kernel().words,
        r=r_status(),
        cache=str(stage_folder()),
        cache_bytes=sum(about.st_size for _, about in cache.entries()),
        cache_problem=why_not_used(stage_folder()),
        tests=tuple(_try(name, part) for name, part in PARTS.items()),
    )


def _try(name: str, part: Callable[[], tuple[bool, str]]) -> SelfTest:
    """Run a part; whatever it raises is a finding, because finding faults is what this is for."""
    started = time.perf_counter()
    try:
        passed, found = part()
    except Exception as error:
        passed, found = False, f"{type(error).__name__}: {error}"
    return SelfTest(name, bool(passed), found, time.perf_counter() - started)


def _deconvolution() -> tuple[bool, str]:
    """Take a mixture of known fractions apart again."""
    import numpy as np
    import pandas as pd

    from her2stats.deconvolution import deconvolve

    genes = [f"G{place:02}" for place in range(40)]
    profiles = pd.DataFrame(
        np.random.default_rng(0).lognormal(5, 1, (40, 3)), index=genes, columns=["B cells", "NK cells", "T cells"]
    )
    truth = np.array([0.7, 0.0, 0.3])
    found = deconvolve(pd.DataFrame({"mixture": profiles @ truth}), profiles, mode="relative").fractions
    off = float(np.abs(found.to_numpy()[0] - truth).max())
    return off < 1e-6, f"fractions of a known mixture, off by {off:.0e}"


def _logistic() -> tuple[bool, str]:
    """Fit a two-by-two table, whose odds ratio and standard error have a closed form."""
    import pandas as pd

    from her2stats.statistics import fit_logistic

    table = {(0, 0): 11, (0, 1): 8, (1, 0): 19, (1, 1): 15}
    rows = [pair for pair, count in table.items() for _ in range(count)]
    data = pd.DataFrame(rows, columns=["exposed", "high"])
    fitted = fit_logistic(data, "high", "exposed", per_sd=False).table.iloc[0]
    odds = table[1, 1] * table[0, 0] / (table[1, 0] * table[0, 1])
    error = math.sqrt(sum(1 / count for count in table.values()))
    off = max(abs(fitted["estimate"] / odds - 1), abs(fitted["std_error"] / error - 1))
    return off < 1e-8, f"odds ratio {fitted['estimate']:.3f}, relative to the closed form off by {off:.0e}"


def _figure() -> tuple[bool, str]:
    """Draw a figure in all formats."""
    import tempfile

    from her2stats.figures import placeholder, save_figure

    with tempfile.TemporaryDirectory() as folder:
        files = save_figure(placeholder("A figure"), Path(folder) / "figure")
        sizes = {path.suffix[1:]: path.stat().st_size for path in files}
    return min(sizes.values()) > 1000, ", ".join(f"{kind} {size / 1000:.0f} kB" for kind, size in sizes.items())


PARTS: dict[str, Callable[[], tuple[bool, str]]] = {
    "deconvolution": _deconvolution,
    "logistic regression": _logistic,
    "figure": _figure,
}
