"""A signature matrix of one's own, from expression of sorted cells: markers by test and fold change, size by condition.

Source: Newman et al. (2015), doi 10.1038/nmeth.3337, Methods: for each cell type, genes with a q-value below 0.3
(Welch's t-test against all other samples) in the order of their fold change; of all matrices of the best G markers a
type, the one of smallest condition number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.deconvolution.mixture import refuse_logarithms
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import DataError, GeneError, ProblemList, SampleError, ScaleError, TableError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SignatureBuild:
    """The signature matrix of smallest condition number, and how it came about.

    `markers` holds every candidate (rank by fold change within its type), `sizes` every size tried, with the markers a
    type and the genes in all.
    """

    signature: SignatureMatrix
    markers: pd.DataFrame
    sizes: pd.DataFrame


def build_signature_matrix(
    expression: pd.DataFrame,
    cell_types: Mapping[str, str] | Sequence[str] | pd.Series,
    *,
    name: str = "signature",
    q_value: float = 0.3,
    min_fold_change: float = 1.0,
    markers: tuple[int, int] = (50, 150),
    check_scale: bool = True,
) -> SignatureBuild:
    """Build a signature matrix from expression of sorted cells.

    Parameters
    ----------
    expression : DataFrame
        genes x samples of purified cells, linear scale.
    cell_types : mapping, Series or sequence
        Cell type of each sample: by name, or in the order of the columns. At least two types, two samples each.
    name : str
        Name of the matrix.
    q_value : float
        False discovery rate (Benjamini-Hochberg within a type) below which a gene can be a marker.
    min_fold_change : float
        Least ratio of the type's mean to the mean of all other samples; only higher expression makes a marker.
    markers : tuple of int
        Fewest and most markers a type.
    check_scale : bool
        Refuse expression that never exceeds 50, which is logarithmic almost surely.

    Returns
    -------
    SignatureBuild

    Raises
    ------
    TableError, GeneError, SampleError, ScaleError
        Gaps, text, duplicates, negative values, samples without a type.
    DataError
        Too few types or replicates, a type without markers, an impossible range.

    References
    ----------
    Newman et al. 2015, Methods, doi:10.1038/nmeth.3337.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> types = ["B", "B", "B", "T", "T", "T"]
    >>> table = pd.DataFrame(rng.lognormal(5, 0.1, (40, 6)), index=[f"G{i:02}" for i in range(40)])
    >>> table.iloc[:10, :3] *= 8
    >>> table.iloc[10:20, 3:] *= 8
    >>> built = build_signature_matrix(table, types, markers=(5, 10), q_value=0.01)
    >>> built.signature.cell_types, len(built.signature.genes) >= 10
    (('B', 'T'), True)
    """
    labels = _labels(expression, cell_types)
    table = _checked(expression, labels, markers, q_value, check_scale)
    types = sorted(set(labels), key=str.encode)
    candidates = pd.concat([_candidates(table, labels == kind, kind, q_value, min_fold_change) for kind in types])
    problems = ProblemList()
    for kind in types:
        if kind not in set(candidates["cell_type"]):
            problems.add(
                DataError,
                f"no gene is higher in {kind!r} than in the others at q < {q_value:g}",
                where="build_signature_matrix",
                remedy="raise q_value, merge similar types, or give more replicates",
            )
    problems.raise_if_any()
    means = pd.DataFrame({kind: table.loc[:, labels == kind].mean(axis=1) for kind in types})
    sizes, chosen = _choose(means, candidates, markers)
    used = _union(candidates, chosen)
    candidates["used"] = candidates["rank"] <= chosen
    source = f"sorted cells: {table.shape[1]} samples of {len(types)} types, {chosen} markers a type, q < {q_value:g}"
    signature = SignatureMatrix.from_frame(means.loc[used], name=name, source=source)
    return SignatureBuild(signature, candidates.reset_index(drop=True), sizes)


def _labels(
    expression: pd.DataFrame, cell_types: Mapping[str, str] | Sequence[str] | pd.Series
) -> npt.NDArray[np.object_]:
    """Cell type of each column, as text."""
    problems = ProblemList()
    samples = [str(column) for column in expression.columns]
    if isinstance(cell_types, pd.Series | Mapping):
        known = {str(sample): str(kind) for sample, kind in dict(cell_types).items() if not _missing(kind)}
        absent = [sample for sample in samples if sample not in known]
        if absent:
            what = f"{len(absent)} samples have no cell type: {', '.join(absent[:5])}"
            problems.add(SampleError, what, where="cell_types", remedy="name the type of every sample")
        labels = [known.get(sample, "") for sample in samples]
    else:
        labels = [str(kind) for kind in cell_types]
        if gaps := sum(map(_missing, cell_types)):
            what = f"{gaps} samples have no cell type"
            problems.add(SampleError, what, where="cell_types", remedy="name the type of every sample")
        if len(labels) != len(samples):
            what = f"{len(labels)} cell types for {len(samples)} samples"
            problems.add(SampleError, what, where="cell_types", remedy="name the type of every sample")
    problems.raise_if_any()
    return np.array(labels, dtype=object)


def _missing(kind: object) -> bool:
    """Whether a cell of the user's table names no cell type: NaN would become a type called "nan"."""
    return bool(pd.isna(kind)) or not str(kind).strip()  # type: ignore[call-overload]


def _checked(
    expression: pd.DataFrame,
    labels: npt.NDArray[np.object_],
    markers: tuple[int, int],
    q_value: float,
    check_scale: bool,
) -> pd.DataFrame:
    """Float64, genes sorted by their bytes; every problem at once."""
    problems = ProblemList()
    where = "expression"
    kinds, counts = np.unique(labels.astype(str), return_counts=True)
    if len(kinds) < 2:
        what = f"{len(kinds)} cell type; a signature needs at least two"
        problems.add(DataError, what, where="cell_types", remedy="add samples of other types")
    single = [kind for kind, count in zip(kinds, counts, strict=True) if count < 2]
    if single:
        problems.add(
            DataError, f"types with one sample: {', '.join(single)}", where="cell_types", remedy="give replicates"
        )
    if not (1 <= markers[0] <= markers[1] and 0 < q_value <= 1):
        what = f"markers {markers} at q < {q_value} have no meaning"
        remedy = "give markers as (fewest, most), from 1 on, and a q-value above 0 and up to 1"
        problems.add(DataError, what, where="build_signature_matrix", remedy=remedy)
    genes = pd.Index([str(gene) for gene in expression.index])
    if genes.has_duplicates:
        doubled = sorted(set(genes[genes.duplicated()]))
        what = f"duplicated genes: {', '.join(doubled[:5])}"
        problems.add(GeneError, what, where=where, remedy="keep one row a gene")
    try:
        values = expression.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError):
        problems.add(TableError, "there is text among the numbers", where=where, remedy="give numbers only")
        values = np.zeros(expression.shape)
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0, 0])
        what, remedy = "values are missing or infinite", "drop or impute these genes"
        problems.add(TableError, what, where=f"{where}, gene {genes[row]}", remedy=remedy)
    elif (values < 0).any():
        row = int(np.argwhere(values < 0)[0, 0])
        problems.add(
            ScaleError, "values are negative", where=f"{where}, gene {genes[row]}", remedy="undo the logarithm"
        )
    problems.raise_if_any()
    if check_scale:
        refuse_logarithms("expression", "the values range", float(values.min()), float(values.max()), problems)
        problems.raise_if_any()
    table = pd.DataFrame(values, index=genes, columns=range(len(labels)))
    return table.loc[sorted(genes, key=str.encode)]


def _candidates(
    table: pd.DataFrame, mine: npt.NDArray[np.bool_], kind: str, q_value: float, min_fold_change: float
) -> pd.DataFrame:
    """Markers of one type, by falling fold change; Welch's test on log2(x + 1)."""
    from scipy import stats  # slow to import, and nothing else here needs it

    values = table.to_numpy()
    varying = np.ptp(values, axis=1) > 0
    logs = np.log2(values[varying] + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        test = stats.ttest_ind(logs[:, mine], logs[:, ~mine], axis=1, equal_var=False)
    p = np.where(np.isnan(test.pvalue), 1.0, test.pvalue)
    inside, outside = values[varying][:, mine].mean(axis=1), values[varying][:, ~mine].mean(axis=1)
    found = pd.DataFrame(
        {
            "cell_type": kind,
            "gene": table.index[varying],
            "fold_change": inside / np.maximum(outside, np.finfo(float).tiny),
            "p_value": p,
            "q_value": stats.false_discovery_control(p),
        }
    )
    found = found[(found["q_value"] < q_value) & (found["fold_change"] > min_fold_change) & (inside > outside)]
    ranked: pd.DataFrame = found.sort_values("fold_change", ascending=False, kind="stable")
    return ranked.assign(rank=np.arange(1, len(ranked) + 1))


def _union(candidates: pd.DataFrame, size: int) -> list[str]:
    """Genes among the best `size` markers of any type, sorted by their bytes."""
    return sorted(set(candidates.loc[candidates["rank"] <= size, "gene"]), key=str.encode)


def _choose(means: pd.DataFrame, candidates: pd.DataFrame, markers: tuple[int, int]) -> tuple[pd.DataFrame, int]:
    """Condition number of the matrix of every size, and the size of the smallest one (the first on a tie)."""
    rows = []
    for size in range(markers[0], markers[1] + 1):
        genes = _union(candidates, size)
        rows.append((size, len(genes), float(np.linalg.cond(means.loc[genes].to_numpy()))))
        if size >= candidates["rank"].max():
            break  # no type has more
    sizes = pd.DataFrame(rows, columns=["markers", "genes", "condition_number"])
    chosen = int(sizes["markers"].iloc[int(sizes["condition_number"].argmin())])
    sizes["chosen"] = sizes["markers"] == chosen
    return sizes, chosen
