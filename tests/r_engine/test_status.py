"""What R there is, in words, with a false Rscript in the place of R."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from her2stats.r_engine import r_status
from her2stats.r_engine import status as room
from her2stats.r_engine.process import Gone, quiet_environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the false Rscript is a shell script")


@pytest.fixture
def false_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An Rscript that claims a version and packages."""

    def make(
        version: str = "4.2.2", emmeans: str = "1.8.4", mass: str = "7.3", writable: str = "1", banner: str = ""
    ) -> None:
        script = tmp_path / "Rscript"
        answers = " ".join(f"'her2stats: {one}'" for one in (version, "/usr/lib/R", emmeans, mass, writable))
        script.write_text(f"#!/bin/sh\necho '{banner}'\nprintf '%s\\n' {answers}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.delenv("R_HOME", raising=False)

    return make


@pytest.fixture(autouse=True)
def no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise Gone("libR.so cannot be loaded")

    monkeypatch.setattr(room, "EmbeddedR", fails)


def test_all_is_well_but_rpy2(false_r, monkeypatch: pytest.MonkeyPatch) -> None:
    false_r()
    monkeypatch.setattr(room, "_rpy2_version", lambda: "3.6.5")
    status = r_status()
    assert status.engine == "rscript"
    assert status.usable
    words = " ".join(status.words)
    assert "R 4.2.2 in /usr/lib/R." in words
    assert "emmeans 1.8.4, MASS 7.3" in words
    assert "rpy2 cannot load R (libR.so cannot be loaded)" in words
    assert "rpy2==3.6.5 rpy2-rinterface==3.6.5 rpy2-robjects==3.6.5" in words


def test_a_new_r_gets_the_new_rpy2(false_r, monkeypatch: pytest.MonkeyPatch) -> None:
    false_r(version="4.5.1")
    monkeypatch.setattr(room, "_rpy2_version", lambda: "")
    assert r_status().to_install == (
        "for a quicker crosscheck install the rpy2 for R 4.5.1: `pip install 'her2stats[r]'`",
    )


def test_an_old_r_is_refused(false_r) -> None:
    false_r(version="3.6.3")
    status = r_status()
    assert not status.usable
    assert status.to_install == ("R 3.6.3 is older than 4.2: install a newer R (https://cran.r-project.org)",)


def test_a_missing_package_is_named_with_its_remedy(false_r) -> None:
    false_r(emmeans="")
    status = r_status()
    assert not status.usable
    assert len(status.to_install) == 1
    assert "the R package emmeans is missing" in status.to_install[0]
    assert 'install.packages(c("emmeans"))' in status.to_install[0]


def test_a_library_that_cannot_be_written_is_mentioned(false_r) -> None:
    false_r(emmeans="", writable="0")
    assert "R's library cannot be written by you" in r_status().to_install[0]


def test_no_r_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("R_HOME", raising=False)
    status = r_status()
    assert status.engine == "none"
    assert status.words[0] == "R is not on the PATH: crosschecks will say 'not checked'."
    assert len(status.to_install) == 1


@pytest.mark.parametrize("output", ["", "nonsense", "4.2.2\n"])
def test_an_r_that_talks_nonsense_counts_as_none(output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "Rscript"
    script.write_text(f"#!/bin/sh\nprintf '{output}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("R_HOME", raising=False)
    assert r_status().engine == "none"


def test_what_a_site_prints_around_the_answer_is_no_version(false_r, monkeypatch: pytest.MonkeyPatch) -> None:
    false_r(banner="Welcome to R 9.9.9 at our site")
    monkeypatch.setattr(room, "_rpy2_version", lambda: "")
    assert (r_status().r_version, r_status().packages) == ("4.2.2", {"emmeans": "1.8.4", "MASS": "7.3"})


@pytest.mark.parametrize(("version", "usable"), [("1.6.3", False), ("1.7", True), ("1.10.0", True)])
def test_an_emmeans_that_averages_otherwise_is_refused(
    false_r, version: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    false_r(emmeans=version)
    monkeypatch.setattr(room, "_rpy2_version", lambda: "")
    assert r_status().usable == usable
    assert ("emmeans 1.6.3 is older than 1.7" in " ".join(r_status().words)) == (not usable)


@pytest.mark.parametrize("there", [True, False])
def test_a_home_of_r_that_holds_none_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    if there:
        (tmp_path / "bin").mkdir()
    monkeypatch.setenv("R_HOME", str(tmp_path))
    assert ("R_HOME" in quiet_environment()) == there


def test_r_attaches_its_usual_packages_and_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("R_DEFAULT_PACKAGES", "base")
    monkeypatch.setenv("LANGUAGE", "it")
    assert "R_DEFAULT_PACKAGES" not in quiet_environment()
    assert quiet_environment()["LANGUAGE"] == "en"
