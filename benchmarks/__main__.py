"""Run the benchmarks: ``python -m benchmarks`` all of them, ``python -m benchmarks deconvolution speed`` a part of one.

Each writes its own section of a Markdown file beside this one.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    known = {file.stem.removeprefix("bench_"): file for file in sorted(Path(__file__).parent.glob("bench_*.py"))}
    asked, parts = sys.argv[1:2], sys.argv[2:]
    if asked and asked[0] not in known:
        sys.exit(f"there is no benchmark {asked[0]!r}; there are {', '.join(known)}")
    sys.path.insert(0, str(Path(__file__).parent))
    for name in asked or known:
        sys.argv = [str(known[name]), *parts]
        runpy.run_path(str(known[name]), run_name="__main__")
