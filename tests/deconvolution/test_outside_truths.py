"""Mixtures of exact composition and published runs of the same tumours: what agreement is there, is kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import bench_outside
from her2stats.deconvolution import SignatureMatrix, read_signature_matrix


@pytest.fixture
def matrix(shared: Path, monkeypatch: pytest.MonkeyPatch) -> SignatureMatrix:
    """LM22, which is no part of the project."""
    monkeypatch.setattr(bench_outside, "DATA", shared)
    return read_signature_matrix(shared / "signatures" / "LM22.txt", name="LM22")


def test_example_mixtures_come_out_as_they_were_made(matrix: SignatureMatrix) -> None:
    (found,) = bench_outside.exact_mixtures(matrix)
    assert found["r of all"] >= 0.9995
    assert found["largest difference"] < 0.01


@pytest.mark.slow
def test_published_runs_differ_among_themselves_as_much_as_from_ours(matrix: SignatureMatrix) -> None:
    found = pd.DataFrame(bench_outside.published_runs(matrix)).set_index(["data", "beside"])["r of all"]
    between = found["Thorsson's run of TCGA TNBC", "web service, relative"]
    assert between == pytest.approx(0.825, abs=5e-4)
    assert found["TCGA, TPM", "Thorsson, relative"] > found["TCGA, CPM", "Thorsson, relative"]
    assert found["TCGA, TPM", "Thorsson, relative"] > between
    assert found["TCGA TNBC, TPM", "web service, relative"] > between
    assert found["TCGA TNBC, TPM", "web service, absolute score"] > 0.97


@pytest.mark.slow
def test_counted_cells_are_told_as_well_as_the_page_says(matrix: SignatureMatrix) -> None:
    found = pd.DataFrame(bench_outside.counted_cells(matrix)).set_index("data")["r of all"]
    least = {"SDY420, blood, arrays": 0.82, "ABIS S13, blood, RNA-seq": 0.66, "GSE107572, blood, RNA-seq": 0.9}
    for data, r in least.items():
        assert found[data] > r
