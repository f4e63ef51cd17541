"""A good file of every format, to be mutilated."""

from __future__ import annotations

import gzip
import io

import numpy as np
import openpyxl
import pandas as pd

GENES = ["ERBB2", "ESR1", "2-Sep", "NA", "CD8A"]
VALUES = np.array([[120.5, 300, 80], [1000, 12, 900], [3, 44, 7], [0, 1, 2], [55, 66, 77]])
MATRIX = pd.DataFrame(VALUES, index=pd.Index(GENES, name="gene"), columns=["s1", "s2", "s3"])
CLINICAL = pd.DataFrame(
    {
        "sample": ["s1", "s2", "s3"],
        "er": ["pos", "neg", "NA"],
        "her2_ihc": ["0", "1+", "2+"],
        "age": ["51", "62", ""],
        "grade": ["G1", "II", "3"],
    }
)
PROFILES = pd.DataFrame(
    np.arange(22.0).reshape(11, 2) ** 2 + 60, pd.Index([*GENES, *"ABCDEF"], name="gene"), ["B", "T"]
)
FRACTIONS = pd.DataFrame({"Mixture": ["s1", "s2"], "B": [0.25, 0.5], "T": [0.75, 0.5]}).assign(
    **{"P-value": 0.1, "Correlation": 0.5, "RMSE": 0.9}
)
QUANTISEQ = """\
Sample,B.cells,Macrophages.M1,Macrophages.M2,Monocytes,Neutrophils,NK.cells,T.cells.CD4,T.cells.CD8,Tregs,Dendritic.cells,Other
s1,0.1,0,0.1,0,0,0.1,0.1,0.1,0,0,0.5
s2,0.2,0.1,0,0,0.1,0.1,0,0.1,0,0,0.4
"""
SERIES = """\
!Series_title\t"x"
!Sample_geo_accession\t"s1"\t"s2"\t"s3"
!Sample_characteristics_ch1\t"er: pos"\t"er: neg"\t"age: 50"
!Sample_characteristics_ch1\t"her2_ihc: 0"\t"her2_ihc: 1+"\t"her2_ihc: 2+"
!series_matrix_table_begin
"ID_REF"\t"s1"\t"s2"\t"s3"
"ERBB2"\t8.5\t7.25\t6
"ESR1"\t12\t9.5\t100
!series_matrix_table_end
"""
# Its only file is the study file itself, which is there whatever is done to it.
STUDY = b"""\
[study]
title = "fuzz"
seed = 1
[[cohorts]]
name = "one"
clinical = "t.toml"
where = { arm = ["a", "b"] }
[cohorts.values.her2_ihc]
"1+/2+" = "2+"
[analysis]
covariates = ["age"]
alpha = 0.05
"""
# What R 4.2.2 writes for a matrix of ERBB2 and ESR1 in two samples (ascii = TRUE, version = 2).
RDS = (
    "A 2 262658 131840 526 4 100 5 1 2 1026 1 262153 3 dim 13 2 2 2 1026 1 262153 8 dimnames 19 2 16 2 262153 5 ERBB2 "
    "262153 4 ESR1 16 2 262153 1 a 262153 1 b 254 "
).replace(" ", "\n")


def csv(frame: pd.DataFrame, mark: str = ",", *, index: bool = False) -> bytes:
    """A frame as delimited text."""
    return frame.to_csv(sep=mark, index=index).encode()


def workbook(frame: pd.DataFrame) -> bytes:
    """A frame as xlsx."""
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for row in [list(frame.columns), *frame.to_numpy(dtype=object).tolist()]:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    """A frame as parquet."""
    packed = io.BytesIO()
    frame.to_parquet(packed)
    return packed.getvalue()


def h5ad() -> bytes:
    """The matrix and the clinical table as AnnData."""
    import h5py

    packed = io.BytesIO()
    with h5py.File(packed, "w") as file:
        file["X"] = VALUES.T
        obs, var = file.create_group("obs"), file.create_group("var")
        obs["_index"], var["_index"] = ["s1", "s2", "s3"], GENES
        obs["her2_ihc"] = ["0", "1+", "2+"]
    return packed.getvalue()


def stata(frame: pd.DataFrame) -> bytes:
    """A frame as a Stata file."""
    packed = io.BytesIO()
    frame.to_stata(packed, write_index=False)
    return packed.getvalue()


def entry() -> bytes:
    """A stage as the cache keeps it, without its first line."""
    from her2stats.study.stages.cache import _packed

    return _packed({"about.json": b'{"notes": []}', "fractions.parquet": parquet(MATRIX)})


def provenance() -> bytes:
    """The provenance of a run."""
    from her2stats.results.provenance import CohortEntry, InputEntry, Provenance

    about = Provenance(
        title="fuzz",
        her2stats="1",
        seed=1,
        versions={"numpy": "2"},
        inputs=(InputEntry("one", "clinical", "one.csv", "0" * 64),),
        cohorts=(CohortEntry("one", 30, "log2"),),
    )
    return about.as_text().encode()


def results_table() -> bytes:
    """A table of a results folder, with a row."""
    from her2stats.results.schema import SCHEMAS

    schema = SCHEMAS["correlation"]
    values = {"text": "a", "number": "0.5", "count": "3", "truth": "True"}
    cells = [values[schema.kind(column)] for column in schema.empty().columns]
    return f"{','.join(schema.empty().columns)}\n{','.join(cells)}\n".encode()


def examples() -> dict[str, tuple[str, bytes]]:
    """(File name, bytes) of each format, for expression (x), clinical data (c) and fractions (f)."""
    described = MATRIX.reset_index().assign(Description="d")[["gene", "Description", "s1", "s2", "s3"]]
    profiles = pd.DataFrame(np.arange(33.0).reshape(11, 3) ** 2, columns=["G", "B", "T"]).assign(G=list("ABCDEFGHIJK"))
    return {
        "x csv": ("x.csv", csv(MATRIX, index=True)),
        "x tsv.gz": ("x.tsv.gz", gzip.compress(csv(MATRIX, "\t", index=True), mtime=0)),
        "x gct": ("x.gct", b"#1.2\n5\t3\n" + csv(described, "\t")),
        "x xlsx": ("x.xlsx", workbook(MATRIX.reset_index())),
        "x parquet": ("x.parquet", parquet(MATRIX)),
        "x geo": ("x.txt", SERIES.encode()),
        "x h5ad": ("x.h5ad", h5ad()),
        "x rds": ("x.rds", RDS.encode()),
        "c csv": ("c.csv", csv(CLINICAL, ";")),
        "c xlsx": ("c.xlsx", workbook(CLINICAL)),
        "c parquet": ("c.parquet", parquet(CLINICAL)),
        "c geo": ("c.txt", SERIES.encode()),
        "c h5ad": ("c.h5ad", h5ad()),
        "f csv": ("f.csv", csv(FRACTIONS)),
        "s tsv": ("s.tsv", b"gene\tweight\nERBB2\t1.5\nGRB7\t-0.5\n"),
        "s gmt": ("s.gmt", b"T\td\tCD3D\tCD3E\nB\t\tCD19\n"),
        "s tsv.gz": ("s.tsv.gz", gzip.compress(b"gene\tweight\nERBB2\t1.5\n", mtime=0)),
        "m tsv": ("m.tsv", csv(profiles, "\t")),
        "m tsv.gz": ("m.tsv.gz", gzip.compress(csv(profiles, "\t"), mtime=0)),
        "t toml": ("t.toml", STUDY),
        "c dta": ("c.dta", stata(CLINICAL)),
        "e csv": ("e.csv", QUANTISEQ.encode()),
        "g tsv": ("g.tsv", b"gene\tlength\nERBB2\t4816\nESR1\t6466\n"),
        "j json": ("j.json", provenance()),
        "n json": ("n.json", b'{"format": "her2stats results 1", "files": {"a.csv": {"size": 3, "sha256": "ab"}}}'),
        "q csv": ("q.csv", results_table()),
        "k stage": ("k.zip", entry()),
        "b json": ("b.json", b'{"chunk": 5, "settings": {"seed": 1}}'),
        "l parquet": ("l.parquet", parquet(MATRIX)),
        "l h5ad": ("l.h5ad", h5ad()),
        "p soft": ("p.soft", b"!platform_table_begin\nID\tGene Symbol\nA\tERBB2 /// ESR1\n!platform_table_end\n"),
    }
