"""A signature's correlations stand among those of random lists, which are scored and correlated as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.signatures import GeneSignature, random_signatures, score_signature
from her2stats.statistics import correlate

GENES = ["ERBB2", *(f"G{k:03}" for k in range(120))]
HER2 = GeneSignature("her2", ("ERBB2", "G001", "G002"))
WEIGHTED = GeneSignature("her2", ("G001", "ERBB2", "G002"), (0.5, 2.0, -1.0))


@pytest.fixture(scope="module")
def tumours() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Expression in which every gene has a part of infiltration, three outcomes, and two strata."""
    rng = np.random.default_rng(7)
    til, her2, samples = rng.normal(size=80), rng.normal(size=80), [f"s{k:02}" for k in range(80)]
    expression = pd.DataFrame(0.8 * til + rng.normal(size=(121, 80)), GENES, samples)
    expression.loc[["ERBB2", "G001", "G002"]] = her2 + 0.3 * rng.normal(size=(3, 80))
    outcomes = pd.DataFrame({"til": til, "her2": her2, "present": (til > 0.3).astype(float)}, samples)
    outcomes.loc["s05", "til"] = np.nan
    return expression, outcomes, pd.Series(["n", "p"] * 40, samples, name="hr")


@pytest.mark.parametrize(("signature", "method"), [(HER2, "pc1"), (HER2, "mean-z"), (WEIGHTED, "weighted")])
def test_the_signatures_own_correlation_is_that_of_its_score_within_strata(tumours, signature, method) -> None:
    expression, outcomes, strata = tumours
    table = random_signatures(expression, signature, outcomes, within=strata, method=method, lists=50)
    score = score_signature(expression, signature, method=method).table["her2"]
    frame = outcomes.assign(score=score, hr=strata)
    expected = correlate(frame, "score", list(outcomes), within="hr").table
    np.testing.assert_allclose(table["estimate"], expected["estimate"], atol=1e-12)
    assert table["n"].tolist() == expected["n"].tolist() == [79, 80, 80]
    assert table["genes"].eq(3).all()


def test_random_lists_go_with_what_every_gene_has_a_part_of(tumours) -> None:
    expression, outcomes, strata = tumours
    table = random_signatures(expression, HER2, outcomes, within=strata, method="mean-z", lists=400)
    til, her2, present = (row for _, row in table.iterrows())
    assert abs(til["estimate"]) < 0.2
    assert til["random_low"] < til["random_median"] < til["random_high"]
    assert til["random_median"] > 0.5
    assert til["share_as_extreme"] > 0.95
    assert til["share_significant"] > 0.95
    assert present["random_median"] > 0.4
    assert her2["share_as_extreme"] < 0.01


def test_no_list_has_a_gene_that_is_left_out_and_each_keeps_the_anchor(tumours) -> None:
    expression, outcomes, _ = tumours
    few = expression.loc[["ERBB2", *GENES[2:8]]]
    pair = GeneSignature("pair", ("ERBB2", "G001"))
    left = random_signatures(few, pair, outcomes[["her2"]], method="mean-z", leave_out=GENES[4:8], lists=30)
    only = [
        correlate(
            outcomes.assign(
                x=few.loc[["ERBB2", gene]]
                .sub(few.loc[["ERBB2", gene]].mean(axis=1), axis=0)
                .div(few.loc[["ERBB2", gene]].std(axis=1), axis=0)
                .mean()
            ),
            "x",
            "her2",
        )
        .table["estimate"]
        .item()
        for gene in ("G002",)
    ]
    assert left[["random_low", "random_high"]].to_numpy().ravel() == pytest.approx([only[0]] * 2, abs=1e-12)


def test_neither_rows_nor_columns_nor_the_order_of_strata_change_a_number_and_the_seed_does(tumours) -> None:
    expression, outcomes, strata = tumours
    one = random_signatures(expression, HER2, outcomes, within=strata, lists=60, seed=4)
    turned = random_signatures(
        expression.iloc[::-1, ::-1], HER2, outcomes.iloc[::-1], within=strata.iloc[::-1], lists=60, seed=4
    )
    pd.testing.assert_frame_equal(one, turned, rtol=1e-9)
    assert not one.equals(random_signatures(expression, HER2, outcomes, within=strata, lists=60, seed=5))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "ssgsea"}, "no random lists are made for method 'ssgsea' -> use pc1, mean-z, weighted"),
        ({"lists": 0}, "lists=0 is not positive"),
        ({"leave_out": GENES[3:]}, "3 genes of 'her2' vary, and 1 others are there to draw from"),
        ({"signature": GeneSignature("one", ("G001", "absent"))}, "1 genes of 'one' vary"),
    ],
)
def test_what_cannot_be_asked_is_refused(tumours, asked, said) -> None:
    expression, outcomes, _ = tumours
    with pytest.raises(DataError, match=said):
        random_signatures(expression, outcomes=outcomes, **{"signature": HER2, **asked})
