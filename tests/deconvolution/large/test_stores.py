"""What reads a file too large for memory is a process of its own, which may hang or die alone and is left by nobody."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution.large import stores
from her2stats.deconvolution.large.stores import ExpressionStore, open_store
from her2stats.errors import FileError, TableError
from tests.deconvolution.conftest import Planted
from tests.deconvolution.expression_files import write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes and processes are looked at as Linux has them")
KINDS = ("genes in rows", "samples in rows", "h5ad", "h5ad csr", "zarr")


def is_alive(number: int) -> bool:
    return Path(f"/proc/{number}").exists()


def reader_of(store: ExpressionStore) -> int:
    assert store._reader is not None
    return store._reader.pid


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_are_those_of_the_matrix_wherever_one_begins_or_breaks_off(
    planted: Planted, tmp_path: Path, kind: str
) -> None:
    expression = planted.expression.astype(np.float32).astype(float)
    store = open_store(write(expression, tmp_path, kind), planted.signature)
    assert (list(store.genes), list(store.samples)) == (list(expression.index), list(expression.columns))
    places, first = np.array([7, 2, 40]), reader_of(store)
    np.testing.assert_array_equal(np.concatenate(list(store.blocks(5))), expression.to_numpy().T)
    np.testing.assert_array_equal(np.concatenate(list(store.blocks(5, places))), expression.to_numpy()[places].T)
    assert reader_of(store) == first  # one for all passages
    block = next(store.blocks(5, first=5))
    np.testing.assert_array_equal(block, expression.to_numpy().T[5:10])
    gc.collect()
    np.testing.assert_array_equal(next(store.blocks(12, first=3)), expression.to_numpy().T[3:])


def test_a_wide_file_needs_no_more_memory_than_its_size_lets_expect(planted: Planted, tmp_path: Path) -> None:
    """Arrow's own pool would set a whole GiB aside for it, which is no use of memory, and counts."""
    rng = np.random.default_rng(1)
    genes = [*planted.expression.index, *(f"G{place}" for place in range(480))]
    wide = pd.DataFrame(rng.lognormal(size=(len(genes), 400)), genes, [f"S{place}" for place in range(400)])
    store = open_store(write(wide, tmp_path, "samples in rows"), planted.signature)
    np.testing.assert_array_equal(np.concatenate(list(store.blocks(96))), wide.to_numpy().T)


def test_no_reader_outlives_its_store(planted: Planted, tmp_path: Path) -> None:
    store = open_store(write(planted.expression, tmp_path, "genes in rows"), planted.signature)
    number = reader_of(store)
    assert is_alive(number)
    del store
    gc.collect()
    assert not is_alive(number)


@pytest.mark.parametrize("name", ["cohort.parquet", "cohort.h5ad", "cohort.zarr"])
def test_a_pipe_is_told(planted: Planted, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(FileError, match=rf"{name}: is not a (regular file|folder)"):
        open_store(tmp_path / name, planted.signature)


def test_a_reader_that_waits_is_not_waited_for(
    planted: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("zarr")
    (tmp_path / "cohort.zarr").mkdir()
    for name in ("zarr.json", ".zgroup"):
        os.mkfifo(tmp_path / "cohort.zarr" / name)  # nobody ever writes into it
    monkeypatch.setattr(stores, "SLOWEST", 0.1)
    with pytest.raises(FileError, match=r"cohort\.zarr: cannot be read: .* does not come to an end"):
        open_store(tmp_path / "cohort.zarr", planted.signature)


@pytest.mark.parametrize("kind", ["genes in rows", "samples in rows", "h5ad", "h5ad csr"])
def test_damage_anywhere_is_told_or_harmless(planted: Planted, tmp_path: Path, kind: str) -> None:
    file = write(planted.expression, tmp_path, kind)
    whole, told = file.read_bytes(), []
    for place in np.linspace(10, len(whole) - 10, 5).astype(int):
        file.write_bytes(whole[:place] + bytes(255 - byte for byte in whole[place : place + 40]) + whole[place + 40 :])
        try:
            for block in open_store(file, planted.signature).blocks(5):
                assert block.dtype == np.float64
        except (FileError, TableError) as error:
            told.append(str(error))
    assert told
    assert all(file.name in one for one in told)
