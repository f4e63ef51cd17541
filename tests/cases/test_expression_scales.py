"""Expression as people have it: logarithms of another base, h5ad that says so, offsets and counts nobody declared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import ScaleError, TableError
from her2stats.reading import read_cohort, read_expression
from her2stats.reading.scales import BASES, log2_units
from her2stats.study.proposing.expression_look import look_at_expression
from tests.cli.test_commands import her2stats

GENES = [f"G{gene}" for gene in range(1200)]
COUNTS = np.random.default_rng(5).negative_binomial(0.4, 0.002, (1200, 4)).astype(float)
CPM = COUNTS / COUNTS.sum(axis=0) * 1e6


def frame(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, index=GENES[: len(values)], columns=list("abcd"))


def logarithms(scale: str, genes: int = 1200) -> pd.DataFrame:
    return frame(np.log2(CPM[:genes] + 1) / log2_units(scale))


@pytest.mark.parametrize("scale", BASES)
def test_every_base_gives_the_same_amounts(scale):
    read = read_expression(logarithms(scale), scale=scale, offset=1)
    assert (read.scale, read.offset) == ("log2", 1)
    np.testing.assert_allclose(read.linear(), CPM, atol=1e-8)
    turned = [note.what for note in read.notes if "turned into log2" in note.what]
    assert turned == ([] if scale == "log2" else [f"logarithms of the file ({scale}) turned into log2"])


def test_another_base_is_refused_where_the_totals_tell():
    with pytest.raises(ScaleError, match=r'as ln every sample has the same total, as log2 none .*declare scale="ln"'):
        read_expression(logarithms("ln"), scale="log2", offset=1)
    assert read_expression(logarithms("ln"), scale="log2", offset=1, allow_range=True).scale == "log2"


def test_limits_are_those_of_the_base():
    with pytest.raises(ScaleError, match=r"declared log10, but .* to 1\d\.\d+: no logarithm is above 9"):
        read_expression(logarithms("log2", 300), scale="log10", offset=1)
    with pytest.raises(ScaleError, match=r"nothing can be below ln\(0.5\) = -0.6931"):
        read_expression(logarithms("ln", 300) - 2, scale="ln", offset=0.5)


def test_a_floor_of_zeros_without_an_offset_is_said():
    (note,) = [note for note in read_expression(logarithms("log2"), scale="log2").notes if "no offset" in note.what]
    assert "as log2(x + 1) of zeros" in note.what
    assert note.detail == "if it is so, say offset = 1"
    read = read_expression(logarithms("log2"), scale="log2", offset=1)
    assert not [note for note in read.notes if "offset" in note.what]


def test_counts():
    read = read_expression(frame(COUNTS), scale="counts")
    np.testing.assert_allclose(read.values, CPM)
    assert read.scale == "linear"
    said = read_expression(frame(COUNTS), scale="linear").notes
    (note,) = [note for note in said if "all values are whole" in note.what]
    assert note.detail == 'if they are counts, say scale = "counts"'
    with pytest.raises(ScaleError, match="-1 is negative on the declared counts scale"):
        read_expression(frame(COUNTS).replace(COUNTS.max(), -1), scale="counts")


def test_normalising_logarithms_is_refused():
    with pytest.raises(ScaleError, match='needs raw counts -> declare scale = "counts"'):
        read_expression(logarithms("ln"), scale="ln", normalise="cpm")


class TestH5ad:
    """What scanpy's log1p writes is obeyed."""

    @staticmethod
    def write(path, base, where="X"):
        h5py = pytest.importorskip("h5py")
        with h5py.File(path, "w") as file:
            file["X"] = logarithms("log10" if base == 10 else "ln").T.to_numpy() if where == "X" else COUNTS.T
            file["layers/counts"] = COUNTS.T
            for group, names in (("obs", list("abcd")), ("var", GENES)):
                file[f"{group}/_index"] = np.array(names, dtype="S")
                file[group].attrs["_index"] = "_index"
            said = file.create_group("uns/log1p")
            if base is not None:
                said["base"] = float(base)
        return path

    @pytest.mark.parametrize(("base", "word"), [(None, "ln"), (10, "log10")])
    def test_x_is_what_the_file_says(self, tmp_path, base, word):
        path = self.write(tmp_path / "a.h5ad", base)
        for wrong in ({"scale": "log2", "offset": 1}, {"scale": "linear"}, {"scale": word, "offset": 0.1}):
            with pytest.raises(ScaleError, match=rf'the file says .*\(x \+ 1\) -> say scale = "{word}" and offset = 1'):
                read_expression(path, **wrong)
        np.testing.assert_allclose(read_expression(path, scale=word, offset=1).linear(), CPM, atol=1e-8)
        assert look_at_expression(path).floors == {word: 1.0}

    def test_layers_are_something_else(self, tmp_path):
        path = self.write(tmp_path / "a.h5ad", None)
        np.testing.assert_allclose(read_expression(path, scale="counts", layer="counts").values, CPM)

    @pytest.mark.parametrize("layer", ["raw", "raw/X"])
    def test_raw_is_read_with_its_own_genes(self, tmp_path, layer):
        path = self.write(tmp_path / "a.h5ad", None)
        self.add_raw(path, COUNTS)
        read = read_expression(path, scale="counts", layer=layer).values
        assert list(read.index) == [f"R{gene}" for gene in range(1200)]
        np.testing.assert_allclose(read, CPM)
        with pytest.raises(TableError, match="there is no layers/row -> its layers are counts, raw"):
            read_expression(path, scale="counts", layer="row")

    def test_logarithms_in_raw_are_those_of_the_file(self, tmp_path):
        path = self.write(tmp_path / "a.h5ad", None)
        self.add_raw(path, np.log(CPM + 1))
        with pytest.raises(ScaleError, match=r"the file says that they are ln\(x \+ 1\)"):
            read_expression(path, scale="log2", offset=1, layer="raw")
        np.testing.assert_allclose(read_expression(path, scale="ln", offset=1, layer="raw").linear(), CPM, atol=1e-8)

    @staticmethod
    def add_raw(path, values):
        with pytest.importorskip("h5py").File(path, "a") as file:
            file["raw/X"] = values.T
            file["raw/var/_index"] = np.array([f"R{gene}" for gene in range(1200)], dtype="S")
            file["raw/var"].attrs["_index"] = "_index"


class TestInit:
    @pytest.mark.parametrize(
        ("scale", "genes", "words"),
        [
            ("log2", 1200, "log2(x + 1)"),
            ("ln", 1200, "ln(x + 1)"),
            ("log10", 1200, "log10(x + 1)"),
            ("log10", 300, "log2(x + 1) or ln(x + 1) or log10(x + 1)"),
        ],
    )
    def test_no_base_is_called_that_cannot_be_known(self, tmp_path, scale, genes, words):
        path = tmp_path / "e.tsv"
        logarithms(scale, genes).to_csv(path, sep="\t")
        assert look_at_expression(path).scale_words == words

    @pytest.mark.parametrize(
        ("said", "written"), [((), ["offset = 1"]), (("--offset", "0"), []), (("--offset", "0.5"), ["offset = 0.5"])]
    )
    def test_the_offset_that_was_found_is_written(self, tmp_path, said, written):
        logarithms("log2").to_csv(tmp_path / "e.tsv", sep="\t")
        (tmp_path / "c.csv").write_text("sample,er,her2_ihc\na,pos,0\nb,neg,1+\nc,pos,0\nd,neg,0\n")
        command = ("init", str(tmp_path / "c.csv"), "--expression", str(tmp_path / "e.tsv"), "--scale", "log2", *said)
        assert her2stats(*command, "--output", str(tmp_path / "study.toml")).returncode == 0
        lines = (tmp_path / "study.toml").read_text().splitlines()
        assert [line.partition("#")[0].strip() for line in lines if line.startswith("offset")] == written


def test_a_cohort_of_another_base():
    clinical = pd.DataFrame({"sample": list("abcd"), "er": ["pos", "neg"] * 2, "her2_ihc": ["0", "1+"] * 2})
    cohort = read_cohort(logarithms("log10"), clinical, name="x", scale="log10", offset=1)
    np.testing.assert_allclose(cohort.linear(), CPM, atol=1e-8)
