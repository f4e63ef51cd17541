"""Which rows of a public page rest on a whole cohort or group, so that their numbers of tumours tell nothing more."""

from __future__ import annotations

import pandas as pd

from her2stats.report.nested import BY_LABEL, SMALLEST_SHOWN
from her2stats.results.folder import ResultsFolder
from her2stats.vocabulary.names import stratum_of

# Compared groups, by the variables and levels of Table 1 that count them, where they are not called the same.
IN_TABLE_ONE = {
    ("HER2 IHC", "0"): ("her2_group", "HER2-0"),
    ("HER2 IHC", "1+"): ("her2_group", "HER2-low"),
    ("HER2 IHC", "2+"): ("her2_group", "HER2-low"),
}


def small(counts: pd.Series) -> pd.Series:
    """Which counts are one to four."""
    numbers = pd.to_numeric(counts, errors="coerce").round(6)
    return numbers.gt(0) & numbers.lt(SMALLEST_SHOWN)


def sizes_of(
    folder: ResultsFolder, results: dict[str, pd.DataFrame], groups: dict[tuple[str, str, str, str], int]
) -> dict[tuple[str, str], int]:
    """How many tumours each cohort, and each receptor group of it, has at most."""
    found = {(cohort.name, "all"): cohort.n for cohort in folder.provenance.cohorts if cohort.n is not None}
    for (cohort, stratum, group, level), n in groups.items():
        if (stratum, group) == ("all", "hr"):
            found[cohort, stratum_of("hr", level)] = n
    for table in results.values():
        own = table[table["stratum"].eq("all") | table["stratum"].str.startswith("hr=")]
        whole = own["stratum"].eq("all") | ~_of_one_model(own)  # rows within groups of one model count all tumours
        for cohort, stratum, n in own.loc[whole & own["n"].notna(), ["cohort", "stratum", "n"]].itertuples(index=False):
            found[cohort, stratum] = max(int(n), found.get((cohort, stratum), 0))
    return found


def _of_one_model(table: pd.DataFrame) -> pd.Series:
    """Rows of one model over all tumours: those of interactions, marginal slopes and marginal means."""
    marginal = table["measure"].isin(("slope", "mean"))
    return marginal | table["exposure"].fillna("").ne("") if "exposure" in table else marginal


def whose_of(table: pd.DataFrame, sizes: dict[tuple[str, str], int]) -> pd.Series:
    """The stratum whose tumours each row counts: of one model all, unless its strata were fitted one by one."""
    keys = zip(table["cohort"], table["stratum"], strict=True)
    most = pd.Series([sizes.get(key) for key in keys], table.index, dtype="float64").fillna(float("inf"))
    one_by_one = table["n"].astype("float64").le(most) & ~table["measure"].isin(("slope", "mean"))
    return table["stratum"].where(~_of_one_model(table) | one_by_one, "all")


def gives_groups_away(sizes: dict[tuple[str, str], int], cohort: str) -> bool:
    """Whether a receptor group of a cohort, or what is left beside both, has one to four tumours."""
    groups = [size for (name, stratum), size in sizes.items() if name == cohort and stratum.startswith("hr=")]
    unknown = sizes.get((cohort, "all"), sum(groups)) - sum(groups)
    return bool(groups) and any(0 < size < SMALLEST_SHOWN for size in (*groups, unknown))


def group_sizes(
    table_one: pd.DataFrame | None, results: dict[str, pd.DataFrame]
) -> dict[tuple[str, str, str, str], int]:
    """How many tumours each compared group has at most: cohort, stratum, variable and level."""
    found: dict[tuple[str, str, str, str], int] = {}
    if table_one is not None:
        for column in (name for name in table_one.columns if f"{name} n" in table_one):
            counts = table_one.assign(n=pd.to_numeric(table_one[f"{column} n"], errors="coerce")).dropna(subset="n")
            for variable, level, n in counts[["variable", "level", "n"]].itertuples(index=False):
                if group := IN_TABLE_ONE.get((variable, level)):
                    found[column, "all", *group] = found.get((column, "all", *group), 0) + int(n)
                if name := BY_LABEL.get(variable):
                    key = (column, "all", name, level)
                    found[key] = max(int(n), found.get(key, 0))
    for table in (table for table in results.values() if {"group", "n_reference"} <= set(table)):
        for row in table[table["group"].fillna("").ne("")].to_dict("records"):
            for side in ("reference", "comparison"):
                if row[side] and pd.notna(row[f"n_{side}"]):
                    key = (row["cohort"], row["stratum"], row["group"], row[side])
                    found[key] = max(int(row[f"n_{side}"]), found.get(key, 0))
    return found


def of_whole_groups(
    table: pd.DataFrame,
    sizes: dict[tuple[str, str], int],
    groups: dict[tuple[str, str, str, str], int],
    split: set[str],
) -> pd.DataFrame:
    """Rows that rest on a whole cohort or group, or on so many fewer that the difference tells nothing."""
    whose = table["stratum"].where(~_of_one_model(table) & table["stratum"].str.startswith("hr="), "all")
    size = pd.Series([sizes.get(key) for key in zip(table["cohort"], whose, strict=True)], table.index, dtype="float64")
    by_group = table["stratum"].str.startswith("hr=")
    fewer = pd.Series(False, table.index)
    if "group" in table:
        by_group |= table["group"].fillna("").eq("hr")
    for side in ("reference", "comparison") if {"group", "n_reference"} <= set(table) else ():
        keys = zip(table["cohort"], table["stratum"], table["group"], table[side], strict=True)
        most = pd.Series([groups.get(key) for key in keys], table.index, dtype="float64")
        fewer |= small(most - table[f"n_{side}"].astype("float64"))
    fewer |= small(size - table["n"].astype("float64"))
    gone = fewer | small(table["n"]) | (by_group & table["cohort"].isin(split))
    return table[~gone]
