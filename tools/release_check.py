"""Is this checkout fit to be released: version, changelog, citation, licences, the wheel's contents, the documentation.

``make release-check`` runs it; every complaint is printed, and the exit status is 1 when there is one.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
IN_THE_WHEEL = (
    "her2stats/py.typed",
    "her2stats/report/data/report.html.j2",
    "her2stats/published/pizzamiglio2025.toml",
    "her2stats/cohort/genes/symbols.tsv.gz",
    "her2stats/signatures/catalogue/danaher.tsv",
    "her2stats/r/R/run_spec.R",
    "her2stats/r/inst/validate.R",
)
NEVER_IN_THE_WHEEL = re.compile(r"lm22|^(tests|vignettes|benchmarks|shared)/", re.IGNORECASE)


def declared() -> dict[str, object]:
    """[project] of pyproject.toml."""
    project: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def version_problems(version: str) -> list[str]:
    """The version stands in the changelog, the citation and the R package."""
    problems = []
    changelog = (ROOT / "CHANGELOG.md").read_text()
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}$", changelog, re.MULTILINE):
        problems.append(f"CHANGELOG.md has no dated section for {version}")
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if unreleased and re.search(r"^- ", unreleased.group(1), re.MULTILINE):
        problems.append("CHANGELOG.md lists changes as unreleased")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    if citation["version"] != version:
        problems.append(f"CITATION.cff is of version {citation['version']}, not {version}")
    description = (ROOT / "r" / "DESCRIPTION").read_text()
    if f"\nVersion: {version}\n" not in description:
        problems.append(f"r/DESCRIPTION is not of version {version}")
    return problems


def citation_problems() -> list[str]:
    """CITATION.cff has what a reader of the format asks for."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    asked = ("cff-version", "message", "title", "authors", "license", "references")
    return [f"CITATION.cff lacks {key}" for key in asked if key not in citation]


def wheel_problems() -> list[str]:
    """The wheel holds its data files and R functions, and nothing that may not be passed on."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", name, str(ROOT)]
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode:
            return [f"the wheel cannot be built: {built.stderr.strip().splitlines()[-1:]}"]
        (wheel,) = Path(name).glob("*.whl")
        held = zipfile.ZipFile(wheel).namelist()
    problems = [f"the wheel lacks {path}" for path in IN_THE_WHEEL if path not in held]
    return problems + [f"the wheel holds {path}" for path in held if NEVER_IN_THE_WHEEL.search(path)]


def documentation_problems() -> list[str]:
    """Every page that the navigation names is there or is made."""
    made = {"commands.md", "traceability.md", "validation.md", "variables.md", "vignettes/04_for_r_users.md"}
    named = re.findall(r": ([\w/.-]+\.(?:md|py))$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    return [
        f"mkdocs.yml names {page}, which is not there"
        for page in named
        if page not in made and not (ROOT / "docs" / page).exists() and not page.startswith("tools/")
    ]


def licences() -> dict[str, str]:
    """Licence of each declared dependency, as its own metadata state it."""
    project = declared()
    extras: dict[str, list[str]] = project["optional-dependencies"]  # type: ignore[assignment]
    named = [*project["dependencies"], *(one for several in extras.values() for one in several)]  # type: ignore[misc]
    found = {}
    for requirement in sorted({Requirement(str(text)).name for text in named}):
        try:
            about = importlib.metadata.metadata(requirement)
        except importlib.metadata.PackageNotFoundError:
            found[requirement] = "not installed here"
            continue
        classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier", []) if c.startswith("License ::")]
        stated = about.get("License-Expression") or "; ".join(classified) or (about.get("License") or "").strip()
        found[requirement] = stated.splitlines()[0] if stated else "unknown"
    return found


def main() -> int:
    """Print licences and complaints."""
    version = str(declared()["version"])
    print(f"her2stats {version}\n\nLicences of dependencies:")
    known = licences()
    for name, licence in known.items():
        print(f"  {name}: {licence}")
    problems = [
        *version_problems(version),
        *citation_problems(),
        *documentation_problems(),
        *wheel_problems(),
        *(f"the licence of {name} is unknown" for name, licence in known.items() if licence == "unknown"),
    ]
    print("\n" + ("\n".join(f"NOT FIT: {problem}" for problem in problems) or "Fit to be released."))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
