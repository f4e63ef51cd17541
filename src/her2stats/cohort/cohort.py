"""Cohort: expression and clinical data of the same tumours, aligned, on a declared scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from her2stats.cohort.centred import is_centred
from her2stats.errors import GeneError, InputError, Problem, ProblemList, SampleError, ScaleError, TableError
from her2stats.notes import Note, notes_table
from her2stats.vocabulary.notebook import panel_html

Scale = Literal["log2", "linear"]


class Source(NamedTuple):
    """One input file: what it was read as, where it lay, its checksum."""

    role: str
    path: str
    sha256: str


class Reading(NamedTuple):
    """One thing that a clinical table was read by: "column" er is er_status, "word er" 1 is positive."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True, eq=False)
class Expression:
    """An expression matrix (genes x samples) as read: values, declared scale, and what happened to it on the way.

    The values are float64, under gene symbols and sample ids as text. The notes tell everything repaired or dropped. On
    the log2 scale the values are log2(x + offset); on the linear scale the offset is added before a logarithm. The
    source is None where there was no file.
    """

    values: pd.DataFrame
    scale: Scale
    offset: float = 0.0
    notes: tuple[Note, ...] = ()
    source: Source | None = None

    def log2(self) -> pd.DataFrame:
        """Values on the log2 scale, as `Cohort.log2`."""
        return to_log2(self.values, self.scale, self.offset)

    def linear(self) -> pd.DataFrame:
        """Values on the linear scale, as `Cohort.linear`."""
        return to_linear(self.values, self.scale, self.offset)


@dataclass(frozen=True, eq=False)
class Clinical:
    """A clinical table (samples x variables) as read: the population, in the controlled vocabulary.

    `hr_definition` is "ER or PgR", "ER only", "PgR only", "given", or empty where there is no HR status. The notes tell
    with counts what was filtered, excluded, missing or assumed. `further` is a second file, of patients, that was
    joined; `read_as` is what columns and words were read as, empty where that cannot be told so simply.
    """

    table: pd.DataFrame
    hr_definition: str = ""
    notes: tuple[Note, ...] = ()
    source: Source | None = None
    further: Source | None = None
    read_as: tuple[Reading, ...] = ()


@dataclass(frozen=True, eq=False)
class Cohort:
    """Expression and clinical data of the same tumours.

    Parameters
    ----------
    name : str
        The cohort's name, as it stands in every table of results.
    clinical : DataFrame
        samples x variables in the controlled vocabulary: ``hr``, ``er``, ``pgr`` and ``her2_status`` (negative,
        positive), ``her2_ihc`` (0, 1+, 2+), ``her2_group`` (HER2-0, HER2-low), ``age`` in years, ``size_cm``,
        ``grade`` (I, II, III), ``pcr`` and ``complete_response`` (0, 1), ``pam50``, and the user's own variables.
        Variables that the cohort does not have are absent.
    expression : DataFrame or None
        genes x samples, float64, columns in the order of the rows of `clinical`; None for a cohort that has a
        clinical table only.
    scale : {"log2", "linear"} or None
        Scale of `expression`.
    offset : float
        Values are log2(x + offset); on the linear scale, what is added before a logarithm is taken.
    hr_definition : str
        How HR status came about: "ER or PgR", "ER only", "PgR only", "given"; empty where there is none.
    notes : tuple of Note
        Everything that reading repaired, dropped or excluded, with counts.
    sources : tuple of Source
        The files behind it: role, path, SHA-256.
    read_as : tuple of Reading
        As in `Clinical`.

    Raises
    ------
    TableError, SampleError, ScaleError
        The two tables do not describe the same samples, or the scale is not declared.

    Examples
    --------
    >>> import pandas as pd
    >>> expression = pd.DataFrame({"s1": [3.0, 0.0], "s2": [7.0, 1.0]}, index=["ERBB2", "ESR1"])
    >>> clinical = pd.DataFrame({"age": [51.0, 62.0]}, index=["s1", "s2"])
    >>> cohort = Cohort("tiny", clinical, expression, scale="linear", offset=1.0)
    >>> cohort
    Cohort 'tiny': 2 samples, 2 genes, linear scale
    >>> cohort.log2().loc["ERBB2"].tolist()
    [2.0, 3.0]
    """

    name: str
    clinical: pd.DataFrame
    expression: pd.DataFrame | None = None
    scale: Scale | None = None
    offset: float = 0.0
    hr_definition: str = ""
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = field(default=())
    read_as: tuple[Reading, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        found = ProblemList()
        _check_ids(found, self.clinical.index, f"clinical table of cohort {self.name!r}")
        if self.expression is not None:
            _check_expression(found, self.expression, self.scale, self.name)
            if not found and list(self.expression.columns) != list(self.clinical.index):
                what = "the samples of expression and clinical table differ, or stand in a different order"
                remedy = "align them by id; read_cohort does it"
                found.add(SampleError, what, where=f"cohort {self.name!r}", remedy=remedy)
        found.raise_if_any()

    @property
    def samples(self) -> list[str]:
        """Sample ids, in the order of both tables."""
        return [str(sample) for sample in self.clinical.index]

    @property
    def genes(self) -> list[str]:
        """Gene symbols, in the order of the file; empty without expression."""
        return [] if self.expression is None else [str(gene) for gene in self.expression.index]

    def log2(self) -> pd.DataFrame:
        """Expression on the log2 scale, genes x samples.

        From the linear scale it is log2(x + offset), with 1 as offset where none was declared, so that a zero
        stays a number.

        Raises
        ------
        TableError
            The cohort has no expression.
        """
        expression, scale = self._expression()
        return to_log2(expression, scale, self.offset)

    def linear(self) -> pd.DataFrame:
        """Expression on the linear scale, genes x samples.

        From the log2 scale it is 2**x - offset; what rounding left just below zero becomes zero.

        Raises
        ------
        TableError
            The cohort has no expression.
        """
        expression, scale = self._expression()
        return to_linear(expression, scale, self.offset)

    def notes_table(self) -> pd.DataFrame:
        """Notes as a frame with the columns stage, what, count, detail."""
        return notes_table(self.notes)

    def _expression(self) -> tuple[pd.DataFrame, Scale]:
        if self.expression is None:
            remedy = "give read_cohort an expression file; a clinical table alone serves the response analysis"
            raise TableError(Problem("there is no expression in this cohort", f"cohort {self.name!r}", remedy))
        assert self.scale is not None
        return self.expression, self.scale

    def _facts(self) -> Sequence[str]:
        facts = [f"{len(self.clinical):,} samples"]
        if "hr" in self.clinical:
            counts = self.clinical["hr"].value_counts()
            how = f"; {self.hr_definition}" if self.hr_definition else ""
            facts[0] += f" (HR+ {counts.get('positive', 0)}, HR- {counts.get('negative', 0)}{how})"
        if self.expression is None:
            return [*facts, "clinical table only"]
        added = f"log2(x + {self.offset:g})" if self.offset else "log2"
        return [*facts, f"{len(self.expression):,} genes", f"{added} scale" if self.scale == "log2" else "linear scale"]

    def __repr__(self) -> str:
        notes = [f"{len(self.notes)} notes"] if self.notes else []
        return f"Cohort {self.name!r}: {', '.join([*self._facts(), *notes])}"

    def _repr_html_(self) -> str:
        tables = [notes_table(self.notes)] if self.notes else []
        return panel_html(f"Cohort {self.name}", self._facts(), *tables)


def to_log2(values: pd.DataFrame, scale: Scale, offset: float = 0.0) -> pd.DataFrame:
    """Take logarithms of linear values, log2(x + offset); an offset of 0 stands for 1."""
    if scale == "log2":
        return values
    logarithms = np.log2(values.to_numpy() + (offset or 1.0))
    return pd.DataFrame(logarithms, index=values.index, columns=values.columns)


def to_linear(values: pd.DataFrame, scale: Scale, offset: float = 0.0) -> pd.DataFrame:
    """Undo log2(x + offset); what rounding left just below zero becomes zero.

    Raises ScaleError when the values are ratios or z-scores: no amount can be had from them.
    """
    if scale == "linear":
        return values
    if is_centred(values.to_numpy()):
        what = "the values are ratios or z-scores: the level of each gene is gone, and no amount follows from them"
        remedy = "give the values before centring, or leave the deconvolution out; scores may be taken from them"
        raise ScaleError(Problem(what, "expression", remedy))
    amounts = np.maximum(np.exp2(values.to_numpy()) - offset, 0.0)
    return pd.DataFrame(amounts, index=values.index, columns=values.columns)


def _check_ids(found: ProblemList, ids: pd.Index, where: str, kind: type[InputError] = SampleError) -> None:
    if ids.has_duplicates:
        twice = ", ".join(repr(name) for name in ids[ids.duplicated()].unique()[:5])
        found.add(kind, f"ids stand there more than once: {twice}", where=where, remedy="keep one of each")
    if len(ids) and (ids.inferred_type != "string" or ids.hasnans):
        found.add(TableError, "ids are not text", where=where, remedy="turn the index into str")
    else:
        found.refuse_control_codes(kind, ids, where=where)


def _check_expression(found: ProblemList, expression: pd.DataFrame, scale: str | None, name: str) -> None:
    where = f"expression of cohort {name!r}"
    if scale not in ("log2", "linear"):
        found.add(ScaleError, f"the scale is {scale!r}", where=where, remedy='declare scale="log2" or scale="linear"')
    if not all(kind == np.float64 for kind in expression.dtypes):
        found.add(TableError, "values are not float64", where=where, remedy='use .astype("float64")')
    _check_ids(found, expression.columns, where)
    _check_ids(found, expression.index, f"genes in the {where}", GeneError)
