"""Scores from signatures: each method against its definition, coverage, independence of any order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from her2stats.errors import CoverageError, DataError, GeneError, TableError
from her2stats.notes import Note
from her2stats.signatures import GeneSignature, score_exposure, score_gene, score_signature, signature
from her2stats.signatures.methods import SCORING

from .examples import expression

AMPLICON = GeneSignature("amplicon", ("ERBB2", "GRB7", "STARD3"))
WEIGHTED = GeneSignature("amplicon", ("ERBB2", "GRB7", "STARD3"), (2.0, 1.0, -0.5))


def z_scores(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sub(frame.mean(axis=1), axis=0).div(frame.std(axis=1, ddof=1), axis=0)


def score(method: str, of: GeneSignature = AMPLICON, **options: object) -> pd.Series:
    return score_signature(expression(), of, method=method, **options).table["amplicon"]  # type: ignore[arg-type]


class TestMethods:
    def test_mean(self):
        assert np.allclose(score("mean"), expression().loc[list(AMPLICON.genes)].mean())

    def test_mean_z(self):
        assert np.allclose(score("mean-z"), z_scores(expression().loc[list(AMPLICON.genes)]).mean())

    def test_weighted_sum_of_z(self):
        z = z_scores(expression().loc[list(WEIGHTED.genes)])
        assert np.allclose(score("weighted", WEIGHTED), 2 * z.loc["ERBB2"] + z.loc["GRB7"] - 0.5 * z.loc["STARD3"])

    def test_first_principal_component(self):
        z = z_scores(expression().loc[list(AMPLICON.genes)])
        component = PCA(1).fit_transform(z.T)[:, 0]
        sign = np.sign(np.corrcoef(component, expression().loc["ERBB2"])[0, 1])
        assert np.allclose(score("pc1"), sign * component)

    @pytest.mark.parametrize("anchor", ["ERBB2", "GRB7"])
    def test_the_sign_of_the_component_follows_the_anchor(self, anchor):
        assert np.corrcoef(score("pc1", anchor=anchor), expression().loc[anchor])[0, 1] > 0

    @pytest.mark.parametrize("anchor", ["ERBB2", "MKI67"])
    def test_the_sign_its_anchor_and_the_share_of_the_variance_are_told(self, anchor):
        scores = score_signature(expression(), AMPLICON, method="pc1", anchor=anchor)
        z = z_scores(expression().loc[list(AMPLICON.genes)]).T
        fitted = PCA().fit(z)
        r = np.corrcoef(scores.table["amplicon"], expression().loc[anchor])[0, 1]
        loadings = fitted.components_[0] * np.sign(
            np.corrcoef(fitted.transform(z)[:, 0], scores.table["amplicon"])[0, 1]
        )
        largest = sorted(zip(AMPLICON.genes, loadings, strict=True), key=lambda pair: -abs(pair[1]))
        told = ", ".join(f"{gene} {loading:+.2f}" for gene, loading in largest)
        assert scores.notes == (
            Note(
                "scores",
                f"amplicon: sign of PC1 fixed by {anchor}",
                3,
                f"explains {fitted.explained_variance_ratio_[0]:.1%} of the variance, r = {r:.3f} with {anchor}; "
                f"largest loadings {told}",
            ),
        )

    def test_ssgsea_is_the_area_between_the_running_sums(self):
        frame = expression()
        for sample, area in score("ssgsea").items():
            ordered = frame[sample].sort_values(ascending=False)
            ranks = pd.Series(np.arange(len(ordered), 0, -1.0), index=ordered.index)
            inside = ordered.index.isin(AMPLICON.genes)
            hits = np.cumsum(np.where(inside, ranks**0.25, 0)) / (ranks[inside] ** 0.25).sum()
            misses = np.cumsum(~inside) / (~inside).sum()
            assert area == pytest.approx(float((hits - misses).sum()))

    def test_singscore_lies_between_minus_and_plus_one_half(self):
        frame = pd.DataFrame({"top": range(10, 0, -1), "bottom": range(10)}, index=expression().index, dtype=float)
        scores = score_signature(frame, AMPLICON, method="singscore").table["amplicon"]
        assert scores.tolist() == [0.5, -0.5]

    def test_tied_genes_score_the_same_whatever_their_order(self):
        frame = expression().round(0)
        shuffled = frame.iloc[::-1]
        for method in ("ssgsea", "singscore"):
            one = score_signature(frame, AMPLICON, method=method).table
            assert one.equals(score_signature(shuffled, AMPLICON, method=method).table)

    @settings(deadline=None, max_examples=20)
    @given(st.permutations(range(10)), st.permutations(range(12)), st.sampled_from(sorted(SCORING)))
    def test_no_order_changes_a_single_bit(self, genes, samples, method):
        frame = expression()
        one = score_signature(frame, WEIGHTED, method=method).table
        other = score_signature(frame.iloc[genes, samples], WEIGHTED, method=method).table
        assert np.array_equal(one.to_numpy(), other.loc[one.index].to_numpy())

    def test_the_order_of_genes_in_the_signature_changes_nothing(self):
        turned = GeneSignature("amplicon", AMPLICON.genes[::-1])
        for method in ("mean", "mean-z", "pc1", "ssgsea", "singscore"):
            assert np.array_equal(score(method), score(method, turned))


class TestRefusals:
    def test_weights_are_needed_for_a_weighted_sum(self):
        with pytest.raises(DataError, match="has no weights"):
            score("weighted")

    def test_an_unknown_method_lists_the_known_ones(self):
        with pytest.raises(DataError, match="mean, mean-z, weighted, pc1, ssgsea, singscore"):
            score("gsva")

    def test_no_anchor_no_sign(self):
        with pytest.raises(GeneError, match="no gene 'PGR' to fix the sign"):
            score("pc1", anchor="PGR")

    def test_an_anchor_that_does_not_vary_tells_nothing(self):
        frame = expression()
        frame.loc["ACTB"] = 9.0
        with pytest.raises(DataError, match="its sign is open"):
            score_signature(frame, AMPLICON, method="pc1", anchor="ACTB")

    def test_genes_that_do_not_vary_are_left_out_with_a_note(self):
        frame = expression()
        frame.loc["GRB7"] = 9.0
        scores = score_signature(frame, AMPLICON, method="mean-z")
        assert scores.notes[0].detail == "GRB7"
        assert np.allclose(scores.table["amplicon"], z_scores(frame.loc[["ERBB2", "STARD3"]]).mean())

    def test_z_scores_of_one_sample(self):
        with pytest.raises(DataError, match="at least two samples"):
            score_signature(expression(1), AMPLICON, method="mean-z")

    def test_ranks_need_other_genes(self):
        with pytest.raises(DataError, match="genes outside the signature"):
            score_signature(expression().loc[list(AMPLICON.genes)], AMPLICON, method="ssgsea")

    def test_missing_values_are_no_scores(self):
        frame = expression()
        frame.iloc[3, 2] = np.nan
        with pytest.raises(TableError, match="gene 'ESR1'"):
            score_signature(frame, AMPLICON)

    def test_repeated_genes(self):
        with pytest.raises(GeneError, match="stand there twice: ERBB2"):
            score_signature(pd.concat([expression(), expression().loc[["ERBB2"]]]), AMPLICON)


class TestCoverage:
    MOSTLY_ABSENT = GeneSignature("rare", ("ERBB2", "A", "B", "C"))

    def test_below_80_percent_is_an_error_for_one_signature(self):
        with pytest.raises(CoverageError, match=r"1 of 4 genes .*\(25%, asked for 80%\); missing: A, B, C"):
            score_signature(expression(), self.MOSTLY_ABSENT)

    def test_it_may_be_allowed_and_is_flagged_then(self):
        scores = score_signature(expression(), self.MOSTLY_ABSENT, low_coverage="flag")
        assert scores.coverage.loc["rare", ["genes_total", "genes_found", "coverage"]].tolist() == [4, 1, 0.25]
        assert scores.coverage.loc["rare", "flag"] == "low coverage: 1 of 4 genes"

    def test_exactly_80_percent_is_enough(self):
        four_of_five = GeneSignature("x", ("ERBB2", "GRB7", "STARD3", "ESR1", "A"))
        assert score_signature(expression(), four_of_five).coverage.loc["x", "flag"] == ""

    def test_members_of_a_set_are_flagged(self):
        scores = score_signature(expression(), signature("danaher"))
        assert scores.coverage.loc["CD8 T cells", "flag"] == ""
        assert scores.coverage.loc["T-cells", "flag"].startswith("missing variable")
        assert scores.table["T-cells"].isna().all()


class TestGenes:
    def test_a_gene_is_a_score_too(self):
        assert score_signature(expression(), "ERBB2").table["ERBB2"].tolist() == expression().loc["ERBB2"].tolist()

    def test_several_at_once(self):
        assert list(score_gene(expression(), "ESR1", "ERBB2").table.columns) == ["ESR1", "ERBB2"]

    def test_all_that_are_missing_are_named(self):
        with pytest.raises(GeneError) as caught:
            score_gene(expression(), "erbb2", "PGR")
        assert "did you mean 'ERBB2'?" in str(caught.value.problems[0])
        assert len(caught.value.problems) == 2


class TestGenesOfAnotherYear:
    """NARS1 was NARS until 2020, MARCHF1 was MARCH1; the matrix has them by other names than the signature."""

    OLD = GeneSignature("old", ("ERBB2", "NARS", "MARCH1"))
    NEWER = expression().rename({"GRB7": "NARS1", "STARD3": "MARCHF1"})
    TOLD = Note("genes", "old: genes found under another symbol", 2, "MARCHF1 is MARCH1, NARS1 is NARS")

    def test_they_are_found_with_a_note(self):
        scores = score_signature(self.NEWER, self.OLD)
        assert np.allclose(scores.table["old"], score("mean"), rtol=0, atol=1e-14)
        assert scores.notes == (self.TOLD,)
        assert scores.coverage.loc["old", "missing"] == ""

    def test_or_not_where_names_are_meant_literally(self):
        scores = score_signature(self.NEWER, self.OLD, low_coverage="flag", rename_genes=False)
        assert scores.coverage.loc["old", "missing"] == "NARS, MARCH1"
        assert scores.notes == (Note("scores", "old: 1 of 3 genes found, below 80%", 2, "missing: NARS, MARCH1"),)

    def test_a_gene_and_an_anchor_too(self):
        assert score_gene(self.NEWER, "NARS").table["NARS"].tolist() == expression().loc["GRB7"].tolist()
        assert score_gene(self.NEWER, "NARS").notes[0].what == "genes found under another symbol"
        with pytest.raises(GeneError, match="no gene 'NARS'"):
            score_gene(self.NEWER, "NARS", rename_genes=False)
        turned = score_signature(self.NEWER, GeneSignature("pair", ("ERBB2", "MARCHF1")), method="pc1", anchor="NARS")
        assert "NARS1 is NARS" in turned.notes[0].detail

    @pytest.mark.parametrize("verb", [score_exposure, score_signature])
    def test_every_verb_passes_it_on(self, verb):
        with pytest.raises(GeneError, match="no gene 'NARS'"):
            verb(self.NEWER, "NARS", rename_genes=False)
        assert verb(self.NEWER, "NARS").table["NARS"].tolist() == expression().loc["GRB7"].tolist()

    def test_one_gene_in_two_rows_is_refused(self):
        twice = pd.concat([self.NEWER, self.NEWER.loc[["NARS1"]].set_axis(["NARS"], axis=0)])
        with pytest.raises(GeneError) as raised:
            score_signature(twice, self.OLD)
        assert str(raised.value) == (
            "gene 'NARS': rows 'NARS' and 'NARS1' are one gene, NARS1 today -> take one of the rows out, or keep every "
            "name as it is with rename_genes=False"
        )
