"""How long a whole study takes, stage by stage: without a cache, with an empty one, and with a full one.

``python -m benchmarks study`` runs SCAN-B where its data lie beside the checkout, and the demo's four cohorts. Each run
is a process of its own, as a user starts it. The libraries and the files are read once before, so that the times are
those of a warm machine. Written to benchmarks/study.md.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SHARED = Path(os.environ.get("HER2STATS_SHARED", ROOT.parent / "shared")) / "data"
JOBS = 2
ASKED = {"SCAN-B": 20.0, "demo": 40.0}

RUN = """
import json, sys, time
started = time.perf_counter()
from her2stats.study.run import run_study
seen = {}
def progress(stage, done, total):
    stage = stage.split(": ")[-1]
    now = time.perf_counter() - started
    first, _ = seen.get(stage, (now, now))
    seen[stage] = (first, now)
imported = time.perf_counter() - started
results = run_study(sys.argv[1], n_jobs=int(sys.argv[2]), cache=sys.argv[3] or None, progress=progress)
whole = time.perf_counter() - started
print(json.dumps({"imports": imported, "stages": seen, "whole": whole}))
"""


def measured(study: Path, cache: str) -> dict:
    """Run a study in a process of its own and take the times of its stages."""
    words = [sys.executable, "-c", RUN, str(study), str(JOBS), cache]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(told.stdout.splitlines()[-1]) | {"cpu": cpu}


def help_seconds() -> float:
    """Best of five of ``her2stats --help``."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "her2stats.cli", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def studies(folder: Path) -> dict[str, Path]:
    """Study files of the benchmark, in a folder of their own."""
    found = {}
    if SHARED.is_dir():
        text = (ROOT / "tests" / "studies" / "scanb.toml").read_text(encoding="utf-8")
        found["SCAN-B"] = folder / "scanb.toml"
        found["SCAN-B"].write_text(text.replace("../../../shared/data", str(SHARED)), encoding="utf-8")
    from her2stats.cli.demo import write_demo

    found["demo"] = write_demo(folder / "demo")
    return found


def section(name: str, runs: dict[str, dict]) -> list[str]:
    """One study as a Markdown table: a row a stage, a column a run."""
    stages = dict.fromkeys(stage for run in runs.values() for stage in run["stages"])
    lines = [f"## {name}", "", f"| seconds | {' | '.join(runs)} |", f"|---|{'---:|' * len(runs)}"]
    lines.append("| imports | " + " | ".join(f"{run['imports']:.1f}" for run in runs.values()) + " |")
    for stage in stages:
        spans = [run["stages"].get(stage) for run in runs.values()]
        lines.append(f"| {stage} | " + " | ".join(f"{span[1] - span[0]:.1f}" if span else "" for span in spans) + " |")
    lines.append("| **whole** | " + " | ".join(f"{run['whole']:.1f}" for run in runs.values()) + " |")
    plain = runs["no cache"]["cpu"]
    lines.append("| CPU seconds of all processes | " + " | ".join(f"{run['cpu']:.1f}" for run in runs.values()) + " |")
    lines.append(
        "| CPU, share of no cache | " + " | ".join(f"{run['cpu'] / plain:.2f}" for run in runs.values()) + " |"
    )
    asked = f"Asked for: {ASKED[name]:.0f} s on two free cores. Stages overlap: R works while figures are drawn."
    return [*lines, "", asked, ""]


def main() -> None:
    """Measure, print and write."""
    load = os.getloadavg()[0]
    lines = ["# A whole study, stage by stage", "", f"{JOBS} processes; load of the machine before: {load:.1f}.", ""]
    lines += [f"`her2stats --help`: {help_seconds():.2f} s (asked for: 0.3 s).", ""]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, study in studies(folder).items():
            cache = str(folder / f"cache-{name}")
            runs = {"no cache": measured(study, ""), "empty cache": measured(study, cache)}
            runs["full cache"] = measured(study, cache)
            lines += section(name, runs)
    text = "\n".join(lines)
    print(text)
    (HERE / "study.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
