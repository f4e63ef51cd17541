"""Files that are no files, no tables, or bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from her2stats.errors import FileError, InputError
from her2stats.files import read_content
from her2stats.r_engine import read_models
from her2stats.reading import read_cibersortx, read_clinical, read_expression
from her2stats.results.manifest import put
from her2stats.results.schema import TableSchema
from her2stats.results.strict_csv import DamagedFileError, read_strict

from .conftest import EXPRESSION

READERS = {
    "expression": lambda path: read_expression(path, scale="linear"),
    "clinical": read_clinical,
    "cibersortx": read_cibersortx,
}
every_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@every_reader
@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b"a,b,c\n"], ids=["empty", "blank", "bom", "header"]
)
def test_empty_files(tmp_path, read, content):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InputError):
        read(tmp_path / "x.csv")


@every_reader
@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zst"])
def test_truncated_compression(tmp_path, read, packing):
    import pyarrow as pa

    data = os.urandom(20_000).hex().encode()
    packed = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
    }[packing](data)
    path = tmp_path / f"x.csv.{packing}"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(FileError, match="damaged or truncated"):
        read(path)


@every_reader
@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zst"])
def test_a_name_that_promises_compression_and_a_file_that_has_none(tmp_path, read, packing):
    path = tmp_path / f"x.csv.{packing}"
    path.write_text("<html><body>Please log in</body></html>")
    with pytest.raises(FileError, match=rf"is named .{packing}, but is not compressed -> take .{packing} off its name"):
        read(path)


@every_reader
def test_a_folder(tmp_path, read):
    with pytest.raises(FileError, match="is a folder"):
        read(tmp_path)


@every_reader
def test_no_such_file(tmp_path, read):
    with pytest.raises(FileError, match=r"nowhere\.csv: there is no such file"):
        read(tmp_path / "nowhere.csv")


def test_permission_denied_is_told_as_such(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text(EXPRESSION)

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(FileError, match=r"may not be read .permission denied."):
        read_content(path)


@every_reader
def test_a_pipe(tmp_path, read):
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(FileError, match="not a regular file"):
        read(tmp_path / "x.csv")


@pytest.mark.parametrize("name", ["table.csv", "format.txt", "specs.csv"])
def test_a_pipe_among_results_is_not_waited_for(tmp_path, name):
    (tmp_path / "format.txt").write_text("her2stats exchange 2\n")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(DamagedFileError if name == "table.csv" else FileError):
        read_strict(tmp_path / name, TableSchema(())) if name == "table.csv" else read_models(tmp_path)
    assert put(tmp_path, name, b"a\n") is None
    assert (tmp_path / name).read_bytes() == b"a\n"


def test_a_file_that_grows_is_not_read_for_ever(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text(EXPRESSION)
    seen = os.fstat

    def before(descriptor: int) -> os.stat_result:
        about = seen(descriptor)
        with path.open("ab") as file:
            file.write(b"more")
        return about

    monkeypatch.setattr(os, "fstat", before)
    with pytest.raises(FileError, match="grows while it is read -> wait"):
        read_content(path)


def bomb(folder: Path) -> Path:
    """Ten GiB of zeros in ten MB of gzip, written once as many members of the same bytes."""
    member = gzip.compress(b"0" * 2**26, compresslevel=9, mtime=0)
    path = folder / "bomb.csv.gz"
    with path.open("wb") as file:
        for _ in range(160):
            file.write(member)
    return path


@every_reader
def test_a_gzip_bomb_is_noticed_before_it_fills_the_memory(tmp_path, read):
    path = bomb(tmp_path)
    tracemalloc.start()
    with pytest.raises(FileError, match="unpacks to more than 100 times its size; reading stopped"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**29


@every_reader
def test_an_xlsx_bomb(tmp_path, read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**27)
    (tmp_path / "x.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(FileError, match="unpacks to far more than its size"):
        read(tmp_path / "x.xlsx")


def test_a_parquet_bomb(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    ones = pa.array([0.5]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 10**7, pa.int8()), ones.dictionary)
    pq.write_table(pa.table({"gene": column, "a": column}), tmp_path / "x.parquet")
    assert (tmp_path / "x.parquet").stat().st_size < 10**5
    with pytest.raises(FileError, match="unpacks to far more than its size"):
        read_expression(tmp_path / "x.parquet", scale="linear")


def test_a_workbook_that_claims_a_million_rows(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for line in EXPRESSION.splitlines():
        book.active.append([float(cell) if cell[:1].isdigit() else cell for cell in line.split(",")])
    book.active["XFD1048576"] = None
    book.save(tmp_path / "x.xlsx")
    assert read_expression(tmp_path / "x.xlsx", scale="linear").values.shape == (3, 4)


class Hostile:
    """What a pickle could do."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("opened",)


@every_reader
@pytest.mark.parametrize("name", ["x.csv", "x.pkl", "x.rds", "x.h5ad", "x.parquet", "x.xlsx"])
def test_a_pickle_in_disguise_is_never_opened(tmp_path, monkeypatch, read, name):
    monkeypatch.chdir(tmp_path)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        (tmp_path / name).write_bytes(pickle.dumps(Hostile(), protocol=protocol))
        with pytest.raises(InputError):
            read(tmp_path / name)
    assert not (tmp_path / "opened").exists()


@every_reader
@pytest.mark.parametrize("name", ["x.csv", "x.rds", "x.RData", "x.rda"])
@pytest.mark.parametrize("packed", [True, False])
def test_an_rdata_workspace_in_disguise_is_never_opened(tmp_path, read, name, packed):
    data = b"RDX3\nX\n\x00\x00\x00\x03"
    (tmp_path / name).write_bytes(gzip.compress(data, mtime=0) if packed else data)
    with pytest.raises(FileError, match="RData workspace, which is never opened"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["x.xls", "x.ods", "x.sav", "x.feather", "x.h5"])
def test_formats_that_are_not_read_say_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"whatever this is")
    with pytest.raises(FileError, match="save the table as csv, tsv, xlsx or parquet"):
        read_expression(tmp_path / name, scale="linear")


@pytest.mark.parametrize("name", ["x.csv", "x.tsv.gz", "x.xlsx", "x.parquet", "x.h5ad", "x.rds", "x.gct"])
def test_a_picture_is_no_table(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + os.urandom(500))
    with pytest.raises(InputError):
        read_expression(tmp_path / name, scale="linear")


def test_a_workbook_named_csv_is_read_as_what_it_is(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for line in EXPRESSION.splitlines():
        book.active.append([float(cell) if cell[:1].isdigit() else cell for cell in line.split(",")])
    packed = io.BytesIO()
    book.save(packed)
    (tmp_path / "x.csv").write_bytes(packed.getvalue())
    assert read_expression(tmp_path / "x.csv", scale="linear").values.shape == (3, 4)
