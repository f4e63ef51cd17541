"""What the gates cost: reading an expression file with every gate on, against a bare pandas read of the same file.

``python -m benchmarks reading`` reads SCAN-B and TCGA where their data lie beside the checkout. Both ways take turns in
one process; the least of several CPU times counts, so that a busy machine does not. Written to benchmarks/reading.md.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from her2stats.reading import read_expression

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("HER2STATS_SHARED", HERE.parent.parent / "shared")) / "data"
FILES = {
    "SCAN-B, 400 tumours": ("scanb400/expr_log2fpkm.tsv.gz", {"scale": "log2", "offset": 0.1}),
    "TCGA, 121 tumours": ("tcga121/tcga121_rnaseq_raw_counts.tsv.gz", {"scale": "linear"}),
}
TIMES, BAR = 7, 2.0


def cpu_seconds(read: Callable[[], object]) -> float:
    """CPU time of one reading, all threads."""
    begun = time.process_time()
    read()
    return time.process_time() - begun


def main() -> None:
    rows = []
    for name, (file, options) in FILES.items():
        path = SHARED / file
        if not path.exists():
            sys.exit(f"there is no {path.name} beside the checkout")
        taken = [
            (
                cpu_seconds(lambda path=path: pd.read_csv(path, sep="\t", index_col=0)),
                cpu_seconds(lambda path=path, options=options: read_expression(path, duplicates="max-mean", **options)),
            )
            for _ in range(TIMES)
        ]
        bare, gated = (min(seconds) for seconds in zip(*taken, strict=True))
        rows.append(f"| {name} | {bare:.3f} | {gated:.3f} | {gated / bare:.2f} | {BAR:g} |")
    head = ["| File | pandas, s | with every gate, s | Ratio | Bar |", "|---|---:|---:|---:|---:|"]
    text = "\n".join(["# Reading", "", (__doc__ or "").split("\n\n")[0], "", *head, *rows, ""])
    (HERE / "reading.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
