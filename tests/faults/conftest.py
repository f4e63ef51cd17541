"""A good pair of files, to be spoilt in one way at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from her2stats.cohort import Cohort
from her2stats.reading import read_cohort

EXPRESSION = """\
gene,TCGA-A1,TCGA-A2,TCGA-A3,TCGA-A4
ERBB2,120.5,300,80,95
ESR1,1000,12,900,850
CD8A,3,44,7,0
"""
CLINICAL = """\
sample,er,pgr,her2_ihc,age,size_cm,grade,pcr
TCGA-A1,1,1,0,51,1.5,2,0
TCGA-A2,0,0,1+,62,2.4,3,1
TCGA-A3,1,0,2+,44,3.0,1,0
TCGA-A4,1,1,1+,70,2.0,2,0
"""
Read = Callable[..., Cohort]


class Files:
    """The two files of a cohort, and reading them."""

    def __init__(self, folder: Path) -> None:
        self.expression = folder / "expression.csv"
        self.clinical = folder / "clinical.csv"
        self.write(EXPRESSION, CLINICAL)

    def write(self, expression: str | bytes | None = None, clinical: str | bytes | None = None) -> None:
        """Replace one of the files, or both."""
        for path, text in ((self.expression, expression), (self.clinical, clinical)):
            if text is not None:
                path.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, **options: object) -> Cohort:
        """Read the cohort, linear scale unless told otherwise."""
        return read_cohort(self.expression, self.clinical, name="x", **({"scale": "linear"} | options))  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Two good files in a folder of the test's own."""
    return Files(tmp_path)
