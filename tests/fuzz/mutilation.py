"""Mutilated files of one format, read for some seconds: python -m tests.fuzz.mutilation EXAMPLE FOLDER UNTIL.

A process of its own, so that the memory that is measured is the reader's. The file that did it stays in the folder.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
import warnings
from pathlib import Path

from .examples import examples
from .readers import read

LIMIT = 2**20  # KiB

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


def peak() -> int:
    """The most memory of this process and of those it started, in KiB.

    Not `ru_maxrss` of this process: it begins with what the process that started this one had.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def main(name: str, folder: Path, until: float) -> None:
    """Read mutilated files until a moment, for a second at least; end with an error at the first fault."""
    warnings.simplefilter("ignore")  # openpyxl and rdata warn of what they leave out
    file, data = examples()[name]
    random_ = random.Random(name + os.environ.get("HER2STATS_FUZZ_SEED", ""))  # other files with another seed
    end = max(until, time.time() + 1)
    files = 0
    while time.time() < end:
        read(folder / file, mutilate(data, random_))
        files += 1
        if peak() > LIMIT:
            sys.exit(f"{folder / file}: more than 1 GiB of memory")
    print(f"{name}: {files} files, {peak() // 1024} MiB")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
