"""Building a signature matrix from sorted cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import build_signature_matrix, deconvolve, read_signature_matrix, write_signature_matrix
from her2stats.errors import DataError, GeneError, SampleError, ScaleError, TableError

TYPES = ("B", "Mono", "NK", "T")
MARKERS = 30


@pytest.fixture(scope="module")
def sorted_cells() -> pd.DataFrame:
    """400 genes x 4 types x 4 replicates; the first 30 genes mark B, the next 30 Mono and so on."""
    rng = np.random.default_rng(0)
    base = rng.lognormal(5, 1, (400, 1))
    profiles = np.repeat(base, 4, axis=1)
    for k in range(4):
        profiles[MARKERS * k : MARKERS * (k + 1), k] *= rng.uniform(4, 20, MARKERS)
    noisy = np.repeat(profiles, 4, axis=1) * rng.lognormal(0, 0.15, (400, 16))
    columns = [f"{kind}{i}" for kind in TYPES for i in range(4)]
    return pd.DataFrame(noisy, index=[f"G{i:03d}" for i in range(400)], columns=columns)


LABELS = {f"{kind}{i}": kind for kind in TYPES for i in range(4)}


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, " "])
def test_a_missing_cell_type_is_no_type_of_its_own(sorted_cells: pd.DataFrame, nothing: object) -> None:
    named = pd.Series(LABELS, dtype=object)
    named.iloc[:2] = nothing
    for labels in (named, dict(named), list(named)):
        with pytest.raises(SampleError, match="2 samples have no cell type"):
            build_signature_matrix(sorted_cells, labels)


def test_the_planted_markers_are_found(sorted_cells: pd.DataFrame) -> None:
    built = build_signature_matrix(sorted_cells, LABELS, q_value=0.01, min_fold_change=2, markers=(20, 40))
    planted = {f"G{i:03d}" for i in range(4 * MARKERS)}
    assert set(built.signature.genes) <= planted
    assert len(built.signature.genes) >= 80
    best = built.markers[built.markers["rank"] == 1].set_index("cell_type")["gene"]
    assert [int(best[kind][1:]) // MARKERS for kind in TYPES] == [0, 1, 2, 3]


def test_the_size_of_smallest_condition_number_is_chosen(sorted_cells: pd.DataFrame) -> None:
    built = build_signature_matrix(sorted_cells, LABELS, q_value=0.3, markers=(5, 25))
    sizes = built.sizes.set_index("markers")
    assert sizes.index.tolist() == list(range(5, 26))
    assert sizes["chosen"].sum() == 1
    assert sizes.loc[sizes["chosen"], "condition_number"].item() == sizes["condition_number"].min()
    profiles = built.signature.profiles.to_numpy()
    assert np.linalg.cond(profiles) == pytest.approx(sizes["condition_number"].min())


def test_profiles_are_means_of_the_replicates(sorted_cells: pd.DataFrame) -> None:
    signature = build_signature_matrix(sorted_cells, LABELS, markers=(5, 10)).signature
    gene = signature.genes[0]
    assert signature.profiles.loc[gene, "B"] == pytest.approx(sorted_cells.loc[gene, ["B0", "B1", "B2", "B3"]].mean())


def test_mixtures_of_the_sorted_cells_come_apart_again(sorted_cells: pd.DataFrame) -> None:
    signature = build_signature_matrix(sorted_cells, LABELS, markers=(10, 40), q_value=0.05).signature
    share = np.array([0.5, 0.2, 0.0, 0.3])
    mixed = sorted_cells.to_numpy().reshape(400, 4, 4)[:, :, 0] @ share
    fractions = deconvolve(pd.DataFrame({"T": mixed}, index=sorted_cells.index), signature, mode="relative").fractions
    assert np.abs(fractions.loc["T", list(TYPES)].to_numpy() - share).max() < 0.05


def test_order_changes_nothing(sorted_cells: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    shuffled = sorted_cells.iloc[rng.permutation(400), rng.permutation(16)]
    one = build_signature_matrix(sorted_cells, LABELS, markers=(5, 15)).signature
    other = build_signature_matrix(shuffled, LABELS, markers=(5, 15)).signature
    pd.testing.assert_frame_equal(one.profiles, other.profiles)


def test_labels_by_name_series_or_order(sorted_cells: pd.DataFrame) -> None:
    results = [
        build_signature_matrix(sorted_cells, labels, markers=(5, 8)).signature.sha256
        for labels in (LABELS, pd.Series(LABELS).iloc[::-1], list(LABELS.values()))
    ]
    assert len(set(results)) == 1


def test_a_matrix_is_written_and_read_back(sorted_cells: pd.DataFrame, tmp_path: Path) -> None:
    signature = build_signature_matrix(sorted_cells, LABELS, markers=(5, 8)).signature
    write_signature_matrix(signature, tmp_path / "own.txt")
    pd.testing.assert_frame_equal(read_signature_matrix(tmp_path / "own.txt").profiles, signature.profiles)


class TestBadInput:
    def test_types_without_replicates(self, sorted_cells: pd.DataFrame) -> None:
        with pytest.raises(DataError, match="types with one sample: B"):
            build_signature_matrix(sorted_cells[["B0", *sorted_cells.columns[4:]]], LABELS)

    def test_one_type(self, sorted_cells: pd.DataFrame) -> None:
        with pytest.raises(DataError, match="at least two"):
            build_signature_matrix(sorted_cells.iloc[:, :4], LABELS)

    def test_samples_without_a_type(self, sorted_cells: pd.DataFrame) -> None:
        with pytest.raises(SampleError, match="T3"):
            build_signature_matrix(sorted_cells, {k: v for k, v in LABELS.items() if k != "T3"})
        with pytest.raises(SampleError, match="3 cell types for 16 samples"):
            build_signature_matrix(sorted_cells, ["B", "T", "B"])

    def test_negative_gaps_and_duplicates(self, sorted_cells: pd.DataFrame) -> None:
        with pytest.raises(ScaleError, match="G000"):
            build_signature_matrix(-sorted_cells, LABELS)
        with pytest.raises(TableError, match="G000"):
            build_signature_matrix(sorted_cells * np.nan, LABELS)
        with pytest.raises(GeneError, match="G001"):
            build_signature_matrix(pd.concat([sorted_cells, sorted_cells.loc[["G001"]]]), LABELS)

    def test_log_scale(self, sorted_cells: pd.DataFrame) -> None:
        logs = np.log2(sorted_cells + 1)
        with pytest.raises(ScaleError, match=r"the values range from .* to .* log scale"):
            build_signature_matrix(logs, LABELS, markers=(5, 8))
        assert build_signature_matrix(logs, LABELS, markers=(5, 8), check_scale=False).signature.genes

    def test_a_type_like_another_has_no_markers(self, sorted_cells: pd.DataFrame) -> None:
        same = pd.DataFrame(np.ones((20, 4)), index=[f"G{i}" for i in range(20)], columns=list("abcd"))
        with pytest.raises(DataError, match="no gene is higher in 'x'"):
            build_signature_matrix(same, ["x", "x", "y", "y"])
