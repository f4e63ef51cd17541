"""Result files of CIBERSORTx (web service and Docker) and of CIBERSORT's R script, in place of a deconvolution.

Format: samples in rows; Mixture, the cell types, P-value, Correlation, RMSE, and in absolute mode a last column
"Absolute score (sig.score)" or "(no.sumto1)". https://cibersortx.stanford.edu (Newman et al. 2019,
doi 10.1038/s41587-019-0114-2).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.deconvolution import Deconvolution, SignatureMatrix
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import MOST_TYPES
from her2stats.errors import Problem, ProblemList, SampleError, TableError
from her2stats.files import Content, read_content
from her2stats.notes import Note
from her2stats.reading.clinical.no_samples import samples_only
from her2stats.reading.formats.dispatch import read_words
from her2stats.reading.formats.matrix import Column, Floats, numbers_from_words
from her2stats.reading.formats.text import TextTable

Mode = Literal["absolute", "relative", "no.sumto1"]

# Our column -> as the programs write it, and letters and digits only (R turns P-value into P.value).
WRITTEN = {"p_value": "P-value", "r": "Correlation", "rmse": "RMSE"}
QUALITY = {"p_value": "pvalue", "r": "correlation", "rmse": "rmse"}
ABSOLUTE: dict[str, Mode] = {
    "absolutescoresigscore": "absolute",
    "absolutescorenosumto1": "no.sumto1",
    "absolutescore": "absolute",  # of the web service before CIBERSORTx, which wrote "Pearson Correlation", too
}
IS_NONE = "is no result file of CIBERSORTx: has {}"
GIVE = "give the result file as CIBERSORTx wrote it (Mixture, cell types, P-value, Correlation, RMSE)"
NO_PERMUTATIONS = 9999  # what CIBERSORT writes as p-value when there were none
TOLERANCE = 1e-3  # files are rounded


def read_cibersortx(path: str | Path | pd.DataFrame) -> Deconvolution:
    """Read cell fractions that CIBERSORTx or CIBERSORT has estimated.

    Parameters
    ----------
    path : str, Path or DataFrame
        CIBERSORTx_..._Results.csv or .txt, CIBERSORTx_Adjusted.txt, CIBERSORT-Results.txt, or such a table as xlsx; or
        the table itself, with the samples as index or as first column.

    Returns
    -------
    Deconvolution
        Its `signature` has the cell types and no genes, since the file does not tell them.

    Raises
    ------
    FileError, TableError, SampleError
        Not such a file, text among numbers, negative fractions, repeated samples, sums that are not what the mode says.

    References
    ----------
    Newman et al. 2019, doi:10.1038/s41587-019-0114-2.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "CIBERSORTx_Job1_Results.csv"
    >>> _ = path.write_text("Mixture,B cells,T cells,P-value,Correlation,RMSE" + chr(10) + "s1,0.25,0.75,0.01,0.9,0.8")
    >>> read = read_cibersortx(path)
    >>> read.mode, read.fractions.loc["s1"].to_dict()
    ('relative', {'B cells': 0.25, 'T cells': 0.75})
    """
    content = amounts_content(path)
    return from_cibersortx(content, read_words(content), whole=True)


def amounts_content(given: str | Path | pd.DataFrame) -> Content:
    """What a file holds, or a frame: the text that it would be written as, so that both are read alike."""
    if not isinstance(given, pd.DataFrame):
        return read_content(given)
    named = not isinstance(given.index, pd.RangeIndex)
    text = given.to_csv(index=named, index_label="sample" if named else None).encode()
    return Content(Path("frame of fractions"), text, hashlib.sha256(text).hexdigest())


def tells_its_fit(table: TextTable) -> bool:
    """Whether a column of the table is one that CIBERSORT writes beside its fractions."""
    return not {bare_name(word) for word in table.header}.isdisjoint({"pvalue", "rmse", *ABSOLUTE})


def from_cibersortx(
    content: Content, table: TextTable, *, absolute: bool = False, whole: bool = False
) -> Deconvolution:
    """Take the table of a result file of CIBERSORTx or CIBERSORT: `whole`, or with what columns of fit it has left.

    Without its column of absolute scores it has to be said that it is `absolute`.
    """
    found, table = ProblemList(), samples_only(table)
    places, score, mode = _roles(table, content.name)
    if whole and (missing := [word for role, word in WRITTEN.items() if role not in places]):
        raise TableError(
            Problem(f"is no result file of CIBERSORTx: has no column {', '.join(missing)}", content.name, GIVE)
        )
    mode = "absolute" if absolute else mode
    samples = [row[0] for row in table.rows]
    check_samples(samples, content.name, found)
    found.refuse_control_codes(TableError, [*table.header, *samples], where=content.name)
    types = [place for place in range(1, len(table.header)) if place not in places.values() and place != score]
    check_types([table.header[place] for place in types], content.name, found)
    columns = [Column(table.header[place], [row[place] for row in table.rows]) for place in range(1, len(table.header))]
    numbers = numbers_from_words(columns, samples, found, name=content.name, first_row=2, subject="sample")
    fractions = numbers[:, [place - 1 for place in types]]
    total = numbers[:, score - 1] if score is not None else fractions.sum(axis=1)
    if not found:
        _check_fractions(fractions, total, samples, [table.header[place] for place in types], mode, content.name, found)
    found.raise_if_any()
    index = pd.Index(samples, dtype=object, name="sample").astype(str)
    names = [table.header[place] for place in types]
    quality = _quality({role: numbers[:, place - 1] for role, place in places.items()}, total, fractions, index)
    notes = _notes(quality, content.name, len(names))
    return Deconvolution(
        fractions=pd.DataFrame(fractions, index=index, columns=names),
        quality=quality,
        settings=Settings(mode=mode),
        signature=SignatureMatrix(
            "CIBERSORTx", pd.DataFrame(columns=names, dtype="float64"), str(content.path), content.sha256
        ),
        genes=(),
        reference_median=float("nan"),
        notes=(*notes, *table.notes),
        method=f"{mode} mode, read from {content.name}; signature, normalisation and batch mode as set in CIBERSORTx",
    )


def bare_name(word: str) -> str:
    """Letters and digits of a name alone, for R and others change the rest."""
    return re.sub(r"[^a-z0-9]", "", word.casefold())


def _roles(table: TextTable, name: str) -> tuple[dict[str, int], int | None, Mode]:
    """Find the columns that are no cell types, and the mode that they tell."""
    plain = [bare_name(word).replace("pearsoncorrelation", "correlation") for word in table.header]
    places = {role: plain.index(word) for role, word in QUALITY.items() if word in plain}
    score = next((plain.index(word) for word in ABSOLUTE if word in plain), None)
    others = len(table.header) - 1 - len(places) - (score is not None)
    if others < 2:
        raise TableError(Problem(IS_NONE.format("fewer than two cell types"), name, GIVE))
    return places, score, ABSOLUTE[plain[score]] if score is not None else "relative"


def check_samples(samples: list[str], name: str, found: ProblemList) -> None:
    """Refuse samples without an id, and those that stand there more than once."""
    for sample, count in Counter(samples).items():
        if count > 1 or not sample:
            what = f"sample {sample!r} stands there {count} times" if sample else "there is a row without a sample id"
            found.add(SampleError, what, where=name, value=sample, remedy="keep one row of each sample")


def check_types(types: list[str], name: str, found: ProblemList) -> None:
    """Refuse types without a name of their own, and more of them than can be analysed."""
    if len(types) > MOST_TYPES:
        what = f"has {len(types)} cell types; each is tested in every group of tumours, and at most {MOST_TYPES} can be"
        found.add(TableError, what, where=name, row="header", remedy="leave types out, or add them up into groups")
    for kind, count in Counter(types).items():
        if count > 1 or not kind:
            what = f"cell type {kind!r} stands there {count} times" if kind else "there is a cell type without a name"
            found.add(TableError, what, where=name, row="header", value=kind, remedy="give each its own name")


def check_amounts(
    amounts: Floats, samples: list[str], types: list[str], name: str, found: ProblemList, *, negative: bool = False
) -> None:
    """Refuse what is no amount of cells: missing, infinite and, where amounts are no logarithms, negative ones."""
    wrong = ~np.isfinite(amounts) | (False if negative else amounts < 0)
    for row, column in np.argwhere(wrong)[:5]:
        value = f"{amounts[row, column]:g}"
        found.add(
            TableError,
            f"{value} is no fraction",
            where=name,
            row=f"row {row + 2} (sample {samples[row]!r})",
            column=types[column],
            value=value,
            remedy="give the original file",
        )


def _check_fractions(
    fractions: Floats, total: Floats, samples: list[str], types: list[str], mode: Mode, name: str, found: ProblemList
) -> None:
    check_amounts(fractions, samples, types, name, found)
    if found:
        return
    wanted = np.where(fractions.sum(axis=1) > 0, 1.0, 0.0) if mode == "relative" else total
    wrong = np.abs(fractions.sum(axis=1) - wanted) > TOLERANCE * np.maximum(np.abs(wanted), 1.0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        should = "1 (relative mode)" if mode == "relative" else f"the absolute score, {wanted[row]:.4g}"
        found.add(
            TableError,
            f"the fractions of {int(wrong.sum())} samples do not sum to {should}: {fractions[row].sum():.4g}",
            where=name,
            row=f"row {row + 2} (sample {samples[row]!r})",
            remedy="give the file as CIBERSORTx wrote it, with its absolute score column if it ran in absolute mode",
        )


def _quality(measures: dict[str, Floats], total: Floats, fractions: Floats, index: pd.Index) -> pd.DataFrame:
    unknown = np.full(len(index), np.nan)
    p_value = measures.get("p_value", unknown)
    empty = fractions.sum(axis=1) <= 0
    return pd.DataFrame(
        {
            "nu": np.nan,
            "r": measures.get("r", unknown),
            "rmse": measures.get("rmse", unknown),
            "p_value": np.where(p_value >= NO_PERMUTATIONS, np.nan, p_value),
            "p_value_unbiased": np.nan,
            "score": total,
            "coverage": np.nan,
            "kkt": np.nan,
            "iterations": 0,
            "engine": "CIBERSORTx",
            "flag": pd.array(np.where(empty, "not estimable: all fractions are zero", "").astype(object), dtype="str"),
        },
        index=index,
    )


def _notes(quality: pd.DataFrame, name: str, types: int) -> tuple[Note, ...]:
    what = "cell fractions read from a CIBERSORTx result file, not estimated here"
    notes = [Note("fractions", what, len(quality), f"{name}: {types} cell types")]
    empty = int((quality["flag"] != "").sum())
    if empty:
        notes.append(Note("fractions", "samples whose fractions are all zero", empty))
    if quality["p_value"].isna().all():
        notes.append(Note("fractions", "the file has no p-values: taken out, or CIBERSORTx ran without permutations"))
    return tuple(notes)
