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
        version: str = "4.2.2",
        emmeans: str = "1.8.4",
        mass: str = "7.3",
        writable: str = "1",
        banner: str = "",
        home: str = "/usr/lib/R",
    ) -> None:
        script = tmp_path / "Rscript"
        answers = " ".join(f"'her2stats: {one}'" for one in (version, home, emmeans, mass, writable))
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
    monkeypatch.setattr(room, "installed", lambda package: "3.6.5")
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
    monkeypatch.setattr(room, "installed", lambda package: "")
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
    assert 'install.packages("emmeans")' in status.to_install[0]


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


BROKEN = {
    "": "it does not answer as R does",
    "echo nonsense": "it does not answer as R does",
    "echo 4.2.2": "it does not answer as R does",
    "echo libR.so: cannot open shared object file >&2; exit 127": "libR.so: cannot open shared object file",
    "for i in devel /usr/lib/R 1.8 7.3 1; do echo her2stats: $i; done": "it does not answer as R does",
    "printf 'caf\\351' >&2; exit 1": "caf\N{REPLACEMENT CHARACTER}",
}


@pytest.mark.parametrize("commands", BROKEN)
def test_an_rscript_that_starts_no_r_is_told_with_its_reason(
    commands: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "Rscript"
    script.write_text(f"#!/bin/sh\n{commands}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("R_HOME", raising=False)
    status = r_status()
    assert status.words == [
        f"{script} starts no R ({BROKEN[commands]}): crosschecks will say 'not checked'.",
        f"mend or reinstall the R of {script}, or put another R before it on the PATH",
    ]
    assert status.engine == "none"


def test_a_banner_in_another_encoding_hides_no_r(false_r, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    false_r(banner="BANNER")
    script = tmp_path / "Rscript"
    script.write_bytes(script.read_bytes().replace(b"BANNER", b"caf\xe9"))
    monkeypatch.setattr(room, "installed", lambda package: "")
    assert r_status().r_version == "4.2.2"


REMEDIES = {
    "debian": '`sudo apt-get install -y --no-install-recommends r-cran-emmeans`, or install.packages("emmeans") in R',
    "site": 'install.packages("emmeans") in R',
    "conda": "`conda install -c conda-forge r-emmeans`",
}


@pytest.mark.parametrize("kind", REMEDIES)
def test_the_remedy_is_for_the_r_in_use(false_r, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    (tmp_path / "env" / "conda-meta").mkdir(parents=True)
    homes = {"debian": "/usr/lib/R", "site": "/opt/R/4.4.1/lib/R", "conda": f"{tmp_path}/env/lib/R"}
    false_r(emmeans="", home=homes[kind])
    monkeypatch.setattr(room.shutil, "which", lambda name, path=None: str(tmp_path / "Rscript"))
    assert r_status().to_install == (f"the R package emmeans is missing: install with {REMEDIES[kind]}",)


def test_what_a_site_prints_around_the_answer_is_no_version(false_r, monkeypatch: pytest.MonkeyPatch) -> None:
    false_r(banner="Welcome to R 9.9.9 at our site")
    monkeypatch.setattr(room, "installed", lambda package: "")
    assert (r_status().r_version, r_status().packages) == ("4.2.2", {"emmeans": "1.8.4", "MASS": "7.3"})


@pytest.mark.parametrize(("version", "usable"), [("1.6.3", False), ("1.7", True), ("1.10.0", True)])
def test_an_emmeans_that_averages_otherwise_is_refused(
    false_r, version: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    false_r(emmeans=version)
    monkeypatch.setattr(room, "installed", lambda package: "")
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
