"""What an audit says: one row a check, with the sum shown in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Verdict = Literal["consistent", "inconsistent", "not determinable"]
CONSISTENT: Verdict = "consistent"
INCONSISTENT: Verdict = "inconsistent"
NOT_DETERMINABLE: Verdict = "not determinable"

COLUMNS = ("item", "printed", "recomputed", "verdict", "arithmetic", "place", "check")


@dataclass(frozen=True)
class Finding:
    """One check of one printed number.

    The verdict is "inconsistent" only where no data, under the conventions named in `arithmetic`, could give what is
    printed.
    """

    item: str  # what the number is about ("Grade III", "pCR")
    printed: str  # as it stands in print
    recomputed: str  # what the other printed numbers make of it
    verdict: Verdict
    arithmetic: str  # the sum in words, so that a reader can redo it
    place: str = ""  # where it is printed
    check: str = ""  # which check it was ("percentage", "total", "interval", ...)


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a frame of text with the columns of `COLUMNS`.

    Parameters
    ----------
    findings : iterable of Finding
        In the order in which they are to stand.

    Returns
    -------
    DataFrame
        One row a finding.

    Examples
    --------
    >>> found = Finding("pCR", "72", "72.0", CONSISTENT, "36 of 50 = 72 %", "Table 2", "percentage")
    >>> findings_table([found])["verdict"].tolist()
    ['consistent']
    """
    rows = [[getattr(finding, column) for column in COLUMNS] for finding in findings]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype(str)


def join_findings(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack audit frames, in the order given.

    Examples
    --------
    >>> join_findings([]).columns.tolist()[:3]
    ['item', 'printed', 'recomputed']
    """
    kept = [table for table in tables if len(table)]
    return pd.concat(kept, ignore_index=True) if kept else findings_table([])


def verdict_counts(audit: pd.DataFrame) -> pd.Series[int]:
    """How many rows of an audit carry each verdict, all three always named.

    Examples
    --------
    >>> verdict_counts(findings_table([])).tolist()
    [0, 0, 0]
    """
    order = [CONSISTENT, INCONSISTENT, NOT_DETERMINABLE]
    return audit["verdict"].value_counts().reindex(order, fill_value=0).astype(int)
