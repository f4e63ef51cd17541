"""The model frame: types, levels, what is missing, and every problem at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import fit_ancova, fit_interaction, fit_logistic, fit_ordinal
from her2stats.statistics.flags import code_of
from her2stats.statistics.frame import model_frame


def test_a_categorical_keeps_its_levels_and_text_is_sorted():
    data = pd.DataFrame({"ihc": pd.Categorical(["2+", "0"], categories=["0", "1+", "2+"]), "hr": ["pos", "neg"]})
    frame = model_frame(data, factors=["ihc", "hr"])
    assert frame.levels == {"ihc": ("0", "1+", "2+"), "hr": ("neg", "pos")}
    assert frame.values["ihc"].tolist() == [2, 0]
    assert frame.values["hr"].tolist() == [1, 0]


def test_an_ordered_categorical_becomes_unordered():
    data = pd.DataFrame({"ihc": pd.Categorical(["0", "1+"], categories=["0", "1+"], ordered=True)})
    assert not model_frame(data, factors=["ihc"]).table["ihc"].cat.ordered


@pytest.mark.parametrize("values", [[0, 1, 1], [0.0, 1.0, 1.0], [False, True, True]])
def test_groups_of_0_and_1_read_0_and_1(values):
    assert model_frame(pd.DataFrame({"present": values}), factors=["present"]).levels == {"present": ("0", "1")}


def test_a_covariate_is_a_number_or_a_factor_by_what_it_holds():
    data = pd.DataFrame({"age": [50, 60], "pam50": ["LumA", "Basal"], "grade3": [True, False]})
    frame = model_frame(data, either=["age", "pam50", "grade3"])
    assert set(frame.levels) == {"pam50"}
    assert frame.values["grade3"].tolist() == [1, 0]


@pytest.mark.parametrize(
    "column",
    [
        pd.array([1, None, 0], dtype="Int64"),
        pd.array([True, None, False], dtype="boolean"),
        pd.Series([1.0, np.nan, 0.0]),
        pd.Series([1, None, 0], dtype="object"),
        pd.Series([True, None, False], dtype="object"),
    ],
)
def test_missing_values_of_every_kind_become_nan(column):
    values = model_frame(pd.DataFrame({"event": column}), binary=["event"]).values["event"]
    np.testing.assert_array_equal(values, [1, np.nan, 0])


def test_a_stratum_counts_what_it_leaves_out_and_what_may_belong_to_it():
    data = pd.DataFrame({"x": [1, np.nan, 3, np.nan, 5], "y": [1, 2, np.nan, 4, 5.0], "hr": ["a", "a", "a", "b", None]})
    frame = model_frame(data, numeric=["x", "y"], factors=["hr"])
    cases = {within.label: frame.complete(["x", "y"], within) for within in frame.strata("hr")}
    assert {label: (one.n, one.n_missing) for label, one in cases.items()} == {"hr=a": (1, 3), "hr=b": (0, 2)}
    everything = frame.complete(["x", "y"], frame.everything)
    assert (everything.n, everything.n_missing) == (2, 3)


def test_a_level_without_samples_is_still_a_stratum():
    data = pd.DataFrame({"hr": pd.Categorical(["positive"], categories=["negative", "positive"])})
    assert [one.label for one in model_frame(data, factors=["hr"]).strata("hr")] == ["hr=negative", "hr=positive"]


def test_complete_cases_come_in_an_order_that_rows_cannot_change():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.integers(0, 3, 30), "y": rng.integers(0, 3, 30)})
    shuffled = data.sample(frac=1, random_state=1)
    frames = [model_frame(d, numeric=["x", "y"]) for d in (data, shuffled)]
    one, other = (frame.complete(["x", "y"], frame.everything) for frame in frames)
    for name in ("x", "y"):
        np.testing.assert_array_equal(one[name], other[name])


def test_every_problem_is_told_at_once():
    data = pd.DataFrame({"x": ["low", "high"], "event": [0, 2], "y": [1.0, np.inf]}, index=["s1", "s2"])
    with pytest.raises(DataError) as caught:
        model_frame(data, numeric=["x", "y"], binary=["event"], factors=["hr"])
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for part in ("'x' holds the text 'low'", "row s1", "'event' holds 2", "infinite", "row s2", "'hr' is missing"):
        assert part in text


def test_digits_as_text_are_not_taken_for_numbers():
    with pytest.raises(DataError, match="text '1'"):
        model_frame(pd.DataFrame({"x": ["1", "2"]}), numeric=["x"])


def test_categories_are_not_taken_for_numbers():
    with pytest.raises(DataError, match="holds groups"):
        model_frame(pd.DataFrame({"x": pd.Categorical([0, 1])}), binary=["x"])


def test_a_measurement_is_not_taken_for_groups():
    with pytest.raises(DataError, match="cannot divide samples"):
        model_frame(pd.DataFrame({"age": np.linspace(30, 80, 60)}), factors=["age"])


def test_levels_that_read_alike_are_refused():
    with pytest.raises(DataError, match="look alike"):
        model_frame(pd.DataFrame({"g": pd.Categorical([1, "1"], categories=[1, "1"])}), factors=["g"])


def test_a_column_that_is_there_twice_is_refused():
    data = pd.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(DataError, match="2 times"):
        model_frame(data, numeric=["x"])


def test_a_column_cannot_be_a_number_and_a_group():
    with pytest.raises(DataError, match="as a number and as a group"):
        model_frame(pd.DataFrame({"x": [0, 1]}), numeric=["x"], factors=["x"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1e300, 2e300, -3e300], "too large for a model"),
        ([1e-300, 2e-300, 3e-300], "too close to each other for a model"),
        ([2**53 + 1, 2**53 + 3, 5], "beyond 2\\^53"),
        ([10**400, 1, 2], "beyond 2\\^53"),
        ([1 + 1j, 2, 3], "not numbers"),
    ],
)
def test_numbers_that_no_model_can_hold_are_refused(values, told):
    with pytest.raises(DataError, match=told):
        model_frame(pd.DataFrame({"x": values}), numeric=["x"])


def test_numbers_beside_none_are_no_groups():
    """From a list with None in it: a column of objects, and still one term of a model, not one for each age."""
    ages = pd.Series([50, None, 9, 61], dtype="object")
    frame = model_frame(pd.DataFrame({"age": ages}), either=["age"])
    assert "age" not in frame.levels
    np.testing.assert_array_equal(frame.values["age"], [50, np.nan, 9, 61])
    assert model_frame(pd.DataFrame({"age": ages}), factors=["age"]).levels == {"age": ("9", "50", "61")}


def test_what_varies_by_the_noise_of_computing_only_is_constant():
    """Such an exposure had an odds ratio per SD of 0.67 (n 60): its own noise, divided by its own spread."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": np.where(rng.random(60) < 0.5, 0.1 + 0.2, 0.3), "y": rng.normal(size=60)})
    frame["b"], frame["hr"] = rng.integers(0, 2, 60), rng.choice(["neg", "pos"], 60)
    for found in (
        fit_logistic(frame, "b", "x"),
        fit_logistic(frame, "b", "x", by="hr"),
        fit_interaction(frame, "b", "x", moderator="hr"),
        fit_ordinal(frame, "y", "x"),
        fit_ancova(frame, "y", "x", factors=("hr",)).slopes,
    ):
        assert {code_of(why) for why in found.table["flag"]} == {"constant exposure"}
    assert code_of(fit_ordinal(frame, "x", "y").table["flag"].item()) == "constant outcome"
    assert code_of(fit_logistic(frame, "b", "y", covariates="x").table["flag"][0]) == "rank deficient"
