"""The small study ready for its questions, and its first cohort analysed, once for all that only look."""

from __future__ import annotations

from pathlib import Path

import pytest

from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.preparing import Prepared, prepare
from her2stats.study.run import analyse_study
from her2stats.study.study_file import read_study


@pytest.fixture(scope="session")
def prepared(small_study: Path) -> Prepared:
    return prepare(read_study(small_study))


@pytest.fixture(scope="session")
def analysis(prepared: Prepared) -> CohortAnalysis:
    return analyse_study(prepared)[0]
