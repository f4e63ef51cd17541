"""What the regression models say: odds ratios, interaction, clinical variables, ANCOVA."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import MorePart, Part, Section, TablePart
from her2stats.report.parts import Figures, absent, by_cohort, section, table_by_cohort
from her2stats.report.sections.pooled_table import pooled_table
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import exposure_rows, interaction_rows, is_second_test, readable, records
from her2stats.statistics.terms import PARTS
from her2stats.tables import PrintedTable
from her2stats.tables.layouts import Block, Cell, print_blocks, sample_size
from her2stats.vocabulary.names import model_label, sentence_case, stratum_label, term_label
from her2stats.vocabulary.numbers import format_p

_RATIO_NOTE = "Ratio: odds ratio in HR-positive divided by odds ratio in HR-negative tumours."

_ALL_NOTE = (
    "All tumours: given hormone receptor. The odds are taken to be the same at every cut; p by the likelihood ratio, "
    f"intervals by Wald, so that the two may differ at the border. {_RATIO_NOTE}"
)

_CLINICAL_LEAD = "Odds of each clinical characteristic with high, compared with low, abundance of a cell type."


def odds_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Odds of high abundance per SD of the exposure, and whether they differ by hormone receptor."""
    exposure = folder.provenance.exposure
    parts: list[Part] = [*absent(folder, "odds_ratios", "interaction"), *figures.get("odds", ())]
    parts += _pooled(folder)
    ratios = readable(exposure_rows(folder.table("odds_ratios"), exposure))
    parts += table_by_cohort(ratios, "odds_ratios", lambda cohort, part: _odds(folder, cohort, part))
    parts += _over_all_values(folder)
    product = readable(folder.table("interaction"))
    parts += table_by_cohort(product, "interaction", lambda cohort, part: _interaction(folder, cohort, part))
    return section("odds", "Odds of high abundance", parts)


def _pooled(folder: ResultsFolder) -> list[Part]:
    """Pooled odds ratios by stratum."""
    rows = exposure_rows(folder.table("pooled_odds_ratios"), folder.provenance.exposure)
    caption = f"Odds ratio of high abundance per SD of {folder.provenance.exposure}, pooled over cohorts"
    return pooled_table(folder, "pooled_odds_ratios", rows, caption)


def _stratum_blocks(rows: pd.DataFrame, cells: tuple[Cell, ...], effect: str = "OR") -> list[Block]:
    return [
        Block(f"{stratum_label(str(stratum))}, {sample_size(part)}", part, cells, effect)
        for stratum, part in rows.groupby("stratum", sort=False)
    ]


def _odds(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    caption = f"Odds ratio of high abundance per SD of {folder.provenance.exposure}, {cohort}"
    in_study = "p_study" in rows and rows["p_study"].notna().any()  # uncorrected p-values then stay in the csv
    blocks = _stratum_blocks(rows, ("effect", "p_adjusted", "p_study") if in_study else ("effect", "p", "p_adjusted"))
    return print_blocks(blocks, caption=caption, alpha=folder.provenance.alpha)


def _over_all_values(folder: ResultsFolder) -> list[Part]:
    """The same by proportional odds, where the study asked for it."""

    def printed(cohort: str, rows: pd.DataFrame) -> PrintedTable:
        caption = f"Odds ratio of more of a cell type per SD of {folder.provenance.exposure}, all values, {cohort}"
        ratio = rows["role"].eq("interaction")
        blocks = [
            *_stratum_blocks(rows[~ratio], ("effect", "p", "p_adjusted")),
            *([Block("Interaction", rows[ratio], ("effect", "p", "p_adjusted"), "Ratio")] * bool(ratio.any())),
        ]
        return print_blocks(blocks, caption=caption, alpha=folder.provenance.alpha, notes=(_ALL_NOTE,))

    made = table_by_cohort(folder.table("ordinal_odds"), "ordinal_odds", printed)
    return [MorePart("The same over all values of a cell type", made)] * bool(made)


def _interaction(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    products = interaction_rows(rows, folder.provenance.exposure)
    blocks = [
        Block(f"Interaction, {sample_size(products)}", products, effect="Ratio"),
        Block("Likelihood ratio", rows[is_second_test(rows)], ("p",)),
        *_penalised(products),
    ]
    caption = f"Interaction of {folder.provenance.exposure} with hormone-receptor status, {cohort}"
    return print_blocks(blocks, caption=caption, alpha=folder.provenance.alpha, notes=(_RATIO_NOTE,))


def _penalised(products: pd.DataFrame) -> list[Block]:
    """The penalised likelihood ratio of the interaction, where a stratum has few events or few without."""
    tested = products[products["firth_p"].notna()] if "firth_p" in products else products.head(0)
    return (
        [Block("Penalised likelihood ratio", tested.assign(p_value=tested["firth_p"]), ("p",))] if len(tested) else []
    )


def clinical_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Age, grade and size on abundance, hormone receptor and their product."""
    table = readable(folder.table("clinical"))
    parts: list[Part] = [*absent(folder, "clinical"), *figures.get("clinical", ())]
    for cohort, rows in by_cohort(table):
        own: list[Part] = [
            TablePart(_clinical(folder, str(outcome), cohort, part), "clinical")
            for outcome, part in rows.groupby("outcome", sort=False)
        ]
        parts.append(MorePart(f"{cohort}: odds ratios of clinical characteristics", own))
    return section("clinical", "Clinical variables", parts, _CLINICAL_LEAD if len(table) else "")


def _clinical(folder: ResultsFolder, outcome: str, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    """One line a cell type: its odds ratio in both groups and the p-values of the product term."""
    blocks = [
        Block(stratum_label(str(stratum)), part, ("effect", "p", "p_adjusted"), "OR")
        for stratum, part in exposure_rows(rows).groupby("stratum", sort=False)
    ]
    blocks += [
        Block("Interaction", interaction_rows(rows), ("p", "p_adjusted")),
        Block("Likelihood ratio", rows[is_second_test(rows)], ("p",)),
        *_penalised(interaction_rows(rows)),
    ]
    return print_blocks(
        blocks, caption=f"{outcome}, {cohort}, {sample_size(rows)}", key="exposure", alpha=folder.provenance.alpha
    )


def ancova_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Marginal slopes of the exposure and Type III tests."""
    names = ("ancova_slopes", "ancova_slopes_hc2", "ancova_tests")
    parts: list[Part] = [*absent(folder, *names, "ancova_curves"), *figures.get("ancova", ())]
    slopes, robust, tests = (_with_model(folder.table(name)) for name in names)
    overall, beside = (table[table["stratum"] == "all"] for table in (slopes, robust))
    parts += table_by_cohort(overall, "ancova_slopes", lambda cohort, part: _overall(folder, cohort, part, beside))
    robust_tables = table_by_cohort(beside, "ancova_slopes_hc2", lambda cohort, part: _robust(folder, cohort, part))
    parts += [MorePart("The same slopes without one residual variance", robust_tables)] if robust_tables else []
    for cohort in dict.fromkeys([*slopes["cohort"], *tests["cohort"]]):
        own = _details(folder, str(cohort), slopes[slopes["cohort"] == cohort], tests[tests["cohort"] == cohort])
        if own:
            parts.append(MorePart(f"{cohort}: slopes by level and Type III tests", own))
    return section("ancova", "Given hormone receptor and HER2 (ANCOVA)", parts)


def _with_model(table: pd.DataFrame) -> pd.DataFrame:
    return table if "model" in table else table.assign(model="")


def _overall(folder: ResultsFolder, cohort: str, rows: pd.DataFrame, robust: pd.DataFrame) -> PrintedTable:
    """Marginal slopes over all levels, the models side by side, and what the errors of one variance decide."""
    caption = f"Marginal slope of {folder.provenance.exposure}, {cohort}"
    notes = ["Change of the mean abundance for one unit more of the score, averaged over hormone receptor and HER2."]
    notes += _other_verdicts(rows, robust, folder.provenance.alpha)
    return print_blocks(_models(rows), caption=caption, alpha=folder.provenance.alpha, notes=notes)


def _robust(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    caption = f"Marginal slope of {folder.provenance.exposure}, HC2 errors, {cohort}"
    return print_blocks(_models(rows), caption=caption, alpha=folder.provenance.alpha)


def _models(rows: pd.DataFrame) -> list[Block]:
    return [
        Block(_model_name(str(model), part), part, effect="Slope") for model, part in rows.groupby("model", sort=False)
    ]


def _other_verdicts(rows: pd.DataFrame, robust: pd.DataFrame, alpha: float) -> list[str]:
    """Name the slopes on whose significance the two kinds of error do not agree."""
    key = ["cohort", "model", "outcome"]
    both = rows.merge(robust, on=key, suffixes=("", "_hc2"))
    both = both[(both["p_value"] < alpha) != (both["p_value_hc2"] < alpha)].dropna(subset=["p_value", "p_value_hc2"])
    told = [
        f"{', '.join(filter(None, (row['outcome'], row['model'])))} "
        f"(p {format_p(row['p_value'], alpha=alpha)}, HC2 {format_p(row['p_value_hc2'], alpha=alpha)})"
        for row in records(both)
    ]
    what = "Where the variance may differ between tumours (HC2 errors), the uncorrected verdict is another for"
    return [f"{what} {'; '.join(told)}."] if told else []


def _model_name(model: str, rows: pd.DataFrame) -> str:
    words = sentence_case(model_label(model))
    return ", ".join(part for part in (words, sample_size(rows)) if part)


def _details(folder: ResultsFolder, cohort: str, slopes: pd.DataFrame, tests: pd.DataFrame) -> list[Part]:
    alpha, made = folder.provenance.alpha, list[Part]()
    for model, part in slopes[slopes["stratum"] != "all"].groupby("model", sort=False):
        blocks = [
            Block(stratum_label(str(stratum)), own, ("effect",), "Slope")
            for stratum, own in part.groupby("stratum", sort=False)
        ]
        caption = f"Marginal slopes by level, {_model_name(str(model), part)}, {cohort}"
        made.append(TablePart(print_blocks(blocks, caption=caption, alpha=alpha), "ancova_slopes"))
    for model, part in tests.groupby("model", sort=False):
        blocks = [Block(_test_heading(own), own, ("statistic", "p")) for _, own in part.groupby("term", sort=False)]
        caption = f"Type III tests, {_model_name(str(model), part)}, {cohort}"
        made.append(TablePart(print_blocks(blocks, caption=caption, alpha=alpha), "ancova_tests"))
    return made


def _test_heading(rows: pd.DataFrame) -> str:
    degrees = sorted({int(df) for df in rows["df"].dropna()})
    label = term_label(*rows[list(PARTS)].iloc[0])
    return f"{label} ({degrees[0]} df)" if len(degrees) == 1 else label
