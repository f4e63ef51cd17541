"""Signatures, sets of them, and the files they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from her2stats.errors import FileError, GeneError, InputError, TableError
from her2stats.signatures import GeneSignature, SignatureSet, read_signature, signature


def test_the_catalogue_holds_danahers_cell_types():
    danaher = signature("danaher")
    assert len(danaher) == 14
    assert len(danaher.genes) == 60
    assert danaher["Th1 cells"].genes == ("TBX21",)
    assert "doi 10.1186/s40425-017-0215-8" in danaher.source


def test_danahers_markers_are_those_of_the_paper(shared):
    lines = (shared / "signatures/danaher_markers.tsv").read_text().splitlines()[1:]
    printed = {tuple(line.split("\t")) for line in lines}
    ours = {(member.name, gene) for member in signature("danaher") for gene in member.genes}
    assert printed - ours == {("B-cells", "KIAA0125")}
    assert ours - printed == {("B-cells", "FAM30A")}


def test_a_synonym_is_used_where_the_matrix_has_the_old_name():
    b_cells = signature("danaher")["B-cells"]
    assert b_cells.rows(["KIAA0125", "CD19"]) == {"CD19": "CD19", "FAM30A": "KIAA0125"}
    assert b_cells.rows(["KIAA0125", "FAM30A"]) == {"FAM30A": "FAM30A"}


def test_mcpcounter_is_there_too():
    assert len(signature("mcpcounter")) == 10


def test_the_catalogue_says_what_it_holds():
    with pytest.raises(InputError, match="it holds danaher, mcpcounter"):
        signature("lm22")


@pytest.mark.parametrize(
    ("genes", "weights", "error", "words"),
    [
        ((), None, GeneError, "has no genes"),
        (("A", "A"), None, GeneError, "lists A more than once"),
        (("A", "B"), (1.0,), TableError, "2 genes and 1 weights"),
        (("A",), (float("nan"),), TableError, "no number within"),
        (("A",), (-1.1e100,), TableError, r"no number within ±1e\+100"),
    ],
)
def test_what_is_no_signature(genes, weights, error, words):
    with pytest.raises(error, match=words):
        GeneSignature("x", genes, weights)


def test_members_of_a_set_have_names_of_their_own():
    with pytest.raises(TableError, match="names T more than once"):
        SignatureSet("x", (GeneSignature("T", ("A",)), GeneSignature("T", ("B",))))


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_genes_and_weights(tmp_path, mark):
    read = read_signature(written(tmp_path, "her2.tsv", f"Gene{mark}Weight\nERBB2{mark}1.5\nGRB7{mark}-2\n"))
    assert (read.name, read.genes, read.weights) == ("her2", ("ERBB2", "GRB7"), (1.5, -2.0))
    assert len(read.sha256) == 64


@pytest.mark.parametrize("text", ["gene\nERBB2\nGRB7\n", "ERBB2\nGRB7\n", "# mine\nERBB2\n\nGRB7\n"])
def test_a_list_of_genes(tmp_path, text):
    read = read_signature(written(tmp_path, "list.txt", text), name="mine")
    assert (read.name, read.genes, read.weights) == ("mine", ("ERBB2", "GRB7"), None)


def test_several_sets_in_a_table(tmp_path):
    read = read_signature(written(tmp_path, "types.csv", "cell_type,gene\nT,CD3D\nB,CD19\nT,CD3E\n"))
    assert [(member.name, member.genes) for member in read] == [("T", ("CD3D", "CD3E")), ("B", ("CD19",))]


def test_files_as_msigdb_writes_them(tmp_path):
    both = '{"HALLMARK_A": {"systematicName": "M1", "geneSymbols": ["CD3D", "CD3E"]}, "B": {"geneSymbols": ["CD19"]}}'
    read = read_signature(written(tmp_path, "h.all.v2024.1.Hs.json", both))
    assert [(one.name, one.genes) for one in read] == [("HALLMARK_A", ("CD3D", "CD3E")), ("B", ("CD19",))]
    one = read_signature(written(tmp_path, "one.json", '{"HALLMARK_A": {"geneSymbols": ["CD3D"]}}'))
    assert (one.name, one.genes) == ("HALLMARK_A", ("CD3D",))
    line = "HALLMARK_A\thttps://www.gsea-msigdb.org/gsea/msigdb/human/geneset/HALLMARK_A\tCD3D\tCD3E\n"
    assert read_signature(written(tmp_path, "a.v2024.1.Hs.gmt", line))["HALLMARK_A"].genes == ("CD3D", "CD3E")
    grp = read_signature(written(tmp_path, "HALLMARK_A.v2024.1.Hs.grp", "HALLMARK_A\n# https://www.gsea\nCD3D\nCD3E\n"))
    assert (grp.name, grp.genes) == ("HALLMARK_A", ("CD3D", "CD3E"))
    assert read_signature(written(tmp_path, "own.grp", "# a remark\nCD3D\nCD3E\n")).genes == ("CD3D", "CD3E")


@pytest.mark.parametrize("text", ["{", "[]", "[1]", '{"a": {"genes": ["X"]}}', '{"a": 3}', '{"a": {"geneSymbols": 3}}'])
def test_json_without_gene_sets_is_told(tmp_path, text):
    with pytest.raises(TableError, match="holds no gene sets as MSigDB writes them"):
        read_signature(written(tmp_path, "s.json", text))


def test_gmt(tmp_path):
    read = read_signature(written(tmp_path, "h.gmt", "T\tdescribed\tCD3D\tCD3E\nB\t\tCD19\n"))
    assert [(member.name, member.genes, member.source) for member in read] == [
        ("T", ("CD3D", "CD3E"), "described"),
        ("B", ("CD19",), "h.gmt"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "error", "words"),
    [
        (
            "s.tsv",
            "gene\tweight\nERBB2\theavy\n",
            TableError,
            "s.tsv, line 2, column 'weight': the weight of ERBB2 is 'heavy'",
        ),
        ("s.tsv", "gene\tweight\nERBB2\t\n", TableError, "the weight of ERBB2 is ''"),
        ("s.tsv", "name\tweight\nERBB2\t1\n", TableError, "has no column of genes .it has 'name', 'weight'"),
        ("s.tsv", "gene\tweight\nA\t1\nA\t2\n", GeneError, "lists A more than once"),
        ("s.tsv", "", FileError, "is empty"),
        ("s.tsv", "gene\tweight\n", GeneError, "has no genes"),
        ("s.gmt", "T\tx\n", TableError, "line 1: is not a set of genes"),
        ("s.tsv", "a\x00b", FileError, "is not text"),
        ("s.csv", "cell_type,gene\n,CD3D\n", TableError, "no name of a set"),
    ],
)
def test_files_that_are_none(tmp_path, name, text, error, words):
    with pytest.raises(error, match=words):
        read_signature(written(tmp_path, name, text))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match="there is no such file"):
        read_signature(tmp_path / "nowhere.tsv")
    with pytest.raises(FileError, match="is a folder"):
        read_signature(tmp_path)
