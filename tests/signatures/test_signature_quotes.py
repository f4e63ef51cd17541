"""Quotes in signature files."""

from __future__ import annotations

from pathlib import Path

import pytest

from her2stats.errors import TableError
from her2stats.signatures import read_signature


def test_an_open_quote_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "s.tsv").write_text('gene\tweight\nERBB2\t1\n"GRB7\t0.5\nESR1\t2\n')
    with pytest.raises(TableError, match="a quote opens in line 3 and does not close there"):
        read_signature(tmp_path / "s.tsv")


def test_closed_quotes_are_none(tmp_path: Path) -> None:
    (tmp_path / "s.tsv").write_text('"gene"\t"weight"\n"ERBB2"\t1\n')
    assert read_signature(tmp_path / "s.tsv").genes == ("ERBB2",)
