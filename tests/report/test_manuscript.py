"""What a manuscript takes from a study: whole documents that say what the page says, and cite what they name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from her2stats.report import write_report
from her2stats.report.agreement import read_agreement
from her2stats.report.methods import _references, write_methods
from her2stats.report.page_model import TablePart
from her2stats.report.parts import all_parts
from her2stats.report.write import _shown
from her2stats.results import read_folder
from her2stats.results.catalogue import MANUSCRIPT_FILES
from tests.tables.documents import Document

from .page_reader import COUNTS, Page
from .sample_folder import EXPOSURE, write_sample_folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "manuscript").iterdir())}


def texts_of(folder: Path) -> dict[str, str]:
    """All that a reader of the files sees."""
    found = {}
    for name, content in files_of(folder).items():
        if name.endswith(".docx"):
            document = Document(content)
            cells = [" ".join(row) for table in document.tables for row in table]
            found[name] = "\n".join([*document.paragraphs, *cells])
        else:
            found[name] = content.decode()
    return found


def test_every_file_is_there_and_whole(sample: Path) -> None:
    assert {f"manuscript/{name}" for name in files_of(sample)} == set(MANUSCRIPT_FILES)
    assert all(texts_of(sample).values())


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    write_report(folder)
    first = files_of(folder)
    write_report(folder)
    assert files_of(folder) == first


def test_the_methods_are_those_of_the_page_in_both_formats(sample: Path) -> None:
    results, texts = read_folder(sample), texts_of(sample)
    methods = write_methods(results, read_agreement(results.crosscheck))
    page = Page((sample / "report.html").read_text())
    for paragraph in methods.paragraphs:
        assert f"{paragraph.heading}. {paragraph.text}" in texts["methods.docx"]
        assert paragraph.text in page.text
        plain = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", texts["methods.md"])
        assert f"**{paragraph.heading}.** {paragraph.text}" in plain
    assert "All data of this study are simulated." in texts["methods.docx"]


def test_the_population_is_told_with_its_counts(sample: Path) -> None:
    text = texts_of(sample)["methods.docx"]
    assert "Of 340 samples in the clinical table of abim, 22 were left out (excluded: HER2 positive, n = 15; " in text


def test_the_bibliography_holds_what_is_cited_and_nothing_else(sample: Path) -> None:
    results, bibliography = read_folder(sample), texts_of(sample)["references.bib"]
    cited = write_methods(results, read_agreement(results.crosscheck)).references
    keys = re.findall(r"^@\w+\{([^,]+),$", bibliography, re.MULTILINE)
    assert keys == [reference.key for reference in cited]
    assert re.findall(r"doi = \{(.+)\},", bibliography) == [one.doi for one in cited if one.doi]
    assert bibliography.count("{") == bibliography.count("}")
    assert "author = {Newman, AM and others}" in bibliography
    assert "author = {{R Core Team}}" in bibliography


def test_every_reference_has_a_key_of_its_own_and_a_doi_where_there_is_one() -> None:
    known = [reference for _, reference in _references()]
    assert len({reference.key for reference in known}) == len(known)
    assert [reference.key for reference in known if not reference.doi] == ["rcore", "lenth"]
    assert all(reference.doi.startswith("10.") for reference in known if reference.doi)
    assert known[0].text.startswith("Pizzamiglio S, Blanda A, Appierto V, et al. HER2-low breast cancer")


def test_tables_are_numbered_and_begin_with_the_patients(sample: Path) -> None:
    main, further = (Document(files_of(sample)[f"{name}tables.docx"]) for name in ("", "supplementary_"))
    captions = [text for text in main.paragraphs if text.startswith("Table ")]
    assert captions[0] == "Table 1. Patient and primary tumour characteristics"
    assert captions[1].startswith("Table 2. Response by HER2 group")
    assert [int(re.match(r"Table (\d+)\.", one)[1]) for one in captions] == list(range(1, len(main.tables) + 1))
    supplementary = [text for text in further.paragraphs if text.startswith("Table S")]
    assert [int(re.match(r"Table S(\d+)\.", one)[1]) for one in supplementary] == list(
        range(1, len(further.tables) + 1)
    )
    latex = files_of(sample)["supplementary_tables.tex"].decode()
    assert latex.count(r"\begin{longtable}") == len(further.tables)
    assert r"\renewcommand{\thetable}{S\arabic{table}}" in latex


def test_every_table_of_the_page_that_has_data_is_in_one_of_them(sample: Path) -> None:
    _, _, sections = _shown(read_folder(sample))
    parts = [part for section in sections for part in all_parts(section.parts)]
    wanted = [part.table.caption for part in parts if isinstance(part, TablePart) and part.data]
    documents = [Document(files_of(sample)[f"{name}tables.docx"]) for name in ("", "supplementary_")]
    captions = [
        re.sub(r"^Table S?\d+\. ", "", text) for one in documents for text in one.paragraphs if "Table " in text
    ]
    assert sorted(captions) == sorted(wanted)
    assert len(wanted) > 20


def test_every_figure_has_its_legend(sample: Path) -> None:
    legends = texts_of(sample)["legends.md"].replace("\\", "")
    for name in read_folder(sample).pictures:
        assert f"{name}.pdf" in legends
    assert legends.index("**Fig. 1a.") < legends.index("**Fig. 2b.") < legends.index("**Fig. S1.")


def test_names_stand_as_they_are(folder: Path) -> None:
    odd = r"HER2_20 & {x} *50%* <b> ρ\# [1]"
    for path in (folder / "tables").glob("*.csv"):
        path.write_text(path.read_text().replace(EXPOSURE, odd))
    provenance = json.loads((folder / "provenance.json").read_text())
    (folder / "provenance.json").write_text(json.dumps(provenance | {"exposure": odd}))
    write_report(folder)
    texts = texts_of(folder)
    assert f"The exposure was {odd}" in texts["methods.docx"]
    assert r"The exposure was HER2\_20 & \{x\} \*50%\* \<b\> ρ\\\# \[1\]" in texts["methods.md"]
    assert odd in texts["tables.docx"]
    assert r"HER2\_20 \& \{x\} {*}50\%{*} $<$b$>$ $\rho$\textbackslash{}\# {[}1{]}" in texts["tables.tex"]


def test_an_edited_file_is_kept(folder: Path) -> None:
    from her2stats.results.manifest import Entry, Manifest
    from her2stats.results.manifest import files_of as names_of

    Manifest({name: Entry.of(folder / name) for name in names_of(folder)}).write(folder)
    (folder / "manuscript" / "methods.docx").write_bytes(b"mine")
    write_report(folder)
    assert (folder / "manuscript" / "methods.docx.edited").read_bytes() == b"mine"
    assert Document((folder / "manuscript" / "methods.docx").read_bytes()).paragraphs[0] == "Methods"


def test_a_public_manuscript_counts_no_one_to_four_and_names_no_patient(tmp_path: Path) -> None:
    folder = write_sample_folder(tmp_path / "results", public=True)
    write_report(folder)
    page = Page((folder / "report.html").read_text())
    for name, text in texts_of(folder).items():
        assert "PATIENT-" not in text, name
        found = [match[0] for pattern in COUNTS for match in pattern.finditer(text) if 0 < int(match[1]) < 5]
        assert not found, (name, found)
        assert "figS1_distribution" not in text.replace("\\", ""), "figures of single patients have no legend"
    assert not page.small_counts()


def test_a_damaged_folder_has_what_is_left(folder: Path) -> None:
    for name in ("response", "table_one"):
        (folder / "tables" / f"{name}.csv").unlink()
    write_report(folder)
    assert not any("Response by HER2 group, " in text for text in Document(files_of(folder)["tables.docx"]).paragraphs)


@pytest.mark.parametrize("part", ["conventions", "versions", "cohorts"])
def test_methods_do_without_a_part_of_the_provenance(folder: Path, part: str) -> None:
    provenance = json.loads((folder / "provenance.json").read_text())
    del provenance[part]
    (folder / "provenance.json").write_text(json.dumps(provenance))
    write_report(folder)
    assert "Software." in texts_of(folder)["methods.docx"]
