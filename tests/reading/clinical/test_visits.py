"""Whose a sample is by its id, and which of a patient's samples is the first."""

import pandas as pd
import pytest

from her2stats.errors import SampleError
from her2stats.reading import read_clinical
from her2stats.reading.clinical.visits import in_time, patients_of


def table(ids, **more):
    return pd.DataFrame({"sample": ids, "er": "+", "her2_ihc": "1+", "place": [*range(len(ids))], **more})


@pytest.mark.parametrize(
    ("first", "second"),
    [("{}a", "{}b"), ("{}_A", "{}_B"), ("{}.1", "{}.2"), ("{}", "{}b"), ("{}", "{}.1"), ("{}", "{}-2"), ("{}", "{} 2")],
)
def test_letters_and_digits_that_count_the_samples_of_one_patient(first, second):
    both = [form.format(f"P{place}") for place in range(6) for form in (first, second)]
    assert patients_of(both) == [f"P{place}" for place in range(6) for _ in range(2)]
    one = ["P1x", *both[:2], *(f"Q{place}" for place in range(9))]
    assert patients_of(one) == ["P1x", "P0", "P0", *one[3:]]


@pytest.mark.parametrize(
    "ids",
    [
        [f"S{plate}{well}" for plate in range(12) for well in "ABCDE"],  # wells
        [f"{place}{'abc'[place % 3]}" for place in range(12)],  # centres
        [f"P{place}a" for place in range(12)],
        [f"P{place}{last}" for place in range(6) for last in "bd"],
        [f"{centre}-{place:02d}" for centre in range(1, 4) for place in range(1, 4)],
        ["BC-1", "BC-2", "CA-1", "CA-2"],  # initials of a centre
        ["1a", "1b", "1c"],
    ],
)
def test_ids_that_count_something_else(ids):
    assert patients_of(ids) == ids


def test_the_only_patient_may_have_two_visits():
    assert patients_of(["P1_V1", "P1_V2"]) == ["p1", "p1"]
    assert patients_of(["BC_T1", "BC_T2"]) == ["BC_T1", "BC_T2"]  # a cohort, and its tumours
    with pytest.raises(SampleError, match="1 patients have more than one sample, 1 too many \\(P1a, P1b\\)"):
        read_clinical(table(["P1a", "P1b", "P2", "P3"]))


@pytest.mark.parametrize(
    ("later", "first"),
    [
        ("V10", "V2"), ("post", "pre"), ("post", "baseline"), ("C2D1", "screening"), ("surgery", "C2D1"), ("W12", "W3"),
        ("nach", "vor"), ("apres", "avant"), ("dopo", "prima"), ("eot", "V3"), ("right", "left"),
    ],
)  # fmt: skip
def test_the_first_is_the_first_in_time(later, first):
    ids = [f"P{place}_{visit}" for place in range(4) for visit in (later, first)]
    ranks = in_time(ids, [""] * 8)
    assert all(ranks[place] > ranks[place + 1] for place in range(0, 8, 2))
    assert list(read_clinical(table(ids), repeats="first").table.index) == ids[1::2]


def test_a_column_of_visits_tells_the_first():
    ids = [f"S{place}" for place in range(8)]
    words = {"patient": [f"p{place // 2}" for place in range(8)], "visit": ["post", "pre"] * 4}
    assert list(read_clinical(table(ids, **words), repeats="first").table.index) == ids[1::2]
    words["visit"] = ["V2", "V10"] * 4
    assert list(read_clinical(table(ids, **words), repeats="first").table.index) == ids[::2]
