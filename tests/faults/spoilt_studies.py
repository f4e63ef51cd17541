"""Whole studies, each spoilt in one way as real ones are, and what has to be said about it."""

from __future__ import annotations

import gzip
import pickle
from dataclasses import dataclass

from .spoiling import (
    Hostile,
    Spoil,
    a_folder,
    both_names,
    cell,
    change,
    column,
    foreign_results,
    fractions,
    gzip_bomb,
    linked,
    linked_results,
    many_types,
    named,
    renamed,
    several,
    sizes_in_mm,
    study_below,
    truncated,
    write,
    xlsx_bomb,
)


@dataclass(frozen=True)
class Told:
    """A row of the table of problems: where it is (row "*": some row), what stands there, and words of the problem."""

    where: str
    problem: str
    row: str = ""
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Spoilt:
    """How a study is spoilt, and every row that has to be told; `study` is its study file afterwards."""

    spoil: Spoil
    told: tuple[Told, ...]
    study: str = "study.toml"


LINE = "line 2, sample 'one-0001'"
LEAVES = tuple(
    Told(f"below/study.toml, {setting}", "leaves the folder of the study file")
    for setting in (
        "[[cohorts]] one expression",
        "[[cohorts]] one clinical",
        "[[cohorts]] answers clinical",
        "[deconvolution] signature",
        "[scores] exposure",
    )
)


def clash(name: str, problem: str) -> tuple[Told, ...]:
    """What is told of a name that stands for two things in the first cohort."""
    return (Told("cohort 'one'", f"'{name}' is {problem}", column=name, value=name),)


def word(column: str, text: str, problem: str) -> Spoilt:
    """One wrong cell in the clinical table."""
    return Spoilt(cell(column, text), (Told("one.csv", problem, LINE, column, text),))


def many_values(setting: str) -> Spoilt:
    """A covariate that is another word in each tumour."""
    return Spoilt(
        several(
            column("ward", lambda row: f"ward {row}"),
            named('clinical = "one.csv"\ncolumns = { ward = "ward" }', 'clinical = "one.csv"'),
            named(f'[analysis]\n{setting} = ["ward"]', "[analysis]"),
        ),
        (Told(f"cohort 'one', [analysis] {setting}", "'ward' has 36 different values", column="ward"),),
    )


SPOILT: dict[str, Spoilt] = {
    "age 0": word("age", "0", "'0' is outside 15 to 110 years"),
    "age 430": word("age", "430", "'430' is outside 15 to 110 years"),
    "age 49 y": word("age", "49 y", "'49 y' is not a number"),
    "size in mm": Spoilt(sizes_in_mm, (Told("one.csv", "these are millimetres", column="size_cm"),)),
    "one size in mm": word("size_cm", "26", "'26' is outside 0 to 25 cm"),
    "grade IV": word("grade", "IV", "'IV' is not understood for grade"),
    "grade G2-3": word("grade", "G2-3", "is not understood for grade"),
    "IHC 1+/2+": word("her2_ihc", "1+/2+", "is not understood for her2_ihc"),
    "IHC equivocal": word("her2_ihc", "equivocal", "is not understood for her2_ihc"),
    "IHC equivoco": word("her2_ihc", "equivoco", "is not understood for her2_ihc"),
    "IHC negativo": word("her2_ihc", "negativo", "is not understood for her2_ihc"),
    "IHC mapped to nothing known": Spoilt(
        named('clinical = "one.csv"\nvalues = { her2_ihc = { "2+" = "faint" } }', 'clinical = "one.csv"'),
        (Told("one.csv", "'2+' is mapped to 'faint', which is no value of her2_ihc", "*", "her2_ihc", "2+"),),
    ),
    "HR forse": word("hr", "forse", "is not understood for hr"),
    "a header alone": Spoilt(write("one.csv", "sample,hr,her2_ihc\n"), (Told("one.csv", "no row below it"),)),
    "one tumour": Spoilt(
        several(
            write("one.csv", "sample,hr,her2_ihc\none-0001,positive,0\n"),
            named('clinical = "one.csv"\non_mismatch = "intersect"', 'clinical = "one.csv"'),
        ),
        (Told("cohort 'one', [scores] exposure, signature 'HER2 score'", "need at least two samples"),),
    ),
    "ids that differ": Spoilt(
        change("one.tsv", "one-0001", "one.0001"),
        (Told("one.csv and one.tsv", "the sample ids of the two files differ", value="one-0001, one.0001"),),
    ),
    "text among numbers": Spoilt(
        change("one.tsv", "SIM0001\t", "SIM0001\tabc"),
        (Told("one.tsv", "is not a number", "row 2 (gene 'SIM0001')", "one-0001"),),
    ),
    "pickle as a table": Spoilt(write("one.csv", pickle.dumps(Hostile())), (Told("one.csv", "a Python pickle"),)),
    "pickle as a matrix": Spoilt(
        write("matrix.tsv", pickle.dumps(Hostile())), (Told("matrix.tsv", "a Python pickle"),)
    ),
    "pickle as a signature": Spoilt(write("her2.tsv", pickle.dumps(Hostile())), (Told("her2.tsv", "a Python pickle"),)),
    "workspace as rds": Spoilt(
        renamed("one.tsv", "one.rds", gzip.compress(b"RDX3\nX\n", mtime=0)), (Told("one.rds", "an RData workspace"),)
    ),
    "xlsx bomb": Spoilt(renamed("one.csv", "one.xlsx", xlsx_bomb()), (Told("one.xlsx", "unpacks to far more"),)),
    "xlsx as a matrix": Spoilt(renamed("matrix.tsv", "m.xlsx", xlsx_bomb()), (Told("m.xlsx", "is not text in UTF-8"),)),
    "path by ..": Spoilt(study_below, LEAVES, "below/study.toml"),
    "path by a link": Spoilt(linked, LEAVES, "below/study.toml"),
    "results by a link": Spoilt(
        linked_results, (Told("below/study.toml, [study] results", "leaves the folder"),), "below/study.toml"
    ),
    "a file where the results should be": Spoilt(
        write("results", "a thesis"),
        (Told("study.toml, [study] results", "is a file or a link, not a folder", value="results"),),
    ),
    "somebody else's results": Spoilt(
        foreign_results, (Told("study.toml, [study] results", "holds files that are not results", value="results"),)
    ),
    "fractions that are none": Spoilt(
        fractions(
            "Mixture,B,B,P-value,Correlation,RMSE\none-0001,x,0.5,1,1,1\none-0002,1,0,1,1,1\none-0003,1,0,1,1,1\n"
        ),
        (
            Told("f.csv", "cell type 'B' stands there 2 times", "header", value="B"),
            Told("f.csv", "'x' is not a number", "row 2 (sample 'one-0001')", "B", "x"),
        ),
    ),
    "fractions of two thousand cell types": Spoilt(
        fractions(
            f"Mixture,{','.join(f'T{i}' for i in range(2000))},P-value,Correlation,RMSE\none-0001{',0' * 2003}\n"
        ),
        (Told("f.csv", "has 2000 cell types; each is tested in every group of tumours", "header"),),
    ),
    "a matrix of two thousand cell types": Spoilt(
        many_types,
        (
            Told(
                "cohort 'one', [deconvolution] signature, signature",
                "matrix has 2000 cell types, whose fits take about 46 GiB of memory",
            ),
        ),
    ),
    "weight as text": Spoilt(
        change("her2.tsv", "SIMHER01\t0.9", "SIMHER01\theavy"),
        (Told("her2.tsv", "not a number", "line 2", "weight", "heavy"),),
    ),
    "two cell types of one name": Spoilt(
        change("matrix.tsv", "B cells memory", "B cells naive"),
        (Told("matrix.tsv", "duplicated cell types: B cells naive", "header", value="B cells naive"),),
    ),
    "an exposure that is not there": Spoilt(
        named('exposure = "GRB77"', 'exposure = "her2.tsv"'),
        (Told("cohort 'one', [scores] exposure", "the expression has no gene 'GRB77'"),),
    ),
    "one gene in two rows": Spoilt(
        both_names,
        (
            Told(
                "cohort 'one', [scores] exposure",
                "rows 'SEPTIN2' and 'SEPT2' are one gene, SEPTIN2 today",
                "gene 'SEPTIN2'",
                value="SEPT2",
            ),
        ),
    ),
    "a cell type called as the exposure": Spoilt(
        change("matrix.tsv", "B cells naive", "HER2 score"),
        clash("HER2 score", "the exposure and a cell type of matrix.tsv"),
    ),
    "a cell type called as a gene": Spoilt(
        change("matrix.tsv", "B cells naive", "ERBB2"),
        clash("ERBB2", "a gene beside the exposure and a cell type of matrix.tsv"),
    ),
    "a cell type called as the TIL score": Spoilt(
        change("matrix.tsv", "B cells naive", "Total TIL"),
        clash("Total TIL", "a score of immune cells and a cell type of matrix.tsv"),
    ),
    "a cell type called as a clinical variable": Spoilt(
        change("matrix.tsv", "B cells naive", "age"), clash("age", "a clinical variable and a cell type of matrix.tsv")
    ),
    "a cell type called as a cut": Spoilt(
        change("matrix.tsv", "B cells naive", "grade III"),
        clash("grade III", "a cut of a clinical variable and a cell type of matrix.tsv"),
    ),
    "a cell type called as a column of the tables": Spoilt(
        change("matrix.tsv", "B cells naive", "sample"),
        clash("sample", "a column of every table of results and a cell type of matrix.tsv"),
    ),
    "a cell type called as a measure of fit": Spoilt(
        change("matrix.tsv", "B cells naive", "rmse"),
        clash("rmse", "a measure of the fit of the fractions and a cell type of matrix.tsv"),
    ),
    "an exposure called as a gene": Spoilt(
        named('exposure_name = "ERBB2"', 'exposure_name = "HER2 score"'),
        clash("ERBB2", "the exposure and a gene beside the exposure"),
    ),
    "a variable called as a cell type": Spoilt(
        named('clinical = "one.csv"\ncolumns = { "T cells CD8" = "grade" }', 'clinical = "one.csv"'),
        clash("T cells CD8", "a clinical variable and a cell type of matrix.tsv"),
    ),
    "a scale that is missing": Spoilt(
        named("", 'scale = "log2"\n'), (Told("study.toml, [cohorts] number 1", "scale is missing"),)
    ),
    "a factor as covariate": Spoilt(
        named('[analysis]\ncovariates = ["age", "hr"]', "[analysis]"),
        (Told("study.toml, [analysis] covariates", "hr: a factor of the covariance analysis"),),
    ),
    "a covariate of as many values as tumours": many_values("covariates"),
    "a covariate of the logistic models of as many values as tumours": many_values("model_covariates"),
    "a covariate twice": Spoilt(
        named('[analysis]\ncovariates = ["age", "age"]', "[analysis]"),
        (Told("study.toml, [analysis] covariates", "named twice: age"),),
    ),
    "cohorts of one name": Spoilt(
        named('name = "ONE"', 'name = "answers"'), (Told("study.toml, [cohorts]", "cohort names must differ"),)
    ),
    "a setting that is unknown": Spoilt(
        named("[analysis]\nfoo = 1", "[analysis]"), (Told("study.toml, [analysis] foo", "is not a known setting"),)
    ),
    "no TOML": Spoilt(write("study.toml", "[study"), (Told("study.toml", "not valid TOML"),)),
    "an empty study file": Spoilt(
        write("study.toml", ""),
        (Told("study.toml, [study]", "is missing"), Told("study.toml, [cohorts]", "is missing")),
    ),
    "a study file in Latin-1": Spoilt(
        write("study.toml", b"# citt\xe0"), (Told("study.toml", "is not text in UTF-8"),)
    ),
    "everything at once": Spoilt(
        several(
            cell("age", "49 y"),
            cell("grade", "IV"),
            cell("hr", "boh", "answers.csv"),
            change("one.tsv", "SIM0001\t", "SIM0001\tabc"),
            change("her2.tsv", "SIMHER01\t0.9", "SIMHER01\theavy"),
            write("matrix.tsv", ""),
        ),
        (
            Told("one.tsv", "is not a number", "row 2 (gene 'SIM0001')", "one-0001"),
            Told("one.csv", "'49 y' is not a number", LINE, "age", "49 y"),
            Told("one.csv", "'IV' is not understood for grade", LINE, "grade", "IV"),
            Told("answers.csv", "'boh' is not understood for hr", "line 2, sample 'answers-0001'", "hr", "boh"),
            Told("matrix.tsv", "is empty"),
            Told("her2.tsv", "not a number", "line 2", "weight", "heavy"),
        ),
    ),
}
for _file in ("one.tsv", "one.csv", "matrix.tsv", "her2.tsv"):
    SPOILT |= {
        f"empty {_file}": Spoilt(write(_file, ""), (Told(_file, "is empty"),)),
        f"truncated {_file}": Spoilt(truncated(_file), (Told(f"{_file}.gz", "damaged or truncated gzip"),)),
        f"pickle for {_file}": Spoilt(write(_file, pickle.dumps(Hostile())), (Told(_file, "is a Python pickle"),)),
        f"a folder for {_file}": Spoilt(a_folder(_file), (Told(_file, "is a folder"),)),
        f"gzip bomb for {_file}": Spoilt(
            renamed(_file, f"{_file}.gz", gzip_bomb()), (Told(f"{_file}.gz", "reading stopped"),)
        ),
    }
