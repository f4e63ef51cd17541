"""Tables of SPSS, Stata and SAS: labels instead of codes, and what is said of a file that is none."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import FileError, Problem, VocabularyError
from her2stats.reading import read_clinical, read_expression

FRAME = pd.DataFrame(
    {"sample": ["a", "b", "c"], "er": [1.0, 2.0, 2.0], "her2_ihc": [1.0, 2.0, 3.0], "age": [51.0, 62.5, None]}
)
LABELS = {"er": {1: "negative", 2: "positive"}, "her2_ihc": {1: "0", 2: "1+", 3: "2+"}}


@pytest.fixture
def written(tmp_path):
    """Write a frame with labels in a format."""
    pyreadstat = pytest.importorskip("pyreadstat")

    def write(kind: str, labels: dict = LABELS):
        path = tmp_path / f"table.{kind}"
        writer = pyreadstat.write_sav if kind == "sav" else pyreadstat.write_dta
        writer(FRAME, str(path), variable_value_labels=labels)
        return path

    return write


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_labels_are_read_instead_of_codes(written, kind):
    table = read_clinical(written(kind)).table
    assert table["er"].tolist() == ["negative", "positive", "positive"]
    assert table["her2_ihc"].tolist() == ["0", "1+", "2+"]
    assert table["age"].tolist()[:2] == [51, 62.5]
    assert table["age"].isna().tolist() == [False, False, True]


def test_codes_without_labels_are_asked(written):
    with pytest.raises(VocabularyError, match="'1' means more than one thing for er"):
        read_clinical(written("sav", {}))


@pytest.mark.parametrize(("kind", "program"), [("sav", "SPSS"), ("dta", "Stata"), ("sas7bdat", "SAS")])
def test_a_file_that_is_none(tmp_path, kind, program):
    pytest.importorskip("pyreadstat")
    path = tmp_path / f"x.{kind}"
    path.write_bytes(b"$FL2@(#) SPSS DATA FILE")
    with pytest.raises(FileError, match=f"is not a file of {program}, or is damaged"):
        read_clinical(path)


def test_a_catalog_that_is_none_is_told(tmp_path, monkeypatch):
    """The table beside it is whole, so that the catalog is to blame; its name may be in capitals."""
    asked = []

    def ask(content, form, **request):
        asked.append(request["catalog"])
        if request["catalog"]:
            raise FileError(Problem("is damaged", content.name, "save it again"))
        return {"header": ["sample"], "rows": [["a"]]}, b""

    monkeypatch.setattr("her2stats.reading.formats.labelled.ask", ask)
    for name in ("x.sas7bdat", "X.SAS7BCAT"):
        (tmp_path / name).write_bytes(b"junk")
    with pytest.raises(FileError, match="SAS7BCAT: is no catalog of SAS for the table beside it, or is damaged"):
        read_clinical(tmp_path / "x.sas7bdat")
    assert asked == [str(tmp_path / "X.SAS7BCAT"), None]
    with pytest.raises(FileError, match="is a SAS catalog of labels, which is read with the table beside it"):
        read_clinical(tmp_path / "X.SAS7BCAT")


def test_without_the_package_the_message_says_how_to_get_it(tmp_path, monkeypatch):
    (tmp_path / "pyreadstat.py").write_text("raise ModuleNotFoundError('not here', name='pyreadstat')")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "x.sav").write_bytes(b"$FL2@(#) SPSS DATA FILE")
    with pytest.raises(
        FileError, match=r"needs the package pyreadstat to be read -> install it: pip install .her2stats\[labelled"
    ):
        read_clinical(tmp_path / "x.sav")


def test_it_is_no_matrix(tmp_path):
    (tmp_path / "x.sav").write_bytes(b"$FL2@(#) SPSS DATA FILE")
    with pytest.raises(FileError, match="read as a clinical table only -> save the table as csv"):
        read_expression(tmp_path / "x.sav", scale="linear")


@pytest.mark.parametrize("kind", ["xpt", "por"])
def test_files_for_transport(tmp_path, kind):
    pyreadstat = pytest.importorskip("pyreadstat")
    path, named = tmp_path / f"x.{kind}", {one: one.upper() if kind == "por" else one for one in FRAME}
    codes = FRAME.assign(er=["neg", "pos", "pos"], her2_ihc=["0", "1+", "2+"])
    (pyreadstat.write_por if kind == "por" else pyreadstat.write_xport)(codes, str(path))
    table = read_clinical(path, columns=named).table
    assert (list(table.index), table["er"].tolist()) == (["a", "b", "c"], ["negative", "positive", "positive"])
    assert table["age"].tolist()[:2] == [51, 62.5]
