"""The zero rule and the median split: shares at the cuts, ties, missing values, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.statistics.abundance import KINDS, classify_abundance


def with_zeros(zeros: int, n: int) -> list[float]:
    return [0.0] * zeros + [0.01 * (place + 1) for place in range(n - zeros)]


def fractions(**columns: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.set_axis([f"s{place}" for place in range(len(frame))])


@pytest.mark.parametrize(
    ("zeros", "n", "kind", "borderline"),
    [
        (24, 100, "continuous", True),
        (22, 100, "continuous", False),
        (25, 100, "dichotomised", True),
        (1, 4, "dichotomised", True),
        (50, 100, "dichotomised", False),
        (73, 100, "dichotomised", True),
        (75, 100, "dichotomised", True),
        (3, 4, "dichotomised", True),
        (76, 100, "excluded", True),
        (77, 100, "excluded", True),  # 0.77 - 0.75 is more than 0.02 in binary
        (78, 100, "excluded", False),
        (100, 100, "excluded", False),
        (0, 100, "continuous", False),
    ],
)
def test_the_zero_rule_at_and_around_its_cuts(zeros, n, kind, borderline):
    row = classify_abundance(fractions(cell=with_zeros(zeros, n))).kinds.loc["cell"]
    assert (row["kind"], row["n_zero"], row["n"], row["share_zero"]) == (kind, zeros, n, zeros / n)
    assert row["borderline"] is borderline or row["borderline"] == borderline
    assert bool(row["note"]) == borderline


def test_the_table_of_kinds():
    found = classify_abundance(
        fractions(CD8=with_zeros(0, 8), M1=with_zeros(4, 8), Eos=with_zeros(7, 8)), cohort="abim"
    )
    assert tuple(found.kinds.columns) == KINDS
    assert found.kinds.index.name == "type"
    assert (found.continuous, found.dichotomised, found.excluded) == (["CD8"], ["M1"], ["Eos"])
    assert found.cohort == "abim"
    assert found.kinds["borderline"].dtype == bool
    assert found.kinds.loc["CD8", "median"] == pytest.approx(0.045)


def test_high_is_at_or_above_the_median_and_present_is_above_zero():
    found = classify_abundance(fractions(CD8=[0.1, 0.2, 0.2, 0.3, 0.05], M1=[0.0, 0.0, 1e-9, 0.2, 0.0]))
    assert found.high["CD8"].tolist() == [0, 1, 1, 1, 0]
    assert found.high["M1"].tolist() == [0, 0, 1, 1, 0]
    assert found.high.index.tolist() == ["s0", "s1", "s2", "s3", "s4"]


def test_excluded_types_have_no_high_column_and_the_order_stays():
    found = classify_abundance(fractions(b=with_zeros(0, 4), x=[0.0] * 4, a=with_zeros(2, 4)))
    assert found.high.columns.tolist() == ["b", "a"]
    assert found.kinds.index.tolist() == ["b", "x", "a"]


def test_missing_fractions_are_in_no_count_and_stay_missing():
    found = classify_abundance(fractions(CD8=[0.1, np.nan, 0.3, 0.4], M1=[0.0, np.nan, 0.1, 0.0]))
    assert found.kinds[["n", "n_zero"]].to_numpy().tolist() == [[3, 0], [3, 2]]
    assert found.kinds.loc["CD8", "median"] == 0.3
    np.testing.assert_array_equal(found.high["CD8"], [0, np.nan, 1, 1])
    np.testing.assert_array_equal(found.high["M1"], [0, np.nan, 1, 0])


def test_a_type_that_no_sample_has_is_excluded_with_a_reason():
    found = classify_abundance(pd.DataFrame({"CD8": [0.1, 0.2], "M1": [None, None]}))
    row = found.kinds.loc["M1"]
    assert (row["kind"], row["n"], row["note"]) == ("excluded", 0, "no sample has this type")


def test_a_median_of_zero_is_said():
    # only with other cuts: by the default ones a continuous type is above 0 in more than three quarters
    found = classify_abundance(fractions(CD8=with_zeros(3, 5)), dichotomise_from=0.7, exclude_above=0.9)
    assert found.kinds.loc["CD8", "kind"] == "continuous"
    assert "every sample counts as high" in found.kinds.loc["CD8", "note"]
    assert (found.high["CD8"] == 1).all()


def test_a_constant_type_is_said():
    assert "every sample counts as high" in classify_abundance(fractions(CD8=[0.2] * 4)).kinds.loc["CD8", "note"]


def test_the_cuts_are_arguments():
    values = fractions(CD8=with_zeros(4, 10))
    assert classify_abundance(values, dichotomise_from=0.5).continuous == ["CD8"]
    assert classify_abundance(values, exclude_above=0.3).excluded == ["CD8"]
    assert classify_abundance(values, exclude_above=0.4, dichotomise_from=0.4).dichotomised == ["CD8"]
    assert not classify_abundance(values, borderline=0.1, dichotomise_from=0.25).kinds.loc["CD8", "borderline"]
    assert classify_abundance(values, borderline=0.15).kinds.loc["CD8", "borderline"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.floats(0, 1).map(lambda value: 0.0 if value < 0.4 else value), min_size=1, max_size=40),
    st.integers(0, 100),
    st.sampled_from([2.0**-20, 8.0]),
)
def test_neither_the_order_of_samples_nor_the_unit_matters(values, seed, scale):
    frame = fractions(cell=values)
    found = classify_abundance(frame)
    other = classify_abundance(frame.sample(frac=1, random_state=seed) * scale)
    assert other.kinds.drop(columns=["median", "note"]).equals(found.kinds.drop(columns=["median", "note"]))
    pd.testing.assert_frame_equal(other.high.loc[frame.index], found.high)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=40))
def test_at_least_half_are_high(values):
    high = classify_abundance(fractions(cell=[float(value) for value in values])).high["cell"]
    assert high.mean() >= 0.5


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"CD8": [0.1, -0.1]}, index=["s1", "s2"]), ["sample 's2' has a negative fraction", "type 'CD8'"]),
        (pd.DataFrame({"CD8": [0.1, np.inf]}, index=["s1", "s2"]), ["sample 's2' has an infinite fraction"]),
        (pd.DataFrame({"CD8": ["0.1", "low"]}), ["fractions are not numbers"]),
        (pd.DataFrame([[0.1, 0.2]], columns=["CD8", "CD8"]), ["'CD8' is there twice"]),
        (pd.DataFrame(), ["no fractions"]),
        (pd.DataFrame({"CD8": []}, dtype=float), ["no fractions"]),
    ],
)
def test_what_are_no_fractions_is_refused(frame, words):
    with pytest.raises(DataError) as caught:
        classify_abundance(frame, cohort="abim")
    for word in words:
        assert word in str(caught.value)


def test_every_problem_is_told_at_once():
    frame = pd.DataFrame({"a": [-1.0, 0.2], "b": ["x", "y"], "c": [np.inf, -1.0]})
    with pytest.raises(DataError) as caught:
        classify_abundance(frame)
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("cuts", [(0.2, 0.3), (1.2, 0.3), (0.7, -0.1)])
def test_cuts_have_to_be_shares_in_order(cuts):
    with pytest.raises(DataError, match="dichotomise_from <= exclude_above"):
        classify_abundance(fractions(cell=[0.1, 0.2]), exclude_above=cuts[0], dichotomise_from=cuts[1])


def test_noise_of_computing_puts_nothing_that_is_at_the_median_below_it():
    found = classify_abundance(pd.DataFrame({"CD8": [0.1, 0.1 + 0.2 - 1e-16, 0.3, 0.1 + 0.2, 0.9]}))
    assert found.high["CD8"].tolist() == [0.0, 1.0, 1.0, 1.0, 1.0]


def test_scores_may_be_negative_and_their_zero_is_no_absence():
    frame = pd.DataFrame({"logs": [-1.0, 0.0, 0.0, 2.0], "shares": [0.0, 0.0, 1.0, 2.0]})
    with pytest.raises(DataError, match=r"has a negative fraction -> .* say scores=True"):
        classify_abundance(frame)
    found = classify_abundance(frame, scores=True)
    assert found.kinds["kind"].tolist() == ["continuous", "dichotomised"]
    assert found.kinds["n_zero"].tolist() == [2, 2]
    assert found.high["logs"].tolist() == [0.0, 1.0, 1.0, 1.0]
