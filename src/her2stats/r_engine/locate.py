"""Where R is on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from her2stats.r_engine.process import Gone


def find_rscript() -> str:
    """Path of Rscript: that of R_HOME if it is set, else the first on the PATH.

    Raises
    ------
    Gone
        There is none.
    """
    home = os.environ.get("R_HOME", "")
    inside = shutil.which("Rscript", path=str(Path(home) / "bin")) if home else None
    found = inside or shutil.which("Rscript")
    if found is None:
        raise Gone("R is not on the PATH")
    return found
