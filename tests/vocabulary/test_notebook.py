"""Results in a notebook: escaped, compact; and the same again after pickling or a way through the results folder."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames

import her2stats as h2
from her2stats.study.preparing import prepare
from her2stats.study.result_tables import result_tables
from her2stats.study.run import analyse_study
from her2stats.study.study_file import read_study
from her2stats.vocabulary.notebook import MOST_ROWS, frame_html, panel_html
from tests.study.conftest import small_results, small_study  # noqa: F401 - fixtures

NASTY = "<script>alert('&')</script>"


@pytest.fixture(scope="module")
def shown():
    """One of everything that is shown, with a name that no page may obey."""
    cohort = h2.simulate_cohort("toy", 60, seed=1)
    scores = h2.score_signature(cohort.log2(), "ERBB2")
    cells = h2.deconvolve(cohort.linear(), h2.simulate_signature_matrix())
    abundance = h2.classify_abundance(cells.fractions, cohort=NASTY)
    data = cohort.clinical.join(scores.table).join(cells.fractions)
    result = h2.correlate(data.rename(columns={"T cells CD8": NASTY}), "ERBB2", NASTY, by="hr", cohort=NASTY)
    ancova = h2.fit_ancova(data.rename(columns={"T cells CD8": NASTY}), NASTY, "ERBB2")
    return {
        "Cohort": h2.Cohort(NASTY, cohort.clinical, cohort.expression, scale="log2", offset=1.0),
        "Scores": scores,
        "Deconvolution": cells,
        "Abundance": abundance,
        "Result": result,
        "Ancova": ancova,
    }


@pytest.mark.parametrize("name", ["Cohort", "Scores", "Deconvolution", "Abundance", "Result", "Ancova"])
def test_everything_shows_itself_escaped_and_short(shown, name):
    page = shown[name]._repr_html_()
    assert "<script" not in page
    assert (NASTY in repr(shown[name])) == ("&lt;script&gt;" in page)
    for tag in ("div", "table", "tr", "td", "th", "ul", "li", "strong"):
        assert len(re.findall(f"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag
    assert len(page) < 20_000
    assert len(repr(shown[name]).splitlines()) < 60


def equal(first: object, second: object) -> bool:
    """Compare field by field, frames exactly."""
    if isinstance(first, pd.DataFrame):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
        return True
    if hasattr(first, "__dataclass_fields__"):
        return all(equal(getattr(first, name), getattr(second, name)) for name in first.__dataclass_fields__)
    return first == second


@pytest.mark.parametrize("name", ["Cohort", "Scores", "Deconvolution", "Abundance", "Result", "Ancova"])
def test_everything_comes_back_from_a_pickle(shown, name):
    assert equal(shown[name], pickle.loads(pickle.dumps(shown[name])))


def test_the_results_of_a_study_show_themselves_and_come_back_from_a_pickle(small_results):  # noqa: F811
    page = small_results._repr_html_()
    assert "A small simulated study" in page
    again = pickle.loads(pickle.dumps(small_results))
    assert again.provenance == small_results.provenance
    assert all(equal(table, again.tables[name]) for name, table in small_results.tables.items())
    assert all(equal(model, again.models[name]) for name, model in small_results.models.items())


def test_the_results_folder_gives_back_what_was_computed(small_results, small_study):  # noqa: F811
    study = read_study(small_study)
    analyses = analyse_study(prepare(study))
    read = h2.load_results(small_results.folder).tables
    for name, table in result_tables(analyses, study).items():
        pd.testing.assert_frame_equal(table, read[name], check_exact=True)
    for analysis in analyses:
        for table, results in analysis.answers.results.items():
            for number, result in enumerate(results, start=1):
                assert equal(result, small_results.models[f"{analysis.cohort.name}.{table}.{number}"])


def test_results_concatenate(shown):
    result, ancova = shown["Result"], shown["Ancova"]
    stacked = h2.combine([result, ancova.slopes])
    assert len(stacked) == len(result.table) + len(ancova.slopes.table)
    assert stacked["estimate"].tolist()[: len(result.table)] == result.table["estimate"].tolist()
    assert h2.combine([]).empty


@given(
    data_frames(
        [
            column("words", elements=st.text(max_size=9)),
            column("numbers", dtype=float),
            column("truth", dtype=bool),
            column("whole", dtype=int),
        ]
    )
)
def test_any_frame_is_shown_without_its_words_becoming_tags(frame):
    page = frame_html(frame)
    tags = set(re.findall(r"</?([a-z]+)", page))
    assert tags <= {"table", "thead", "tbody", "tr", "th", "td", "p"}
    assert page.count("<tr>") == 1 + min(len(frame), MOST_ROWS)
    assert ("more rows" in page) == (len(frame) > MOST_ROWS)


def test_missing_is_empty_and_numbers_are_short():
    page = panel_html("t", ["a"], pd.DataFrame({"x": [1 / 3, np.nan], "n": pd.array([1, None], dtype="Int64")}))
    assert re.findall(r"<td[^>]*>([^<]*)</td>", page) == ["0.3333", "1", "", ""]
