"""Tables of cell amounts that another program has estimated; what is known of the programs is in estimators.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from her2stats.deconvolution import Deconvolution, SignatureMatrix
from her2stats.deconvolution.result import QUALITY
from her2stats.deconvolution.settings import Settings
from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import Content
from her2stats.notes import Note
from her2stats.packaged import facts
from her2stats.reading.cibersortx import (
    amounts_content,
    bare_name,
    check_amounts,
    check_samples,
    check_types,
    from_cibersortx,
    tells_its_fit,
)
from her2stats.reading.clinical.no_samples import samples_only
from her2stats.reading.formats.dispatch import read_words
from her2stats.reading.formats.matrix import Column, numbers_from_words
from her2stats.reading.formats.text import TextTable

PUBLISHED = "published scores"
TOLERANCE = 0.01  # of a sum of shares: programs write two to six digits
ABSOLUTE = re.compile(r"_cibersort-abs$", re.IGNORECASE)
TIMER = re.compile(r"_(quantiseq|epic|xcell|mcpcounter|timer|cibersort(-abs)?)$", re.IGNORECASE)


@dataclass(frozen=True)
class Estimator:
    """A program that estimates cell amounts; ``estimators.toml`` says what the fields are."""

    name: str
    what: str
    doi: str
    types: list[list[str]]
    adds_up: bool = False
    negative: bool = False
    rest: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()

    def known(self, names: Iterable[str]) -> float:
        """Share of the program's types among these names, which are all its own; else 0."""
        given = {bare_name(name) for name in names}
        shares = [0.0]
        for types in self.types:
            own = {bare_name(name) for name in types}
            if given <= own | {bare_name(name) for name in (*self.rest, *self.summary)}:
                shares.append(len(given & own) / len(own))
        return max(shares)


LEAST_KNOWN = 0.5  # share of a program's types that tells it


@cache
def estimators() -> tuple[Estimator, ...]:
    """Every program that is known."""
    return tuple(Estimator(name, **about) for name, about in facts("her2stats.reading", "estimators.toml").items())


def read_fractions(path: str | Path | pd.DataFrame, *, cell_types: Mapping[str, str] | None = None) -> Deconvolution:
    """Read cell amounts that CIBERSORT, CIBERSORTx, quanTIseq, EPIC, xCell or MCP-counter has estimated.

    The program is told by the names of the cell types, in rows or in columns, as it or immunedeconv writes them. Cells
    of no type ("Other"), sums over types ("ImmuneScore") and rows of sums below the samples are left out with a note.
    Scores of xCell and MCP-counter say nothing of how much there is of one type beside another: their `score` is
    missing, and `additive` is False.

    Parameters
    ----------
    path : str, Path or DataFrame
        Text, xlsx, parquet or rds; or the table itself, with the names of its rows as index or as first column.
    cell_types : mapping of str to str, optional
        Name in the file -> name here, for types that shall be called as another matrix calls them.

    Returns
    -------
    Deconvolution
        samples x cell types; its `signature` has the cell types and no genes, since the file does not tell them.

    Raises
    ------
    FileError, TableError, SampleError
        No such table, several programs in one table, text among numbers, negative fractions or fractions of a tumour
        above 1, repeated samples, a renamed type that is not in the file.

    References
    ----------
    Finotello et al. 2019, doi:10.1186/s13073-019-0638-6; Racle et al. 2017, doi:10.7554/eLife.26476; Aran et al. 2017,
    doi:10.1186/s13059-017-1349-1; Becht et al. 2016, doi:10.1186/s13059-016-1070-5.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "epic.csv"
    >>> header = "sample,Bcells,CAFs,CD4_Tcells,CD8_Tcells,Endothelial,Macrophages,NKcells,otherCells"
    >>> _ = path.write_text(header + chr(10) + "s1,0.1,0.1,0.05,0.05,0.1,0.1,0.01,0.49")
    >>> read = read_fractions(path, cell_types={"CD8_Tcells": "T cells CD8"})
    >>> read.fractions["T cells CD8"].to_dict(), float(read.quality.loc["s1", "score"].round(2))
    ({'s1': 0.05}, 0.51)
    """
    content = amounts_content(path)
    table = read_words(content)
    absolute = any(ABSOLUTE.search(name) for name in (*table.header, *(row[0] for row in table.rows)))
    if not tells_its_fit(table) and tells_its_fit(turned := _turned(table)):
        table = turned
    if tells_its_fit(table):
        read = from_cibersortx(content, table)
    else:
        oriented, estimator = _recognised(table, content.name)
        with_fit = estimator.name == "CIBERSORT"
        read = (
            _amounts(content, oriented, estimator)
            if not with_fit
            else from_cibersortx(content, oriented, absolute=absolute)
        )
    return _renamed(read, cell_types or {}, content.name)


def _recognised(table: TextTable, name: str) -> tuple[TextTable, Estimator]:
    """The table with samples in rows, and the program whose names its cell types have."""
    upright, turned = table.header[1:], [row[0] for row in table.rows]
    for names in (upright, turned):
        tails = {(found[1] if (found := TIMER.search(name)) else "").lower() for name in names}
        if len(tails) > 1 and "" not in tails:
            listed = ", ".join(sorted(tails))
            remedy = "keep the columns of one program; amounts of several are not to be mixed"
            raise TableError(Problem(f"holds the estimates of several programs ({listed})", name, remedy))
    best = max(
        (
            (estimator.known(_without_tail(names)), estimator, names)
            for names in (upright, turned)
            for estimator in estimators()
        ),
        key=lambda one: one[0],
    )
    share, estimator, names = best
    if share < LEAST_KNOWN:
        known = ", ".join(one.name for one in estimators())
        what = f"is a table of no program that is known: {known} (with types of your own: with RMSE)"
        remedy = (
            "give the table as the program wrote it, all cell types with their names, samples in the other direction"
        )
        raise TableError(Problem(what, name, remedy))
    if names is upright:
        return replace(table, header=[table.header[0], *_without_tail(upright)]), estimator
    table = _turned(table)
    return replace(table, header=["sample", *_without_tail(turned)]), estimator


def _turned(table: TextTable) -> TextTable:
    header, *rows = [list(cells) for cells in zip(table.header, *table.rows, strict=True)]
    return TextTable(header, rows, list(range(1, len(rows) + 1)), table.notes)


def _without_tail(names: Iterable[str]) -> list[str]:
    return [TIMER.sub("", name).removeprefix("cellFractions.") for name in names]


def _amounts(content: Content, table: TextTable, estimator: Estimator) -> Deconvolution:
    name, found, table = content.name, ProblemList(), samples_only(table)
    samples = [row[0] for row in table.rows]
    check_samples(samples, name, found)
    found.refuse_control_codes(TableError, [*table.header, *samples], where=name)
    check_types(table.header[1:], name, found)
    columns = [Column(word, [row[place] for row in table.rows]) for place, word in enumerate(table.header) if place]
    numbers = numbers_from_words(columns, samples, found, name=name, first_row=2, subject="sample")
    index = pd.Index(samples, dtype=object, name="sample").astype(str)
    amounts = pd.DataFrame(numbers, index=index, columns=table.header[1:])
    aside = {bare_name(word) for word in (*estimator.rest, *estimator.summary)}
    no_types = [word for word in table.header[1:] if bare_name(word) in aside]
    rest = [word for word in no_types if bare_name(word) in {bare_name(one) for one in estimator.rest}]
    names = [word for word in table.header[1:] if word not in no_types]
    types = amounts[names]
    if not found:
        check_amounts(types.to_numpy(), samples, names, name, found, negative=estimator.negative)
    if not found and estimator.adds_up:
        _check_sums(amounts, bool(rest), name, found)
    found.raise_if_any()
    notes = [Note("fractions", f"cell amounts read from a table of {estimator.name}, not estimated here", len(types))]
    if no_types:
        listed = ", ".join(no_types)
        notes.append(
            Note("fractions", f"columns of {estimator.name} that are no cell types, left out", len(no_types), listed)
        )
    method = f"{estimator.name} (doi {estimator.doi}): {estimator.what}; read from {name}"
    made = _made_elsewhere(types, estimator.name, method, str(content.path), content.sha256)
    quality = _quality(types.sum(axis=1) if estimator.adds_up else np.nan, index)
    return replace(made, quality=quality, notes=(*notes, *table.notes), additive=estimator.adds_up)


def published_amounts(types: pd.DataFrame, path: str, sha256: str) -> Deconvolution:
    """Scores of cell types (samples x types) that a publication gives: they compare tumours, not cell types."""
    return _made_elsewhere(types, PUBLISHED, f"{PUBLISHED}, read from {Path(path).name}", path, sha256)


def _made_elsewhere(types: pd.DataFrame, program: str, method: str, path: str, sha256: str) -> Deconvolution:
    empty = pd.DataFrame(columns=list(types.columns), dtype="float64")
    return Deconvolution(
        fractions=types,
        quality=_quality(np.nan, types.index),
        settings=Settings(),
        signature=SignatureMatrix(program, empty, path, sha256),
        genes=(),
        reference_median=float("nan"),
        notes=(),
        method=method,
        program=program,
        additive=False,
    )


def _check_sums(amounts: pd.DataFrame, whole: bool, name: str, found: ProblemList) -> None:
    """Shares of all cells are one with the cells of no type, and at most one without."""
    totals = amounts.sum(axis=1)
    wrong = np.abs(totals - 1) > TOLERANCE if whole else totals > 1 + TOLERANCE
    if wrong.any():
        first = totals.index[wrong][0]
        what = f"the shares of {int(wrong.sum())} samples do not add up to one, first {first!r}: {totals[first]:.4g}"
        remedy = "give the table as the program wrote it: shares, not percent, all columns"
        found.add(TableError, what, where=name, value=f"{totals[first]:.4g}", remedy=remedy)


def _quality(score: pd.Series | float, index: pd.Index) -> pd.DataFrame:
    values = dict.fromkeys(QUALITY, np.nan) | {"score": score, "iterations": 0, "flag": ""}
    return pd.DataFrame(values, index=index).astype({"flag": "str"})


def _renamed(read: Deconvolution, names: Mapping[str, str], file: str) -> Deconvolution:
    if not names:
        return read
    types, found = list(read.signature.cell_types), ProblemList()
    for name in (name for name in names if name not in types):
        remedy = f"it has {', '.join(types)}"
        found.add(TableError, f"there is no cell type {name!r} in it", where=f"{file}, cell_types", remedy=remedy)
    named = [names.get(name, name) for name in types]
    check_types(named, f"{file}, cell_types", found)
    found.raise_if_any()
    profiles = read.signature.profiles.set_axis(named, axis=1)
    signature = replace(read.signature, profiles=profiles)
    return replace(read, fractions=read.fractions.set_axis(named, axis=1), signature=signature)
