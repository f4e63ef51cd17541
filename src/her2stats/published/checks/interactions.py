"""Audit of printed interactions: two strata, their intervals, one p-value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from her2stats.published.checks.intervals import IntervalKind, interval_text, p_finding
from her2stats.published.columns import common_size, read_numerals, texts
from her2stats.published.exact.wald import Box, Scale, box, interaction_z_range, p_range, transform
from her2stats.published.findings import NOT_DETERMINABLE, Finding, findings_table
from her2stats.published.numerals import bounds, face_values


def audit_interaction(
    first: Sequence[Any],
    second: Sequence[Any],
    p: Any,
    *,
    scale: Scale = "ratio",
    ci: IntervalKind = "wald",
    conf_level: float = 0.95,
    item: Any = "",
    place: Any = "",
) -> pd.DataFrame:
    """Recompute the p-value of an interaction from the estimates of two strata and their Wald intervals.

    Fits within two strata, and one model with the interaction, give the same two estimates and standard errors when
    nothing else is in the model and the exposure is scaled alike; z is their difference over the root of the summed
    squares.

    Parameters
    ----------
    first, second : sequence of three
        Estimate, lower and upper limit of either stratum; each a scalar or a column.
    p : scalar or column
        Printed p-value of the interaction.
    scale, ci, conf_level, item, place
        As in `audit_interval`; with ``ci="any"`` a mismatch is not determinable.

    Returns
    -------
    DataFrame
        One row an interaction, see `findings_table`.

    Examples
    --------
    >>> found = audit_interaction(("0.56", "0.38", "0.83"), ("5.29", "1.16", "24.0"), "0.005")
    >>> found["verdict"].item(), found["recomputed"].item()
    ('consistent', '0.0049 (0.0046 to 0.0053)')
    """
    size = common_size(*first, *second, p, item, place)
    items, places = texts(item, size), texts(place, size)
    names = ("estimate", "low", "high")
    strata = []
    for stratum in (first, second):
        columns = zip(names, stratum, strict=True)
        strata.append([read_numerals(column, size, name=name, places=items) for name, column in columns])
    boxes = [box(bounds(e), bounds(low), bounds(high), scale) for e, low, high in strata]
    p_low, p_high = p_range(*interaction_z_range(boxes[0], boxes[1], conf_level))
    faces = [[transform(face_values(column), scale) for column in stratum] for stratum in strata]
    exact = [Box((e, e), (low, low), (high, high)) for e, low, high in faces]
    middle = p_range(*interaction_z_range(exact[0], exact[1], conf_level))[0]
    printed = read_numerals(p, size, name="p", places=items)
    findings = []
    for i in range(size):
        texts_i = [interval_text(*(column[i] for column in stratum)) for stratum in strata]
        if printed[i] is None or np.isnan(middle[i]):
            missing = "p-value" if printed[i] is None else "interval"
            reason = f"no {missing} is printed"
            findings.append(Finding(items[i], "", "", NOT_DETERMINABLE, reason, places[i], "interaction"))
            continue
        found = p_finding(
            printed[i], (float(p_low[i]), float(middle[i]), float(p_high[i])), (items[i], places[i]), ci, "interaction"
        )
        sentence = f"{texts_i[0]} against {texts_i[1]}: {found.arithmetic}"
        findings.append(replace(found, arithmetic=sentence))
    return findings_table(findings)
