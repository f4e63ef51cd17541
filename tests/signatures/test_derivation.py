"""Deriving a signature: it finds what was planted, and claims nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from her2stats.errors import DataError, TableError
from her2stats.notes import Note
from her2stats.signatures import GeneSignature, derive_signature, read_signature, score_signature
from her2stats.signatures.derivation import _delong
from her2stats.signatures.guards import without_genes


def cohort(effect: float, samples: int = 80, genes: int = 200, seed: int = 3) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    low = np.arange(samples) % 2 == 0
    values = rng.normal(size=(genes, samples))
    values[:10] += effect * low
    names = ["ERBB2", *[f"G{i:03d}" for i in range(1, genes)]]
    ids = [f"s{i:03d}" for i in range(samples)]
    return pd.DataFrame(values, names, ids), pd.Series(np.where(low, "HER2-low", "HER2-0"), index=ids)


def test_planted_genes_are_found_and_tell_the_groups_apart():
    derived = derive_signature(*cohort(1.5), n_genes=10)
    planted = {"ERBB2", *[f"G{i:03d}" for i in range(1, 10)]}
    assert set(derived.signature.genes) == planted
    assert derived.auc > 0.9
    assert derived.auc_low < derived.auc < derived.auc_high


def test_without_an_effect_cross_validation_is_honest_where_the_apparent_area_is_not():
    derived = derive_signature(*cohort(0.0), n_genes=20)
    assert derived.apparent_auc > 0.75
    assert derived.auc == pytest.approx(0.5, abs=0.15)


def test_the_signature_scores_new_samples():
    derived = derive_signature(*cohort(1.5), n_genes=10)
    expression, group = cohort(1.5, seed=9)
    scores = score_signature(expression, derived.signature, method="weighted").table["derived"]
    assert roc_auc_score(group == "HER2-low", scores) > 0.9


def test_nothing_depends_on_the_order_of_rows_or_samples():
    expression, group = cohort(0.5)
    one = derive_signature(expression, group, n_genes=10, repeats=2)
    shuffled = expression.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    other = derive_signature(shuffled, group.sample(frac=1, random_state=3), n_genes=10, repeats=2)
    assert one.signature == other.signature
    assert (one.auc, one.auc_low) == (other.auc, other.auc_low)


def test_samples_without_a_group_are_left_out():
    expression, group = cohort(1.0)
    group.iloc[:4] = None
    assert derive_signature(expression, group, repeats=1).notes[0].count == 76


def test_area_under_the_curve_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=50).round(1), rng.random(50) > 0.4
    assert _delong(scores, labels)[0] == pytest.approx(roc_auc_score(labels, scores))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_genes": 500}, "200 genes, fewer than 500"),
        ({"folds": 60}, "too few for 60 folds"),
        ({"positive": "low", "negative": "zero"}, "no sample is 'low' or 'zero'"),
    ],
)
def test_what_cannot_be_derived(options, words):
    with pytest.raises(DataError, match=words):
        derive_signature(*cohort(1.0), **options)


@pytest.mark.parametrize("options", [{"folds": 1}, {"n_genes": 1}, {"folds": 1, "n_genes": 1}])
def test_each_number_alone_has_to_be_two(options):
    with pytest.raises(DataError) as raised:
        derive_signature(*cohort(1.0), **options)
    assert str(raised.value) == "folds and n_genes have to be 2 or more -> correct them"


def test_the_smallest_that_can_be_derived():
    assert len(derive_signature(*cohort(1.0, genes=2 * 5), n_genes=2, folds=2, repeats=1).signature.genes) == 2
    expression, group = cohort(1.0, samples=10)
    assert derive_signature(expression, group, folds=5, repeats=1, n_genes=200).notes[0].count == 10
    with pytest.raises(DataError, match=r"4 samples are 'HER2-0', too few for 5 folds"):
        derive_signature(expression.iloc[:, :9], group, repeats=1)


def test_the_method_and_the_note_tell_every_choice():
    derived = derive_signature(*cohort(1.5))
    assert (
        derived.method
        == derived.signature.source
        == (
            "20 genes of largest standardised difference between HER2-low and HER2-0, weights = loadings of PC1, sign "
            "by HER2-low; AUC by 10 x 5-fold cross-validation, selecting within folds"
        )
    )
    assert derived.notes == (Note("scores", "derived: derived from HER2-low and HER2-0", 80, "40 HER2-low"),)
    anchored = derive_signature(*cohort(1.5), anchor="ERBB2", n_genes=10, folds=3, repeats=2)
    assert "10 genes" in anchored.method
    assert anchored.method.endswith("sign by ERBB2; AUC by 2 x 3-fold cross-validation, selecting within folds")


def test_permuted_labels_come_out_at_a_half_and_the_planted_genes_are_chosen_in_every_fold():
    derived = derive_signature(*cohort(1.5), n_genes=10, repeats=2, permutations=10)
    assert derived.validation.loc["permuted labels", "auc"] == pytest.approx(0.5, abs=0.12)
    assert (derived.table["selected"] == 1).all()
    assert derived.validation.loc["cross-validated", "auc"] == derived.auc


def test_a_gene_stands_beside_with_the_difference_in_the_same_tumours():
    expression, group = cohort(0.6)
    derived = derive_signature(expression, group, n_genes=10, repeats=2)
    rows = derived.validation
    alone = roc_auc_score(group == "HER2-low", expression.loc["ERBB2"])
    assert rows.loc["ERBB2 alone", "auc"] == pytest.approx(alone)
    assert rows.loc["difference", "auc"] == pytest.approx(derived.auc - alone)
    assert rows.loc["difference", "low"] < rows.loc["difference", "auc"] < rows.loc["difference", "high"]
    same = derive_signature(expression.drop("ERBB2"), group, n_genes=10, repeats=2)
    assert "difference" not in same.validation.index


def test_delong_of_a_difference_is_that_of_its_covariance():
    rng = np.random.default_rng(8)
    labels = np.arange(60) % 3 > 0
    one, other = rng.normal(size=(2, 60)) + labels
    above = [(x[labels][:, None] > x[~labels][None, :]).astype(float) for x in (one, other)]
    of_positives = np.cov([a.mean(axis=1) for a in above]) / labels.sum()
    of_negatives = np.cov([a.mean(axis=0) for a in above]) / (~labels).sum()
    variance = np.array([1, -1]) @ (of_positives + of_negatives) @ np.array([1, -1])
    difference, low, high, _ = _delong(one, labels, other)
    assert difference == pytest.approx(above[0].mean() - above[1].mean())
    assert (high - low) / 2 == pytest.approx(1.959964 * np.sqrt(variance), rel=1e-6)


def test_genes_are_chosen_by_levels_against_the_rest_where_these_are_given():
    expression, group = cohort(0.0)
    levels = pd.Series(np.array(["0", "1+", "2+"])[np.arange(80) % 3], index=group.index)
    expression.iloc[20:30] += 2.0 * (levels == "2+").to_numpy()
    chosen = derive_signature(expression, group, levels=levels, n_genes=10, repeats=1).signature.genes
    assert set(chosen) == set(expression.index[20:30])


def test_a_frozen_score_does_not_hang_on_the_other_samples(tmp_path):
    derived = derive_signature(*cohort(1.5), n_genes=10)
    expression, _ = cohort(1.5, seed=9)
    whole = score_signature(expression, derived.signature, method="weighted").table["derived"]
    part = score_signature(expression.iloc[:, :5], derived.signature, method="weighted").table["derived"]
    pd.testing.assert_series_equal(part, whole.iloc[:5], rtol=1e-12)
    row = derived.table
    z = expression.loc[row.index].sub(row["mean"], axis=0).div(row["sd"], axis=0)
    assert whole.to_numpy() == pytest.approx(z.mul(row["weight"], axis=0).sum().to_numpy())
    row[["weight", "mean", "sd"]].to_csv(tmp_path / "s.tsv", sep="\t")
    read = score_signature(expression, read_signature(tmp_path / "s.tsv"), method="weighted").table["s"]
    assert read.to_numpy() == pytest.approx(whole.to_numpy())


def test_a_standard_deviation_is_above_zero_and_taking_genes_out_keeps_the_others_scale():
    with pytest.raises(TableError, match="standard deviation that is not above zero"):
        GeneSignature("own", ("G001",), (1.0,), reference=((0.0, 0.0),))
    three = GeneSignature("own", ("A", "B", "C"), (1.0, 2.0, 3.0), reference=((0.0, 1.0), (1.0, 2.0), (2.0, 3.0)))
    assert without_genes(three, ["B"]).reference == ((0.0, 1.0), (2.0, 3.0))
