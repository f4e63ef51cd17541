"""Pages of the documentation that are made, not written: a hook of mkdocs.

The table of methods comes from docs/traceability.toml, the validation page from what tests and benchmarks have
stored, the commands from their own help, the clinical variables from their entries, the settings of the study file
from its sections, the page for R users from knitr.
No number on them is typed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, get_args

import pandas as pd
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # tests and their stored numbers


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the made pages."""
    made = {
        "commands.md": commands(),
        "traceability.md": traceability(),
        "validation.md": validation(),
        "variables.md": variables(),
        "vignettes/04_for_r_users.md": for_r_users(),
    }
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put the tables of settings into the page of the study file."""
    return with_settings(markdown) if page.file.src_uri == "study-file.md" else markdown


def with_settings(markdown: str) -> str:
    """The page of the study file with a table of settings at each place that asks for one."""
    return re.sub(r"<!-- settings of (\w+) -->", lambda found: settings(found.group(1)), markdown)


def settings(section: str) -> str:
    """Every setting of a section of the study file with its default, what it may be, and what it means."""
    from her2stats.study.study_file import Study

    (kind,) = (
        part
        for part in parts(Study.model_fields[section].annotation)
        if isinstance(part, type) and issubclass(part, BaseModel)
    )
    lines = ["| setting | default | values | meaning |", "|---|---|---|---|"]
    for name, field in kind.model_fields.items():
        default = "needed" if field.is_required() else "none" if field.default is None else as_toml(field.default)
        lines.append(f"| `{name}` | {default} | {values_of(field)} | {field.description} |")
    return "\n".join(lines)


def values_of(field: FieldInfo) -> str:
    """Words among which a setting is chosen, or limits of a number; nothing where the meaning says it."""
    from her2stats.vocabulary.numbers import limits_in_words

    limits = {
        name: getattr(at, name) for at in field.metadata for name in ("gt", "ge", "lt", "le") if hasattr(at, name)
    }
    words = [part for part in parts(field.annotation) if isinstance(part, str)]
    return ", ".join(map(as_toml, words)) or limits_in_words(limits)


def parts(annotation: Any) -> list[Any]:
    """What a type is made of, down to the words of a Literal."""
    return [annotation, *(part for argument in get_args(annotation) for part in parts(argument))]


def as_toml(value: Any) -> str:
    """A value as a study file writes it."""
    value = list(value) if isinstance(value, tuple) else value
    return f"`{json.dumps(value)}`"


def commands() -> str:
    """Every command with its arguments and options, as typer writes them down."""
    words = ["her2stats.cli", "utils", "docs", "--name", "her2stats", "--title", "Commands"]
    written = subprocess.run([sys.executable, "-m", "typer", *words], check=True, capture_output=True, text=True)
    # the list of commands breaks sentences off; each stands whole in its own section
    whole = re.sub(r"\*\*Commands\*\*:.*?(?=^## )", "", written.stdout, flags=re.MULTILINE | re.DOTALL)
    return f"{whole}\n{EXIT_STATUS}"


def traceability() -> str:
    """Each method, its function, test, R twin and place in the results, as tables by section."""
    methods: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "traceability.toml").read_text())["method"]
    lines = [
        "# Each method, and where it is",
        "",
        "Functions are those of the package `her2stats`, tests those of `tests/`. A test fails when a function, a",
        "test, an R function or a results file that is named here does not exist, when a statistic or a choice",
        "that the package offers is not named here, or when a table of results belongs to no method.",
    ]
    for section in dict.fromkeys(method["section"] for method in methods):
        lines += ["", f"## {section}", "", "| method | function | test | R | results |", "|---|---|---|---|---|"]
        for method in (method for method in methods if method["section"] == section):
            function = f"<code>{breakable(method['function'].removeprefix('her2stats.'))}</code>"
            twin = f"<code>{breakable(method['r'])}</code>" if method.get("r") else f"none: {method['why_not_r']}"
            place = f"<code>{breakable(method['results'])}</code>" if method["results"] else "not part of a run"
            test = breakable(method["test"].removeprefix("tests/").replace("::", " "))
            lines.append(f"| {method['name']} | {function} | {test} | {twin} | {place} |")
    return "\n".join(lines) + "\n"


def variables() -> str:
    """Every clinical variable of the vocabulary, from its entry."""
    from her2stats.vocabulary.variables import VARIABLES

    lines = [
        "# Clinical variables",
        "",
        "Names for `[cohorts.columns]` of [the study file](study-file.md). A number outside its limits is refused.",
        "",
        "| variable | what | values | limits | Table 1 | cut |",
        "|---|---|---|---|---|---|",
    ]
    for entry in VARIABLES:
        low, high = entry.limits
        limits = f"{low:g} to {high:g} {entry.unit}" if entry.is_number else ""
        cells = (
            entry.label,
            entry.meaning,
            limits,
            "yes" if entry.table_one else "",
            entry.cut.label if entry.cut else "",
        )
        lines.append(f"| `{entry.name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def breakable(name: str) -> str:
    """A long name that may go on in the next line after a dot, a slash or an underscore, and nowhere else."""
    return re.sub(r"([./_])", r"\1<wbr>", name).replace("_", "&#95;")


def validation() -> str:
    """What agreement was found: with R's stored numbers, and in the benchmarks."""
    lines = ["# Validation", "", *stored_reference(), "", *certified(), ""]
    for file in (
        "outside.md",
        "results.md",
        "simulation.md",
        "small_strata.md",
        "reading.md",
        "study.md",
        "walkthroughs.md",
    ):
        path = ROOT / "benchmarks" / file
        if path.exists():
            lines += [shifted(path.read_text(encoding="utf-8")), ""]
    return "\n".join(lines)


def stored_reference() -> list[str]:
    """Stored R numbers by function, and how far the package's own are from them now."""
    from her2stats.r_engine.two_answers import compare_answers
    from her2stats.statistics import answer
    from tests.reference.stored import HERE, read_answers, read_frame, read_specs

    answers = read_answers()
    found = [
        compare_answers(answer(spec, read_frame(frame)), answers[case], case)
        for case, (frame, spec) in read_specs().items()
    ]
    software = (HERE / "sessionInfo.txt").read_text().splitlines()[0]
    lines = [
        "## Stored R numbers",
        "",
        f"Written by `tests/reference/generate.R` with {software}, on seeded frames of these functions in every",
        "option and degenerate case; compared anew when this page was made. Corrected p-values are stored beside them;",
        "pooled odds ratios are compared with live R.",
        "",
        "| function | cases | numbers | disagree | largest relative difference | rows that both languages flag |",
        "|---|---|---|---|---|---|",
    ]
    for verb, rows in pd.concat(found).groupby("verb", sort=False):
        numbers = rows["rel_diff"].notna()
        flagged = rows["reason"].str.startswith("both flag").sum()
        wrong = rows["verdict"].eq("disagree").sum()
        cells = (verb, rows["model"].nunique(), numbers.sum(), wrong, f"{rows['rel_diff'].max():.1e}", flagged)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def certified() -> list[str]:
    """Digits in which one-way analyses agree with the certified values of NIST, worked out now."""
    from tests.statistics.test_certified import digits, one_way

    lines = [
        "## Certified values of NIST",
        "",
        "One-way analyses of variance of the Statistical Reference Datasets: digits of F that agree. The sets from",
        "SmLs04 on have 7 or 13 constant leading digits; exact arithmetic on the same doubles agrees no further.",
        "",
        "| data set | digits |",
        "|---|---|",
    ]
    for name in ("SiRstv", "AtmWtAg", *(f"SmLs{number:02}" for number in range(1, 10))):
        found, right, *_ = one_way(name)
        lines.append(f"| {name} | {digits(found, right):.1f} |")
    return lines


def shifted(text: str) -> str:
    """Markdown with every heading one level down."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines())


def for_r_users() -> str:
    """The walkthrough for R users, run by knitr where it is there; its source where not."""
    source = ROOT / "vignettes" / "04_for_r_users.Rmd"
    if not has_knitr():
        if os.environ.get("CI"):
            raise RuntimeError("the walkthrough for R users needs R and knitr: apt-get install r-cran-knitr")
        note = "!!! note\n    knitr was not there when this page was made: the code is shown, not run."
        return f"{note}\n\n{source.read_text()}"
    from her2stats.results.csv_cells import write_csv
    from her2stats.simulate import simulate_cohort, simulate_signature_matrix
    from her2stats.study import run_study

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort = simulate_cohort("toy", 120, seed=5)
        write_csv(cohort.expression, folder / "toy.tsv")
        write_csv(cohort.clinical, folder / "toy.csv")
        write_csv(simulate_signature_matrix().profiles, folder / "matrix.tsv")
        (folder / "study.toml").write_text(STUDY)
        run_study(folder / "study.toml")
        code = f"knitr::opts_chunk$set(error = FALSE); knitr::knit('{source}', 'page.md', quiet = TRUE)"
        environment = os.environ | {"HER2STATS_RESULTS": str(folder / "results")}
        command = ["Rscript", "--vanilla", "-e", code]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
        return (folder / "page.md").read_text(encoding="utf-8")


def has_knitr() -> bool:
    """Whether R is there and can knit."""
    if shutil.which("Rscript") is None:
        return False
    code = 'quit(status = !requireNamespace("knitr", quietly = TRUE))'
    return subprocess.run(["Rscript", "--vanilla", "-e", code], capture_output=True).returncode == 0


EXIT_STATUS = """## Exit status

| status | meaning |
|---|---|
| 0 | done |
| 1 | the input is wrong: everything that is wrong is named, and nothing was written |
| 2 | the command was called wrongly |
| 3 | R disagrees |
| 4 | a comparison with R was asked for, and nothing could be compared |
"""

STUDY = """
[study]
title = "A simulated study for R users"
simulated = true
[[cohorts]]
name = "toy"
expression = "toy.tsv"
scale = "log2"
offset = 1
clinical = "toy.csv"
[deconvolution]
signature = "matrix.tsv"
[analysis]
crosscheck = false
"""
