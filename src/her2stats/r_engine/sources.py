"""Where the R functions lie: beside the package in a wheel, beside `src` in a checkout."""

from __future__ import annotations

from pathlib import Path

import her2stats
from her2stats.errors import EngineError, Problem


def r_package() -> Path:
    """Folder of the R package: its functions are in ``R/``, its scripts in ``inst/``.

    Raises EngineError when the installation lacks it.
    """
    here = Path(her2stats.__file__).resolve().parent
    places = (here / "r", here.parent.parent / "r")
    for place in places:
        if (place / "R" / "run_spec.R").is_file():
            return place
    raise EngineError(Problem("the R functions are not installed", str(places[0]), "install her2stats again"))


def r_files(folder: Path | None = None) -> list[Path]:
    """Files of R functions, her2stats' own or those of a folder, in the order in which R would load them."""
    return sorted((folder or r_package() / "R").glob("*.R"), key=lambda path: path.name)


def one_file(folder: Path | None = None) -> str:
    """All R functions as one text, to be sourced where the package is not installed."""
    header = "# The R functions of her2stats in one file, so that validate.R runs without the package. Do not edit.\n"
    return "\n".join([header, *(path.read_text(encoding="utf-8") for path in r_files(folder))])
