"""A matrix too long to be held as text is read in pieces: the same numbers, the same faults, little memory."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats import packed
from her2stats.errors import Her2statsError
from her2stats.files import read_content
from her2stats.reading.expression import MatrixOptions, open_matrix
from her2stats.reading.formats import delimited, text

HEADER = "gene\ts1\ts2\ts3\n"
ROWS = "".join(f"G{i:03}\t{i}.25\t{i * 7}\t1e-{i % 9}\n" for i in range(120))
MATRICES = {
    "plain": HEADER + ROWS,
    "no line feed at the end": (HEADER + ROWS)[:-1],
    "blank lines": HEADER + ROWS.replace("G050", "\n\nG050") + "\n" * 60,
    "missing values": HEADER + re.sub(r"\t\d*5\t", "\tNA\t", ROWS),
    "quotes": HEADER + re.sub(r"(G\d+)", r'"\1"', ROWS),
    "an open quote": HEADER + ROWS.replace("G090", '"G090'),
    "R's header": HEADER.removeprefix("gene\t") + ROWS,
    "Windows": (HEADER + ROWS).replace("\n", "\r\n"),
    "another alphabet": HEADER.replace("s2", "пациент") + ROWS,
    "remarks": "# one\n# two\n" + HEADER + ROWS,
    "words": HEADER + ROWS.replace("G100\t100.25", "G100\thigh"),
    "uneven rows": HEADER + ROWS.replace("G070\t", "").replace("G110", "G110\t1\t2"),
    "a column of words": HEADER.replace("s1", "chr") + ROWS,
    "header only": HEADER + "\n" * 1000,
    "binary": HEADER + ROWS + "\x00",
}


def told(path: Path) -> object:
    """All of a matrix, or what is wrong with the file, without the row numbers that a file of a few MiB has."""
    try:
        raw = open_matrix(path, MatrixOptions())
    except Her2statsError as error:
        return re.sub(r"row \d+: ", "", str(error))
    laid_out, faults = raw.values.flags.f_contiguous, list(map(str, raw.problems.errors()))
    return (raw.rows, raw.columns, raw.values.tobytes("F"), laid_out, raw.first_row, raw.notes, faults)


@pytest.mark.parametrize("ending", [".tsv", ".tsv.gz"])
@pytest.mark.parametrize("name", MATRICES)
def test_in_pieces_it_is_the_same(name: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, data = tmp_path / f"e{ending}", MATRICES[name].encode()
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    whole = told(path)
    for place, sizes in ((packed, {"HELD": 300, "BEGINNING": 200, "CHUNK": 64}), (text, {"LONG": 300, "PIECE": 150})):
        for size, value in sizes.items():
            monkeypatch.setattr(place, size, value)
    monkeypatch.setattr(delimited, "LONG", 300)
    read = []
    monkeypatch.setattr(delimited.pa_csv, "read_csv", lambda *a, of=delimited.pa_csv.read_csv: read.append(1) or of(*a))
    assert told(path) == whole
    assert len(read) > 5 or name in ("an open quote", "binary")  # which are told before


def test_what_is_damaged_at_its_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "e.tsv.gz"
    path.write_bytes(gzip.compress((HEADER + ROWS).encode())[:-20])
    monkeypatch.setattr(packed, "HELD", 300)
    monkeypatch.setattr(packed, "CHUNK", 64)
    assert read_content(path).unpacked is not None  # its end was not looked at yet
    assert "e.tsv.gz: is a damaged or truncated gzip file" in str(told(path))


PEAK = """
import sys
from pathlib import Path
from her2stats.cli.one_file import fractions_of_file
from her2stats.reading import read_expression

def peak():  # not ru_maxrss, which begins with that of the process that started this one
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024

def read(file):
    read_expression(file, scale="linear")

def deconvolve(file):
    fractions_of_file(Path(file), signature, {"scale": "linear"})

small, large, signature, what = sys.argv[1:]
globals()[what](small)  # what is imported late belongs to the start
begun = peak()
globals()[what](large)
print(peak() - begun)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units")
@pytest.mark.parametrize("what", ["read", "deconvolve"])
def test_a_large_matrix_takes_twice_its_memory_at_most(tmp_path: Path, what: str) -> None:
    rng = np.random.default_rng(0)
    genes, samples = 10_000, 2000
    lines = ["\t".join(f"{value:.2f}" for value in rng.lognormal(3, 1, samples)) for _ in range(100)]
    for name, count in (("small", 200), ("large", genes)):
        with gzip.open(tmp_path / f"{name}.tsv.gz", "wt", compresslevel=1) as file:
            file.write("\t".join(["gene", *(f"s{k}" for k in range(samples))]) + "\n")
            file.writelines(f"G{i:05}\t{lines[i % 100]}\n" for i in range(count))
    profiles = pd.DataFrame(rng.lognormal(5, 1, (100, 3)), [f"G{i:05}" for i in range(100)], ["B", "T", "NK"])
    profiles.to_csv(tmp_path / "s.tsv", sep="\t", index_label="gene")
    words = [sys.executable, "-c", PEAK, *(tmp_path / name for name in ("small.tsv.gz", "large.tsv.gz", "s.tsv")), what]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert float(done.stdout) / (8 * genes * samples) < 2.0
