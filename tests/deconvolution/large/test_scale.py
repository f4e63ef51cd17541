"""From file to file: the numbers of `deconvolve`, whatever the format, however often the run was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import SignatureMatrix, deconvolve, deconvolve_file, permutations, write_signature_matrix
from her2stats.deconvolution.large import file_source
from her2stats.deconvolution.permutations import pool_samples
from her2stats.errors import CoverageError, DataError, FileError, OutputError, ScaleError, TableError
from tests.deconvolution.conftest import Planted, plant
from tests.deconvolution.expression_files import write

KINDS = ("genes in rows", "samples in rows", "h5ad", "h5ad csr", "zarr")


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).set_index("sample")
    table = pd.read_csv(path, sep="," if path.suffix == ".csv" else "\t", dtype={"flag": object}).set_index("sample")
    return table.assign(flag=table["flag"].fillna(""))


def apart(wide: pd.DataFrame, stored: pd.DataFrame) -> float:
    """Largest difference of any number; samples and flags must be equal."""
    assert wide.index.tolist() == stored.index.tolist()
    assert wide["flag"].tolist() == stored["flag"].tolist()
    numbers = [column for column in wide if column not in ("engine", "flag", "iterations", "kkt")]
    return float(np.nanmax(np.abs(wide[numbers].to_numpy(dtype=float) - stored[numbers].to_numpy(dtype=float))))


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_what_memory_gives(planted: Planted, tmp_path: Path, kind: str) -> None:
    expression = planted.expression.astype(np.float32).astype(float)  # so that single precision on disk loses nothing
    expected = deconvolve(expression, planted.signature)
    done = deconvolve_file(write(expression, tmp_path, kind), planted.signature, tmp_path / "out.parquet", chunk=5)
    assert apart(expected.wide(), read(done.path)) < 1e-12
    assert done.reference_median == expected.reference_median
    assert done.genes == expected.genes
    assert done.method == expected.method
    assert done.samples == 12
    assert not (tmp_path / "out.parquet.partial").exists()


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".tsv"])
def test_every_option_gives_what_memory_gives(planted: Planted, tmp_path: Path, ending: str) -> None:
    options = {"mode": "absolute", "permutations": 12, "bootstrap": 3, "quantile_normalise": True, "seed": 4}
    expected = deconvolve(planted.expression, planted.signature, **options)  # type: ignore[arg-type]
    file = write(planted.expression, tmp_path, "samples in rows")
    done = deconvolve_file(file, planted.signature, tmp_path / f"out{ending}", chunk=5, n_jobs=2, **options)
    assert apart(expected.wide(), read(done.path)) < 1e-9
    assert "Type A conf_low" in read(done.path)


@pytest.mark.parametrize("rename_genes", [True, False])
def test_genes_of_another_year_are_found_as_in_memory(planted: Planted, tmp_path: Path, rename_genes: bool) -> None:
    expression = planted.expression.rename({"GENE0000": "ADGRE1"})
    signature = SignatureMatrix.from_frame(planted.signature.profiles.rename({"GENE0000": "EMR1"}), name="old")
    expected = deconvolve(expression, signature, rename_genes=rename_genes)
    file = write(expression, tmp_path, "genes in rows")
    done = deconvolve_file(file, signature, tmp_path / "out.parquet", rename_genes=rename_genes)
    assert apart(expected.wide(), read(done.path)) < 1e-12
    assert done.genes == expected.genes
    assert done.notes == expected.notes
    assert ("EMR1" in done.genes) is rename_genes


@pytest.mark.parametrize("pool", [2_000_000, 120 * 7])
def test_p_on_pure_noise_is_that_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: int) -> None:
    """Every block of the file gives all of its samples to the pool that random mixtures are drawn from."""
    monkeypatch.setattr(permutations, "POOL", pool)
    monkeypatch.setattr(file_source, "AT_ONCE", 5)
    signature = plant().signature
    rng = np.random.default_rng(6)
    noise = pd.DataFrame(rng.lognormal(4, 1, (120, 12)), signature.genes, [f"S{i}" for i in range(12)])
    expected = deconvolve(noise, signature, permutations=60)
    assert expected.quality["p_value"].nunique() > 6
    done = deconvolve_file(write(noise, tmp_path, "samples in rows"), signature, tmp_path / "o.csv", permutations=60)
    for column in ("p_value", "p_value_unbiased"):
        assert read(done.path)[column].tolist() == pytest.approx(expected.quality[column].tolist(), abs=1e-12)


def test_folders_of_the_output_are_made(planted: Planted, tmp_path: Path) -> None:
    file = write(planted.expression, tmp_path, "genes in rows")
    done = deconvolve_file(file, planted.signature, tmp_path / "two" / "down" / "out.csv")
    assert len(read(done.path)) == 12


def test_flags_are_written_and_counted(planted: Planted, tmp_path: Path) -> None:
    file = write(planted.expression.assign(S001=80.0), tmp_path, "genes in rows")
    done = deconvolve_file(file, planted.signature, tmp_path / "out.csv", chunk=5)
    table = read(done.path)
    assert table.loc["S001", "flag"].startswith("constant sample")
    assert table.loc["S001", "Type A":"Type F"].isna().all()
    assert done.notes == deconvolve(planted.expression.assign(S001=80.0), planted.signature).notes


def test_the_pool_of_a_huge_cohort_does_not_depend_on_the_order_of_samples() -> None:
    names = [f"S{i}" for i in range(500)]
    chosen = {names[i] for i in pool_samples(names, 20_000, seed=1)}
    assert len(chosen) == 100
    assert {names[::-1][i] for i in pool_samples(names[::-1], 20_000, seed=1)} == chosen
    assert {names[i] for i in pool_samples(names, 20_000, seed=2)} != chosen


CHILD = """
import sys
from pathlib import Path
from her2stats.deconvolution import deconvolve_file, read_signature_matrix
folder = Path(sys.argv[1])
deconvolve_file(folder / "columns.parquet", read_signature_matrix(folder / "signature.txt"), folder / "out.parquet",
                chunk=4, bootstrap=3, permutations=5)
"""


def test_killed_with_sigkill_again_and_again_it_ends_with_the_same_bytes(tmp_path: Path) -> None:
    made = plant(2, genes=100, types=5, samples=80)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        write(made.expression, folder, "samples in rows")
        write_signature_matrix(made.signature, folder / "signature.txt")
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", CHILD, str(whole)], check=True, env=environment, timeout=300)
    partial = killed / "out.parquet.partial"
    for wanted in (3, 9):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(killed)], env=environment)
        while child.poll() is None and len(list(partial.glob("block-*.parquet"))) < wanted:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=60)
        assert not (killed / "out.parquet").exists()
    there = {file.name: file.stat().st_mtime_ns for file in partial.glob("block-*.parquet")}
    assert len(there) >= 9
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(killed)], env=environment)
    assert child.wait(timeout=300) == 0
    assert (killed / "out.parquet").read_bytes() == (whole / "out.parquet").read_bytes()


class TestCheckpoint:
    @pytest.fixture
    def stopped(self, planted: Planted, tmp_path: Path) -> tuple[Path, Path]:
        """A run that was stopped after two of three blocks."""
        file, output = write(planted.expression, tmp_path, "genes in rows"), tmp_path / "out.parquet"

        def stop(_stage: str, done: int, total: int) -> None:
            if done >= 10:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            deconvolve_file(file, planted.signature, output, chunk=5, progress=stop)
        assert len(list((tmp_path / "out.parquet.partial").glob("block-*.parquet"))) == 2
        return file, output

    def test_it_goes_on(self, planted: Planted, stopped: tuple[Path, Path]) -> None:
        file, output = stopped
        heard: list[int] = []
        done = deconvolve_file(
            file, planted.signature, output, chunk=5, progress=lambda _stage, now, total: heard.append(now)
        )
        assert heard[0] == 10
        assert heard[-1] == 12
        assert any("checkpoint" in note.what and note.count == 10 for note in done.notes)
        assert apart(deconvolve(planted.expression, planted.signature).wide(), read(output)) < 1e-12

    @pytest.mark.parametrize("damage", ["truncated", "flipped"])
    def test_a_damaged_block_is_computed_again_and_said(
        self, planted: Planted, stopped: tuple[Path, Path], damage: str
    ) -> None:
        file, output = stopped
        (block,) = output.with_name("out.parquet.partial").glob("block-0000000-*.parquet")
        content = bytearray(block.read_bytes())
        if damage == "truncated":
            content = content[: len(content) // 2]
        else:
            content[100] ^= 0xFF
        block.write_bytes(bytes(content))
        done = deconvolve_file(file, planted.signature, output, chunk=5)
        assert any("damaged" in note.what and note.count == 1 for note in done.notes)
        assert apart(deconvolve(planted.expression, planted.signature).wide(), read(output)) < 1e-12

    @pytest.mark.parametrize("place", range(0, 100, 9))
    def test_no_flipped_bit_goes_unnoticed(self, planted: Planted, stopped: tuple[Path, Path], place: int) -> None:
        file, output = stopped
        (block,) = output.with_name("out.parquet.partial").glob("block-0000001-*.parquet")
        content = bytearray(block.read_bytes())
        content[place * len(content) // 100] ^= 0x10
        block.write_bytes(bytes(content))
        done = deconvolve_file(file, planted.signature, output, chunk=5)
        assert any("damaged" in note.what and note.count == 1 for note in done.notes)
        assert apart(deconvolve(planted.expression, planted.signature).wide(), read(output)) < 1e-12

    def test_blocks_that_changed_places_are_computed_again(self, planted: Planted, stopped: tuple[Path, Path]) -> None:
        file, output = stopped
        folder = output.with_name("out.parquet.partial")
        (one,), (two,) = (list(folder.glob(f"block-000000{number}-*.parquet")) for number in (0, 1))
        one.rename(folder / "held")
        two.rename(folder / two.name.replace("0000001", "0000000"))
        (folder / "held").rename(folder / one.name.replace("0000000", "0000001"))
        done = deconvolve_file(file, planted.signature, output, chunk=5)
        assert any("damaged" in note.what and note.count == 2 for note in done.notes)
        assert apart(deconvolve(planted.expression, planted.signature).wide(), read(output)) < 1e-12

    def test_blocks_of_another_run_are_not_taken_over_without_its_description(
        self, planted: Planted, stopped: tuple[Path, Path]
    ) -> None:
        file, output = stopped
        (output.with_name("out.parquet.partial") / "run.json").unlink()
        deconvolve_file(file, planted.signature, output, chunk=5, mode="relative")
        assert apart(deconvolve(planted.expression, planted.signature, mode="relative").wide(), read(output)) < 1e-12

    def test_killed_while_tidying_up(
        self, planted: Planted, stopped: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The output is whole, the checkpoint half gone: started again, the run ends with the same bytes."""
        file, output = stopped
        unlink, gone = Path.unlink, []

        def killed(path: Path, missing_ok: bool = False) -> None:
            gone.extend([path] if path.exists() else [])  # a draft that has been renamed is no more
            if len(gone) == 2:
                raise KeyboardInterrupt
            unlink(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            deconvolve_file(file, planted.signature, output, chunk=5)
        monkeypatch.undo()
        content = output.read_bytes()
        deconvolve_file(file, planted.signature, output, chunk=5)
        assert output.read_bytes() == content
        assert not output.with_name("out.parquet.partial").exists()
        with pytest.raises(OutputError, match="exists already"):
            deconvolve_file(file, planted.signature, output, chunk=5)

    def test_a_damaged_description_stops_the_run_and_loses_nothing(
        self, planted: Planted, stopped: tuple[Path, Path]
    ) -> None:
        file, output = stopped
        folder = output.with_name("out.parquet.partial")
        for content in ("{", "", "[]", "null"):
            (folder / "run.json").write_text(content)
            with pytest.raises(FileError, match="checkpoint is damaged"):
                deconvolve_file(file, planted.signature, output, chunk=5)
        assert len(list(folder.glob("block-*.parquet"))) == 2

    def test_another_run_does_not_go_on_with_it(self, planted: Planted, stopped: tuple[Path, Path]) -> None:
        file, output = stopped
        with pytest.raises(FileError, match="another run: settings differ"):
            deconvolve_file(file, planted.signature, output, chunk=5, mode="relative")
        changed = planted.expression.copy()
        changed.iloc[0, 0] += 1
        changed.to_parquet(file)
        with pytest.raises(FileError, match="another run: values differ"):
            deconvolve_file(file, planted.signature, output, chunk=5)


class TestBadInputIsNamed:
    def test_a_value(self, planted: Planted, tmp_path: Path) -> None:
        for value, kind in ((np.nan, TableError), (-1.0, ScaleError)):
            broken = planted.expression.copy()
            broken.loc["OTHER0003", "S007"] = value
            with pytest.raises(kind, match="gene OTHER0003, sample S007"):
                deconvolve_file(write(broken, tmp_path, "samples in rows"), planted.signature, tmp_path / "o.csv")

    def test_log_scale(self, planted: Planted, tmp_path: Path) -> None:
        file = write(np.log2(planted.expression + 1), tmp_path, "genes in rows")
        with pytest.raises(ScaleError, match="log scale"):
            deconvolve_file(file, planted.signature, tmp_path / "o.csv")

    def test_one_sample_on_the_log_scale_is_named(self, planted: Planted, tmp_path: Path) -> None:
        mixed = planted.expression.assign(S001=np.log2(planted.expression["S001"] + 1))
        done = deconvolve_file(write(mixed, tmp_path, "samples in rows"), planted.signature, tmp_path / "o.csv")
        assert any("never exceed" in note.what and note.detail.startswith("S001 (") for note in done.notes)

    def test_arguments(self, planted: Planted, tmp_path: Path) -> None:
        file = write(planted.expression, tmp_path, "samples in rows")
        with pytest.raises(DataError, match=r"n_jobs 0 has no meaning.*\n.*chunk -3 has no meaning"):
            deconvolve_file(file, planted.signature, tmp_path / "o.csv", n_jobs=0, chunk=-3)
        with pytest.raises(DataError, match="signature is a str"):
            deconvolve_file(file, "LM22", tmp_path / "o.csv")  # type: ignore[arg-type]

    def test_other_genes(self, planted: Planted, tmp_path: Path) -> None:
        file = write(planted.expression.loc["OTHER0000":], tmp_path, "genes in rows")
        with pytest.raises(CoverageError):
            deconvolve_file(file, planted.signature, tmp_path / "o.csv")

    @pytest.mark.parametrize("name", ["absent.parquet", "text.parquet", "text.h5ad", "cohort.xyz"])
    def test_files_that_are_no_cohort(self, planted: Planted, tmp_path: Path, name: str) -> None:
        if name != "absent.parquet":
            (tmp_path / name).write_text("not a table")
        with pytest.raises(FileError, match=name):
            deconvolve_file(tmp_path / name, planted.signature, tmp_path / "o.csv")

    def test_outputs(self, planted: Planted, tmp_path: Path) -> None:
        file = write(planted.expression, tmp_path, "genes in rows")
        with pytest.raises(OutputError, match="unknown ending"):
            deconvolve_file(file, planted.signature, tmp_path / "o.xlsx")
        (tmp_path / "o.csv").write_text("mine")
        with pytest.raises(OutputError, match="exists already"):
            deconvolve_file(file, planted.signature, tmp_path / "o.csv")
        assert (tmp_path / "o.csv").read_text() == "mine"
        deconvolve_file(file, planted.signature, tmp_path / "o.csv", overwrite=True)

    def test_a_keyword_that_there_is_not(self, planted: Planted, tmp_path: Path) -> None:
        with pytest.raises(DataError) as raised:
            deconvolve_file("cohort.parquet", planted.signature, tmp_path / "o.csv", permutation=9, overwrit=True)
        assert str(raised.value) == (
            "deconvolve_file: there is no keyword 'permutation' -> did you mean 'permutations'?\n"
            "deconvolve_file: there is no keyword 'overwrit' -> did you mean 'overwrite'?"
        )

    def test_batch_correction(self, planted: Planted, tmp_path: Path) -> None:
        file = write(planted.expression, tmp_path, "genes in rows")
        with pytest.raises(DataError, match="all samples at once"):
            deconvolve_file(file, planted.signature, tmp_path / "o.csv", batch_correction="b-mode")
