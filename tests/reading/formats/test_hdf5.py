"""AnnData files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import FileError, InputError, TableError
from her2stats.reading import read_clinical, read_cohort, read_expression

h5py = pytest.importorskip("h5py")
VALUES = np.array([[100.0, 0.0, 2.5], [1.0, 1000.0, 0.0]])  # samples x genes


def write_h5ad(path: Path, kind: str = "dense", **extra: object) -> Path:
    with h5py.File(path, "w") as file:
        if kind == "dense":
            file["X"] = VALUES.astype("float32")
        else:
            _write_sparse(file.create_group("X"), kind)
        file.create_group("layers")["counts"] = VALUES * 10
        obs, var = file.create_group("obs"), file.create_group("var")
        obs.attrs["_index"] = var.attrs["_index"] = "_index"
        obs["_index"], var["_index"] = ["007", "008"], ["ENSG1", "ENSG2", "ENSG3"]
        var["symbol"] = ["ERBB2", "ESR1", "CD8A"]
        obs["her2_ihc"] = ["0", "2+"]
        er = obs.create_group("er")
        er["categories"], er["codes"] = ["neg", "pos"], np.array([1, -1], dtype="int8")
        age = obs.create_group("age")
        age["values"], age["mask"] = np.array([50, 0]), np.array([False, True])
    return path


def _write_sparse(group: object, kind: str) -> None:
    from scipy import sparse

    packed = sparse.csr_matrix(VALUES) if kind == "csr" else sparse.csc_matrix(VALUES)
    group.attrs["encoding-type"] = f"{kind}_matrix"  # type: ignore[attr-defined]
    group.attrs["shape"] = VALUES.shape  # type: ignore[attr-defined]
    for name in ("data", "indices", "indptr"):
        group[name] = getattr(packed, name)  # type: ignore[index]


@pytest.mark.parametrize("kind", ["dense", "csr", "csc"])
def test_expression(tmp_path, kind):
    values = read_expression(write_h5ad(tmp_path / "a.h5ad", kind), scale="linear", gene_column="symbol").values
    assert list(values.index) == ["ERBB2", "ESR1", "CD8A"]
    assert list(values.columns) == ["007", "008"]
    assert np.array_equal(values.to_numpy(), VALUES.T)


def test_names_and_levels_in_pandas_own_words(tmp_path):
    """AnnData writes them as values and a mask of those that are missing."""
    path = write_h5ad(tmp_path / "a.h5ad")
    with h5py.File(path, "a") as file:
        for held, name, words in (
            (file["obs"], "_index", ["007", "008"]),
            (file["var"], "_index", ["ESR1", "PGR", "CD8A"]),
            (file["obs/er"], "categories", ["neg", "pos"]),
        ):
            del held[name]
            group = held.create_group(name)
            group["values"], group["mask"] = words, np.zeros(len(words), bool)
    values = read_expression(path, scale="linear").values
    assert (list(values.index), list(values.columns)) == (["ESR1", "PGR", "CD8A"], ["007", "008"])
    assert read_clinical(path).table["er"].tolist()[0] == "positive"


def test_layers(tmp_path):
    path = write_h5ad(tmp_path / "a.h5ad")
    values = read_expression(path, scale="linear", gene_column="symbol", layer="counts").values
    assert values.loc["ERBB2", "007"] == 1000
    with pytest.raises(TableError, match=r"there is no layers/tpm.*its layers are counts"):
        read_expression(path, scale="linear", layer="tpm")


def test_obs_is_the_clinical_table(tmp_path):
    table = read_clinical(write_h5ad(tmp_path / "a.h5ad")).table
    assert list(table.index) == ["007", "008"]
    assert table["er"].isna().tolist() == [False, True]
    assert table["age"].isna().tolist() == [False, True]
    assert list(table["her2_ihc"]) == ["0", "2+"]


def test_one_file_is_a_whole_cohort(tmp_path):
    path = write_h5ad(tmp_path / "a.h5ad")
    assert read_cohort(path, path, name="x", scale="linear", gene_column="symbol").samples == ["007", "008"]


def test_a_file_cut_off(tmp_path):
    path = write_h5ad(tmp_path / "a.h5ad")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(FileError, match="is not an AnnData file, or is damaged"):
        read_expression(path, scale="linear")


def test_links_to_other_files_are_not_followed(tmp_path):
    secret = write_h5ad(tmp_path / "secret.h5ad")
    path = write_h5ad(tmp_path / "a.h5ad")
    with h5py.File(path, "a") as file:
        del file["X"]
        file["X"] = h5py.ExternalLink(str(secret), "X")
    with pytest.raises(FileError):
        read_expression(path, scale="linear")


def test_a_matrix_that_claims_to_be_enormous(tmp_path):
    path = write_h5ad(tmp_path / "a.h5ad")
    with h5py.File(path, "a") as file:
        del file["X"]
        file.create_dataset("X", shape=(10**6, 10**6), dtype="float64", chunks=True)
    with pytest.raises(FileError, match="unpacks to far more than its size"):
        read_expression(path, scale="linear")


def test_a_file_over_which_the_library_hangs(tmp_path, monkeypatch):
    from her2stats.reading.formats import apart

    path = write_h5ad(tmp_path / "a.h5ad")
    monkeypatch.setattr(apart, "COMMAND", ["sh", "-c", "sleep 60"])
    monkeypatch.setattr(apart, "seconds_for", lambda _size: 0.01)
    with pytest.raises(FileError, match="does not come to an end"):
        read_expression(path, scale="linear")


def test_a_file_over_which_the_library_dies(tmp_path, monkeypatch):
    from her2stats.reading.formats import apart

    monkeypatch.setattr(apart, "COMMAND", ["false"])
    with pytest.raises(FileError, match="breaks down over it"):
        read_expression(write_h5ad(tmp_path / "a.h5ad"), scale="linear")


LOGS = np.log1p(np.random.default_rng(1).poisson(9, (2, 3)) * 3.5)


def test_a_layer_of_logarithms_is_of_the_base_that_the_file_says(tmp_path):
    path = write_h5ad(tmp_path / "x.h5ad")
    with h5py.File(path, "a") as file:
        file.create_group("uns").create_group("log1p")
        file["layers/lognorm"] = LOGS
    with pytest.raises(InputError, match="the file says that they are ln"):
        read_expression(path, scale="log2", layer="lognorm", gene_column="symbol")
    read = read_expression(path, scale="ln", offset=1, layer="lognorm", gene_column="symbol", allow_range=True)
    assert np.allclose(read.values.T, LOGS / np.log(2))
    counts = read_expression(path, scale="linear", layer="counts", gene_column="symbol")  # of which it says nothing
    assert np.array_equal(counts.values.T, VALUES * 10)


class InMemory:
    """What of an AnnData is asked for: that it writes itself, and its table of samples."""

    def __init__(self, obs: pd.DataFrame) -> None:
        self.obs = obs

    def write_h5ad(self, path: Path) -> None:
        write_h5ad(path)


def test_an_anndata_in_memory_is_read_as_its_file(tmp_path):
    obs = pd.DataFrame(
        {"er": pd.Categorical(["pos", None]), "her2_ihc": ["0", "2+"], "age": [50, None]}, ["007", "008"]
    )
    held, path = InMemory(obs), write_h5ad(tmp_path / "x.h5ad")
    for layer in (None, "counts"):
        options = {"scale": "linear", "gene_column": "symbol", "layer": layer}
        assert read_expression(held, **options).values.equals(read_expression(path, **options).values)
    assert read_clinical(held).table.equals(read_clinical(path).table)
    options = {"name": "x", "scale": "linear", "gene_column": "symbol"}
    one, other = read_cohort(held, held, **options), read_cohort(path, path, **options)
    assert one.clinical.equals(other.clinical)
    assert one.expression.equals(other.expression)
