"""Tables as files for a manuscript: whole documents, every text as it stands, whatever the names."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import her2stats as h2
from her2stats.errors import DataError
from her2stats.tables import PrintedTable, Words, table_latex, word_document
from her2stats.tables.export import as_printed
from her2stats.tables.latex import tex

from .documents import Document
from .test_table_html import HOSTILE, example

HARD = ("a & b", "50%", "T_reg", "{x}", r"C:\new", "ρΑ°β-ς", "]]>", "[1]", "**")
NAMES = st.text(max_size=30) | st.sampled_from(HARD)


def effects() -> pd.DataFrame:
    row = {"outcome": "T cells CD8", "term": "ERBB2", "stratum": "all", "measure": "odds_ratio", "n": 82}
    row |= {"estimate": 0.61, "conf_low": 0.42, "conf_high": 0.89, "p_value": 0.0099, "flag": ""}
    failed = row | {"stratum": "hr=negative", "estimate": None, "flag": "separation: complete", "p_value": None}
    return h2.table_effects(pd.DataFrame([row, failed]))


def response(*cohorts: str) -> pd.DataFrame:
    row = {"outcome": "pcr", "reference": "HER2-0", "comparison": "HER2-low", "measure": "odds_ratio"}
    row |= {"estimate": 0.688, "conf_low": 0.275, "conf_high": 1.724, "n_reference": 50}
    row |= {"n_events_reference": 36, "n_comparison": 36, "n_events_comparison": 23}
    return h2.table_response(pd.DataFrame([row | {"cohort": cohort} for cohort in cohorts]))


def test_a_document_says_what_the_table_says() -> None:
    document = Document(word_document([example()]))
    assert document.paragraphs == ["Caption CD8", "A note."]
    assert document.tables == [
        [
            ["", "Both", "", ""],
            ["Cell type", "X CD8", "y", "w"],
            ["g1", "", "", ""],
            ["CD8", "1", "3", "words"],
            ["b", "2", "4", "words"],
            ["g2", "", "", ""],
            ["c", "CD8", "5", "words"],
        ]
    ]


@given(NAMES)
@settings(deadline=None, max_examples=150)
def test_any_name_stands_in_a_document_as_it_is(text: str) -> None:
    content = word_document([Words(text, lead=text), example(text)])
    assert content == word_document([Words(text, lead=text), example(text)])
    shown = re.sub("\r\n?", "\n", re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text))
    (table,) = Document(content).tables
    assert table[3][0] == table[6][1] == shown
    assert {len(row) for row in table} == {4}


@given(NAMES)
@settings(deadline=None, max_examples=150)
def test_any_name_is_safe_in_latex(text: str) -> None:
    usual, made = table_latex(example()), table_latex(example(text))
    structure = re.compile(r"(?<!\\)&|(?<!\\)%|\\\\(?!\w)|\\(?:begin|end|multicolumn|toprule|midrule|caption)")
    assert structure.findall(made) == structure.findall(usual)
    plain = re.sub(r"\\[\\&%$#_{}]", "", made)
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    assert not re.search(r"[_^#]", re.sub(r"\$[^$]*\$", "", plain).replace("tab:", ""))


def test_latex_has_a_word_for_every_sign() -> None:
    assert tex(r"a\b {c} ~^") == r"a\textbackslash{}b \{c\} \textasciitilde{}\textasciicircum{}"
    assert tex("−0.31–2, ρ ≤ 1, Δλς Α°") == r"$-$0.31--2, $\rho$ $\leq$ 1, $\Delta$$\lambda$$\sigma$ A°"
    assert tex("a--b ''c'' [d] *") == "a-{}-b '{}'c'{}' {[}d{]} {*}"
    assert tex("two\nlines") == "two lines"


def test_a_wide_table_is_turned() -> None:
    wide = PrintedTable(pd.DataFrame({f"c{place}": ["0.61 (0.42–0.89)"] for place in range(9)}), "Wide")
    assert r"\begin{landscape}" in table_latex(wide)
    assert r"\begin{landscape}" not in table_latex(example())
    document = Document(word_document([example(), wide, example()]))
    pages = [page.attrib for page in document.body.iter() if page.tag.endswith("pgSz")]
    assert [any("landscape" in value for value in page.values()) for page in pages] == [False, True, False]


@pytest.mark.parametrize("ending", [".docx", ".tex", ".html"])
def test_every_table_is_written_in_every_format_the_same_each_time(ending: str, tmp_path: Path) -> None:
    clinical = {"one": pd.DataFrame({"hr": ["positive", "negative"] * 4, "age": range(40, 48)})}
    clinical["two"] = clinical["one"].assign(age=50.0)
    tables = [h2.table_one(clinical, p_values=True), effects(), response("a", "b"), pd.DataFrame({HOSTILE: [HOSTILE]})]
    for place, table in enumerate(tables):
        first = h2.save_table(table, tmp_path / f"{place}{ending}", caption="C").read_bytes()
        assert first == h2.save_table(table, tmp_path / f"{place}{ending}", caption="C").read_bytes()
        if ending == ".docx":
            assert Document(first).tables
        assert b"<script" not in first


def test_each_kind_of_table_is_laid_out_in_its_way() -> None:
    one = as_printed(h2.table_one({"tiny": pd.DataFrame({"hr": ["positive"] * 3})}, p_values=True), caption="")
    assert one.heading("tiny") == "tiny (n = 3)"
    assert one.columns == ["tiny", "p", "test"]
    two = as_printed(response("a", "b"), caption="")
    assert list(dict.fromkeys(two.frame["outcome"])) == [
        f"{name}: Pathological complete response" for name in ("a", "b")
    ]
    shown = as_printed(effects(), caption="")
    assert shown.frame["part"].tolist() == ["All tumours", "HR-negative"]
    assert shown.frame["effect"].tolist() == ["0.61 (0.42–0.89)", "separation"]
    assert any(note.startswith("Separation") for note in shown.notes)
    assert as_printed(pd.DataFrame({"a": [1]}), caption="").frame["a"].tolist() == ["1"]


def test_percentages_of_table_2_stand_below_their_group() -> None:
    printed = as_printed(response("a"), caption="")
    document = Document(word_document([printed]))
    groups, headings, _, evaluable, yes, *_ = document.tables[0]
    assert groups == ["", "Patients", "", "HER2-0", "", "HER2-low", ""]
    assert headings == ["Response", "n", "%", "n", "%", "n", "%"]
    assert evaluable == ["Evaluable", "86", "", "50", "", "36", ""]
    assert yes == ["Yes", "59", "69", "36", "72", "23", "64"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"let the file end in \.docx, \.tex, \.html"):
        h2.save_table(effects(), tmp_path / "table.pdf")
    with pytest.raises(DataError, match="no column"):
        h2.save_table(pd.DataFrame(), tmp_path / "table.docx")
    assert not list(tmp_path.iterdir())


def test_word_opens_it(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not a dependency")
    opened = docx.Document(h2.save_table(effects(), tmp_path / "table.docx", caption="C"))
    assert opened.paragraphs[0].text == "C"
    assert len(opened.tables[0].columns) == 4
