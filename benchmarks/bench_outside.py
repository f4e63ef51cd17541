"""Cell fractions beside exact mixtures, counted cells and published runs: ``python -m benchmarks outside``.

Reads shared/data (LM22 and these data stay outside the project). Writes benchmarks/outside.md, a section of the page on
validation. Two minutes on an idle core.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.deconvolution_truth import LM22_CD4, TYPES, abis_s13, sdy420
from her2stats.deconvolution import SignatureMatrix, deconvolve, read_signature_matrix
from her2stats.reading import read_expression

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("HER2STATS_SHARED", HERE.parent.parent / "shared")) / "data"
PAGE = HERE / "outside.md"
Row = dict[str, object]
BLOOD = TYPES["LM22"]


def beside(name: str, what: str, estimate: pd.DataFrame, truth: pd.DataFrame) -> Row:
    """Over all cells of both tables, the mean over types, and the largest difference."""
    both = estimate.loc[truth.index, truth.columns]
    a, b = both.to_numpy(dtype=float), truth.to_numpy(dtype=float)
    varies = [kind for kind in truth if truth[kind].std() > 0 and both[kind].std() > 0]
    each = [float(np.corrcoef(both[kind], truth[kind])[0, 1]) for kind in varies] if len(truth) > 2 else []
    return {
        "data": name,
        "beside": what,
        "samples": len(truth),
        "types": truth.shape[1],
        "r of all": float(np.corrcoef(a.ravel(), b.ravel())[0, 1]),
        "mean r of types": float(np.mean(each)) if each else float("nan"),
        "RMSE": float(np.sqrt(np.square(a - b).mean())),
        "largest difference": float(np.abs(a - b).max()),
    }


def summed(fractions: pd.DataFrame, kinds: dict[str, list[str]]) -> pd.DataFrame:
    """Types of a signature added up to the cells that were counted."""
    return pd.DataFrame({kind: fractions[parts].sum(axis=1) for kind, parts in kinds.items()})


def estimated(expression: pd.DataFrame, matrix: SignatureMatrix, *, mode: str = "relative") -> pd.DataFrame:
    """Fractions by LM22, without quantile normalisation."""
    return deconvolve(expression, matrix, mode=mode, min_overlap=0.3).fractions


def exact_mixtures(matrix: SignatureMatrix) -> list[Row]:
    """CIBERSORT's own example mixtures, whose composition is exact."""
    folder = DATA / "cibersort_example_mixtures"
    mixtures = pd.read_csv(folder / "ExampleMixtures-GEPs.txt.gz", sep="\t", index_col=0)
    text = (folder / "ExampleMixtures-GroundTruth.txt").read_text().replace("\r", "\n")
    parts = [line.split() for line in text.splitlines() if line.strip()]
    found = estimated(mixtures, matrix)
    truth = pd.DataFrame(parts, mixtures.columns, found.columns, dtype=float)
    return [beside("CIBERSORT's example mixtures", "exact composition", found, truth)]


def sorted_by_flow(name: str, expression: str) -> list[pd.DataFrame]:
    """Expression of a data set, and shares of its cells by flow cytometry."""
    files = (expression, "flow_fractions.tsv")
    return [pd.read_csv(DATA / name / file, sep="\t", index_col=0) for file in files]


def counted_cells(matrix: SignatureMatrix) -> list[Row]:
    """Blood and lymph nodes whose cells were counted by cytometry."""
    rows = []
    for name, load in (("SDY420, blood, arrays", sdy420), ("ABIS S13, blood, RNA-seq", abis_s13)):
        expression, truth = load(DATA)
        truth = truth[list(BLOOD)]
        rows.append(beside(name, "counted cells", summed(estimated(expression, matrix), BLOOD), truth))
    expression, flow = sorted_by_flow("pbmc_gse107572", "tpm.tsv.gz")
    kinds = {
        "NK cells": BLOOD["NK"],
        "B cells": BLOOD["B cells"],
        "Tregs": ["T cells regulatory (Tregs)"],
        "mDC": ["Dendritic cells resting", "Dendritic cells activated"],
        "Monocytes": BLOOD["Monocytes"],
        "Neutrophils": ["Neutrophils"],
        "T cells CD8": BLOOD["CD8 T"],
        "T cells CD4 conv": [kind for kind in LM22_CD4 if kind != "T cells regulatory (Tregs)"],
    }
    found = summed(estimated(expression, matrix), kinds)
    rows.append(beside("GSE107572, blood, RNA-seq", "counted cells", found, flow[list(kinds)]))
    expression, flow = sorted_by_flow("epic_melanoma", "counts_tpm.tsv.gz")
    kinds = {
        "Bcells": BLOOD["B cells"],
        "CD4_Tcells": BLOOD["CD4 T"],
        "CD8_Tcells": BLOOD["CD8 T"],
        "NKcells": BLOOD["NK"],
    }
    immune = flow[list(kinds)].div(flow[list(kinds)].sum(axis=1), axis=0)
    found = summed(estimated(expression, matrix), kinds)
    found = found.div(found.sum(axis=1), axis=0)
    return [*rows, beside("EPIC's melanoma nodes", "counted cells, as shares of these", found, immune)]


def published_runs(matrix: SignatureMatrix) -> list[Row]:
    """Tumours of TCGA beside two published runs of CIBERSORT, and these beside one another."""
    counts, lengths = DATA / "tcga121" / "tcga121_rnaseq_raw_counts.tsv.gz", DATA / "gene_lengths_hg19"
    lengths /= "hg19_symbol_median_transcript_length.tsv"
    thorsson = pd.read_csv(DATA / "tcga_brca_thorsson" / "cibersort_relative_primary.tsv", sep="\t", index_col=0)
    web = DATA / "tnbctils_cibersort"
    relative, absolute = (
        pd.read_csv(web / f"tcga132_{mode}_perm1000.txt", sep="\t", index_col=0).rename(
            lambda name: name.replace(".", "-")
        )
        for mode in ("rel", "abs")
    )
    types = list(matrix.cell_types)
    rows = []
    for unit, how in (("CPM", {}), ("TPM", {"gene_lengths": lengths})):
        expression = read_expression(counts, scale="counts", normalise=unit.lower(), **how)
        values = expression.values.rename(columns=lambda name: name[:12])
        found = {mode: estimated(values, matrix, mode=mode) for mode in ("relative", "absolute")}
        both = [name for name in values if name in thorsson.index]
        rows.append(beside(f"TCGA, {unit}", "Thorsson, relative", found["relative"], thorsson.loc[both, types]))
        same = [name for name in values if name in absolute.index]
        rows.append(beside(f"TCGA TNBC, {unit}", "web service, relative", found["relative"], relative.loc[same, types]))
        score = found["absolute"].sum(axis=1)[same]
        theirs = absolute.loc[same, types].sum(axis=1)
        row = beside(f"TCGA TNBC, {unit}", "web service, absolute score", score.to_frame("s"), theirs.to_frame("s"))
        rows.append(row | {"types": 1})
    same = [name for name in relative.index if name in thorsson.index]
    title = "Thorsson's run of TCGA TNBC"
    return [*rows, beside(title, "web service, relative", thorsson[types], relative.loc[same, types])]


def page(rows: list[Row]) -> str:
    """Markdown of what was measured."""
    table = pd.DataFrame(rows)
    shown = table.map(lambda value: f"{value:.4f}" if isinstance(value, float) and value == value else value)
    shown = shown.map(lambda value: "" if value != value else value)
    lines = [" | ".join(map(str, row)) for row in [shown.columns, ["---"] * shown.shape[1], *shown.to_numpy()]]
    runs = table.iloc[-1]
    return WORDS.format(
        table="\n".join(f"| {line} |" for line in lines), runs=f"{runs['r of all']:.3f}", samples=runs["samples"]
    )


WORDS = """## Outside truths

LM22 without quantile normalisation, beside mixtures of exact composition, cells counted by cytometry, and published
runs of the same tumours. `r of all` is over all samples and types together, `mean r of types` the mean of the types'
own; an absolute score is in units of its own, so that only its r means something. Written by
`python -m benchmarks outside`.

{table}

### Why published runs differ

Two published runs of CIBERSORT on the same {samples} tumours agree to r {runs} over all samples and types: neither is
the truth of the other, and no program can agree with both. They differ in what was counted (Kallisto's transcripts, or
FPKM of aligned reads), in the unit that goes in (CPM leaves long genes large, TPM does not: see the rows of TCGA), in
the aliquots of a patient (a mean over several, or one), and in how genes were named. With one mixture and one signature
there is no such room: the example mixtures come out as they were made, and the exact solver and libsvm agree (see the
section on deconvolution). Agreement with counted cells is bounded by how well a signature tells those cells apart in
that kind of sample, and by the counting; of four or eight samples its r is itself uncertain.
"""


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"the data are not at {DATA}; HER2STATS_SHARED says where they are")
    matrix = read_signature_matrix(DATA / "signatures" / "LM22.txt", name="LM22")
    rows = [*exact_mixtures(matrix), *counted_cells(matrix), *published_runs(matrix)]
    PAGE.write_text(page(rows), encoding="utf-8")
    print(page(rows))


if __name__ == "__main__":
    main()
