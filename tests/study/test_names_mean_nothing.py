"""A name is a word for people: whatever things are called, every table, sentence and number of R is the same.

Deterministic by default; HER2STATS_FUZZ=1000 draws a thousand new sets of names instead.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from her2stats.r_engine import crosscheck_r
from her2stats.report.sections.association import by_hr_section, correlation_section, groups_section
from her2stats.report.sections.models import ancova_section, clinical_section, odds_section
from her2stats.report.sections.response import response_section
from her2stats.report.summary import plain_summary
from her2stats.results import key_findings
from her2stats.results.folder import ResultsFolder, read_tables
from her2stats.results.provenance import Provenance
from her2stats.statistics import Result, classify_abundance, combine, fit_logistic, pool, response_odds
from her2stats.statistics.rows import interaction_rows
from her2stats.study import StudyResults, run_study
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.questions import CELL_QUESTIONS, interaction, odds_ratios
from her2stats.study.atlas import build_atlas
from her2stats.study.beside_the_paper import beside_the_paper
from her2stats.study.result_tables import write_tables
from her2stats.study.sections import AnalysisSection, CohortSection, StudySection
from her2stats.study.study_file import Study
from her2stats.tables import save_workbook, table_effects, table_response
from her2stats.vocabulary.names import variable_label

from .conftest import write_small_study

FUZZ = int(os.environ.get("HER2STATS_FUZZ", "0"))
KINDS = ("exposure", "beside", "type", "other", "rare", "covariate", "factor", "low", "high", "group", "reference")
PLAIN = tuple(f"Q{kind}" for kind in KINDS)  # Q is in no drawn name
SECTIONS = (
    *(correlation_section, by_hr_section, groups_section),
    *(odds_section, clinical_section, ancova_section, response_section),
)
SHEETS = ("correlation", "interaction", "response")
WORDS = (
    *(":", "[", "]", "=", "(", ")", ";", ",", "'", '"', " ", "/", "%", "<b>", "$", "&", "\\", "\u00d7", "-", "+", "@"),
    *("spearman", "odds", "Wilcoxon", " (likelihood ratio)", " (Fisher exact)", "chi-squared", "linear slope"),
    *("odds ratio against ", "; 95% CI Wald", "hr[positive]", "hr=positive", ":hr[negative]", "type", "mean", "all"),
    *("\u03b1\u03b2", "\u0394", "\u03b3\u03b4", "HER2: 20 genes", "x" * 40, "present", "absent", "patients", "ANCOVA"),
)


# Words that the package uses itself, signs that end names elsewhere, and names that hold one of the vocabulary's.
HARD = (
    *("spearman_index", "odds_of_relapse", "interaction", "total", "pooled", "hr[positive]: a=b, my_size_cm, size_cm2"),
    *(
        "kind of \"site\", 'all' & <x>",
        "=lo,w",
        "median (IQR)",
        "type=hr:Q",
        "\u0394 \u03b3\u03b4=\u03c1 e\u0301 \u00e9",
    ),
)


def _names() -> st.SearchStrategy[tuple[str, ...]]:
    one = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(
        lambda words: "".join(words).strip()[:60].strip()
    )
    usable = one.filter(lambda name: name and variable_label(name) == name and name not in ("all", "patients", "mean"))
    return st.lists(usable, min_size=len(KINDS), max_size=len(KINDS), unique_by=str.casefold).map(tuple)


def _tumours(seed: int, names: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Clinical variables, scores and fractions of a cohort, under these names."""
    named, n = dict(zip(KINDS, names, strict=True)), 60
    rng = np.random.default_rng(seed)
    score, receptor = rng.normal(size=n), rng.choice(["negative", "positive"], n)
    towards = np.where(receptor == "positive", -1.5, -0.2) * score
    clinical = pd.DataFrame(
        {
            "hr": pd.Categorical(receptor, ["negative", "positive"]),
            "her2_ihc": pd.Categorical(rng.choice(["0", "1+", "2+"], n), ["0", "1+", "2+"]),
            "age": rng.normal(52, 9, n),
            named["covariate"]: rng.normal(size=n) + towards,
            named["factor"]: pd.Categorical.from_codes(rng.integers(0, 2, n), [named["low"], named["high"]]),
            "pcr": (rng.random(n) < 0.4) * 1.0,
            "her2_group": pd.Categorical.from_codes(rng.integers(0, 2, n), [named["reference"], named["group"]]),
        }
    )
    scores = pd.DataFrame({named["exposure"]: score, named["beside"]: rng.normal(size=n)})
    amounts = np.exp(np.column_stack([towards, rng.normal(size=n), towards + rng.normal(size=n)]))
    amounts[rng.random(n) < 0.5, 2] = 0.0
    return clinical, scores, pd.DataFrame(amounts, columns=[named["type"], named["other"], named["rare"]])


def _study(covariates: tuple[str, ...]) -> Study:
    """A study that asks for covariates; nothing of it is read."""
    return Study(
        path=Path("study.toml"),
        study=StudySection(title="names"),
        cohorts=(CohortSection(name="one", clinical="one.csv"),),
        analysis=AnalysisSection(covariates=covariates),
    )


def _results(names: Sequence[str]) -> dict[str, list[Result]]:
    """Every table of a study of two cohorts."""
    named, found = dict(zip(KINDS, names, strict=True)), dict[str, list[Result]]()
    for place, cohort in enumerate(("one", "two")):
        clinical, scores, fractions = _tumours(place + 1, names)
        abundance, answers = classify_abundance(fractions), Answers(cohort)
        scored = {"scores": scores, "fractions": fractions, "abundance": abundance}
        material = Material(cohort, clinical, named["exposure"], (named["beside"],), **scored)
        covariates = (named["covariate"], named["factor"])
        study = _study(covariates)
        for question in (odds_ratios, interaction) if place else CELL_QUESTIONS:  # the second is there to be pooled
            question(material, study, answers)
        odds = fit_logistic(material.abundances(), material.kept, material.exposure, covariates=covariates)
        response = response_odds(clinical, "pcr", "her2_group", reference=named["reference"], cohort=cohort)
        for table, results in (answers.results | {"odds_adjusted": [odds], "response": [response]}).items():
            found.setdefault(table, []).extend(results)
    pooled = pd.concat([combine(found["odds_ratios"]), interaction_rows(combine(found["interaction"]))])
    return found | {"pooled_odds_ratios": [pool(pooled)]}


def _folder(results: Mapping[str, Sequence[Result]], names: Sequence[str], place: Path) -> ResultsFolder:
    """Tables as a report reads them."""
    tables = {name: combine(list(found)) for name, found in results.items() if name != "odds_adjusted"}
    tables["ancova_curves"] = tables["ancova_curves"].head(3)
    kinds = [classify_abundance(_tumours(seed, names)[2]).kinds.rename_axis("type").reset_index() for seed in (1, 2)]
    tables["abundance"] = pd.concat([kinds[0].assign(cohort="one"), kinds[1].assign(cohort="two")])
    write_tables(tables, place / "tables")
    read, gaps = read_tables(place, tables)
    assert gaps == []
    return ResultsFolder(place, Provenance(exposure=names[0]), read, {}, None, ())


def _said(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Every text and number that stands anywhere."""
    results = _results(names)
    with tempfile.TemporaryDirectory() as place:
        folder = _folder(results, names, Path(place))
        shown = {name: folder.table(name) for name in SHEETS}
        sheets = openpyxl.load_workbook(save_workbook(shown, Path(place) / "tables.xlsx"))
    made = {
        **{f"table {name}": folder.table(name) for name in folder.tables},
        **{f"printed {name}": table_effects(list(found)) for name, found in results.items() if name != "ancova_curves"},
        **{f"section {make.__name__}": make(folder, {}) for make in SECTIONS},
        **{f"sheet {sheet.title}": [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in sheets},
        "response": table_response(results["response"]),
        "summary": plain_summary(folder),
        "findings": key_findings(folder, at_most=99),
    }
    return {name: list(_texts(thing)) for name, thing in made.items()}


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, pd.DataFrame):
        yield from _texts([list(thing.columns), *thing.astype("object").values.tolist()])
    elif dataclasses.is_dataclass(thing):
        yield from _texts({field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)})
    elif isinstance(thing, Mapping):
        yield from _texts(list(thing.items()))
    elif isinstance(thing, Iterable) and not isinstance(thing, str):
        for part in thing:
            yield from _texts(part)
    else:
        yield str(thing)


@cache
def _said_plainly() -> dict[str, list[str]]:
    return _said(PLAIN)


def _renamed(text: str, names: Sequence[str]) -> str:
    for plain, name in sorted(zip(PLAIN, names, strict=True), key=lambda pair: -len(pair[0])):
        text = text.replace(plain, name)
    return text.casefold()  # a name at the beginning of a sentence has a capital


@pytest.mark.slow
@settings(max_examples=FUZZ or 5, derandomize=not FUZZ, deadline=None, database=None)
@given(names=_names())
@example(names=HARD)
def test_tables_and_sentences_are_the_same_but_for_the_names(names: tuple[str, ...]) -> None:
    found = _said(names)
    assert list(found) == list(_said_plainly())
    for place, plain in _said_plainly().items():
        assert [text.casefold() for text in found[place]] == [_renamed(text, names) for text in plain], place


def test_the_study_of_plain_names_has_something_to_say() -> None:
    said = _said_plainly()
    assert said["findings"][0].startswith("one: ")
    assert all(len(texts) > 20 for place, texts in said.items() if place.startswith(("table", "printed", "section")))


@pytest.mark.r
def test_r_gives_the_same_numbers_whatever_the_names(usable_r: None) -> None:
    strange = ("HER2: 20 genes [spearman]", "odds=β", "T [x] (Fisher exact)", "=odds; 95% CI", "a:hr[negative]")
    strange += ('Wilcoxon\'s "index"', "odds_of (likelihood ratio)", "lo=w", "hr[positive]", "$x against <y>", "α" * 60)
    asked = [
        {f"{table}.{place}": result for table, found in _results(names).items() for place, result in enumerate(found)}
        for names in (PLAIN, strange)
    ]
    plain, found = (crosscheck_r(results).table for results in asked)
    assert set(plain["verdict"]) == {"agree"}
    columns = ["model", "cohort", "quantity", "python", "r", "verdict"]
    pd.testing.assert_frame_equal(found[columns], plain[columns], check_exact=True)


STRANGE = {
    "HER2 score": "HER2: 20 genes [spearman]",
    "T cells CD8": "T [odds]: CD8 (Fisher exact)",
    "Monocytes": "Wilcoxon:hr[positive]",
}
MEASURED_BY_NAME = ("T cells CD8", STRANGE["T cells CD8"])


@pytest.fixture(scope="module")
def strange_results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    """The small study under other names of its exposure and of two cell types."""
    study = write_small_study(tmp_path_factory.mktemp("strange"))
    study.write_text(_by_name(study.read_text(encoding="utf-8"), STRANGE), encoding="utf-8")
    matrix = study.with_name("matrix.tsv")
    matrix.write_text(_by_name(matrix.read_text(encoding="utf-8"), STRANGE), encoding="utf-8")
    return run_study(study)


@pytest.mark.slow
def test_a_whole_run_finds_the_same_whatever_the_names(
    small_results: StudyResults, strange_results: StudyResults
) -> None:
    assert list(strange_results.tables) == list(small_results.tables)
    for name, plain in small_results.tables.items():
        strange = strange_results.tables[name]
        if name == "robustness":  # which types have markers is told by LM22's own names of them
            others = [~table["outcome"].isin(MEASURED_BY_NAME) for table in (plain, strange)]
            plain, strange = plain[others[0]], strange[others[1]]
            plain, strange = (table.drop(columns="p_bh") for table in (plain, strange))  # of all types together
        assert list(_texts(strange)) == [_by_name(text, STRANGE) for text in _texts(plain)], name
    assert list(strange_results.findings) == [_by_name(text, STRANGE) for text in small_results.findings]


@pytest.mark.slow
def test_a_whole_run_writes_the_same_files_whatever_the_names(
    small_results: StudyResults, strange_results: StudyResults
) -> None:
    assert _files(strange_results.folder) == _files(small_results.folder)


@pytest.mark.slow
def test_an_atlas_of_a_run_says_the_same_whatever_the_names(
    small_results: StudyResults, strange_results: StudyResults
) -> None:
    types = ("T cells CD8", "Monocytes", "Neutrophils")
    asked = [("Total TIL", *types), ("Total TIL", *(STRANGE.get(name, name) for name in types))]
    plain, strange = (
        build_atlas([run.folder], outcomes=outcomes).table.query("part != 'paper'")  # which the paper's names find
        for run, outcomes in zip((small_results, strange_results), asked, strict=True)
    )
    assert len(plain) > len(asked[0])
    told = [
        sorted(tuple(map(str, row)) for row in table.astype("object").values.tolist()) for table in (plain, strange)
    ]
    assert told[1] == sorted(tuple(_by_name(cell, STRANGE) for cell in row) for row in told[0])


@pytest.mark.slow
def test_beside_the_paper_a_run_says_the_same_whatever_the_names(
    small_results: StudyResults, strange_results: StudyResults
) -> None:
    plain, strange = (beside_the_paper(run.folder).comparison for run in (small_results, strange_results))
    others = [~table["outcome"].isin([*STRANGE, "Macrophages"]) for table in (plain, strange)]
    assert others[0].sum() > 20
    assert list(_texts(strange[others[1]])) == [_by_name(text, STRANGE) for text in _texts(plain[others[0]])]


def _by_name(text: str, names: Mapping[str, str]) -> str:
    for plain, name in names.items():
        text = text.replace(plain, name)
    return text


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_no_figure_becomes_a_placeholder_for_the_names(
    small_results: StudyResults, strange_results: StudyResults
) -> None:
    sizes = {
        path.name: (len(path.read_bytes()), len((strange_results.folder / "figures" / path.name).read_bytes()))
        for path in (small_results.folder / "figures").glob("*.svg")
    }
    assert sizes
    assert [name for name, (plain, strange) in sizes.items() if strange < plain / 2] == []
