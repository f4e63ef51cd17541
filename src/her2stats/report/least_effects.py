"""What a study of this size finds, in a clause."""

from __future__ import annotations

from her2stats.results.folder import ResultsFolder
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import records
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.numbers import format_estimate, is_missing


def study_finds(folder: ResultsFolder, row: Row, *, given: bool) -> str:
    """Say what a study of this size finds, as a clause about a row that is not significant; empty where not known."""
    table = folder.table("detectable")
    rows = table[(table["cohort"] == row["cohort"]) & (table["outcome"] == row["outcome"])]
    rows = rows[(rows["stratum"] == row["stratum"]) & rows["given"].ne("").eq(given)]
    least = [least_effect(one) for one in records(rows) if not is_missing(one["effect"])]
    found = " or ".join(least) or f"no {measure(row['measure']).words}, however far from none,"
    return f"; {found} would be found in 80% of such studies" if len(rows) else ""


def least_effect(row: Row) -> str:
    """Write the least effect that is found on one side, or on both; a flag says that it is rough."""
    sign, more = "±" if row["measure"] == "rho" else "", "less" if row["side"] == "below" else "more"
    value = format_estimate(row["effect"], measure=row["measure"])
    return f"{'about ' if row['flag'] else ''}{measure(row['measure']).symbol} {sign}{value} or {more}"
