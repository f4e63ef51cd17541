"""Audit of odds ratios that are printed beside two percentages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from her2stats.published.columns import read_rows
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Floats, bounds, face_values, show


def audit_odds_from_percentages(
    estimate: Any, percent: Any, percent_reference: Any, *, item: Any = "", place: Any = ""
) -> pd.DataFrame:
    """Hold printed odds ratios against the two percentages printed beside them.

    Parameters
    ----------
    estimate : scalar or column
        Printed odds ratio.
    percent, percent_reference : scalar or column
        Printed percentages of the comparison and the reference group.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        One row an odds ratio, see `findings_table`.

    Examples
    --------
    >>> audit_odds_from_percentages("0.67", "64", "70")["arithmetic"].item()
    'odds of 64 % over odds of 70 % = 0.762, within rounding 0.728 to 0.797; printed 0.67'
    """
    columns = {"estimate": estimate, "percent": percent, "reference": percent_reference}
    rows = read_rows(columns, item, place)
    read, items, places = rows.numerals, rows.items, rows.places
    (low, high), (low_0, high_0) = (
        tuple(_odds(end) for end in bounds(read[name])) for name in ("percent", "reference")
    )
    middle = _odds(face_values(read["percent"])) / _odds(face_values(read["reference"]))
    ends, span = bounds(read["estimate"]), (low / high_0, high / low_0)
    findings = []
    for i in range(rows.size):
        numerals = [read[name][i] for name in columns]
        if any(one is None for one in numerals):
            reason = "an odds ratio or a percentage is not printed"
            findings.append(Finding(items[i], "", "", NOT_DETERMINABLE, reason, places[i], "odds of percentages"))
            continue
        printed, first, second = (one for one in numerals if one is not None)
        fits = ends[0][i] <= span[1][i] and ends[1][i] >= span[0][i]
        shown = [show(float(value), printed, more=1) for value in (middle[i], span[0][i], span[1][i])]
        sentence = f"odds of {first.bare} % over odds of {second.bare} % = {shown[0]}, "
        sentence += f"within rounding {shown[1]} to {shown[2]}; printed {printed.text}"
        verdict: Verdict = CONSISTENT if fits else INCONSISTENT
        findings.append(Finding(items[i], printed.text, shown[0], verdict, sentence, places[i], "odds of percentages"))
    return findings_table(findings)


def _odds(percent: Floats) -> Floats:
    share = np.clip(percent / 100, 1e-12, 1 - 1e-12)
    odds: Floats = share / (1 - share)
    return odds
