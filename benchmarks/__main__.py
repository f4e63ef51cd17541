"""Run every benchmark and write benchmarks/results.md: ``python -m benchmarks``."""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("bench_deconvolution.py")), run_name="__main__")
