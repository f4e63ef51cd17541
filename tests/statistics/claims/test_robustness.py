"""Specification curves: single answers are those of `correlate`, the joint test that of a loop, its level as said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2stats.errors import DataError
from her2stats.statistics import correlate, specification_curve
from her2stats.statistics.fits.rank_tests.permutations import permutations_within
from her2stats.statistics.specs import CurveSpec

JOINT = "all specifications"


def study(n: int, rng: np.random.Generator, effect: float = 0.0) -> pd.DataFrame:
    """Two scores of one exposure and two measures of a type, which differ between the receptor groups."""
    hr = rng.random(n) < 0.7
    her2, cells = rng.normal(size=n) + hr, rng.normal(size=n) - hr
    made = pd.DataFrame({"hr": np.where(hr, "positive", "negative"), "age": rng.normal(55, 9, n).round()})
    made["grade"] = pd.Categorical(rng.choice(["I", "II", "III"], n), ["I", "II", "III"])
    cells += effect * (her2 - hr)
    return made.assign(
        score=her2,
        gene=her2 + rng.normal(size=n),
        absolute=np.exp(cells + 0.5 * rng.normal(size=n)),
        relative=np.maximum(cells + 1.5 + rng.normal(size=n), 0.0),
    )


def ask(frame: pd.DataFrame, **how: object) -> pd.DataFrame:
    outcomes = {"CD8": {"absolute": "absolute", "relative": "relative"}}
    asked = {"within": "hr", "covariates": ["age", "grade"], "permutations": 99, **how}
    return specification_curve(frame, outcomes, ["score", "gene"], **asked).table


@pytest.fixture
def frame() -> pd.DataFrame:
    made = study(90, np.random.default_rng(3), effect=-0.4)
    made.loc[[4, 17, 60], "age"] = np.nan
    made.loc[[8, 20], "absolute"] = np.nan
    return made


def test_every_specification_is_that_of_correlate(frame: pd.DataFrame) -> None:
    rows = ask(frame)
    rows = rows[rows["term"] != JOINT].set_index(["term", "amount", "scale", "given"])
    assert len(rows) == 2 * 2 * 2 * 3
    assert rows.index.is_unique
    for amount in ("absolute", "relative"):
        high = (frame[amount] >= frame[amount].median()).astype(float).where(frame[amount].notna())
        for scale, column in (("rank", frame[amount]), ("median split", high)):
            for covariates in ((), ("age",), ("age", "grade")):
                (theirs,) = correlate(
                    frame.assign(y=column), "gene", "y", within="hr", covariates=covariates
                ).table.to_dict("records")
                ours = rows.loc["gene", amount, scale, ", ".join(("hr", *covariates))]
                for name in (
                    "estimate",
                    "std_error",
                    "conf_low",
                    "conf_high",
                    "statistic",
                    "df",
                    "p_value",
                    "n",
                    "n_missing",
                ):
                    assert ours[name] == pytest.approx(theirs[name], rel=1e-12, nan_ok=True), (amount, scale, name)


def test_the_joint_test_is_that_of_a_loop_over_the_same_permutations(frame: pd.DataFrame) -> None:
    """By scipy alone, a specification and a permutation at a time."""
    found = ask(frame, permutations=40, seed=5, alpha=0.1).set_index("measure")
    data = frame.assign(level=(frame["hr"] == "positive").astype(int), code=frame["grade"].cat.codes)
    data = data.sort_values(["level", "score", "gene", "absolute", "age", "code", "relative"]).reset_index(drop=True)
    (drawn,) = permutations_within(data["level"].value_counts().sort_index().tolist(), 40, 5)
    middles, shares = [], []
    for places in (np.arange(len(data)), *drawn.T):
        z = np.array(list(_all_z(data, places)))
        middles.append(abs(np.median(z)))
        shares.append(np.mean(np.sign(np.median(z)) * z > stats.norm.ppf(0.95)))
        if len(middles) == 1:
            assert found.loc["median_z", "estimate"] == pytest.approx(np.median(z), rel=1e-9)
    assert found.loc["second_test", "estimate"] == pytest.approx(shares[0])
    for measure, sizes in (("median_z", middles), ("second_test", shares)):
        assert found.loc[measure, "p_value"] == pytest.approx(np.mean(np.array(sizes) >= sizes[0] - 1e-9))
    assert found.loc["median_z", "specifications"] == 24


def _all_z(data: pd.DataFrame, places: np.ndarray):
    for exposure in ("score", "gene"):
        x = pd.Series(data[exposure].to_numpy()[places])
        for amount in ("absolute", "relative"):
            y = data[amount]
            for column in (y, (y >= y.median()).astype(float).where(y.notna())):
                for names in ([], ["age"], ["age", "grade"]):
                    cases = column.notna() & data[names].notna().all(axis=1)
                    yield _z(x[cases], column[cases], data[cases], names)


def _z(x: pd.Series, y: pd.Series, data: pd.DataFrame, names: list[str]) -> float:
    if not names:
        product, variance = 0.0, 0.0
        for _, rows in data.groupby("level"):
            n = len(rows)
            u = stats.rankdata(x[rows.index]) / (n + 1) - 0.5
            own = y[rows.index].to_numpy()
            v = own - own.mean() if y.isin([0, 1]).all() else stats.rankdata(own) / (n + 1) - 0.5
            product, variance = product + u @ v, variance + (u @ u) * (v @ v) / (n - 1)
        return product / np.sqrt(variance)
    columns = [np.ones(len(x)), data["level"], stats.rankdata(data["age"])]
    columns += [(data["grade"] == level).astype(float) for level in ("II", "III") if "grade" in names]
    design = np.column_stack(columns)
    left = [r - design @ np.linalg.lstsq(design, r, rcond=None)[0] for r in (stats.rankdata(x), stats.rankdata(y))]
    rho, df = np.corrcoef(*left)[0, 1], len(x) - 1 - design.shape[1]
    return stats.norm.ppf(stats.t.cdf(rho * np.sqrt(df / (1 - rho**2)), df))


def test_the_joint_test_claims_something_as_rarely_as_said() -> None:
    rng, claims, single = np.random.default_rng(12), np.zeros(2), 0
    for number in range(120):
        rows = ask(study(60, rng), permutations=99, seed=number)
        claims += rows.loc[rows["term"] == JOINT, "p_value"].to_numpy() < 0.05
        single += bool((rows.loc[rows["term"] != JOINT, "p_value"] < 0.05).any())
    assert (claims > 0).all()
    assert (claims <= 15).all()  # 99.9 % of draws from a binomial of 5 %
    assert single > 2 * claims.max()  # a curve of which the best is taken


def test_what_is_there_is_found() -> None:
    rows = ask(study(150, np.random.default_rng(2), effect=0.6), permutations=999).set_index("measure")
    assert rows.loc["median_z", "estimate"] > 3
    assert (rows.loc[["median_z", "second_test"], "p_value"] <= 0.01).all()


def test_order_of_rows_and_monotone_transforms_change_nothing(frame: pd.DataFrame) -> None:
    plain = ask(frame)
    turned = frame.sample(frac=1, random_state=1)
    turned = turned.assign(score=turned["score"] ** 3, relative=np.exp(turned["relative"]), age=turned["age"] / 7)
    pd.testing.assert_frame_equal(ask(turned), plain, rtol=1e-9)
    assert ask(frame, seed=2)["p_value"].tolist() != plain["p_value"].tolist()


@pytest.mark.filterwarnings("error")
class TestBadInput:
    def test_a_stratum_of_three_and_one_of_one(self, frame: pd.DataFrame) -> None:
        positive = frame[frame["hr"] == "positive"]
        for few in (1, 3):
            rows = ask(pd.concat([positive, frame[frame["hr"] == "negative"].head(few)]))
            assert not rows["flag"].any()
            assert rows["estimate"].notna().all()

    def test_all_ties_take_no_part(self, frame: pd.DataFrame) -> None:
        rows = ask(frame.assign(relative=0.0))
        flagged = rows[rows["amount"] == "relative"]
        assert flagged["flag"].str.startswith("constant outcome").all()
        assert rows.set_index("measure").loc["median_z", "specifications"] == 12
        nothing = ask(frame.assign(score=1.0, gene=2.0))
        assert nothing["flag"].ne("").all()
        assert nothing.loc[nothing["term"] == JOINT, "flag"].str.startswith("not estimable").all()
        assert nothing[["estimate", "p_value"]].isna().all(axis=None)

    def test_a_type_that_is_zero_in_most_has_no_median_split(self, frame: pd.DataFrame) -> None:
        rows = ask(
            frame.assign(relative=frame["relative"].where(frame["relative"] > frame["relative"].quantile(0.7), 0))
        )
        split = rows[(rows["amount"] == "relative") & (rows["scale"] == "median split")]
        assert split["flag"].str.startswith("constant outcome").all()

    def test_a_covariate_that_is_constant(self, frame: pd.DataFrame) -> None:
        within = ask(frame.assign(grade=frame["grade"].where(frame["hr"] == "positive", "III")))
        assert set(within["given"]) == {"hr", "hr, age", "hr, age, grade", ""}
        assert not within["flag"].any()
        everywhere = ask(frame.assign(age=50.0))
        assert set(everywhere["given"]) == {"hr", "hr, grade", ""}

    def test_one_exposure_no_factor_no_covariates(self, frame: pd.DataFrame) -> None:
        rows = specification_curve(frame, {"CD8": {"": "absolute"}}, "score", permutations=99).table
        assert rows["scale"].tolist() == ["rank", "median split", "", ""]
        plain = correlate(frame, "score", "absolute").table
        assert rows["estimate"][0] == plain["estimate"][0]

    def test_samples_without_a_score_are_left_out_and_counted(self, frame: pd.DataFrame) -> None:
        rows = ask(frame.assign(gene=frame["gene"].where(frame.index > 9)))
        first = rows[(rows["amount"] == "relative") & (rows["given"] == "hr")]
        assert (first["n"] == 80).all()
        assert (first["n_missing"] == 10).all()

    def test_mistakes_are_told_at_once(self, frame: pd.DataFrame) -> None:
        with pytest.raises(DataError) as told:
            specification_curve(frame, {"CD8": {"a": "cd8"}}, [], within="hr", permutations=10)
        words = str(told.value)
        assert "column 'cd8' is missing" in words
        assert "exposures names no variable" in words
        assert "no p-value of so many can be below alpha" in words
        with pytest.raises(DataError, match="bootstrap"):
            ask(frame, ci="bootstrap")
        with pytest.raises(DataError, match="'score' twice"):
            CurveSpec(exposures=("score",), outcomes=("score",), types=("a",), amounts=("b",))
