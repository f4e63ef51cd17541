"""Ways in which the files of a study get spoilt: each takes a folder and leaves it worse."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

Spoil = Callable[[Path], object]
FILES = ("one.tsv", "one.csv", "answers.csv", "matrix.tsv", "her2.tsv")


def write(name: str, content: bytes | str) -> Spoil:
    """Replace a file."""
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def change(name: str, old: str, new: str) -> Spoil:
    """Replace words of a file."""

    def spoil(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return spoil


def cell(column: str, word: str, name: str = "one.csv") -> Spoil:
    """Replace one cell of the first row of a clinical table."""

    def spoil(folder: Path) -> None:
        table = pd.read_csv(folder / name, dtype="str", keep_default_na=False)
        table.loc[0, column] = word
        table.to_csv(folder / name, index=False)

    return spoil


def column(name: str, word: Callable[[int], str]) -> Spoil:
    """Add a column to a clinical table, from the number of the row."""

    def spoil(folder: Path) -> None:
        table = pd.read_csv(folder / "one.csv", dtype="str", keep_default_na=False)
        table.assign(**{name: [word(row) for row in range(len(table))]}).to_csv(folder / "one.csv", index=False)

    return spoil


def sizes_in_mm(folder: Path) -> None:
    """Centimetres into millimetres, in a column that says centimetres."""
    table = pd.read_csv(folder / "one.csv", dtype={"sample": "str"})
    table.assign(size_cm=table["size_cm"] * 10).to_csv(folder / "one.csv", index=False)


def renamed(name: str, new: str, content: bytes) -> Spoil:
    """Put another file in the place of one, under another name."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        (folder / new).write_bytes(content)
        change("study.toml", f'"{name}"', f'"{new}"')(folder)

    return spoil


def truncated(name: str) -> Spoil:
    """Compress a file and lose its second half."""

    def spoil(folder: Path) -> None:
        packed = gzip.compress((folder / name).read_bytes(), mtime=0)
        renamed(name, f"{name}.gz", packed[: len(packed) // 2])(folder)

    return spoil


def a_folder(name: str) -> Spoil:
    """Put a folder where the file should be."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return spoil


@cache
def gzip_bomb() -> bytes:
    """Ten GiB of zeros as gzip, one member many times over."""
    return gzip.compress(b"0" * 2**26, compresslevel=9, mtime=0) * 160


def xlsx_bomb() -> bytes:
    """A small workbook with a sheet of 128 MiB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**27)
    return packed.getvalue()


class Hostile:
    """What a pickle could do."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("opened",)


def study_below(folder: Path) -> None:
    """The study file in a folder of its own, its data one level up."""
    (folder / "below").mkdir()
    text = (folder / "study.toml").read_text()
    for name in FILES:
        text = text.replace(f'"{name}"', f'"../{name}"')
    (folder / "below" / "study.toml").write_text(text)
    (folder / "study.toml").unlink()


def linked(folder: Path) -> None:
    """The data beside the study file are links to files elsewhere."""
    (folder / "below").mkdir()
    for name in FILES:
        (folder / "below" / name).symlink_to(folder / name)
    shutil.move(folder / "study.toml", folder / "below" / "study.toml")


def linked_results(folder: Path) -> None:
    """The results folder is a link to a folder elsewhere."""
    (folder / "below").mkdir()
    (folder / "elsewhere").mkdir()
    for name in (*FILES, "study.toml"):
        shutil.move(folder / name, folder / "below" / name)
    (folder / "below" / "results").symlink_to(folder / "elsewhere")


def foreign_results(folder: Path) -> None:
    """A results folder that holds somebody's thesis."""
    (folder / "results").mkdir()
    (folder / "results" / "thesis.docx").write_text("mine")


def both_names(folder: Path) -> None:
    """Rows SEPT2 and SEPTIN2 of different values, one of them the exposure."""
    lines = (folder / "one.tsv").read_text().splitlines()
    rows = [f"{name}\t{lines[row].split(chr(9), 1)[1]}" for name, row in (("SEPT2", 3), ("SEPTIN2", 4))]
    (folder / "one.tsv").write_text("\n".join([*lines, *rows]) + "\n")
    change("study.toml", 'exposure = "her2.tsv"', 'exposure = "SEPTIN2"')(folder)


def many_types(folder: Path) -> None:
    """A signature matrix of two thousand cell types, on the genes that it has."""
    path, count = folder / "matrix.tsv", 2000
    genes = [line.split("\t")[0] for line in path.read_text().splitlines()]
    rows = [[genes[0], *(f"T{k}" for k in range(count))]]
    rows += [
        [gene, *(str((7919 * row + row * k * k) % 99991) for k in range(count))] for row, gene in enumerate(genes[1:])
    ]
    path.write_text("\n".join(map("\t".join, rows)) + "\n")


def named(setting: str, old: str) -> Spoil:
    """Put a setting in the place of another."""
    return change("study.toml", old, setting)


def fractions(text: str) -> Spoil:
    """Read cell fractions from a file of CIBERSORTx."""

    def spoil(folder: Path) -> None:
        (folder / "f.csv").write_text(text)
        named('offset = 1\nfractions = "f.csv"\n', "offset = 1\n")(folder)

    return spoil


def several(*spoils: Spoil) -> Spoil:
    """One after the other."""

    def spoil(folder: Path) -> None:
        for step in spoils:
            step(folder)

    return spoil
