"""How long each walkthrough takes, run from its beginning as the documentation runs it. Each may take a minute.

``python -m benchmarks walkthroughs`` runs every one in a kernel of its own, and the one for R users by knitr with the
study that it reads. Written to benchmarks/walkthroughs.md.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jupytext
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WALKTHROUGHS = ROOT / "vignettes"
BAR = 60


def run_notebook(source: Path) -> None:
    """Run a walkthrough in a kernel that ends with it."""
    place = {"metadata": {"path": str(WALKTHROUGHS)}}
    NotebookClient(jupytext.read(source), timeout=600, kernel_name="python3", resources=place).execute()


def run_for_r_users() -> None:
    """Make the page for R users, its study included, in a process of its own."""
    code = "from tools.docs_pages import for_r_users; for_r_users()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def measured(run: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of a run, its processes included."""
    before, begun = cpu_seconds(), time.perf_counter()
    run()
    return time.perf_counter() - begun, cpu_seconds() - before


def cpu_seconds() -> float:
    """CPU time of this process and of those that it has seen end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure, print and write."""
    sys.path.insert(0, str(ROOT))
    from tools.docs_pages import has_knitr

    load = os.getloadavg()[0]
    rows = []
    for source in sorted(WALKTHROUGHS.iterdir()):
        if source.suffix == ".py":
            seconds, cpu = measured(lambda source=source: run_notebook(source))
        elif has_knitr():
            seconds, cpu = measured(run_for_r_users)
        else:
            continue
        rows.append(f"| {source.stem} | {seconds:.0f} | {cpu:.0f} | {BAR} |")
    text = "\n".join(
        [
            "# Walkthroughs",
            "",
            f"{os.cpu_count()} cores; load of the machine before: {load:.1f}. A load above the cores stretches",
            "the seconds, and not the CPU seconds: those of the processes that had ended with the walkthrough.",
            "",
            "| walkthrough | seconds | CPU seconds | bar |",
            "|---|---:|---:|---:|",
            *rows,
            "",
        ]
    )
    print(text)
    (HERE / "walkthroughs.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
