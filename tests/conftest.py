"""What every test shares: where the real data lie, when they are there at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from her2stats.r_engine import r_status

collect_ignore = ["fuzz/atheris_target.py"]  # a program of its own, not a module with examples

# In CI the same examples every time, so that a red run is about the change; elsewhere new ones, so that we learn.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data sets that lie beside the checkout; tests that ask for it skip where it is absent."""
    place = Path(os.environ.get("HER2STATS_SHARED", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        pytest.skip(f"real data are not beside the checkout ({place.parent.name}/data)")
    return place


@pytest.fixture(scope="session")
def comma_locale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of somebody who writes decimals with a comma: a locale of the machine, or one compiled for us."""
    wanted = "it_IT.UTF-8"
    here = {"LC_ALL": wanted, "LANG": wanted}
    made = tmp_path_factory.mktemp("locales")
    for environment in (here, here | {"LOCPATH": str(made)}):
        if "LOCPATH" in environment:
            compile_it = ["localedef", "-i", "it_IT", "-f", "UTF-8", str(made / wanted)]
            if (
                shutil.which("localedef") is None
                or subprocess.run(compile_it, capture_output=True, check=False).returncode
            ):
                break
        script = "import locale; locale.setlocale(locale.LC_ALL, ''); assert f'{1.5:n}' == '1,5'"
        told = subprocess.run(
            [sys.executable, "-c", script], env=os.environ | environment, capture_output=True, check=False
        )
        if not told.returncode:
            return environment
    pytest.skip("no locale with decimal commas on this machine, and none can be compiled (localedef)")


@pytest.fixture(scope="session")
def usable_r() -> None:
    """Skip where there is no usable R, with the line that installs it; fail where R is required, as in CI."""
    status = r_status(probe=False)
    if not status.usable:
        words = " ".join(status.to_install)
        if os.environ.get("HER2STATS_REQUIRE_R"):
            pytest.fail(f"R is required here: {words}")
        pytest.skip(words)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test that is marked `r` the fixture that skips or fails without R."""
    for item in items:
        if item.get_closest_marker("r") is not None and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "usable_r")
