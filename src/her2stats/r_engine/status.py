"""What R there is on this machine, what is missing, and how to get it, in words."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from her2stats.r_engine.engines import EmbeddedR
from her2stats.r_engine.process import Gone, find_rscript, run_to_its_end

OLDEST_R = (4, 2)
NEW_RPY2_NEEDS = (4, 5)  # rpy2 3.6.6 and later
PINS = "RPY2_CFFI_MODE=ABI pip install rpy2==3.6.5 rpy2-rinterface==3.6.5 rpy2-robjects==3.6.5"
UNPINNED = "pip install 'her2stats[r]'"
APT = "apt-get install -y --no-install-recommends r-base-core r-cran-emmeans r-cran-mass"
ASK_R = """
has <- function(p) tryCatch(as.character(packageVersion(p)), error = function(e) "")
cat("", paste("her2stats:", c(paste(R.version$major, R.version$minor, sep = "."), R.home(), has("emmeans"), has("MASS"),
    as.integer(any(file.access(.libPaths(), 2) == 0)))), "", sep = "\\n")
"""
LONGEST_START = 60  # seconds; on a busy machine a healthy R may need many
ANSWER = "her2stats: "  # begins the lines that answer; a site's R may print what it likes around them
DEBIANS_R = "/usr/lib/R"  # the only R that apt-get's packages are for
OLDEST_EMMEANS = (1, 7)  # earlier ones average over covariates of 0 and 1 in another way


@dataclass(frozen=True)
class RStatus:
    """R as this machine has it; texts are empty where there is nothing to tell.

    `rscript` alone is told where it starts no R, and `r_problem` says why there is none. `packages` holds the versions
    of emmeans and MASS. `rpy2_mode` is "ABI" or "API" where rpy2 works. `library_writable` says whether R could install
    packages where it looks for them, `engine` ("rpy2", "rscript" or "none") what a crosscheck would use, and
    `to_install` has one sentence for each thing that is missing.
    """

    rscript: str
    r_home: str
    r_version: str
    r_problem: str
    packages: dict[str, str]
    rpy2_version: str
    rpy2_mode: str
    rpy2_problem: str
    library_writable: bool
    engine: str
    to_install: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether a crosscheck can be made."""
        return self.engine != "none"

    @property
    def words(self) -> list[str]:
        """The same as sentences for a person."""
        if not self.r_version:
            return [f"{self.r_problem}: crosschecks will say 'not checked'.", *self.to_install]
        packages = ", ".join(f"{name} {version or 'missing'}" for name, version in self.packages.items())
        rpy2 = f"rpy2 {self.rpy2_version}" if self.rpy2_version else "rpy2 is not installed"
        how = f" in {self.rpy2_mode} mode" if self.rpy2_mode else f" ({self.rpy2_problem})" if self.rpy2_problem else ""
        engines = {
            "rpy2": "Crosschecks use R embedded by rpy2.",
            "rscript": "Crosschecks use Rscript, which gives the same numbers.",
            "none": "Crosschecks will say 'not checked'.",
        }
        return [
            f"R {self.r_version} in {self.r_home}.",
            f"R packages: {packages}.",
            f"{rpy2}{how}.",
            engines[self.engine],
            *self.to_install,
        ]


def r_status(*, probe: bool = True) -> RStatus:
    """Look for R, its packages and rpy2.

    Parameters
    ----------
    probe : bool
        Start R through rpy2 to see whether that works (about a second); otherwise an installed rpy2 is believed.

    Examples
    --------
    >>> status = r_status(probe=False)
    >>> status.engine in ("rpy2", "rscript", "none")
    True
    """
    asked = _ask_r()
    rpy2_version = installed("rpy2")
    mode, problem = "", ""
    if asked.r_version and rpy2_version and probe:
        try:
            engine = EmbeddedR()
            mode = engine.versions.mode
            engine.close()
        except Gone as gone:
            problem = str(gone)
    missing = tuple(name for name, version in asked.packages.items() if not version)
    if asked.rscript and not asked.r_version:
        lacking = f"mend or reinstall the R of {asked.rscript}, or put another R before it on the PATH"
    else:
        emmeans, home, writable = asked.packages["emmeans"], asked.r_home, asked.library_writable
        lacking = what_is_missing(asked.r_version, missing, emmeans=emmeans, home=home, writable=writable)
    embedded = not lacking and bool(rpy2_version) and not problem
    to_install = [lacking] if lacking else [] if embedded else [which_rpy2(asked.r_version, problem)]
    return RStatus(
        **vars(asked),
        rpy2_version=rpy2_version,
        rpy2_mode=mode,
        rpy2_problem=problem,
        engine="none" if lacking else "rpy2" if embedded else "rscript",
        to_install=tuple(to_install),
    )


def what_is_missing(
    r_version: str, packages: tuple[str, ...], *, emmeans: str = "", home: str = "", writable: bool = True
) -> str:
    """One sentence with the remedy when R cannot fit the models; empty when it can.

    >>> what_is_missing("3.6.3", ())
    'R 3.6.3 is older than 4.2: install a newer R (https://cran.r-project.org)'
    >>> what_is_missing("4.3.1", ("emmeans",))
    'the R package emmeans is missing: install with install.packages("emmeans") in R'
    """
    if not r_version:
        how = f"`sudo {APT}`" if shutil.which("apt-get") else "R 4.2 or later from https://cran.r-project.org"
        return f"R is not on the PATH: install {how}"
    if _numbers(r_version) < OLDEST_R:
        return f"R {r_version} is older than 4.2: install a newer R (https://cran.r-project.org)"
    if emmeans and _numbers(emmeans) < OLDEST_EMMEANS:
        newer = _how_to_install(("emmeans",), home, writable=writable, newer=True)
        return f"emmeans {emmeans} is older than 1.7: install a newer one with {newer}"
    if packages:
        words = "packages" if len(packages) > 1 else "package", "are" if len(packages) > 1 else "is"
        how = _how_to_install(packages, home, writable=writable)
        return f"the R {words[0]} {' and '.join(packages)} {words[1]} missing: install with {how}"
    return ""


def _how_to_install(packages: tuple[str, ...], home: str, *, writable: bool, newer: bool = False) -> str:
    """Command that adds packages to the R in use: another R's would change nothing."""
    names = [name.lower() for name in packages]
    if any((above / "conda-meta").is_dir() for above in Path(home or "/").parents):
        return f"`conda install -c conda-forge {' '.join(f'r-{name}' for name in names)}`"
    quoted = ", ".join(f'"{name}"' for name in packages)
    inside = f"install.packages({quoted if len(packages) == 1 else f'c({quoted})'}) in R"
    if not writable:
        inside += " (R's library cannot be written by you; R will offer one of your own)"
    if home == DEBIANS_R and shutil.which("apt-get") and not newer:
        debian = " ".join(f"r-cran-{name}" for name in names)
        return f"`sudo apt-get install -y --no-install-recommends {debian}`, or {inside}"
    return inside


def which_rpy2(r_version: str, problem: str = "") -> str:
    """Which rpy2 belongs to an R.

    >>> which_rpy2("4.2.2")[-88:]
    '`RPY2_CFFI_MODE=ABI pip install rpy2==3.6.5 rpy2-rinterface==3.6.5 rpy2-robjects==3.6.5`'
    >>> which_rpy2("4.5.1")
    "for a quicker crosscheck install the rpy2 for R 4.5.1: `pip install 'her2stats[r]'`"
    """
    command = PINS if _numbers(r_version) < NEW_RPY2_NEEDS else UNPINNED
    if problem:
        return f"rpy2 cannot load R ({problem}): install the rpy2 for R {r_version}: `{command}`"
    return f"for a quicker crosscheck install the rpy2 for R {r_version}: `{command}`"


def _numbers(version: str) -> tuple[int, int]:
    numbers = [int(digits) for digits in re.findall(r"\d+", version)]
    return numbers[0], numbers[1] if len(numbers) > 1 else 0


def installed(package: str) -> str:
    """Version of a Python package; empty where it is not there."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


@dataclass(frozen=True)
class _Asked:
    """What Rscript answers, by the names of `RStatus`; without a version, `r_problem` says why."""

    r_problem: str = ""
    rscript: str = ""
    r_version: str = ""
    r_home: str = ""
    packages: dict[str, str] = field(default_factory=lambda: {"emmeans": "", "MASS": ""})
    library_writable: bool = False


def _ask_r() -> _Asked:
    try:
        rscript = find_rscript()
    except Gone as gone:
        return _Asked(str(gone))
    try:
        asked = run_to_its_end([rscript, "--vanilla", "-e", ASK_R], LONGEST_START)
    except Gone as gone:
        return _Asked(f"{rscript} starts no R ({gone})", rscript)
    printed = asked.stdout.split("\n")
    answers = [line.removeprefix(ANSWER) for line in printed if line.startswith(ANSWER)]
    if asked.returncode or len(answers) != 5 or not re.match(r"\d", answers[0]):
        said = asked.stderr.strip().split("\n")[-1] or "it does not answer as R does"
        return _Asked(f"{rscript} starts no R ({said})", rscript)
    version, home, emmeans, mass, writable = answers
    return _Asked("", rscript, version, home, {"emmeans": emmeans, "MASS": mass}, writable == "1")
