"""Scores held against those of GSVA (Bioconductor) and singscore's published formula, as R has stored them."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from her2stats.r_engine.process import find_rscript
from her2stats.signatures import read_signature, score_signature

HERE = Path(__file__).parents[1] / "reference" / "scores"
EXPRESSION = pd.read_csv(HERE / "expression.csv", index_col="gene")
STORED = pd.read_csv(HERE / "scores.csv").pivot(index=["method", "sample"], columns="set", values="value")


@pytest.mark.parametrize(
    ("ours", "theirs"), [("ssgsea", "ssgsea"), ("mean-z", "combined z"), ("singscore", "singscore")]
)
def test_a_score_is_that_of_r(ours, theirs):
    sets = read_signature(HERE / "sets.gmt")
    found = score_signature(EXPRESSION, sets, method=ours).table
    for one in sets:
        expected = STORED.loc[theirs, one.name]
        if (
            ours == "mean-z"
        ):  # GSVA divides the sum by the root of the number of genes (Lee et al. 2008), we by the number
            expected = expected / math.sqrt(len(one.genes))
        assert found[one.name].to_numpy() == pytest.approx(expected.loc[found.index].to_numpy(), rel=1e-10, abs=1e-12)


@pytest.mark.r
@pytest.mark.slow
def test_the_script_still_writes_the_stored_scores(tmp_path):
    """Skips where Debian's r-bioc-gsva is not installed."""
    rscript = find_rscript()
    known = subprocess.run(
        [rscript, "-e", "cat(requireNamespace('GSVA', quietly = TRUE))"], capture_output=True, text=True
    )
    if "TRUE" not in known.stdout:
        pytest.skip("the R package GSVA is not installed: apt-get install r-bioc-gsva")
    done = subprocess.run([rscript, "--vanilla", HERE / "generate.R", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    again = pd.read_csv(tmp_path / "scores.csv").pivot(index=["method", "sample"], columns="set", values="value")
    pd.testing.assert_frame_equal(again, STORED, rtol=1e-12)
    assert (tmp_path / "sets.gmt").read_bytes() == (HERE / "sets.gmt").read_bytes()
