"""Result files of CIBERSORTx and CIBERSORT."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import InputError, SampleError, TableError
from her2stats.reading import read_cibersortx

HEADER = "Mixture,B cells,T cells,P-value,Correlation,RMSE"
RELATIVE = f"{HEADER}\ns1,0.25,0.75,0.01,0.9,0.8\ns2,0,1,0.5,0.1,1.1\n"
ABSOLUTE = f"{HEADER},Absolute score (sig.score)\ns1,0.5,1.5,9999,0.9,0.8,2.0\n"


def test_relative(write):
    read = read_cibersortx(write("r.csv", RELATIVE))
    assert read.mode == "relative"
    assert read.fractions.loc["s1"].to_dict() == {"B cells": 0.25, "T cells": 0.75}
    assert read.quality.loc["s1", ["p_value", "r", "rmse"]].tolist() == [0.01, 0.9, 0.8]
    assert read.signature.cell_types == ("B cells", "T cells")


def test_absolute_without_permutations(write):
    read = read_cibersortx(write("r.csv", ABSOLUTE))
    assert read.mode == "absolute"
    assert read.quality["score"].tolist() == [2.0]
    assert np.isnan(read.quality["p_value"].iloc[0])
    assert any("without permutations" in note.what for note in read.notes)


def test_no_sumto1(write):
    assert read_cibersortx(write("r.csv", ABSOLUTE.replace("sig.score", "no.sumto1"))).mode == "no.sumto1"


@pytest.mark.parametrize(
    ("score", "accepted"), [("200.19", True), ("200.21", False), ("199.81", True), ("199.79", False)]
)
def test_an_absolute_score_may_be_rounded_in_proportion_to_it(write, score, accepted):
    text = f"{HEADER},Absolute score (sig.score)\ns1,50,150,9999,0.9,0.8,{score}\n"
    if accepted:
        assert read_cibersortx(write("r.csv", text)).quality["score"].tolist() == [float(score)]
    else:
        with pytest.raises(TableError, match="the fractions of 1 samples do not sum to the absolute score"):
            read_cibersortx(write("r.csv", text))


@pytest.mark.parametrize(("score", "accepted"), [("0.2009", True), ("0.2011", False)])
def test_a_small_absolute_score_is_compared_as_if_it_were_one(write, score, accepted):
    text = f"{HEADER},Absolute score (sig.score)\ns1,0.05,0.15,9999,0.9,0.8,{score}\n"
    if accepted:
        assert read_cibersortx(write("r.csv", text)).quality["score"].tolist() == [float(score)]
    else:
        with pytest.raises(TableError, match="the fractions of 1 samples do not sum to the absolute score"):
            read_cibersortx(write("r.csv", text))


def test_docker_writes_tabs(write):
    assert read_cibersortx(write("CIBERSORTx_Adjusted.txt", RELATIVE.replace(",", "\t"))).fractions.shape == (2, 2)


def test_r_writes_names_of_its_own_and_no_first_name(write):
    text = RELATIVE.replace("Mixture,", "").replace("P-value", "P.value").replace(",", "\t")
    assert read_cibersortx(write("r.txt", text)).fractions.shape == (2, 2)


def test_a_sample_of_zeros_is_flagged(write):
    read = read_cibersortx(write("r.csv", RELATIVE.replace("s2,0,1", "s2,0,0")))
    assert read.quality["flag"].tolist() == ["", "not estimable: all fractions are zero"]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (RELATIVE.replace("RMSE", "x"), TableError, "no result file of CIBERSORTx: has no column RMSE"),
        (RELATIVE.replace("0.75", "-0.75"), TableError, "-0.75 is no fraction"),
        (RELATIVE.replace("0.75", "NA"), TableError, "nan is no fraction"),
        (
            RELATIVE.replace("0.75", "lots"),
            TableError,
            r"row 2 \(sample 's1'\), column 'T cells': 'lots' is not a number",
        ),
        (RELATIVE.replace("0.75", "0.85"), TableError, r"1 samples do not sum to 1 \(relative mode\): 1.1"),
        (ABSOLUTE.replace("2.0", "3.0"), TableError, "do not sum to the absolute score, 3"),
        (RELATIVE.replace("s2", "s1"), SampleError, "sample 's1' stands there 2 times"),
        ("a,b\n1,2\n", TableError, "P-value, Correlation, RMSE"),
    ],
)
def test_what_is_no_such_file(write, text, error, words):
    with pytest.raises(error, match=words):
        read_cibersortx(write("r.csv", text))


def test_web_files_are_read_as_they_are(shared):
    path = shared / "cibersortx_web/CIBERSORTx_Job13_Results.csv"
    read = read_cibersortx(path)
    bare = pd.read_csv(path, index_col=0)
    assert read.fractions.shape == (96, 22)
    assert np.allclose(
        read.fractions.to_numpy(), bare.iloc[:, :22].to_numpy(), rtol=1e-12, atol=0
    )  # pandas 2.2 rounds itself
    assert (read.quality["flag"] == "").all()


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("oracle_noisy_rel_perm100_seed42.tsv", "relative"),
        ("oracle_noisy_abs_perm100.tsv", "absolute"),
        ("oracle_noisy_absnosum_perm100.tsv", "no.sumto1"),
    ],
)
def test_files_of_the_r_script(shared, name, mode):
    read = read_cibersortx(shared / "cibersort_r_oracle" / name)
    assert read.mode == mode
    assert read.fractions.shape == (18, 22)


def test_a_matrix_is_no_result(shared):
    with pytest.raises(InputError, match="no result file of CIBERSORTx"):
        read_cibersortx(shared / "cibersortx_web/mixture_rnaseq.txt")
