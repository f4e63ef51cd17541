"""R's rds files, written by R where it is there and by rdata where it is not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from her2stats.errors import FileError, InputError, TableError
from her2stats.reading import read_clinical, read_expression

pytest.importorskip("rdata")

MATRIX = 'm <- matrix(c(100, 0, 250.5, 1, 1000, NA), 3, dimnames = list(c("ERBB2", "ESR1", "NA"), c("007", "s-2")))'


def written_by_r(tmp_path: Path, code: str) -> Path:
    path = tmp_path / "x.rds"
    subprocess.run(["Rscript", "--vanilla", "-e", f'{MATRIX}; saveRDS({code}, "{path}")'], check=True, timeout=60)
    return path


# What R 4.2.2 writes for saveRDS(matrix(c(100, 5, 1, 2), 2, dimnames = ...), ascii = TRUE, version = 2).
ASCII = """A
2
262658
131840
526
4
100
5
1
2
1026
1
262153
3
dim
13
2
2
2
1026
1
262153
8
dimnames
19
2
16
2
262153
5
ERBB2
262153
4
ESR1
16
2
262153
1
a
262153
1
b
254
"""


def test_a_matrix(tmp_path):
    (tmp_path / "x.rds").write_text(ASCII)
    values = read_expression(tmp_path / "x.rds", scale="linear").values
    assert list(values.index) == ["ERBB2", "ESR1"]
    assert list(values.columns) == ["a", "b"]
    assert np.array_equal(values.to_numpy(), [[100, 1], [5, 2]])


@pytest.mark.r
@pytest.mark.parametrize(
    "code", ["m", "as.data.frame(m)", "data.frame(gene = rownames(m), m, check.names = FALSE, row.names = NULL)"]
)
def test_matrices_and_data_frames_of_r(tmp_path, code):
    values = read_expression(written_by_r(tmp_path, code), scale="linear", missing="drop").values
    assert list(values.index) == ["ERBB2", "ESR1"]
    assert list(values.columns) == ["007", "s-2"]
    assert np.array_equal(values.to_numpy(), [[100, 1], [0, 1000]])


@pytest.mark.r
def test_missing_integers_are_missing(tmp_path):
    path = written_by_r(tmp_path, "{storage.mode(m) <- 'integer'; m}")
    assert list(read_expression(path, scale="linear", missing="drop").values.index) == ["ERBB2", "ESR1"]


@pytest.mark.r
def test_a_clinical_table_with_factors_and_missing_values(tmp_path):
    code = (
        'data.frame(sample = c("007", "008"), er = factor(c("pos", NA)), her2_ihc = c("0", NA),'
        ' her2_status = "neg", age = c(50L, NA), pcr = c(TRUE, NA))'
    )
    table = read_clinical(written_by_r(tmp_path, code)).table
    assert list(table.index) == ["007", "008"]
    assert table["pcr"].iloc[0] == 1
    assert table.loc["008", ["er", "her2_ihc", "age", "pcr"]].isna().all()


@pytest.mark.r
@pytest.mark.parametrize("code", ["list(a = 1)", "function(x) x", "1:10", "matrix(1:6, 3)", "quote(x + y)", "NULL"])
def test_other_objects_are_refused(tmp_path, code):
    with pytest.raises(InputError):
        read_expression(written_by_r(tmp_path, code), scale="linear")


@pytest.mark.r
def test_a_sequence_that_would_fill_the_memory(tmp_path):
    with pytest.raises(FileError, match="unpacks to far more than its size"):
        read_expression(written_by_r(tmp_path, "1:1e9"), scale="linear")


def test_what_is_no_rds(tmp_path):
    (tmp_path / "x.rds").write_bytes(b"X\nnothing of the kind")
    with pytest.raises(FileError, match="is not an rds file, or is damaged"):
        read_expression(tmp_path / "x.rds", scale="linear")


@pytest.mark.r
def test_a_frame_without_numbers(tmp_path):
    with pytest.raises(TableError, match="column 't': holds text"):
        read_expression(written_by_r(tmp_path, 'data.frame(g = c("A", "B"), t = c("x", "y"))'), scale="linear")


COUNTS = "counts = m[1:2, ] * 2"


@pytest.mark.r
class TestListsOfMatrices:
    """What edgeR, limma and tximport keep: a list, or an S4 object that is one."""

    @pytest.mark.parametrize(
        "code",
        [
            f"list({COUNTS}, samples = data.frame(lib.size = 1:2))",
            f'{{setClass("DGEList", representation("list")); new("DGEList", list({COUNTS}))}}',
        ],
    )
    def test_the_only_matrix_is_read(self, tmp_path, code):
        read = read_expression(written_by_r(tmp_path, code), scale="linear")
        assert list(read.values.columns) == ["007", "s-2"]
        assert read.values.to_numpy().tolist() == [[200, 2], [0, 2000]]

    def test_of_several_one_is_asked_for(self, tmp_path):
        path = written_by_r(tmp_path, f"list(abundance = m[1:2, ], {COUNTS}, countsFromAbundance = 'no')")
        with pytest.raises(InputError, match="it has 2 parts -> say layer, one of 'abundance', 'counts'"):
            read_expression(path, scale="linear")
        with pytest.raises(InputError, match="there is no part 'tpm' -> say layer, one of"):
            read_expression(path, scale="linear", layer="tpm")
        assert read_expression(path, scale="linear", layer="counts").values.loc["ERBB2"].tolist() == [200, 2]

    def test_without_names_it_is_told(self, tmp_path):
        with pytest.raises(InputError, match="matrix 'x' has no row or column names -> in R: give it dimnames"):
            read_expression(written_by_r(tmp_path, "list(x = unname(m))"), scale="linear")

    def test_its_samples_are_a_clinical_table(self, tmp_path):
        about = 'data.frame(er = c("pos", "neg"), her2_ihc = c("0", "2+"), row.names = c("007", "s-2"))'
        table = read_clinical(written_by_r(tmp_path, f"list({COUNTS}, samples = {about})")).table
        assert (list(table.index), table["er"].tolist()) == (["007", "s-2"], ["positive", "negative"])
        with pytest.raises(InputError, match="holds no table of samples"):
            read_clinical(written_by_r(tmp_path, f"list({COUNTS})"))
