"""Danaher's cell types and the total TIL score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.reading import read_cohort
from her2stats.signatures import score_danaher, signature
from her2stats.signatures.til import CD4, DEFAULT_MEMBERS, TOTAL


def markers(samples: int = 8, seed: int = 0) -> pd.DataFrame:
    genes = signature("danaher").genes
    rng = np.random.default_rng(seed)
    values = rng.normal(5, 1, (len(genes), samples)) + rng.normal(0, 2, samples)
    return pd.DataFrame(values, index=genes, columns=[f"s{i}" for i in range(samples)])


def test_a_type_is_the_mean_of_its_markers():
    frame = markers()
    assert np.allclose(score_danaher(frame).table["CD8 T cells"], frame.loc[["CD8A", "CD8B"]].mean())


def test_cd4_is_t_cells_minus_cd8():
    table = score_danaher(markers()).table
    assert np.allclose(table[CD4], table["T-cells"] - table["CD8 T cells"])


def test_the_total_is_the_mean_of_its_types():
    scores = score_danaher(markers())
    assert np.allclose(scores.table[TOTAL], scores.table[list(DEFAULT_MEMBERS)].mean(axis=1))
    assert set(scores.coverage.index[scores.coverage["used_in_total"]]) == set(DEFAULT_MEMBERS)


def test_membership_is_an_argument():
    scores = score_danaher(markers(), members=["Treg", "DC"])
    assert np.allclose(scores.table[TOTAL], scores.table[["Treg", "DC"]].mean(axis=1))


def test_types_that_go_with_cd45_may_make_the_total():
    frame = markers()
    frame.loc["FOXP3"] = -frame.loc["PTPRC"]
    scores = score_danaher(frame, members="cd45")
    used = scores.coverage.index[scores.coverage["used_in_total"]]
    table = scores.table
    expected = [
        name for name in table.columns if name not in ("CD45", CD4, TOTAL) and table[name].corr(table["CD45"]) > 0.6
    ]
    assert set(used) == set(expected)
    assert "Treg" not in used


def test_a_type_below_80_percent_is_flagged_and_left_out_and_the_rest_goes_on():
    frame = markers().drop(index=["CD8A"])
    scores = score_danaher(frame)
    assert scores.coverage.loc["CD8 T cells", "flag"] == "low coverage: 1 of 2 genes"
    assert not scores.coverage.loc["CD8 T cells", "used_in_total"]
    assert scores.coverage.loc[TOTAL, "flag"] == "low coverage: left out CD8 T cells"
    assert scores.coverage.loc[CD4, "flag"].startswith("low coverage")
    kept = [name for name in DEFAULT_MEMBERS if name != "CD8 T cells"]
    assert np.allclose(scores.table[TOTAL], scores.table[kept].mean(axis=1))


def test_kiaa0125_is_fam30a():
    old = markers().rename(index={"FAM30A": "KIAA0125"})
    assert score_danaher(old).table.equals(score_danaher(markers()).table)


def test_without_any_type_there_is_no_total():
    with pytest.raises(DataError, match="no cell type has 80%"):
        score_danaher(markers().drop(index=["CD8A"]), members=["CD8 T cells"])


def test_unknown_members_are_named():
    with pytest.raises(DataError, match="no cell type 'Monocytes'"):
        score_danaher(markers(), members=["Monocytes"])


def test_scanb_has_42_of_the_60_genes(shared):
    cohort = read_cohort(
        shared / "scanb400/expr_log2fpkm.tsv.gz",
        shared / "scanb400/clinical.tsv",
        name="scanb",
        scale="log2",
        offset=0.1,
        columns={"sample": "title", "er": "er_status"},
    )
    scores = score_danaher(cohort.log2())
    types = scores.coverage.drop(index=[CD4, TOTAL])
    assert types["genes_found"].sum() == 42
    assert types["genes_total"].sum() == 60
    used = scores.coverage.index[scores.coverage["used_in_total"]]
    assert list(used) == ["Cytotoxic cells", "T-cells", "Th1 cells"]
    assert scores.table[TOTAL].notna().all()
