"""An exposure that the data make of a list of genes is held against infiltration before anything is computed."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import InputError
from her2stats.signatures import signature
from her2stats.study import read_study
from her2stats.study.preparing import prepare
from her2stats.study.preparing.scores import ScoredCohort
from tests.study.conftest import write_small_study

IMMUNE = signature("danaher").genes[:9]


@pytest.fixture
def small(tmp_path):
    """A study whose exposure is three genes of HER2, made anew."""
    study = write_small_study(tmp_path, n=40)
    lines = (tmp_path / "her2.tsv").read_text().splitlines()[1:]
    expression = pd.read_csv(tmp_path / "one.tsv", sep="\t", index_col=0)
    weighted = sorted(lines, key=lambda line: -float(line.split("\t")[1]))
    her2 = [line.split("\t")[0] for line in weighted][:3]
    for place, gene in enumerate(her2[1:], start=1):  # one factor, so that the component is the anchor's
        expression.loc[gene] = expression.loc["ERBB2"] + 0.2 * expression.iloc[place]
    expression.to_csv(tmp_path / "one.tsv", sep="\t")
    return study, ["ERBB2", *her2[1:]]


def exposed_to(study, genes: list[str], more: str = "") -> ScoredCohort:
    (study.parent / "her2.tsv").write_text("\n".join(["gene", *genes]) + "\n")
    study.write_text(study.read_text().replace("[deconvolution]", f"{more}\n[deconvolution]"))
    return prepare(read_study(study)).cohorts[0].scored


def test_a_sound_list_is_scored_once_without_a_flag(small):
    study, genes = small
    scored = exposed_to(study, genes)
    coverage = scored.coverage.set_index("score")
    assert coverage.loc["HER2 score", ["flag", "shared"]].tolist() == ["", ""]
    assert scored.also == ("ERBB2",)


def test_a_component_of_infiltration_is_refused_with_the_genes_to_leave_out(small):
    study, genes = small
    with pytest.raises(InputError) as refused:
        exposed_to(study, [*genes[:1], *IMMUNE])
    problem = refused.value.problems[0]
    assert problem.what.startswith("the first principal component of 'HER2 score' is not ERBB2's: ")
    assert problem.remedy == (
        f"leave {', '.join(IMMUNE)} out of the list, give its genes weights, "
        'or take it as it is with exposure_guard = "flag"'
    )


def test_the_remedy_when_followed_passes(small):
    study, genes = small
    assert exposed_to(study, genes).coverage["flag"].eq("").all()


def test_taken_as_it_is_it_carries_the_reason_and_a_score_without_the_immune_genes(small):
    study, genes = small
    scored = exposed_to(study, [*genes, *IMMUNE], 'exposure_guard = "flag"')
    coverage = scored.coverage.set_index("score")
    assert coverage.loc["HER2 score", "flag"].startswith("not the anchor's: ")
    assert coverage.loc["HER2 score", "shared"] == ", ".join(IMMUNE)
    assert scored.also == ("ERBB2", "HER2 score without immune genes")
    alone = exposed_to(study, genes)
    assert scored.table["HER2 score without immune genes"].tolist() == alone.table["HER2 score"].tolist()


def test_weights_of_the_users_own_are_not_judged_and_the_overlap_is_told(small):
    study, genes = small
    (study.parent / "her2.tsv").write_text(f"gene\tweight\n{genes[0]}\t1\n{genes[1]}\t1\n{IMMUNE[0]}\t-1\n")
    scored = prepare(read_study(study)).cohorts[0].scored
    assert scored.coverage.set_index("score").loc["HER2 score", ["flag", "shared"]].tolist() == ["", IMMUNE[0]]
    said = [note for note in scored.notes if note.what == "genes of the exposure that are immune genes too"]
    assert [(note.count, note.detail.startswith(IMMUNE[0])) for note in said] == [(1, True)]


def test_a_danaher_type_tells_which_of_its_genes_are_the_signature_matrix_s(small):
    study, _ = small
    matrix = study.parent / "matrix.tsv"
    lines = matrix.read_text().splitlines()
    lines[1:3] = [
        "\t".join([gene, *line.split("\t")[1:]]) for gene, line in zip(("CD8A", "CD19"), lines[1:3], strict=True)
    ]
    matrix.write_text("\n".join(lines) + "\n")
    prepared = prepare(read_study(study))
    told = prepared.cohorts[0].scored.coverage.set_index("score")["shared"]
    matrix = {*prepared.matrix.genes}
    for one in signature("danaher"):
        assert told[f"Danaher {one.name}"] == ", ".join(sorted(gene for gene in one.genes if gene in matrix))
    assert told["Total TIL"] == ""
    assert (told["Danaher CD8 T cells"], told["Danaher B-cells"]) == ("CD8A", "CD19")
