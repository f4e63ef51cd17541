"""Cell types stand in one order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.figures.style.cell_types import LINEAGES, OTHER, display_order, lineage

from ..examples import LM22


def test_lm22_keeps_the_order_of_its_lineages() -> None:
    assert display_order(LM22) == LM22
    assert {lineage(name) for name in LM22} == {*LINEAGES} - {"Leukocytes, total"}


@given(st.permutations([*LM22, "Tumour", "adipocytes", "Fibroblasts"]))
@settings(deadline=None, max_examples=20)
def test_the_order_does_not_hang_on_how_the_types_come(names: list[str]) -> None:
    assert display_order(names) == [*LM22, "adipocytes", "Fibroblasts", "Tumour"]


def test_an_unknown_type_is_of_no_lineage() -> None:
    assert lineage("Tumour") == OTHER


def test_no_type_has_two_lineages() -> None:
    names = [name for types in LINEAGES.values() for name in types]
    assert len(names) == len(set(names))
