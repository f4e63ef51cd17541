"""Coverage-guided fuzzing of one reader: python atheris_target.py KIND.ENDING UNTIL CORPUS."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
with atheris.instrument_imports(include=["her2stats"]):
    from fuzz.readers import read

FILE, UNTIL = sys.argv.pop(1), float(sys.argv.pop(1))
PLACE = Path(tempfile.mkdtemp(prefix="fuzz")) / FILE


def one_input(data: bytes) -> None:
    """Read the bytes; whatever is not our own error ends the run."""
    read(PLACE, data)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    left = max(round(UNTIL - time.time()), 1)  # imports took their part
    atheris.Setup([*sys.argv, f"-max_total_time={left}"], one_input)
    atheris.Fuzz()
