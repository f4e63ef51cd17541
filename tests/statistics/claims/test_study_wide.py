"""The error of the whole study: the statistics, the permutations, the gate, and the level that it promises."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import Result, adjust, correlate, fit_ancova, study_wide
from her2stats.statistics.claims.study_tests import Scores, study_tests
from her2stats.statistics.fits.rank_tests.max_t import step_down
from her2stats.statistics.fits.rank_tests.permutations import permutations_within
from her2stats.statistics.frame import model_frame
from her2stats.statistics.specs import StudyWideSpec

TYPES, HIGH = ("plasma", "cd8"), ("plasma_high", "cd8_high")
ASKED: dict[str, Any] = {
    "high": HIGH,
    "totals": "til",
    "within": "hr",
    "factors": ("hr", "her2_ihc"),
    "slope_covariates": "age",
    "permutations": 400,
}


@pytest.fixture
def frame(tumours: pd.DataFrame) -> pd.DataFrame:
    return tumours.assign(til=np.random.default_rng(8).normal(size=len(tumours)) - 0.4 * tumours["her2"])


def keyed(result: Result) -> pd.DataFrame:
    return result.table.set_index(["outcome", "model", "stratum"]).sort_index()


def study(n: int, rng: np.random.Generator, types: int = 4) -> pd.DataFrame:
    """Exposure and types that differ between the receptor groups, and have nothing in common within them."""
    hr = rng.random(n) < 0.7
    made = {"her2": rng.normal(size=n) + 1.5 * hr, "hr": np.where(hr, "positive", "negative")}
    shared = rng.normal(size=n)
    for k in range(types):
        values = np.exp(rng.normal(size=n) + shared - hr)
        made |= {f"t{k}": values, f"t{k} high": (values >= np.median(values)).astype(float)}
    return pd.DataFrame(made)


def ask(data: pd.DataFrame, types: int = 4, **how: Any) -> pd.DataFrame:
    names = [f"t{k}" for k in range(types)]
    return study_wide(data, "her2", names, high=[f"{name} high" for name in names], within="hr", **how).table


def test_without_any_association_a_study_claims_something_as_rarely_as_said() -> None:
    rng, studies, claims, by_family = np.random.default_rng(4), 150, 0, 0
    for number in range(studies):
        data = study(70, rng)
        claims += bool((ask(data, permutations=199, seed=number)["p_study"] < 0.05).any())
        by_family += bool((adjust(correlate(data, "her2", ["t0", "t1", "t2", "t3"])).table["p_adjusted"] < 0.05).any())
    assert 0 < claims <= 17  # 99.9 % of draws from a binomial of 5 %
    assert by_family > 4 * claims  # one family of plain correlations, which mistake the receptor for an association


def test_what_is_there_is_found_and_lets_only_its_own_type_through() -> None:
    data = study(160, np.random.default_rng(6))
    data["t1"] += 1.2 * data["her2"].rank() / 160 * data["t1"].std() * 2
    data["t1 high"] = (data["t1"] >= data["t1"].median()).astype(float)
    found = ask(data, permutations=999)
    claimed = found[found["p_study"] < 0.05]
    assert set(claimed["outcome"]) == {"t1"}
    assert {"given", "correlation", "odds"} <= set(claimed["model"])
    others = found[(found["outcome"] != "t1") & (found["model"] != "given")]
    assert (others["p_study"] == 1).all()
    through = found[(found["outcome"] == "t1") & (found["model"] != "given")]
    assert (through["p_study"] >= through["p_value"] - 1e-12).all()
    assert (through["p_study"] >= found["p_primary"].min()).all()
    assert found["p_primary"].notna().eq(found["model"] == "given").all()


def test_the_t_of_the_covariance_analysis_is_that_of_fit_ancova(frame: pd.DataFrame) -> None:
    spec = StudyWideSpec(
        exposure="her2", outcomes=TYPES, high=HIGH, within="hr", factors=("hr", "her2_ihc"), slope_covariates=("age",)
    )
    data = model_frame(frame, numeric=["her2", *TYPES], binary=HIGH, factors=["hr", "her2_ihc"], either=["age"])
    scores = Scores.of(data, spec)
    tests = {(test.question, test.outcome): test for test in study_tests(scores, spec)}
    for question, covariates in (("slopes", ()), ("slopes adjusted", "age")):
        slopes = fit_ancova(frame, TYPES, "her2", factors=("hr", "her2_ihc"), covariates=covariates).slopes.table
        for row in slopes[slopes["stratum"] == "all"].itertuples():
            model = tests[question, row.outcome].model
            assert model is not None
            (ours,) = model.statistics(scores.kinds["values"][:, None])
            assert ours[0] == pytest.approx(row.statistic, rel=1e-10)


def test_rank_sums_and_scores_are_those_of_a_loop_over_the_same_permutations(frame: pd.DataFrame) -> None:
    asked = {"within": "hr", "high": HIGH, "permutations": 60, "alpha": 0.9, "seed": 3}
    found = keyed(study_wide(frame, "her2", TYPES, **asked))
    columns = sorted({*TYPES, *HIGH})
    data = frame.assign(level=frame["hr"].cat.codes).sort_values(["level", "her2", *columns])
    sizes = data["level"].value_counts(sort=False).sort_index().tolist()
    (drawn,) = permutations_within(sizes, 60, 3)
    plasma, high = data["plasma"].to_numpy(), data["plasma_high"].to_numpy()
    positive = data["level"].to_numpy() == 1
    sums: dict[tuple[str, str], list[float]] = {
        ("correlation", "all"): [],
        ("odds", "all"): [],
        ("odds", "hr=positive"): [],
    }
    for places in (np.arange(len(data)), *drawn.T):
        exposure = data["her2"].to_numpy()[places]
        sums["correlation", "all"].append(float(pd.Series(plasma).rank() @ pd.Series(exposure).rank()))
        sums["odds", "all"].append(float((high - high.mean()) @ exposure))
        sums["odds", "hr=positive"].append(float((high[positive] - high[positive].mean()) @ exposure[positive]))
    for (model, stratum), values in sums.items():
        row, drawn_sums = found.loc["plasma", model, stratum], np.array(values[1:])
        z = (np.array(values) - drawn_sums.mean()) / drawn_sums.std(ddof=1)
        assert row["statistic"] == pytest.approx(z[0], rel=1e-9)
        assert row["p_value"] == pytest.approx(np.mean(np.abs(z) >= abs(z[0]) - 1e-9))


def test_the_interaction_is_one_newton_step_from_no_exposure() -> None:
    """Without covariates: score over information in each group, and their difference."""
    data = study(90, np.random.default_rng(12), types=1)
    found = keyed(study_wide(data, "her2", "t0", high="t0 high", within="hr", permutations=40, alpha=0.5))
    ordered = data.sort_values(["hr", "her2", "t0", "t0 high"])
    (drawn,) = permutations_within(ordered["hr"].value_counts().sort_index().tolist(), 40, 1)
    high, level = ordered["t0 high"].to_numpy(), (ordered["hr"] == "positive").to_numpy()
    steps = []
    for places in (np.arange(90), *drawn.T):
        exposure, slopes = ordered["her2"].to_numpy()[places], []
        for own in (~level, level):
            chance, x = high[own].mean(), exposure[own] - exposure[own].mean()
            slopes.append(float((high[own] - chance) @ x / (chance * (1 - chance) * (x @ x))))
        steps.append(slopes[1] - slopes[0])
    z = (steps[0] - np.mean(steps[1:])) / np.std(steps[1:], ddof=1)
    assert found.loc[("t0", "interaction", "all"), "statistic"] == pytest.approx(z, rel=1e-9)


def test_the_p_value_of_a_small_study_is_that_of_every_permutation() -> None:
    """Five and four tumours: all 2880 orders within the groups, and the share of them drawn."""
    data = pd.DataFrame({"her2": [1.0, 2, 3, 4, 5, 1, 2, 3, 4], "t": [1.2, 1, 4, 3, 9, 2, 7, 3, 8.0]})
    data["hr"] = ["n"] * 5 + ["p"] * 4
    u, v = (
        np.concatenate([part[c].rank() / (len(part) + 1) - 0.5 for _, part in data.groupby("hr")])
        for c in ("her2", "t")
    )
    orders = itertools.product(itertools.permutations(range(5)), itertools.permutations(range(5, 9)))
    sums = np.array([u[[*first, *second]] @ v for first, second in orders])
    exact = np.mean(np.abs(sums) >= abs(u @ v) - 1e-9)
    found = study_wide(data, "her2", totals="t", within="hr", permutations=20_000).table
    drawn = found.loc[found["model"] == "given", "p_value"].iloc[0]
    assert drawn == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 20_000))


def test_step_down_is_the_maximum_over_what_is_not_yet_decided() -> None:
    sizes = np.abs(np.random.default_rng(3).normal(size=(5, 200)))
    sizes[0, 0], sizes[3, 0] = 4.0, 2.6
    found, left, last = np.empty(5), [0, 1, 2, 3, 4], 0.0
    while left:
        first = max(left, key=lambda place: sizes[place, 0])
        last = max(last, float(np.mean(sizes[left].max(axis=0) >= sizes[first, 0])))
        found[first] = last
        left.remove(first)
    np.testing.assert_allclose(step_down(sizes), found)


def test_the_order_of_rows_and_types_changes_nothing(frame: pd.DataFrame) -> None:
    turned = frame.sample(frac=1, random_state=5)
    ours = keyed(study_wide(frame, "her2", TYPES, **ASKED))
    theirs = keyed(study_wide(turned, "her2", TYPES[::-1], **(ASKED | {"high": HIGH[::-1]})))
    assert len(ours) == 25
    numbers = ["statistic", "p_value", "p_primary", "p_study", "n"]
    pd.testing.assert_frame_equal(ours[numbers], theirs[numbers], rtol=1e-12)


def test_rank_tests_know_nothing_of_the_scale_and_a_turned_exposure_turns_signs(frame: pd.DataFrame) -> None:
    plain = keyed(study_wide(frame, "her2", TYPES, **ASKED)).query("model in ('given', 'correlation')")
    bent = keyed(study_wide(frame.assign(her2=np.exp(frame["her2"])), "her2", TYPES, **ASKED)).query(
        "model in ('given', 'correlation')"
    )
    np.testing.assert_allclose(bent["statistic"], plain["statistic"], rtol=1e-12)
    np.testing.assert_array_equal(bent["p_value"], plain["p_value"])
    turned = keyed(study_wide(frame.assign(her2=-frame["her2"]), "her2", TYPES, **ASKED)).query(
        "model in ('given', 'correlation')"
    )
    assert (np.sign(turned["statistic"]) == -np.sign(plain["statistic"])).all()


def test_another_seed_draws_others_and_the_same_seed_the_same(frame: pd.DataFrame) -> None:
    first, again, other = (keyed(study_wide(frame, "her2", TYPES, **ASKED, seed=seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["p_value"] != other["p_value"]).any()
    assert np.abs(first["p_value"] - other["p_value"]).max() < 0.15  # four hundred permutations


def test_permutations_stay_within_their_strata_and_are_all_alike_likely() -> None:
    (drawn,) = permutations_within([3, 2], 900, seed=2)
    assert (np.sort(drawn[:3], axis=0) == [[0], [1], [2]]).all()
    assert (np.sort(drawn[3:], axis=0) == [[3], [4]]).all()
    counts = pd.Series(map(tuple, drawn.T.tolist())).value_counts()
    assert len(counts) == 12
    expected = 900 / 12
    assert float(((counts - expected) ** 2 / expected).sum()) < 31.3  # chi-squared, 11 df, 0.1 %


def test_a_declared_question_and_type_spend_the_level_on_it(frame: pd.DataFrame) -> None:
    plain = keyed(study_wide(frame, "her2", TYPES, **ASKED))
    declared = keyed(study_wide(frame, "her2", TYPES, **ASKED, primary="odds", primary_outcomes="plasma"))
    asked = declared["p_primary"].notna()
    assert set(declared[asked].index.get_level_values("model")) == {"odds"}
    assert set(declared[asked].index.get_level_values("outcome")) == {"plasma"}
    assert (declared.loc[["cd8", "til"], "p_study"] == 1).all()
    given = [("plasma", "given", "all")]
    alone = keyed(study_wide(frame, "her2", TYPES, **ASKED, primary_outcomes="plasma"))
    assert (alone.loc[given, "p_primary"] <= plain.loc[given, "p_primary"]).all()
    np.testing.assert_array_equal(alone.loc[given, "p_primary"], alone.loc[given, "p_value"])


def test_what_cannot_be_tested_says_why_and_takes_nothing_from_the_rest() -> None:
    data = study(40, np.random.default_rng(9))
    small = data.assign(hr=["negative"] * 3 + ["positive"] * 37)
    found = ask(small, permutations=99).set_index(["model", "stratum", "outcome"]).sort_index()
    flagged = found.loc[("correlation", "hr=negative"), ["flag", "p_study", "statistic"]]
    assert flagged["flag"].str.startswith("too few observations: 3 samples").all()
    assert flagged[["p_study", "statistic"]].isna().all(axis=None)
    assert found.loc[("correlation", "hr=positive"), "p_study"].notna().all()
    tied = ask(data.assign(her2=2.0), permutations=99)
    assert tied["flag"].str.startswith(("constant exposure", "too few")).all()
    assert tied["p_study"].isna().all()
    flat = ask(data.assign(t0=5.0), permutations=99).query("outcome == 't0'").set_index("model")
    assert flat.loc["given", "flag"].startswith("constant outcome")
    assert (flat.loc["odds", "p_study"] == 1).all()  # its primary question was not answered


def test_missing_values_leave_a_test_its_own_cases(gappy: pd.DataFrame) -> None:
    found = study_wide(gappy.assign(til=gappy["plasma"]), "her2", TYPES, **ASKED).table
    known = gappy[gappy["her2"].notna() & gappy["hr"].notna()]
    overall = found[(found["model"] == "correlation") & (found["stratum"] == "all")].set_index("outcome")
    assert overall["n"].to_dict() == {name: known[name].count() for name in TYPES} | {"til": known["plasma"].count()}
    assert (overall["n"] + overall["n_missing"] == len(gappy)).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alpha": 0}, "alpha=0 is not between 0 and 1"),
        ({"permutations": 19}, "no p-value of so many can be below alpha"),
        ({"primary_outcomes": "tregs"}, "'tregs' is none of the outcomes"),
        ({"within": None, "factors": ()}, "given a factor, and `within` names none"),
        ({"primary": "ordinal"}, "primary='ordinal' is not a choice"),
        ({"high": "plasma_high"}, "1 columns of high abundance are given for 2 outcomes"),
        ({"covariates": "hr"}, "names 'hr' twice"),
        ({"seed": -1}, "seed=-1 is not a whole number"),
        ({"totals": "plasma"}, "names 'plasma' twice"),
    ],
)
def test_what_has_no_meaning_is_refused_in_words(
    frame: pd.DataFrame, change: dict[str, Any], words: str, simulate: Callable[..., pd.DataFrame]
) -> None:
    with pytest.raises(DataError, match=words.replace("(", r"\(")):
        study_wide(frame, "her2", TYPES, **(ASKED | change))
