"""The R package is a package: it passes R CMD check, with its testthat tests, without errors or warnings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from her2stats.r_engine.process import find_rscript
from her2stats.r_engine.sources import r_package

pytestmark = [pytest.mark.r, pytest.mark.slow]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Output of R CMD check."""
    folder = tmp_path_factory.mktemp("check")
    r = str(Path(find_rscript()).with_name("R"))
    shutil.copytree(r_package(), folder / "her2stats")
    environment = {**os.environ, "_R_CHECK_FORCE_SUGGESTS_": "false", "_R_CHECK_CRAN_INCOMING_": "false"}
    commands = (["build", "her2stats"], ["check", "--no-manual", "her2stats_0.1.0.tar.gz"])
    for command in commands:
        done = subprocess.run([r, "CMD", *command], cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_it_passes_r_cmd_check_without_errors_or_warnings(checked: str) -> None:
    assert re.search(r"Status: (OK|\d+ NOTE)", checked), checked[-3000:]


def test_its_testthat_tests_ran(checked: str) -> None:
    if (
        "testthat"
        not in subprocess.run(
            [find_rscript(), "--vanilla", "-e", 'cat(if (requireNamespace("testthat", quietly = TRUE)) "testthat")'],
            capture_output=True,
            text=True,
        ).stdout
    ):
        if os.environ.get("HER2STATS_REQUIRE_R"):
            pytest.fail("the R package testthat is required here: apt-get install r-cran-testthat")
        pytest.skip("the R package testthat is not installed: apt-get install r-cran-testthat")
    assert re.search(r"checking tests \.\.\.\s+(Running .testthat\.R.\s+)?OK", checked), checked[-3000:]
    assert re.search(r"Running .testthat\.R.", checked), checked[-3000:]


def test_every_exported_function_is_documented() -> None:
    exported = re.findall(r"^export\((\w+)\)$", (r_package() / "NAMESPACE").read_text(), re.MULTILINE)
    assert set(exported) == {
        *(
            "adjust",
            "agree_ranks",
            "compare_groups",
            "correlate",
            "fit_ancova",
            "fit_clinical",
            "fit_interaction",
            "fit_logistic",
        ),
        *("fit_ordinal", "pool", "read_models", "read_results", "response_odds", "run_study", "study_wide"),
        *("correlate_draws", "specification_curve"),
        *("bias_ihc", "e_value", "power_correlation", "power_response", "validate_results"),
    }
    pages = {path.stem for path in (r_package() / "man").glob("*.Rd")}
    assert pages == {*exported, "her2stats-package", "her2stats_result"}


def test_it_depends_on_base_r_emmeans_and_mass_only() -> None:
    description = (r_package() / "DESCRIPTION").read_text()
    imports = re.search(r"^Imports: (.*)$", description, re.MULTILINE)
    assert imports is not None
    assert re.findall(r"\w+(?=[ ,(]|$)", re.sub(r"\([^)]*\)", "", imports.group(1))) == [
        "emmeans",
        "MASS",
        "stats",
        "utils",
    ]
