"""The exposure: one score from a gene, a signature or a file."""

from __future__ import annotations

import pytest

from her2stats.errors import CoverageError, DataError, GeneError
from her2stats.signatures import GeneSignature, score_exposure, score_signature

from .examples import expression

AMPLICON = GeneSignature("amplicon", ("ERBB2", "GRB7", "STARD3"))


def test_a_gene_under_a_name_of_ones_own():
    assert (
        score_exposure(expression(), "ERBB2", name="HER2").table["HER2"].tolist() == expression().loc["ERBB2"].tolist()
    )


def test_without_weights_it_is_the_first_principal_component():
    expected = score_signature(expression(), AMPLICON, method="pc1").table
    assert score_exposure(expression(), AMPLICON).table.equals(expected)


def test_with_weights_it_is_the_weighted_sum(tmp_path):
    path = tmp_path / "her2.tsv"
    path.write_text("gene\tweight\nERBB2\t2\nGRB7\t1\n")
    scores = score_exposure(expression(), path)
    assert list(scores.table.columns) == ["her2"]
    assert scores.method == "weighted sum of z-scores"


def test_another_method_on_request():
    expected = score_signature(expression(), AMPLICON, method="mean").table
    assert score_exposure(expression(), AMPLICON, method="mean").table.equals(expected)


def test_too_few_genes_are_refused_unless_allowed():
    rare = GeneSignature("rare", ("ERBB2", "GRB7", "A"))
    with pytest.raises(CoverageError, match="67%, asked for 80%"):
        score_exposure(expression(), rare)
    assert score_exposure(expression(), rare, allow_low_coverage=True).coverage.loc["rare", "flag"] != ""


def test_a_set_of_signatures_is_no_exposure(tmp_path):
    path = tmp_path / "types.tsv"
    path.write_text("cell_type\tgene\nT\tCD3D\nB\tCD19\n")
    for several in ("danaher", path):
        with pytest.raises(DataError, match="an exposure is one score"):
            score_exposure(expression(), several)


def test_a_gene_that_is_not_there():
    with pytest.raises(GeneError, match="no gene 'PGR'"):
        score_exposure(expression(), "PGR")
