"""Importing the statistics is cheap: the heavy libraries wait until a question needs them."""

from __future__ import annotations

import subprocess
import sys


def test_no_heavy_library_is_imported_with_the_room():
    heavy = ["scipy.stats", "scipy.optimize", "statsmodels", "sklearn", "firthmodels", "matplotlib"]
    code = f"import sys, her2stats.statistics; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
