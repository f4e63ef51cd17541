"""The mixture as the solver needs it: checked, on the signature's genes, sorted; all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.cohort.genes import names_as_wanted
from her2stats.deconvolution.median import exact_median
from her2stats.deconvolution.quantile_normalisation import quantile_normalise
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import MOST_TYPES, PAIR_BYTES, SignatureMatrix
from her2stats.errors import CoverageError, GeneError, ProblemList, SampleError, ScaleError, TableError
from her2stats.notes import Note

Floats = npt.NDArray[np.float64]

LOG_SCALE_MAXIMUM = 50.0
"""Signature genes that never exceed this are on a log scale (CIBERSORT's own rule)."""
LEAST_MEDIAN = 1.0
"""Absolute scores are relative to no less (CIBERSORT's own rule)."""
MANY_VALUES, AT_ONCE = 2**24, 64  # of more values the median is found so many samples at once, without a copy


@dataclass(frozen=True, eq=False)
class Mixture:
    """The shared genes of a mixture and a signature."""

    profiles: Floats  # signature on the shared genes, linear scale
    values: Floats  # mixture on the shared genes, linear scale, after quantile normalisation if that was asked
    # shared genes, sorted by their bytes; samples in the order given
    genes: tuple[str, ...]
    samples: tuple[str, ...]
    coverage: float  # share of the signature's genes that the mixture has
    median: float  # max(median of the whole mixture, 1): what absolute scores are relative to
    notes: tuple[Note, ...]  # genes renamed or absent, normalisation


def align_mixture(expression: pd.DataFrame, signature: SignatureMatrix, settings: Settings) -> Mixture:
    """Check an expression frame (genes x samples, linear scale) and bring it to the genes of a signature, as asked.

    Raises TableError, GeneError, SampleError, ScaleError or CoverageError for what is wrong with the frame, and
    `InputError` when that is of several kinds.
    """
    problems = ProblemList()
    genes, notes = named_genes([str(gene) for gene in expression.index], signature, settings.rename_genes, problems)
    samples = [str(sample) for sample in expression.columns]
    shared = shared_genes(genes, samples, signature, settings.min_overlap, problems)
    numbers = _numbers(expression, problems)
    if numbers.size:
        _check_values(numbers, genes, samples, problems)
    problems.raise_if_any()
    place = {gene: row for row, gene in enumerate(genes)}
    rows = [place[gene] for gene in shared]
    if settings.check_scale:
        check_linear_scale(numbers[rows].min(axis=0), numbers[rows].max(axis=0), signature, problems)
        problems.raise_if_any()
    notes.append(coverage_note(signature, shared))
    if settings.check_scale:
        notes += scale_notes(samples, numbers[rows].max(axis=0))
    if settings.quantile_normalise:
        numbers = quantile_normalise(numbers)
        notes.append(Note("fractions", "samples quantile normalised over all genes of the mixture", len(samples)))
    return Mixture(
        profiles=signature.profiles.loc[shared].to_numpy(dtype=np.float64),
        values=np.ascontiguousarray(numbers[rows].T),
        genes=tuple(shared),
        samples=tuple(samples),
        coverage=len(shared) / len(signature.genes),
        median=max(_median(numbers), LEAST_MEDIAN),
        notes=tuple(notes),
    )


def named_genes(
    genes: Sequence[str], signature: SignatureMatrix, rename: bool, problems: ProblemList
) -> tuple[list[str], list[Note]]:
    """Names of rows as the signature writes them where that is asked, with a note of every renaming."""
    if rename:
        with problems.collect("expression"):
            return names_as_wanted(genes, signature.genes, what=signature.name)
    return list(genes), []


def shared_genes(
    genes: Sequence[str], samples: Sequence[str], signature: SignatureMatrix, min_overlap: float, problems: ProblemList
) -> list[str]:
    """Genes that mixture and signature share, sorted by their bytes; `problems` gets what is wrong with the names."""
    shared = sorted(set(signature.genes) & set(genes), key=str.encode)
    in_columns = len(set(signature.genes) & set(samples))
    if in_columns > len(shared):
        problems.add(
            TableError,
            f"{in_columns} genes of {signature.name} are among the columns, {len(shared)} among the rows",
            where="expression",
            remedy="transpose it: genes are rows, samples are columns",
        )
        problems.raise_if_any()  # whatever else is wrong follows from that
    if len(set(signature.cell_types) & set(genes)) > len(shared):
        problems.add(
            TableError,
            f"the cell types of {signature.name} are among the genes of the expression: it lies on its side",
            where="signature",
            remedy="transpose it: genes are rows, cell types are columns",
        )
        problems.raise_if_any()
    _check_names(genes, samples, shared, problems)
    types = len(signature.cell_types)
    if types > MOST_TYPES:
        gibibytes = PAIR_BYTES * types**2 / 2**30
        what = f"{signature.name} has {types} cell types, whose fits take about {gibibytes:.0f} GiB of memory"
        remedy = f"give at most {MOST_TYPES} types: profiles that are alike cannot be told apart in a mixture anyway"
        problems.add(TableError, what, where="signature", remedy=remedy)
        problems.raise_if_any()
    check_overlap(signature, shared, min_overlap, problems)
    return shared


def check_overlap(signature: SignatureMatrix, shared: Sequence[str], min_overlap: float, problems: ProblemList) -> None:
    """Refuse a mixture that has too few of the signature's genes."""
    total = len(signature.genes)
    types = len(signature.cell_types)
    needed = max(min_overlap * total, 3)
    if len(shared) < needed:
        absent = sorted(set(signature.genes) - set(shared), key=str.encode)
        advice = (
            f"lower min_overlap below {len(shared) / total:.3f} to go on" if len(shared) >= 3 else "check the symbols"
        )
        problems.add(
            CoverageError,
            f"{len(shared)} of {total} genes of {signature.name} ({types} types) are in the mixture; "
            f"at least {min_overlap:.0%} are asked; absent: {_some(absent, 10)}",
            where="expression",
            remedy=f"gene symbols must be of one kind; {advice}",
        )


def coverage_note(signature: SignatureMatrix, shared: list[str]) -> Note:
    """Say how many genes of the signature the mixture has, and name those it lacks."""
    absent = sorted(set(signature.genes) - set(shared), key=str.encode)
    what = f"{len(shared)} of {len(signature.genes)} genes of {signature.name} are in the mixture"
    return Note("fractions", what, len(shared), f"absent: {', '.join(absent)}" if absent else "")


def check_linear_scale(low: Floats, high: Floats, signature: SignatureMatrix, problems: ProblemList) -> None:
    """Refuse a mixture or a signature that looks logarithmic; `low` and `high` are of each sample's shared genes."""
    profiles = signature.profiles.to_numpy()
    refuse_logarithms("expression", "the signature genes range", float(low.min()), float(high.max()), problems)
    what = f"the profiles of {signature.name} range"
    refuse_logarithms("signature", what, float(profiles.min()), float(profiles.max()), problems)


def refuse_logarithms(where: str, what: str, low: float, high: float, problems: ProblemList) -> None:
    """Refuse values that vary and never exceed what a linear scale exceeds at once."""
    if low < high < LOG_SCALE_MAXIMUM:
        problems.add(
            ScaleError,
            f"{what} from {low:.4g} to {high:.4g}: that is a log scale, not a linear one",
            where=where,
            remedy=(
                "undo the logarithm (2 ** x - offset), or say check_scale=False "
                "(check_scale = false under [deconvolution] of a study file) if the values are linear"
            ),
        )


def scale_notes(samples: Sequence[str], high: Floats) -> list[Note]:
    """Name samples that look logarithmic among others that do not."""
    doubtful = [
        f"{name} (at most {top:.4g})" for name, top in zip(samples, high, strict=True) if 0 < top < LOG_SCALE_MAXIMUM
    ]
    if not doubtful:
        return []
    what = f"samples whose signature genes never exceed {LOG_SCALE_MAXIMUM:g}, as if on a log scale among linear ones"
    return [Note("fractions", what, len(doubtful), "; ".join(doubtful[:50]))]


def _check_names(genes: Sequence[str], samples: Sequence[str], shared: list[str], problems: ProblemList) -> None:
    if not samples:
        problems.add(TableError, "no samples", where="expression", remedy="give genes x samples")
    for kind, names, word in ((GeneError, genes, "genes"), (SampleError, samples, "samples")):
        doubled = pd.Index(names)[pd.Index(names).duplicated()].unique()
        if len(doubled):
            listed = sorted(doubled, key=lambda name: (name not in shared, name))  # those that matter first
            problems.add(
                kind,
                f"{len(doubled)} duplicated {word}: {_some(listed)}",
                where="expression",
                remedy="keep one row a gene (mean, or the row of largest mean)" if word == "genes" else "rename them",
            )


def _numbers(expression: pd.DataFrame, problems: ProblemList) -> Floats:
    text = [
        str(name)
        for name, kind in expression.dtypes.items()
        if not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_complex_dtype(kind)
    ]
    if text:
        what, remedy = f"{len(text)} columns are not numeric: {_some(text)}", "leave out what describes genes"
        problems.add(TableError, what, where="expression", remedy=remedy)
        return np.empty((0, 0))
    return expression.to_numpy(dtype=np.float64, na_value=np.nan)


def _median(numbers: Floats) -> float:
    """Of all values of a mixture; one that is large is not copied for it."""
    if numbers.size <= MANY_VALUES:
        return float(np.median(numbers))
    return exact_median(lambda: (numbers[:, at : at + AT_ONCE].T for at in range(0, numbers.shape[1], AT_ONCE)))


def _check_values(numbers: Floats, genes: list[str], samples: list[str], problems: ProblemList) -> None:
    checks = (
        (TableError, ~np.isfinite(numbers), "missing or infinite", "drop or impute these genes"),
        (ScaleError, numbers < 0, "negative", "give linear-scale expression: counts, CPM, TPM, FPKM or intensities"),
    )
    for kind, bad, what, remedy in checks:
        if bad.any():
            row, column = np.argwhere(bad)[0]
            hit = [genes[i] for i in np.flatnonzero(bad.any(axis=1))]
            problems.add(
                kind,
                f"{int(bad.sum())} values are {what}, in the genes {_some(hit)}; the first is {numbers[row, column]}",
                where=f"expression, gene {genes[row]}, sample {samples[column]}",
                remedy=remedy,
            )


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
