"""Signature matrices from the user's own files, whatever wrote them."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import SignatureMatrix, deconvolve, read_signature_matrix
from her2stats.errors import FileError, GeneError, InputError, TableError


def text(separator: str = "\t", heading: str = "gene", genes: int = 12, quote: str = "") -> str:
    cells = [f"{quote}{name}{quote}" for name in ([heading] if heading else []) + ["B cells", "T cells, CD4"]]
    if separator == "," and not quote:
        cells[-1] = '"T cells, CD4"'
    lines = [separator.join(cells)]
    lines += [separator.join([f"{quote}G{i:02d}{quote}", str(i), str(i * 2.5)]) for i in reversed(range(genes))]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tabs.txt", text()),
        ("commas.csv", text(",")),
        ("without_heading.txt", text(heading="", quote='"')),
        ("windows.txt", text().replace("\n", "\r\n")),
        ("byte_order_mark.txt", "\ufeff" + text()),
        ("empty_last_line.txt", text() + "\n\n"),
    ],
)
def test_every_layout_gives_the_same_profiles(tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_bytes(content.encode())
    signature = read_signature_matrix(file)
    assert signature.cell_types == ("B cells", "T cells, CD4")
    assert signature.genes == tuple(f"G{i:02d}" for i in range(12))
    assert signature.profiles.loc["G04"].tolist() == [4, 10]
    assert signature.name == file.stem
    assert signature.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert signature.source == str(file)


def test_genes_are_sorted_by_their_bytes() -> None:
    names = ["a1", "B1", "Z", "A10", "A2", "C", "D", "E", "F", "G"]
    profiles = pd.DataFrame(np.arange(20.0).reshape(10, 2), index=names, columns=["x", "y"])
    assert SignatureMatrix.from_frame(profiles).genes == ("A10", "A2", "B1", "C", "D", "E", "F", "G", "Z", "a1")


def test_the_checksum_of_a_frame_ignores_the_order_of_genes() -> None:
    profiles = pd.DataFrame(np.arange(24.0).reshape(12, 2), index=[f"G{i}" for i in range(12)], columns=["x", "y"])
    assert SignatureMatrix.from_frame(profiles).sha256 == SignatureMatrix.from_frame(profiles[::-1]).sha256


class TestBadFiles:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match=r"absent\.txt: there is no such file"):
            read_signature_matrix(tmp_path / "absent.txt")

    def test_binary(self, tmp_path: Path) -> None:
        (tmp_path / "x.txt").write_bytes(b"\x89PNG\xff\xfe")
        with pytest.raises(FileError, match="is not text in UTF-8"):
            read_signature_matrix(tmp_path / "x.txt")

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "x.txt").write_text("\n")
        with pytest.raises(FileError, match="is empty"):
            read_signature_matrix(tmp_path / "x.txt")
        (tmp_path / "x.txt").write_text("gene\tB\tT\n")
        with pytest.raises(FileError, match="no table"):
            read_signature_matrix(tmp_path / "x.txt")

    def test_a_cell_too_long_for_a_table(self, tmp_path: Path) -> None:
        (tmp_path / "x.txt").write_text("gene\tB\tT\n" + "x" * 200_000 + "\t1\t2\n")
        with pytest.raises(FileError, match="a cell has more than 131072 letters"):
            read_signature_matrix(tmp_path / "x.txt")

    def test_compressed(self, tmp_path: Path) -> None:
        (tmp_path / "toy.txt").write_text(text())
        (tmp_path / "toy.txt.gz").write_bytes(gzip.compress(text().encode()))
        plain, packed = (read_signature_matrix(tmp_path / name) for name in ("toy.txt", "toy.txt.gz"))
        assert packed.name == plain.name == "toy"
        assert packed.profiles.equals(plain.profiles)

    def test_a_torn_line_is_named(self, tmp_path: Path) -> None:
        lines = text().splitlines()
        lines[5] = lines[5].rsplit("\t", 1)[0]
        (tmp_path / "x.txt").write_text("\n".join(lines))
        with pytest.raises(FileError, match="line 6"):
            read_signature_matrix(tmp_path / "x.txt")

    def test_text_among_numbers_and_duplicates_at_once(self, tmp_path: Path) -> None:
        content = text().replace("G03\t3", "G03\tn/a").replace("G05", "G06")
        (tmp_path / "x.txt").write_text(content)
        with pytest.raises(InputError) as caught:
            read_signature_matrix(tmp_path / "x.txt")
        assert "G03" in str(caught.value)
        assert "'n/a'" in str(caught.value)
        assert "duplicated genes: G06" in str(caught.value)

    def test_negative(self) -> None:
        profiles = pd.DataFrame(np.ones((12, 2)), index=[f"G{i}" for i in range(12)], columns=["x", "y"])
        profiles.iloc[3, 1] = -2
        with pytest.raises(TableError, match=r"gene G3, column 'y': 1 values are negative, the first of them '-2.0'"):
            SignatureMatrix.from_frame(profiles)

    def test_profiles_that_say_nothing_or_the_same(self) -> None:
        profiles = pd.DataFrame(np.arange(48.0).reshape(12, 4) ** 2, index=[f"G{i}" for i in range(12)])
        profiles.columns = ["u", "v", "x", "y"]
        profiles["v"] = 7.0
        profiles["y"] = profiles["u"]
        with pytest.raises(TableError, match=r"same for every gene: v .*\n.*equal to that of another cell type: y"):
            SignatureMatrix.from_frame(profiles)

    def test_no_gene_symbol(self) -> None:
        profiles = pd.DataFrame(np.ones((12, 2)), index=["", *(f"G{i}" for i in range(11))], columns=["x", "y"])
        with pytest.raises(GeneError, match="1 rows have no gene symbol"):
            SignatureMatrix.from_frame(profiles)


@pytest.mark.parametrize(
    ("file", "shape"),
    [
        ("LM22.txt", (547, 22)),
        ("abis_rnaseq.txt", (1296, 17)),
        ("abis_microarray.txt", (819, 11)),
        ("immunostates.tsv", (317, 20)),
        ("til10.txt", (170, 10)),
    ],
)
def test_published_matrices(shared: Path, file: str, shape: tuple[int, int]) -> None:
    assert read_signature_matrix(shared / "signatures" / file).profiles.shape == shape


@pytest.mark.parametrize(
    ("file", "mapped"),
    [
        ("LM22.txt", 22),
        ("abis_rnaseq.txt", 17),
        ("abis_microarray.txt", 11),
        ("immunostates.tsv", 20),
        ("til10.txt", 10),
    ],
)
def test_published_matrices_explain_real_tumours(shared: Path, file: str, mapped: int) -> None:
    counts = pd.read_csv(shared / "tcga121" / "tcga121_rnaseq_raw_counts.tsv.gz", sep="\t", index_col=0).iloc[:, :20]
    found = deconvolve(
        counts / counts.sum() * 1e6, read_signature_matrix(shared / "signatures" / file), mode="relative"
    )
    assert found.fractions.shape == (20, mapped)
    assert found.fractions.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (found.quality["kkt"] <= 1e-9).all()
    assert (found.quality["flag"] == "").all()


def test_a_frame_says_where_it_came_from_and_problems_name_it() -> None:
    profiles = pd.DataFrame(np.arange(24.0).reshape(12, 2), index=[f"G{i}" for i in range(12)], columns=["x", "y"])
    assert SignatureMatrix.from_frame(profiles).source == "a table in memory"
    assert SignatureMatrix.from_frame(profiles, source="lm.txt").source == "lm.txt"
    for options, place in (({"name": "mine"}, "mine"), ({"name": "mine", "source": "lm.txt"}, "lm.txt")):
        with pytest.raises(TableError) as raised:
            SignatureMatrix.from_frame(profiles[["x"]], **options)
        assert [problem.where for problem in raised.value.problems] == [place]


@pytest.mark.parametrize(("genes", "types", "fine"), [(10, 2, True), (9, 2, False), (10, 1, False)])
def test_ten_genes_and_two_types_are_enough(genes: int, types: int, fine: bool) -> None:
    values = np.random.default_rng(0).random((genes, types))
    profiles = pd.DataFrame(values, index=[f"G{i}" for i in range(genes)]).rename(columns=str)
    if fine:
        assert SignatureMatrix.from_frame(profiles).cell_types == ("0", "1")
    else:
        with pytest.raises(TableError):
            SignatureMatrix.from_frame(profiles)


def test_an_open_quote_swallows_no_gene(tmp_path: Path) -> None:
    lines = text().splitlines()
    lines[3], lines[6] = f'"{lines[3]}', f'{lines[6]}"'
    (tmp_path / "m.txt").write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError, match="a quote opens in line 4 and does not close there"):
        read_signature_matrix(tmp_path / "m.txt")


def test_remarks_above_the_header_are_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(text())
    (tmp_path / "told.txt").write_text(f"# made by us\n# in 2020\n{text()}")
    plain, told = (read_signature_matrix(tmp_path / f"{name}.txt", name="m") for name in ("plain", "told"))
    pd.testing.assert_frame_equal(plain.profiles, told.profiles)
