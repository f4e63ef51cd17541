"""A locale with decimal commas changes nothing: neither what is read nor what is written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.study.conftest import write_small_study
from tests.study.test_run import digests

RUN = """
import locale, sys
from her2stats.study import run_study
{set_locale}
assert locale.localeconv()["decimal_point"] == ","
run_study(sys.argv[1])
"""
REAL = "locale.setlocale(locale.LC_ALL, '')"
STAND_IN = """
known = locale.localeconv()
locale.localeconv = lambda: known | {"decimal_point": ",", "thousands_sep": ".", "grouping": [3, 3, 0]}
locale._override_localeconv = {"decimal_point": ",", "thousands_sep": "."}
"""


@pytest.mark.slow
@pytest.mark.parametrize("real", [True, False], ids=["real", "stand-in"])
def test_a_study_gives_the_same_bytes(small_results, tmp_path, request, real):
    environment = request.getfixturevalue("comma_locale") if real else {}
    study = write_small_study(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", RUN.format(set_locale=REAL if real else STAND_IN), str(study)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert digests(tmp_path / "results") == digests(small_results.folder)
