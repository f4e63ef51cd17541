"""Tables of cell amounts of other programs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from her2stats import load_results
from her2stats.errors import FileError, InputError, SampleError, TableError
from her2stats.reading import read_cibersortx, read_fractions
from her2stats.reading.estimates import Estimator, estimators
from her2stats.signatures import read_signature
from her2stats.study import read_study

OTHER = {"quanTIseq": "Other", "EPIC": "otherCells"}
FORMS = [(one.name, form) for one in estimators() if one.name != "CIBERSORT" for form in (0, 1)]


def table_of(name: str, form: int, *, samples: int = 3) -> pd.DataFrame:
    """samples x types as the program writes it, shares with the cells of no type."""
    estimator = next(one for one in estimators() if one.name == name)
    types = estimator.types[form]
    amounts = np.random.default_rng(form).dirichlet(np.ones(len(types) + 1), samples).round(6)
    table = pd.DataFrame(amounts[:, :-1], index=[f"s{number}" for number in range(samples)], columns=types)
    if estimator.adds_up:
        table[OTHER[name] if form == 0 else "uncharacterized cell"] = 1 - table.sum(axis=1)
    return table


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_program_is_told_by_its_types_in_either_direction(tmp_path, name, form, turned):
    table = table_of(name, form)
    estimator = next(one for one in estimators() if one.name == name)
    (table.T if turned else table).to_csv(tmp_path / "t.csv")
    read = read_fractions(tmp_path / "t.csv")
    assert (read.program, read.additive, read.genes) == (name, estimator.adds_up, ())
    assert list(read.fractions) == estimator.types[form] == list(read.signature.cell_types)
    pd.testing.assert_frame_equal(read.fractions, table[estimator.types[form]].rename_axis("sample"), check_names=False)
    if estimator.adds_up:
        assert np.allclose(read.quality["score"], read.fractions.sum(axis=1), rtol=1e-12)
    else:
        assert read.quality["score"].isna().all()
    assert (read.quality["flag"] == "").all()
    assert read.method == f"{name} (doi {estimator.doi}): {estimator.what}; read from t.csv"


def test_what_is_no_type_is_left_out_with_a_note(tmp_path):
    table = table_of("xCell", 0).assign(ImmuneScore=0.1, StromaScore=0.2, MicroenvironmentScore=0.3)
    table.to_csv(tmp_path / "x.tsv", sep="\t")
    notes = [(note.what, note.count, note.detail) for note in read_fractions(tmp_path / "x.tsv").notes]
    assert notes == [
        ("cell amounts read from a table of xCell, not estimated here", 3, ""),
        ("columns of xCell that are no cell types, left out", 3, "ImmuneScore, StromaScore, MicroenvironmentScore"),
    ]


def test_tables_of_timer_have_the_program_behind_each_type(tmp_path):
    table = table_of("quanTIseq", 1)
    table.add_suffix("_QUANTISEQ").to_csv(tmp_path / "t.csv")
    assert list(read_fractions(tmp_path / "t.csv").fractions) == list(table)[:-1]
    both = pd.concat([table.add_suffix("_QUANTISEQ"), table_of("EPIC", 1).add_suffix("_EPIC")], axis=1)
    both.to_csv(tmp_path / "both.csv")
    with pytest.raises(TableError, match=re.escape("several programs (epic, quantiseq) -> keep the columns of one")):
        read_fractions(tmp_path / "both.csv")


def test_half_of_the_types_tell_a_program_and_fewer_do_not(tmp_path):
    types = estimators()[0].types[0]
    table_of("quanTIseq", 0)[types[:5]].to_csv(tmp_path / "five.csv")
    assert read_fractions(tmp_path / "five.csv").program == "quanTIseq"
    table_of("quanTIseq", 0)[types[:4]].to_csv(tmp_path / "four.csv")
    with pytest.raises(TableError, match="a table of no program that is known"):
        read_fractions(tmp_path / "four.csv")


def test_a_foreign_column_is_never_taken_for_a_type(tmp_path):
    table_of("EPIC", 0).assign(purity=0.7).to_csv(tmp_path / "t.csv")
    with pytest.raises(TableError, match="a table of no program that is known"):
        read_fractions(tmp_path / "t.csv")


@pytest.mark.parametrize(("total", "accepted"), [(1.0099, True), (1.0101, False), (0.9901, True), (0.9899, False)])
def test_shares_with_the_rest_add_up_to_one(tmp_path, total, accepted):
    table = table_of("quanTIseq", 0, samples=1)
    table["Other"] += total - 1
    table.to_csv(tmp_path / "t.csv")
    if accepted:
        assert len(read_fractions(tmp_path / "t.csv").fractions) == 1
    else:
        with pytest.raises(TableError, match="the shares of 1 samples do not add up to one, first 's0'"):
            read_fractions(tmp_path / "t.csv")


def test_shares_without_the_rest_are_at_most_one(tmp_path):
    table = table_of("quanTIseq", 0).drop(columns="Other")
    table.to_csv(tmp_path / "t.csv")
    assert read_fractions(tmp_path / "t.csv").additive
    (table * 100).to_csv(tmp_path / "percent.csv")
    with pytest.raises(TableError, match="shares, not percent, all columns"):
        read_fractions(tmp_path / "percent.csv")


def test_only_scores_on_a_logarithm_may_be_negative(tmp_path):
    (table_of("MCP-counter", 0) - 0.5).to_csv(tmp_path / "mcp.csv")
    assert (read_fractions(tmp_path / "mcp.csv").fractions < 0).any(axis=None)
    (table_of("xCell", 0) - 0.5).to_csv(tmp_path / "xcell.csv")
    with pytest.raises(TableError, match="is no fraction"):
        read_fractions(tmp_path / "xcell.csv")


def test_types_may_be_called_otherwise(tmp_path):
    table_of("EPIC", 0).to_csv(tmp_path / "t.csv")
    read = read_fractions(tmp_path / "t.csv", cell_types={"CD8_Tcells": "T cells CD8"})
    assert "T cells CD8" in read.fractions
    assert "CD8_Tcells" not in read.fractions
    assert read.signature.cell_types == tuple(read.fractions)
    with pytest.raises(TableError) as caught:
        read_fractions(tmp_path / "t.csv", cell_types={"CD8": "T cells CD8", "Bcells": "CAFs"})
    words = str(caught.value)
    assert "there is no cell type 'CD8' in it -> it has Bcells, CAFs" in words
    assert "cell type 'CAFs' stands there 2 times" in words


def test_samples_stand_there_once(tmp_path):
    table = table_of("EPIC", 0)
    pd.concat([table, table.iloc[:1]]).to_csv(tmp_path / "t.csv")
    with pytest.raises(SampleError, match="sample 's0' stands there 2 times"):
        read_fractions(tmp_path / "t.csv")


def test_files_of_cibersortx_are_read_as_its_own_reader_does(shared):
    path = shared / "cibersortx_web/CIBERSORTx_Job13_Results.csv"
    one, other = read_fractions(path), read_cibersortx(path)
    pd.testing.assert_frame_equal(one.fractions, other.fractions)
    assert (one.program, one.additive, one.method) == ("CIBERSORT", True, other.method)


def test_published_scores_of_transneo(shared):
    read = read_fractions(shared / "transneo/immune-MCPcounter.tsv.gz")
    assert (read.program, read.fractions.loc["T001", "CD8 T cells"]) == ("MCP-counter", 0.604)


def test_a_matrix_of_expression_is_no_such_table(shared):
    with pytest.raises(InputError, match="a table of no program that is known"):
        read_fractions(shared / "cibersortx_web/mixture_rnaseq.txt")


def test_a_program_knows_only_its_own():
    assert Estimator("x", "", "", [["a", "b"]], rest=("c",)).known(["a", "c"]) == 0.5
    assert Estimator("x", "", "", [["a", "b"]]).known(["a", "c"]) == 0.0


LM22 = estimators()[-1].types[0]
SHARES = pd.DataFrame(
    np.random.default_rng(3).dirichlet(np.ones(22), 4), index=pd.Index(["a", "b", "c", "d"]), columns=LM22
)
FIT = {"P-value": 0.01, "Correlation": 0.9, "RMSE": 0.8}
SCORE = "Absolute score (sig.score)"


class TestCibersortAsPeopleKeepIt:
    """Tables of CIBERSORT that have lost columns of fit, or lie on their side."""

    @staticmethod
    def read(tmp_path, table):
        table.to_csv(tmp_path / "t.csv", index_label="Mixture")
        return read_fractions(tmp_path / "t.csv")

    @pytest.mark.parametrize("gone", [[], ["P-value"], ["RMSE", "Correlation"], list(FIT)])
    @pytest.mark.parametrize("side", [False, True])
    def test_relative(self, tmp_path, gone, side):
        table = SHARES.assign(**FIT).drop(columns=gone)
        read = self.read(tmp_path, table.T if side else table)
        assert np.allclose(read.fractions, SHARES, atol=1e-12)
        assert (list(read.fractions.index), list(read.fractions.columns), read.mode) == (list("abcd"), LM22, "relative")
        for ours, theirs in {"p_value": "P-value", "r": "Correlation", "rmse": "RMSE"}.items():
            assert read.quality[ours].isna().all() == (theirs in gone)

    @pytest.mark.parametrize("gone", [[], list(FIT)])
    @pytest.mark.parametrize("side", [False, True])
    def test_absolute_by_its_score(self, tmp_path, gone, side):
        amounts = SHARES.mul([0.4, 1.2, 2.0, 0.7], axis=0)
        table = amounts.assign(**FIT, **{SCORE: amounts.sum(axis=1)}).drop(columns=gone)
        read = self.read(tmp_path, table.T if side else table)
        assert np.allclose(read.fractions, amounts, atol=1e-12)
        assert read.mode == "absolute"
        assert np.allclose(read.quality["score"], [0.4, 1.2, 2.0, 0.7])

    @pytest.mark.parametrize("factor", [0.4, 100])
    def test_amounts_of_which_nothing_tells_the_unit_are_refused(self, tmp_path, factor):
        with pytest.raises(InputError, match=r"do not sum to 1 .* with its absolute score column"):
            self.read(tmp_path, SHARES * factor)

    @pytest.mark.parametrize(("tail", "mode", "factor"), [("", "relative", 1), ("-ABS", "absolute", 0.4)])
    def test_as_timer_writes_it(self, tmp_path, tail, mode, factor):
        names = [f"{name}_CIBERSORT{tail}" for name in estimators()[-1].types[1]]
        read = self.read(tmp_path, (SHARES * factor).set_axis(names, axis=1))
        assert read.mode == mode
        assert list(read.fractions.columns) == estimators()[-1].types[1]

    def test_types_of_ones_own_need_a_column_of_fit(self, tmp_path):
        own = SHARES.iloc[:, :3].set_axis(["Tumour", "Stroma", "Immune"], axis=1)
        own = own.div(own.sum(axis=1), axis=0)
        assert self.read(tmp_path, own.assign(RMSE=0.8)).fractions.shape == (4, 3)
        with pytest.raises(InputError, match=r"of no program that is known: .*CIBERSORT .*with RMSE"):
            self.read(tmp_path, own)


@pytest.mark.parametrize("prefix", ["", "cellFractions."])
@pytest.mark.parametrize("rest", [[], ["otherCells"]])
def test_epic_by_its_other_reference(tmp_path, prefix, rest):
    types = ["Bcells", "CD4_Tcells", "CD8_Tcells", "Monocytes", "Neutrophils", "NKcells"]
    table = pd.DataFrame(np.random.default_rng(1).dirichlet(np.ones(6 + len(rest)), 3), columns=[*types, *rest])
    table.add_prefix(prefix).to_csv(tmp_path / "epic.csv", index_label="sample")
    read = read_fractions(tmp_path / "epic.csv")
    assert (read.program, list(read.fractions.columns)) == ("EPIC", types)


def test_amounts_of_messenger_rna_are_no_fractions_of_cells(tmp_path):
    table = pd.DataFrame([[0.5, 0.5]], index=["s"], columns=["mRNAProportions.Bcells", "mRNAProportions.CAFs"])
    table.to_csv(tmp_path / "epic.csv")
    with pytest.raises(InputError, match="of no program that is known"):
        read_fractions(tmp_path / "epic.csv")


@pytest.mark.parametrize("turned", [False, True])
def test_a_frame_is_read_as_the_file_that_holds_it(tmp_path, turned):
    table = table_of("EPIC", 0)
    given = table.T if turned else table
    given.to_csv(tmp_path / "t.csv")
    from_file = read_fractions(tmp_path / "t.csv")
    for frame in (given, given.rename_axis("sample").reset_index()):
        read = read_fractions(frame)
        pd.testing.assert_frame_equal(read.fractions, from_file.fractions)
        assert read.method.endswith("read from frame of fractions")


def fit_table() -> pd.DataFrame:
    """Fractions of two samples as CIBERSORTx writes them."""
    columns = {"B cells": [0.25, 0.5], "T cells": [0.75, 0.5], "P-value": [0.01] * 2, "Correlation": [0.9] * 2}
    return pd.DataFrame(columns | {"RMSE": [0.8] * 2}, index=pd.Index(["s1", "s2"], name="Mixture"))


@pytest.mark.parametrize("table", [fit_table(), table_of("EPIC", 0)[:2]], ids=["CIBERSORTx", "EPIC"])
def test_sums_and_remarks_below_the_samples_are_no_samples(tmp_path, table):
    below = pd.concat([table, table.sum().to_frame("Total").T, table.mean().to_frame("Mittelwert").T])
    below.to_csv(tmp_path / "t.csv", index_label="sample")
    with (tmp_path / "t.csv").open("a") as file:
        file.write("Source: the supplement of the paper" + "," * table.shape[1] + "\n")
    read = read_fractions(tmp_path / "t.csv")
    assert read.fractions.index.tolist() == list(table.index)
    told = {note.what: note.count for note in read.notes}
    assert told["rows below the table that are no samples left out"] == 3


@pytest.mark.parametrize("reader", [read_fractions, read_cibersortx, read_signature, read_study, load_results])
@pytest.mark.parametrize("given", [None, 3, ["a.csv"], b"a.csv"])
def test_what_is_no_name_of_a_file_is_told(reader, given):
    with pytest.raises(FileError, match=f"^{type(given).__name__} stands where the name of a file or folder is needed"):
        reader(given)
