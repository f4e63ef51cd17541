"""Lays the measured parts of the deconvolution benchmark out as Markdown."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

SAMPLES = 318  # of the cohort that speed is measured on


def section(parts: dict[str, Any]) -> str:
    """Everything measured so far; a part that was not run is said to be missing."""
    lines = ["## Deconvolution", ""]
    if "speed" in parts:
        lines += [f"Machine: {parts['speed']['machine']}. CPU time. {_loads(parts)}", ""]
        lines += ["R was timed on every ninth sample of the same data in the same run, at its default tolerance.", ""]
    lines += ["| measure | bar | measured |", "|---|---|---|"]
    lines += [f"| {name} | {bar} | {words(parts)} |" for name, bar, words in MEASURES]
    if "scaling" in parts:
        lines += ["", "Two worker processes, 1,000 genes, LM22, from HDF5:", ""]
        lines += table(pd.DataFrame(parts["scaling"]["rows"]).round(0).astype(int))
    if "agreement" in parts:
        rows = [{name: _short(value) for name, value in row.items()} for row in parts["agreement"]["rows"]]
        lines += [
            "",
            "Fractions of 60 tumours against e1071, and the objective that both minimise, ours relative to theirs:",
            "where ours is lower, e1071 has stopped short of the optimum.",
            "",
        ]
        lines += table(pd.DataFrame(rows))
    if "truth" in parts:
        lines += ["", "### Blood with counted cells", "", truth_section(parts["truth"]["rows"])]
    return "\n".join(lines)


def truth_section(rows: list[dict[str, Any]]) -> str:
    """Mean correlation of each study and signature, and every type."""
    found = pd.DataFrame(rows)
    means = found.groupby(["study", "signature"], sort=False)[["r exact", "r libsvm"]].mean().reset_index()
    lines = ["Mean correlation over the types:", "", *table(means.round(3))]
    return "\n".join([*lines, "", "Each type:", "", *table(found.round(3))])


def table(frame: pd.DataFrame) -> list[str]:
    """Frame as Markdown."""
    rows = [[str(value) for value in row] for row in frame.itertuples(index=False)]
    return ["| " + " | ".join(row) + " |" for row in [list(map(str, frame.columns)), ["---"] * frame.shape[1], *rows]]


def _loads(parts: dict[str, Any]) -> str:
    """How busy others kept the machine: shared caches slow even CPU time down."""
    known = [f"{name} {part['load']:.1f}" for name, part in parts.items() if "load" in part]
    return f"Load of the machine before each part: {', '.join(known)}." if known else ""


def _short(value: object) -> object:
    return f"{value:.1e}" if isinstance(value, float) else value


def _speed(parts: dict[str, Any]) -> str:
    if "speed" not in parts:
        return "not run"
    found = parts["speed"]
    with_imports = SAMPLES * found["e1071 ms"] / (SAMPLES * found["ours ms"] + 1000 * found["imports s"])
    each = f"{found['e1071 ms']:.0f} against {found['ours ms']:.2f} ms a sample"
    return f"{found['ratio']:.0f} times ({each}); {with_imports:.0f} times with the start of Python and its imports"


def _permutations(parts: dict[str, Any]) -> str:
    return f"{parts['permutations']['ratio']:.1f} times" if "permutations" in parts else "not run"


def _agreement(parts: dict[str, Any], cohort: str) -> str:
    if "agreement" not in parts:
        return "not run"
    found = next(row for row in parts["agreement"]["rows"] if row["cohort"] == cohort)
    return f"max {found['max']:.1e}, mean {found['mean']:.1e}, {found['above 5e-4']} samples above the bar"


def _slope(parts: dict[str, Any]) -> str:
    if "scaling" not in parts:
        return "not run"
    rows = parts["scaling"]["rows"]
    memory = ", ".join(f"{row['peak MiB']:.0f}" for row in rows)
    return f"slope {parts['scaling']['slope']:.3f}; peak {memory} MiB"


def _large(parts: dict[str, Any]) -> str:
    if not {"scaling", "speed"} <= parts.keys():
        return "not run"
    if parts["scaling"]["machine"] != parts["speed"]["machine"]:
        return "not comparable: measured on two machines"
    row = parts["scaling"]["rows"][-1]
    each = row["cpu s"] / row["samples"] * 1000
    ratio = parts["speed"]["e1071 ms"] / each
    return (
        f"{ratio:.0f} times ({each:.2f} ms a sample, reading and writing included; R's time is that of the row above)"
    )


def _truth(parts: dict[str, Any]) -> str:
    if "truth" not in parts:
        return "not run"
    found = pd.DataFrame(parts["truth"]["rows"])
    means = found.groupby(["study", "signature"])[["r exact", "r libsvm"]].mean()
    return f"{(means['r exact'] - means['r libsvm']).min():+.4f} at worst"


MEASURES = (
    ("318 samples, 529 genes, one core, first call, against e1071", "60, aim 100", _speed),
    ("100,000 samples against e1071", "aim 150", _large),
    ("1,000 permutations against none, 318 samples", "at most 5", _permutations),
    *(
        (f"60 {name} tumours against e1071 at tolerance 1e-5", "max 5e-4", partial(_agreement, cohort=name))
        for name in ("SCAN-B", "TCGA-BRCA")
    ),
    ("10,000, 30,000, 100,000 samples: log-log slope, memory", "1.0 +- 0.1, flat", _slope),
    ("mean correlation with counted cells, exact less libsvm", "at least -0.01", _truth),
)
