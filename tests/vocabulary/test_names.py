"""Words for machine names."""

from __future__ import annotations

import pytest

from her2stats.vocabulary.names import stratum_label, term_label, variable_label


@pytest.mark.parametrize(
    ("stratum", "words"),
    [
        ("all", "All tumours"),
        ("hr=negative", "HR-negative"),
        ("her2_ihc=2+", "HER2 IHC 2+"),
        ("her2_group=HER2-low", "HER2-low"),
        ("site=Milan", "site: Milan"),
        ("odd", "odd"),
    ],
)
def test_strata(stratum: str, words: str) -> None:
    assert stratum_label(stratum) == words


def test_terms() -> None:
    assert term_label("ERBB2", "", "hr", "positive") == "ERBB2 × HR-positive"
    assert term_label("T cells regulatory (Tregs)") == "T cells regulatory (Tregs)"
    assert term_label("HER2: 20 genes [log2]", "", "hr", "pos:itive") == "HER2: 20 genes [log2] × HR-pos:itive"


def test_what_is_not_in_the_vocabulary_stays_as_it_is() -> None:
    assert variable_label("<b>my type</b>") == "<b>my type</b>"
