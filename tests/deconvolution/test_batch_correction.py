"""ComBat as R's sva does it, and B-mode on a planted platform difference."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import deconvolve
from her2stats.deconvolution.batch_correction import combat, correct_mixture
from her2stats.errors import DataError

from .conftest import Planted, plant

REFERENCE = Path(__file__).parent / "reference"
CASES = (((8, 8), None), ((5, 12), None), ((6, 4, 9), None), ((7, 8), 1), ((6, 4, 9), 0))

SVA = """
suppressMessages(library(sva))
for (case in list.files(pattern = "^x")) {
  b <- scan(sub("x", "b", case), quiet = TRUE)
  reference <- if (b[1] < 0) NULL else b[1]
  y <- suppressMessages(ComBat(as.matrix(read.table(case)), b[-1], ref.batch = reference))
  write.table(format(y, digits = 17), sub("x", "y", case), quote = FALSE, row.names = FALSE, col.names = FALSE)
}
"""


@pytest.mark.r
def test_live_sva(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    rng = np.random.default_rng(0)
    for case, (sizes, reference) in enumerate(CASES):
        batch = np.repeat(np.arange(len(sizes)), sizes)
        data = rng.normal(6, 2, (120, 1)) + rng.normal(0, 1, (120, len(batch)))
        data += rng.normal(1, 0.7, (120, len(sizes)))[:, batch] * batch
        data[:, batch == 1] *= rng.lognormal(0, 0.3, (120, 1))
        data[7, batch == 0] = 3.0  # constant within a batch: left alone
        np.savetxt(tmp_path / f"x{case}", data, fmt="%.17g")
        np.savetxt(tmp_path / f"b{case}", [-1 if reference is None else reference, *batch], fmt="%d")
    (tmp_path / "combat.R").write_text(SVA)
    done = subprocess.run(
        ["Rscript", "--vanilla", "combat.R"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    if "no package called" in done.stderr:
        pytest.skip("sva is not installed")
    assert done.returncode == 0, done.stderr
    for case, (_, reference) in enumerate(CASES):
        data = np.loadtxt(tmp_path / f"x{case}")
        batch = np.loadtxt(tmp_path / f"b{case}", dtype=int)[1:]
        theirs, ours = np.loadtxt(tmp_path / f"y{case}"), combat(data, batch, reference=reference)
        assert (ours[7] == data[7]).all()
        assert np.abs(theirs - ours).max() < 2e-3  # sva stops at a relative change of 1e-4, here at the fixed point
        assert np.abs(theirs - ours).mean() < 1e-4


@pytest.mark.parametrize(("stored", "reference"), [("combat_common", None), ("combat_reference", 1)])
def test_stored_output_of_sva(stored: str, reference: int | None) -> None:
    """Written by reference/generate.R; sva stops at a relative change of 1e-4, here the fixed point is reached."""
    data = np.loadtxt(REFERENCE / "combat_data.csv", delimiter=",")
    theirs = np.loadtxt(REFERENCE / f"{stored}.csv", delimiter=",")
    ours = combat(data, np.repeat([0, 1, 2], [5, 4, 6]), reference=reference)
    assert np.abs(theirs - ours).max() < 2e-3
    assert np.abs(theirs - ours).mean() < 1e-4
    assert np.abs(theirs - data).max() > 0.5


def test_order_of_samples_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    data, batch = rng.normal(size=(40, 12)), np.repeat([0, 1], 6)
    order = rng.permutation(12)
    assert combat(data[:, order], batch[order]) == pytest.approx(combat(data, batch)[:, order], abs=1e-10)


def test_b_mode_undoes_much_of_a_gene_wise_platform_factor() -> None:
    made = plant(9, genes=250, types=6, samples=40, noise=0.2)
    factor = np.random.default_rng(1).lognormal(0, 0.5, len(made.expression))
    other = made.expression.mul(factor, axis=0)
    plain, corrected, reference = (
        deconvolve(other, made.signature, mode="relative", batch_correction=how)  # type: ignore[arg-type]
        for how in ("none", "b-mode", "b-mode-reference")
    )

    def error(fractions: object) -> float:
        return float(np.sqrt(np.square(np.asarray(fractions) - made.truth.to_numpy()).mean()))

    assert error(reference.fractions) < error(corrected.fractions) < error(plain.fractions)
    assert corrected.quality["rmse"].mean() < plain.quality["rmse"].mean()
    assert "B-mode" in corrected.method
    assert any("ComBat" in note.what and note.count == 40 for note in corrected.notes)


def test_absolute_scores_stay_those_of_the_mixture(planted: Planted) -> None:
    plain = deconvolve(planted.expression, planted.signature)
    corrected = deconvolve(
        planted.expression, planted.signature, batch_correction="b-mode", bootstrap=2, permutations=3
    )
    assert corrected.quality["score"].to_numpy() == pytest.approx(plain.quality["score"].to_numpy())
    assert corrected.quality["p_value"].notna().all()


def test_a_constant_sample_takes_no_part(planted: Planted) -> None:
    with_constant = planted.expression.assign(ZZZ=70.0)
    alone = deconvolve(planted.expression, planted.signature, mode="relative", batch_correction="b-mode")
    result = deconvolve(with_constant, planted.signature, mode="relative", batch_correction="b-mode")
    assert result.quality.loc["ZZZ", "flag"].startswith("constant sample")
    assert (result.fractions.drop("ZZZ") - alone.fractions).abs().to_numpy().max() < 1e-9


def test_samples_that_do_not_differ_are_refused(planted: Planted) -> None:
    copies = pd.DataFrame({f"S{number}": planted.expression["S001"] for number in range(4)})
    with pytest.raises(DataError, match="B-mode needs samples that differ"):
        deconvolve(copies, planted.signature, batch_correction="b-mode")


def test_single_tumours_are_refused(planted: Planted) -> None:
    with pytest.raises(DataError, match="at least 3 samples"):
        deconvolve(planted.expression[["S001", "S002"]], planted.signature, batch_correction="b-mode")


def test_corrected_values_are_never_negative() -> None:
    rng = np.random.default_rng(2)
    values = rng.lognormal(0, 2, (10, 60))
    values[:, :5] = 0
    assert (correct_mixture(values, rng.lognormal(1, 1, (10, 60))) >= 0).all()
