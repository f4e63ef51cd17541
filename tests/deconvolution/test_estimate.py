"""The public verb: fractions, modes, quality, and that nothing but the data decides the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import SignatureMatrix, deconvolve, read_signature_matrix
from her2stats.deconvolution.solver import nu_svr
from her2stats.errors import CoverageError, DataError, GeneError, SampleError, ScaleError, TableError
from her2stats.notes import Note

from .conftest import Planted


def same(a: pd.DataFrame, b: pd.DataFrame) -> float:
    return float((a - b).abs().to_numpy().max())


def test_fractions_come_back_from_an_exact_mixture_with_exact_zeros(planted: Planted) -> None:
    share = np.array([0.5, 0.0, 0.3, 0.0, 0.2, 0.0])
    tumour = pd.DataFrame({"T": planted.signature.profiles @ share})
    result = deconvolve(tumour, planted.signature, mode="relative")
    assert np.abs(result.fractions.loc["T"].to_numpy() - share).max() < 1e-9
    assert (result.fractions.loc["T"].to_numpy()[share == 0] == 0).all()
    assert result.quality.loc["T", "r"] == pytest.approx(1)
    assert result.quality.loc["T", "flag"] == ""


def test_relative_fractions_sum_to_one_and_follow_the_truth(planted: Planted) -> None:
    result = deconvolve(planted.expression, planted.signature, mode="relative")
    assert result.fractions.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (result.fractions >= 0).all(axis=None)
    assert np.corrcoef(result.fractions.to_numpy().ravel(), planted.truth.to_numpy().ravel())[0, 1] > 0.95


def test_absolute_fractions_are_relative_ones_times_the_score(planted: Planted) -> None:
    relative = deconvolve(planted.expression, planted.signature, mode="relative")
    absolute = deconvolve(planted.expression, planted.signature, mode="absolute")
    shared = planted.expression.loc[list(absolute.genes)]
    score = shared.median() / max(float(np.median(planted.expression)), 1)
    assert same(absolute.fractions, relative.fractions.mul(score, axis=0)) < 1e-12
    assert absolute.quality["score"].to_numpy() == pytest.approx(score.to_numpy())


def test_no_sumto1_has_the_proportions_of_the_relative_mode(planted: Planted) -> None:
    relative = deconvolve(planted.expression, planted.signature, mode="relative").fractions
    raw = deconvolve(planted.expression, planted.signature, mode="no.sumto1").fractions
    assert same(raw.div(raw.sum(axis=1), axis=0), relative) < 1e-12


def test_a_tumour_scored_alone_against_the_frozen_median_scores_as_in_its_cohort(planted: Planted) -> None:
    cohort = deconvolve(planted.expression, planted.signature)
    alone = deconvolve(planted.expression[["S003"]], planted.signature, reference_median=cohort.reference_median)
    assert same(alone.fractions, cohort.fractions.loc[["S003"]]) < 1e-12


def test_a_median_that_is_too_small_to_divide_by_is_not_called_the_mixtures(planted: Planted) -> None:
    found = deconvolve(planted.expression * 1e-6, planted.signature, check_scale=False)
    told = [note.what for note in found.notes]
    assert "absolute scores are relative to 1: the median of this mixture is not above it" in told
    assert not any("the median of this mixture, 1" in what for what in told)


def test_order_of_genes_samples_and_chunks_changes_nothing(planted: Planted) -> None:
    whole = deconvolve(planted.expression, planted.signature, permutations=20, seed=3)
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(len(planted.expression)), rng.permutation(planted.expression.shape[1])
    shuffled = SignatureMatrix.from_frame(planted.signature.profiles.sample(frac=1, random_state=2), name="planted")
    other = deconvolve(planted.expression.iloc[rows, columns], shuffled, permutations=20, seed=3, chunk=1)
    assert same(whole.fractions, other.fractions.loc[whole.fractions.index]) < 1e-9
    numbers = ["nu", "r", "rmse", "p_value", "p_value_unbiased", "score"]
    assert same(whole.quality[numbers], other.quality.loc[whole.quality.index, numbers]) < 1e-9


def test_order_and_chunks_change_nothing_in_a_real_cohort(shared: Path) -> None:
    logs = pd.read_csv(shared / "scanb400" / "expr_log2fpkm.tsv.gz", sep="\t", index_col=0).iloc[:, :318]
    linear = (2**logs - 0.1).clip(lower=0)
    signature = read_signature_matrix(shared / "signatures" / "LM22.txt")
    whole = deconvolve(linear, signature, chunk=318).fractions
    rng = np.random.default_rng(0)
    shuffled = linear.iloc[rng.permutation(len(linear)), rng.permutation(318)]
    one_by_one = deconvolve(shuffled, signature, chunk=1).fractions.loc[whole.index]
    assert same(whole, one_by_one) < 1e-9
    assert ((whole == 0) == (one_by_one == 0)).all(axis=None)


def test_worker_processes_give_the_same_numbers(planted: Planted) -> None:
    one = deconvolve(planted.expression, planted.signature, chunk=4)
    two = deconvolve(planted.expression, planted.signature, chunk=5, n_jobs=2)
    assert same(one.fractions, two.fractions) < 1e-12


def test_progress_is_told(planted: Planted) -> None:
    heard: list[tuple[str, int, int]] = []
    deconvolve(planted.expression, planted.signature, chunk=5, progress=lambda *told: heard.append(told))
    assert heard == [("cell fractions", done, 12) for done in (5, 10, 12)]


def test_a_constant_sample_is_flagged_and_costs_the_others_nothing(planted: Planted) -> None:
    broken = planted.expression.copy()
    broken["S001"] = 80.0
    whole = deconvolve(planted.expression, planted.signature, mode="relative")
    result = deconvolve(broken, planted.signature, mode="relative")
    assert result.quality.loc["S001", "flag"].startswith("constant sample")
    assert result.fractions.loc["S001"].isna().all()
    assert same(result.fractions.drop("S001"), whole.fractions.drop("S001")) < 1e-12
    flag = result.quality.loc["S001", "flag"]
    assert result.notes == (
        Note("fractions", "120 of 120 genes of planted are in the mixture", 120, ""),
        Note("fractions", "samples without a usable fit", 1, f"S001: {flag}"),
    )


def test_what_absolute_scores_are_relative_to_is_said_where_they_are(planted: Planted) -> None:
    result = deconvolve(planted.expression, planted.signature)
    median = float(np.median(planted.expression))
    detail = "give it as reference_median to score further samples on the same scale"
    said = Note("fractions", f"absolute scores are relative to the median of this mixture, {median:.6g}", 12, detail)
    assert result.notes[1:] == (said,)
    assert len(deconvolve(planted.expression, planted.signature, reference_median=2.0).notes) == 1


@pytest.mark.parametrize(("highest", "count"), [(49.9, 1), (50.0, 0)])
def test_a_sample_is_taken_for_logarithms_below_fifty_only(planted: Planted, highest: float, count: int) -> None:
    genes = list(planted.signature.genes)
    mixed = planted.expression.copy()
    mixed.loc[genes, "S003"] *= highest / mixed.loc[genes, "S003"].max()
    notes = [note for note in deconvolve(mixed, planted.signature, mode="relative").notes if "log scale" in note.what]
    what = "samples whose signature genes never exceed 50, as if on a log scale among linear ones"
    assert notes == [Note("fractions", what, 1, f"S003 (at most {highest:.4g})")][:count]


@pytest.mark.parametrize("mode", ["relative", "absolute", "no.sumto1"])
def test_a_sample_that_every_type_contradicts_is_flagged(planted: Planted, mode: str) -> None:
    total = planted.signature.profiles.sum(axis=1)
    opposite = pd.DataFrame({"T": total.max() - total})
    result = deconvolve(opposite, planted.signature, mode=mode)  # type: ignore[arg-type]
    assert result.quality.loc["T", "flag"].startswith("all weights negative")
    assert result.fractions.loc["T"].isna().all()
    assert np.isnan(result.quality.loc["T", "r"])


def test_a_fit_that_is_not_proved_exact_is_flagged(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped far from the optimum, and the general solver of no help: the numbers stay, and the sample says so."""
    monkeypatch.setattr(nu_svr, "MU_GOALS", (1e-1,))
    monkeypatch.setattr(nu_svr, "ROUGH_MU", 1.0)
    monkeypatch.setattr(nu_svr, "_libsvm_multipliers", lambda problem, wanted: np.zeros(problem.target.shape))
    result = deconvolve(planted.expression, planted.signature)
    assert (result.quality["kkt"] > nu_svr.EXACT).any()
    flagged = result.quality["flag"].str.startswith("not converged")
    assert (flagged == (result.quality["kkt"] > nu_svr.EXACT)).all()
    assert result.fractions[flagged].notna().all(axis=None)
    assert any(note.count == flagged.sum() and "not converged" in note.detail for note in result.notes)


class TestGenesOfAnotherYear:
    """LM22 calls EMR1 what a matrix of today calls ADGRE1."""

    @pytest.fixture
    def older(self, planted: Planted) -> SignatureMatrix:
        """The signature, three of whose genes have earlier symbols; the expression has none of the three."""
        named = {"GENE0000": "EMR1", "GENE0001": "KIAA0125", "GENE0002": "MARCH1"}
        return SignatureMatrix.from_frame(planted.signature.profiles.rename(named), name="old")

    @pytest.fixture
    def newer(self, planted: Planted) -> pd.DataFrame:
        return planted.expression.rename({"GENE0000": "ADGRE1", "GENE0001": "FAM30A", "GENE0002": "MARCHF1"})

    def test_they_are_found_with_a_note(self, planted: Planted, older: SignatureMatrix, newer: pd.DataFrame) -> None:
        found = deconvolve(newer, older)
        expected = deconvolve(planted.expression, planted.signature)
        assert same(found.fractions, expected.fractions) < 1e-12
        assert found.quality["coverage"].eq(1).all()
        assert found.notes[0] == Note(
            "genes", "old: genes found under another symbol", 3, "ADGRE1 is EMR1, FAM30A is KIAA0125, MARCHF1 is MARCH1"
        )

    def test_they_are_absent_where_names_are_meant_literally(self, older: SignatureMatrix, newer: pd.DataFrame) -> None:
        literal = deconvolve(newer, older, rename_genes=False)
        assert literal.notes[0] == Note(
            "fractions", "117 of 120 genes of old are in the mixture", 117, "absent: EMR1, KIAA0125, MARCH1"
        )

    def test_where_nothing_is_renamed_nothing_is_said(self, planted: Planted) -> None:
        notes = deconvolve(planted.expression, planted.signature, mode="relative").notes
        assert notes == (Note("fractions", "120 of 120 genes of planted are in the mixture", 120, ""),)

    def test_one_gene_in_two_rows_is_refused(self, older: SignatureMatrix, newer: pd.DataFrame) -> None:
        twice = pd.concat([newer, newer.loc[["ADGRE1"]].set_axis(["EMR1"], axis=0)])
        with pytest.raises(GeneError) as raised:
            deconvolve(twice, older)
        assert str(raised.value) == (
            "expression, gene 'EMR1': rows 'EMR1' and 'ADGRE1' are one gene, ADGRE1 today -> take one of the rows out, "
            "or keep every name as it is with rename_genes=False"
        )
        assert len(deconvolve(twice, older, rename_genes=False).genes) == 118


class TestBadInputIsNamed:
    def test_genes_in_columns(self, planted: Planted) -> None:
        with pytest.raises(TableError, match="transpose"):
            deconvolve(planted.expression.T, planted.signature)

    def test_cell_types_in_rows_of_the_signature(self, planted: Planted) -> None:
        many = pd.DataFrame(planted.expression.to_numpy()[:, :1] + np.arange(12), planted.expression.index)
        many.columns = [f"Type {number}" for number in range(12)]
        with pytest.raises(TableError, match=r"signature: .* lies on its side -> transpose it"):
            deconvolve(planted.expression, many.T)

    def test_what_is_no_table(self, planted: Planted) -> None:
        with pytest.raises(DataError, match=r"expression is a ndarray .* read_expression.*\n.*signature is a str"):
            deconvolve(planted.expression.to_numpy(), "LM22")  # type: ignore[arg-type]

    def test_log_scale(self, planted: Planted) -> None:
        with pytest.raises(ScaleError, match=r"range from .* to .* log scale"):
            deconvolve(np.log2(planted.expression + 1), planted.signature)

    def test_a_signature_on_the_log_scale(self, planted: Planted) -> None:
        logs = np.log2(planted.signature.profiles + 1)
        with pytest.raises(ScaleError, match=r"signature: the profiles of signature range from .* to .* log scale"):
            deconvolve(planted.expression, logs)

    def test_one_sample_on_the_log_scale_is_named(self, planted: Planted) -> None:
        mixed = planted.expression.assign(S001=np.log2(planted.expression["S001"] + 1))
        (note,) = [note for note in deconvolve(mixed, planted.signature).notes if "never exceed" in note.what]
        top = mixed.loc[list(planted.signature.genes), "S001"].max()
        assert note.count == 1
        assert note.detail == f"S001 (at most {top:.4g})"

    def test_no_expression_at_all_is_flagged_sample_by_sample(self, planted: Planted) -> None:
        assert (deconvolve(planted.expression * 0, planted.signature).quality["flag"].str.startswith("constant")).all()

    @pytest.mark.parametrize("unit", [1e300, 1e-300])
    def test_the_unit_of_expression_decides_nothing(self, planted: Planted, unit: float) -> None:
        options = {"mode": "relative", "check_scale": False}
        there = deconvolve(planted.expression * unit, planted.signature, **options)  # type: ignore[arg-type]
        assert (
            same(there.fractions, deconvolve(planted.expression, planted.signature, mode="relative").fractions) < 1e-9
        )

    def test_small_linear_values_pass_when_declared(self, planted: Planted) -> None:
        small = planted.expression / planted.expression.to_numpy().max()
        fractions = deconvolve(small, planted.signature, mode="relative", check_scale=False).fractions
        assert same(fractions, deconvolve(planted.expression, planted.signature, mode="relative").fractions) < 1e-9

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_non_finite(self, planted: Planted, value: float) -> None:
        broken = planted.expression.copy()
        broken.loc["GENE0007", "S002"] = value
        with pytest.raises(TableError, match=r"gene GENE0007, sample S002: 1 values are missing or infinite"):
            deconvolve(broken, planted.signature)

    def test_negative(self, planted: Planted) -> None:
        broken = planted.expression.copy()
        broken.loc["GENE0007", "S002"] = -3
        with pytest.raises(ScaleError, match="GENE0007"):
            deconvolve(broken, planted.signature)

    def test_duplicate_genes_and_samples(self, planted: Planted) -> None:
        table = planted.expression
        with pytest.raises(GeneError, match="GENE0001"):
            deconvolve(pd.concat([table, table.loc[["GENE0001"]]]), planted.signature)
        with pytest.raises(SampleError, match="S001"):
            deconvolve(pd.concat([table, table[["S001"]]], axis=1), planted.signature)

    def test_too_few_signature_genes_unless_allowed(self, planted: Planted) -> None:
        few = planted.expression.drop(list(planted.signature.genes[:80]))
        with pytest.raises(CoverageError, match="40 of 120 genes"):
            deconvolve(few, planted.signature)
        result = deconvolve(few, planted.signature, min_overlap=0.3)
        assert result.quality["coverage"].to_numpy() == pytest.approx(1 / 3)
        assert any(note.count == 40 and "GENE0000" in note.detail for note in result.notes)

    def test_text(self, planted: Planted) -> None:
        broken = planted.expression.astype(object)
        with pytest.raises(TableError, match="not numeric"):
            deconvolve(broken, planted.signature)

    def test_one_cell_type(self, planted: Planted) -> None:
        with pytest.raises(TableError, match="at least two"):
            deconvolve(planted.expression, planted.signature.profiles[["Type A"]])

    def test_complex_numbers(self, planted: Planted) -> None:
        with pytest.raises(TableError, match="not numeric"):
            deconvolve(planted.expression.astype(complex), planted.signature)

    @pytest.mark.parametrize(
        "asked",
        [
            {"permutations": 2.5},
            {"bootstrap": None},
            {"seed": 1.5},
            {"reference_median": np.inf},
            {"reference_median": "x"},
            {"min_overlap": 50},
            {"conf_level": 95},
            {"chunk": 0},
            {"n_jobs": 0},
            {"client": "tcp://127.0.0.1:8786"},
            {"progress": 3},
        ],
        ids=str,
    )
    def test_an_argument_without_meaning(self, planted: Planted, asked: dict[str, object]) -> None:
        with pytest.raises(DataError, match=rf"{next(iter(asked))} .* has no meaning -> give"):
            deconvolve(planted.expression, planted.signature, **asked)  # type: ignore[arg-type]

    def test_arguments_without_meaning_are_said_at_once(self, planted: Planted) -> None:
        with pytest.raises(DataError, match=r"mode 'relativ'.*\n.*permutations -1"):
            deconvolve(planted.expression, planted.signature, mode="relativ", permutations=-1)  # type: ignore[arg-type]
