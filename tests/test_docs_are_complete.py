"""What a user can set, type and is shown first stands in the documentation, and is there."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.main import get_command

import her2stats
from her2stats.cli import app
from her2stats.study.study_file import Study, read_study
from her2stats.vocabulary.variables import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
STUDY_PAGE = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section of the study file behind an annotation such as `Section | None` or `tuple[Section, ...]`."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


SECTIONS = {
    name: section for name, field in Study.model_fields.items() if (section := section_of(field.annotation)) is not None
}


def rows_of(section: str) -> dict[str, tuple[str, ...]]:
    """Setting, and default, values and meaning, of each row of a section's table on the page."""
    page = made_pages().with_settings(STUDY_PAGE)
    text = re.search(rf"^## \[+{section}\]+$(.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)
    assert text is not None, section
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.*?) \| (.+) \|$", text.group(1), re.MULTILINE)
    return {name: tuple(cells) for name, *cells in rows}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_stands_on_the_page_with_what_it_means(section: str) -> None:
    rows = rows_of(section)
    assert list(rows) == list(SECTIONS[section].model_fields)
    assert [meaning for *_, meaning in rows.values()] == [
        field.description for field in SECTIONS[section].model_fields.values()
    ]


def test_defaults_and_values_stand_on_the_page_as_a_study_file_writes_them() -> None:
    assert rows_of("study")["title"] == ("needed", "", "stands above the report")
    assert rows_of("study")["simulated"][:2] == ("`false`", "")
    assert rows_of("cohorts")["scale"][:2] == ("none", '`"log2"`, `"ln"`, `"log10"`, `"linear"`, `"counts"`')
    assert rows_of("scores")["min_coverage"] == ("`0.8`", "0 or more and at most 1", "least share of a score's genes")
    assert rows_of("deconvolution")["permutations"] == ("`0`", "0 or more", "for the p-value of a sample")
    assert rows_of("analysis")["covariates"][0] == '`["age", "size_cm"]`'
    assert rows_of("analysis")["correction"][:2] == ('`"bonferroni"`', '`"bonferroni"`, `"holm"`')


def toml_blocks(text: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/study-file.md"])
def test_study_files_that_are_shown_are_valid(page: str) -> None:
    shown = toml_blocks((ROOT / page).read_text(encoding="utf-8"))
    assert shown
    for text in shown:
        Study.model_validate({"path": Path("study.toml"), **tomllib.loads(text)})


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "HR-positive" in printed
    assert "Macrophages M1" in printed


def made_pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_pages", ROOT / "tools" / "docs_pages.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_every_clinical_variable_stands_on_its_page() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", made_pages().variables(), re.MULTILINE))
    assert list(rows) == [variable.name for variable in VARIABLES]
    assert rows["ki67"] == "Ki-67, % | percent of stained nuclei | 0 to 100 % | yes | "
    assert rows["grade"] == "Grade | I, II, III |  | yes | grade III"


def commands() -> dict[str, Any]:
    return dict(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_and_option_stands_on_the_page_of_commands() -> None:
    page = made_pages().commands()
    for name, command in commands().items():
        part = page.split(f"## `her2stats {name}`")[1].split("\n## ")[0]
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
        assert not [option for option in options if option not in part]
        assert "**Arguments**" in part or not [p for p in command.params if p.param_type_name == "argument"]


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_says_what_it_is(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert not [parameter.name for parameter in command.params if not parameter.help]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_commands_that_are_shown_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    typed = re.findall(r"(?:^|`|bin/)her2stats ([a-z][a-z-]*)", text, re.MULTILINE)
    assert set(typed) <= set(commands())


def test_targets_of_make_that_are_shown_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        shown = re.findall(r"\bmake ([a-z][a-z-]+)(?=[\s`])", (ROOT / page).read_text(encoding="utf-8"))
        assert shown, page
        assert set(shown) - {"only"} <= targets


HOW_TO = re.findall(
    r"^## (.+?)$(.*?)(?=^## |\Z)", (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8"), re.M | re.S
)
RECIPES = [(title, text) for title, part in HOW_TO for text in re.findall(r"```toml\n(.*?)```", part, re.S)]


@pytest.mark.parametrize(("title", "text"), RECIPES, ids=[title for title, _ in RECIPES])
def test_every_recipe_is_a_study_file(tmp_path: Path, title: str, text: str) -> None:
    for section in tomllib.loads(text)["cohorts"]:
        for key in ("clinical", "patients", "expression", "annotation", "fractions", "gene_lengths"):
            if key in section:
                (tmp_path / section[key]).write_text("sample\n", encoding="utf-8")
    (tmp_path / "sigmatrix.tsv").write_text("gene\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert read_study(tmp_path / "study.toml").study.title


def test_the_functions_of_the_recipes_are_there() -> None:
    used = set(re.findall(r"\bh2\.(\w+)", "".join(part for _, part in HOW_TO)))
    assert used
    assert used <= set(her2stats.__all__)
