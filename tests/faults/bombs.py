"""Small files that would take the machine, each with a command that meets it: `python -m tests.faults.bombs` measures.

Every file is made when it is asked for, from nothing but its idea.
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECONDS, MEMORY = 60, 2**30  # that no attack may exceed
SCORE = ("score", "{}", "--scale", "linear", "--signature", "ERBB2")
STARVES = "far more memory|breaks down|does not come to an end"
AUDIT = ("audit", "{}")
STORE = """
import sys
import pandas as pd
from her2stats.deconvolution import deconvolve_file
from her2stats.errors import Her2statsError
genes = ["ERBB2", *(f"G{k}" for k in range(11))]
profiles = pd.DataFrame({"B": range(80, 92), "T": [k * k % 97 for k in range(12)]}, genes, dtype=float)
try:
    deconvolve_file(sys.argv[1], profiles, "o.csv")
except Her2statsError as error:
    sys.exit(str(error))
"""
LARGE = ("-c", STORE, "{}")


@dataclass(frozen=True)
class Bomb:
    """A file, the command that reads it, and a pattern of the sentence in which that must end."""

    name: str
    make: Callable[[Path], object]
    told: str
    command: tuple[str, ...] = SCORE


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}


def workbook(rows: str, shared: str = "", styles: str = "") -> Callable[[Path], object]:
    """A workbook with these rows of XML, and these shared strings."""

    def make(path: Path) -> None:
        strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{shared}</sst>'
        parts = PARTS | {"xl/worksheets/sheet1.xml": SHEET.format(rows), "xl/sharedStrings.xml": strings}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (parts | ({"xl/styles.xml": styles} if styles else {})).items():
                archive.writestr(name, text)

    return make


def far_row() -> str:
    return "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (1, 2, 900_000_000))


def far_columns() -> str:
    return "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, 20_001))


def one_string_often() -> Callable[[Path], object]:
    rows = "".join('<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for _ in range(30_000))
    return workbook(rows, f"<si><t xml:space='preserve'>{'x' * 32_000} </t></si>")


def parquet_dictionary(*, stored: bool) -> Callable[[Path], object]:
    """A word of a million letters, which 60,000 rows refer to."""

    def make(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        codes = pa.array([0] * 60_000, pa.int32())
        words = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * 10**6]))
        numbers = pa.array([1.0] * 60_000)
        pq.write_table(pa.table({"gene": words, "a": numbers}), path, store_schema=stored)

    return make


def parquet_prefixes(path: Path) -> None:
    """Words that each repeat the million letters of the word before."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    batch = pa.table({"gene": pa.array(["x" * 10**6] * 100), "a": pa.array([1.0] * 100)})
    with pq.ParquetWriter(
        path, batch.schema, use_dictionary=False, column_encoding={"gene": "DELTA_BYTE_ARRAY", "a": "PLAIN"}
    ) as file:
        for _ in range(10):
            file.write_table(batch)


def parquet_fixed_width(path: Path) -> None:
    """A word of a fixed width of a million letters, 50 times in each of ten parts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = pa.array([b"x" * 10**6] * 50, pa.binary(10**6))
    part = pa.table({"gene": words, "a": pa.array([1.0] * 50)})
    with pq.ParquetWriter(path, part.schema, store_schema=False) as file:
        for _ in range(10):
            file.write_table(part)


def parquet_that_lies(path: Path) -> None:
    """Nearly a gigabyte of words in one page, of which the summary says that they are ten rows and ten bytes."""
    import struct

    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 900
    words = pa.array([f"{place:04d}" + "x" * 10**6 for place in range(count)])
    table = pa.table({"gene": words, "a": pa.array([1.0] * count)})
    options = {"compression": "zstd", "use_dictionary": ["gene"], "write_statistics": False, "store_schema": False}
    pq.write_table(table, path, dictionary_pagesize_limit=2**31 - 1, row_group_size=count, **options)
    group = pq.ParquetFile(path).metadata.row_group(0)
    said = {count, group.total_byte_size, *(group.column(place).total_uncompressed_size for place in (0, 1))}
    data = path.read_bytes()
    (size,) = struct.unpack("<I", data[-8:-4])
    summary = data[-8 - size : -8]
    for number in said:
        written = _varint(number, 0)
        assert written in summary
        summary = summary.replace(written, _varint(10, len(written)))
    path.write_bytes(data[: -8 - size] + summary + data[-8:])


def _varint(number: int, size: int) -> bytes:
    """A number as a summary writes it, in so many bytes at least."""
    left, written = number << 1, []
    while left or not written or len(written) < size:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*written[:-1], written[-1] & 0x7F])


def h5ad_references(path: Path) -> None:
    """400,000 names that all refer to the one long word which the file holds."""
    import h5py

    word, count, kind = b"x" * 60_000, 400_000, h5py.string_dtype()
    with h5py.File(path, "w") as file:
        obs, var = file.create_group("obs"), file.create_group("var")
        obs.create_dataset("_index", data=[word], dtype=kind)
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((count,))
        names = h5py.h5d.create(var.id, b"_index", h5py.h5t.py_create(kind, logical=True), space, early)
        file["X"] = [[1.0]]
        file.flush()
        here, there = obs["_index"].id.get_offset(), names.get_offset()
    data = bytearray(path.read_bytes())
    data[there : there + 16 * count] = data[here : here + 16] * count
    path.write_bytes(data)


def h5ad_categories(path: Path) -> None:
    """A column of 400,000 cells of one category with a long name."""
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        var, obs = file.create_group("var"), file.create_group("obs")
        obs.create_dataset("_index", data=np.arange(400_000).astype("S6"), compression="gzip")
        var.create_dataset("_index", data=[b"ERBB2"])
        column = obs.create_group("size")
        column.create_dataset("categories", data=[b"x" * 60_000])
        column.create_dataset("codes", data=np.zeros(400_000, dtype="int8"), compression="gzip")


def h5ad_empty(path: Path) -> None:
    """A sparse matrix without a value, of 20,000 genes and 25,000 samples."""
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        for name, count in (("obs", 25_000), ("var", 20_000)):
            file.create_group(name).create_dataset("_index", data=np.arange(count).astype("S6"), compression="gzip")
        x = file.create_group("X")
        x.attrs.update({"encoding-type": "csr_matrix", "shape": (25_000, 20_000)})
        x.create_dataset("data", data=np.zeros(0))
        x.create_dataset("indices", data=np.zeros(0, dtype="int32"))
        x.create_dataset("indptr", data=np.zeros(25_001, dtype="int32"), compression="gzip")


def rds_sequences(path: Path) -> None:
    """A list of 400 sequences of eight million numbers, each written as its length, start and step."""

    def words(*numbers: int) -> bytes:
        return struct.pack(f">{len(numbers)}i", *numbers)

    def symbol(name: bytes) -> bytes:
        return words(1, 0x00040009, len(name)) + name

    def sequence(klass: bytes, package: bytes) -> bytes:
        described = words(0x02) + klass + words(0x02) + package + words(0x02, 13, 1, 13) + words(254)
        return words(238) + described + words(14, 3) + struct.pack(">3d", 8e6, 1, 1) + words(254)

    first = sequence(symbol(b"compact_intseq"), symbol(b"base"))
    further = sequence(words(0x1FF), words(0x2FF))  # references to the two symbols
    head = b"X\n" + words(3, 0x00040202, 0x00030500, 5) + b"UTF-8"
    path.write_bytes(head + words(19, 400) + first + further * 399)


def h5ad_elsewhere(path: Path) -> None:
    """A matrix that lies in another file, which a link leads to."""
    import h5py

    with h5py.File(path.with_name("other.h5"), "w") as file:
        file["X"] = [[1.0]]
    with h5py.File(path, "w") as file:
        for name, word in (("obs", b"a"), ("var", b"ERBB2")):
            file.create_group(name).create_dataset("_index", data=[word])
        file["X"] = h5py.ExternalLink(str(path.with_name("other.h5")), "X")


def gct(counts: str) -> Callable[[Path], object]:
    """A GCT file with these counts in its second line."""
    return lambda path: path.write_text(f"#1.3\n{counts}\nid\tdescription\ta\nERBB2\tx\t1\n")


BOMBS = (
    Bomb("row.xlsx", workbook(far_row()), "unpacks to far more"),
    Bomb("columns.xlsx", workbook(far_columns()), "unpacks to far more"),
    Bomb("string.xlsx", one_string_often(), "unpacks to far more", AUDIT),
    Bomb("cells.xlsx", workbook(f"<row>{'<c/>' * 10_000_000}</row>"), STARVES, AUDIT),
    Bomb("styles.xlsx", workbook("<row/>", styles=f"<a>{'<b/>' * 10_000_000}</a>"), STARVES, AUDIT),
    Bomb("plain.parquet", parquet_dictionary(stored=False), "far more"),
    Bomb("categories.parquet", parquet_dictionary(stored=True), "far more", AUDIT),
    Bomb("prefixes.parquet", parquet_prefixes, "far more"),
    Bomb("lies.parquet", parquet_that_lies, "far more"),
    Bomb("width.parquet", parquet_fixed_width, "far more"),
    Bomb("references.h5ad", h5ad_references, "unpacks to far more"),
    Bomb("categories.h5ad", h5ad_categories, "unpacks to far more", AUDIT),
    Bomb("empty.h5ad", h5ad_empty, "unpacks to far more"),
    Bomb("sequences.rds", rds_sequences, "unpacks to far more"),
    Bomb("elsewhere.h5ad", h5ad_elsewhere, "points to another file|damaged"),
    Bomb("fields.gct", gct("1\t1\t1\t1000000000000"), "the second line promises 1000000000000"),
    Bomb("digits.gct", gct(f"1\t1\t1\t{'9' * 5000}"), "5000 digits"),
    Bomb("large-plain.parquet", parquet_dictionary(stored=False), "far more", LARGE),
    Bomb("large-categories.parquet", parquet_dictionary(stored=True), "far more", LARGE),
    Bomb("large-prefixes.parquet", parquet_prefixes, "far more", LARGE),
    Bomb("large-lies.parquet", parquet_that_lies, "far more", LARGE),
    Bomb("large-references.h5ad", h5ad_references, "far more", LARGE),
    Bomb("large-elsewhere.h5ad", h5ad_elsewhere, "points to another file", LARGE),
)


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit status, all that it said, seconds, and the most memory that a process of it held."""

    status: int
    said: str
    seconds: float
    mebibytes: float


def meet(bomb: Bomb, path: Path, *, memory: int = MEMORY, seconds: int = SECONDS) -> Outcome:
    """Run the command on its file under a limit of memory and time."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    words = [word.replace("{}", str(path)) for word in bomb.command]
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, *([] if words[0] == "-c" else ["-m", "her2stats.cli"]), *words],
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=limited,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read(10**6).decode("utf-8", "replace")
    return Outcome(process.returncode, text, time.monotonic() - start, used.ru_maxrss / 1024)


def main() -> None:
    """Meet every one, or those that are named, and print what it took."""
    chosen = [bomb for bomb in BOMBS if bomb.name in sys.argv[1:]] or BOMBS
    memory = int(os.environ.get("GIBIBYTES", "1")) * 2**30
    print(f"{'attack':20} {'status':>6} {'s':>6} {'MiB':>6}  said")
    with tempfile.TemporaryDirectory() as folder:
        for bomb in chosen:
            path = Path(folder) / bomb.name
            bomb.make(path)
            found = meet(bomb, path, memory=memory)
            last = (found.said.strip().splitlines() or [""])[-1][-150:]
            print(f"{bomb.name:20} {found.status:6} {found.seconds:6.1f} {found.mebibytes:6.0f}  {last}", flush=True)


if __name__ == "__main__":
    main()
