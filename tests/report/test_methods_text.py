"""The methods name the conventions in use, and cite what they name."""

from __future__ import annotations

import json
from pathlib import Path

from her2stats.report.agreement import read_agreement
from her2stats.report.methods import Methods, write_methods
from her2stats.results import read_folder


def methods_of(folder: Path) -> Methods:
    results = read_folder(folder)
    return write_methods(results, read_agreement(results.crosscheck))


def test_every_method_of_the_tables_is_named(sample: Path) -> None:
    text = " ".join(paragraph.text for paragraph in methods_of(sample).paragraphs)
    results = read_folder(sample)
    for name in ("correlation", "odds_ratios", "ancova_slopes", "response"):
        for method in set(results.table(name)["method"]):
            assert method in text
    assert "R 4.2.2" in text


def test_the_exposure_is_named_once_and_a_signature_matrix_by_its_name(folder: Path) -> None:
    provenance = folder / "provenance.json"
    content = json.loads(provenance.read_text(encoding="utf-8"))
    content["conventions"]["exposure"] = f"{content['exposure']}: mean log2 expression"
    content["conventions"]["cell fractions"] = "nu-SVR, absolute mode, signature signature_matrix, no permutations"
    provenance.write_text(json.dumps(content), encoding="utf-8")
    text = {paragraph.heading: paragraph.text for paragraph in methods_of(folder).paragraphs}
    assert text["Exposure"] == f"The exposure was {content['exposure']} (mean log2 expression)."
    assert 'absolute mode, signature matrix "signature_matrix", no permutations' in text["Cell fractions"]


def test_references_are_numbered_as_they_are_cited(sample: Path) -> None:
    methods = methods_of(sample)
    cited = [number for paragraph in methods.paragraphs for number in paragraph.citations]
    assert sorted(set(cited)) == list(range(1, len(methods.references) + 1))
    firsts = list(dict.fromkeys(cited))
    assert firsts == sorted(firsts)


def test_what_was_not_done_is_not_described(folder: Path) -> None:
    for name in ("ancova_tests", "ancova_slopes", "ancova_curves", "response"):
        path = folder / "tables" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    headings = [paragraph.heading for paragraph in methods_of(folder).paragraphs]
    assert "Analysis of covariance" not in headings
    assert "Response" not in headings
    assert "Odds ratios" in headings
