"""Run the public cohorts on the real data and store what the vignette shows: the atlas, its summary, small pictures.

Usage: python tools/public_cohorts.py DATA WORK, the folder of the real data and an empty one to work in. Nothing of the
data goes into the stored files: aggregates only.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from her2stats.study import read_study, run_study  # noqa: E402
from her2stats.study.atlas import build_atlas, write_atlas  # noqa: E402
from tests.study.test_public_cohorts import FILES, shipped  # noqa: E402

STORED = ROOT / "vignettes" / "public_cohorts"
TABLES, PICTURES = ("atlas.csv", "summary.csv", "studies.csv"), ("atlas_rho.png", "atlas_odds_ratio.png")
WIDTH, COLOURS = 1100, 32  # of a stored picture: pixels, and shades that its few colours need


def studies(data: Path, work: Path) -> list[Path]:
    """Lay every study in a folder of its own: the shipped ones, and the two on subsets with expression."""
    found = []
    for name in FILES:
        (work / name).mkdir(parents=True)
        found.append(shipped(name, data, work / name))
    for name in ("scanb", "tcga121"):
        (work / name).mkdir()
        text = (ROOT / "tests" / "studies" / f"{name}.toml").read_text()
        found.append(work / name / "study.toml")
        found[-1].write_text(text.replace("../../../shared/data", str(data)))
    return found


def main(data: Path, work: Path) -> None:
    """Run, compare, store."""
    results = [run_study(read_study(study), n_jobs=1).folder for study in studies(data.resolve(), work)]
    write_atlas(build_atlas(results), work / "atlas")
    STORED.mkdir(exist_ok=True)
    for name in TABLES:
        shutil.copyfile(work / "atlas" / name, STORED / name)
    for name in PICTURES:
        with Image.open(work / "atlas" / name) as picture:
            small = picture.convert("RGB").resize((WIDTH, round(picture.height * WIDTH / picture.width)))
            small.quantize(COLOURS).save(STORED / name, optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
