"""Mutilated files of every format: our own errors come out, nothing else, and in bounded memory."""

from __future__ import annotations

import os
import random
import resource
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import examples
from .readers import READERS, read

EXAMPLES = examples()
SECONDS = float(os.environ.get("HER2STATS_FUZZ_SECONDS", "30"))
TELLING = [
    b"\x00",
    b"\xff",
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b'"',
    b"'",
    b"NA",
    b"inf",
    b"1e999",
    b"-",
    b"#",
    b"!",
    b"|",
]
TELLING += [
    b"\x80\x04",
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"2147483647",
    b"-1",
    b"0",
    "é".encode(),
    b"\xef\xbb\xbf",
    b"=1+1",
]


def mutilate(data: bytes, random_: random.Random) -> bytes:
    """Change, insert, cut out, repeat or cut off, one to eight times."""
    body = bytearray(data)
    for _ in range(random_.randint(1, 8)):
        place = random_.randrange(len(body) + 1)
        kind = random_.randrange(6)
        if kind == 0 and body:
            body[place % len(body)] = random_.randrange(256)
        elif kind == 1:
            body[place:place] = random_.choice(TELLING)
        elif kind == 2:
            del body[place : place + random_.randint(1, 40)]
        elif kind == 3:
            body[place:place] = body[place : place + random_.randint(1, 200)] * random_.randint(1, 5)
        elif kind == 4 and body:
            body[place % len(body)] ^= 1 << random_.randrange(8)
        elif kind == 5 and random_.random() < 0.2:
            del body[place:]
    return bytes(body)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_itself_is_readable(tmp_path: Path, name: str) -> None:
    file, data = EXAMPLES[name]
    assert read(tmp_path / file, data)


@pytest.mark.parametrize("name", EXAMPLES)
def test_mutilated_files(tmp_path: Path, name: str) -> None:
    file, data = EXAMPLES[name]
    random_ = random.Random(name)
    end = time.monotonic() + SECONDS / len(EXAMPLES)
    while time.monotonic() < end:
        mutilated = mutilate(data, random_)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl and rdata warn of what they leave out
            read(tmp_path / file, mutilated)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20, "more than 1 GiB of memory"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(READERS)), data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes(tmp_path: Path, kind: str, data: bytes) -> None:
    for ending in (".csv", ".tsv", ".xlsx", ".parquet", ".gct", ".h5ad", ".rds", ".gmt", ".txt.gz"):
        read(tmp_path / f"{kind}{ending}", data)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(READERS)),
    rows=st.lists(
        st.lists(st.text("aA1.,;-+ NEinf\"'=\t", max_size=6), min_size=1, max_size=4), min_size=1, max_size=5
    ),
    mark=st.sampled_from([",", ";", "\t"]),
)
def test_any_table(tmp_path: Path, kind: str, rows: list[list[str]], mark: str) -> None:
    read(tmp_path / f"{kind}.csv", "\n".join(mark.join(row) for row in rows).encode())
