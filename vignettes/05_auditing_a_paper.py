# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Auditing a paper
#
# A printed table is data. Counts determine percentages, a two-by-two table determines an odds ratio and its interval,
# an interval determines a p-value, and a correlation with its interval gives the sample size away. What is printed
# twice has to agree with itself. This walkthrough recomputes what the paper behind this package prints, shows how each
# check works, and then does the same to a table of your own.
#
# Every number below is computed by the cell above it.

# %%
import numpy as np
import pandas as pd

from her2stats import published

pd.set_option("display.max_colwidth", 110)

# %% [markdown]
# ## The whole paper in one call
#
# The printed numbers are a data file of the package, transcribed as printed, with the paper's citation and licence.

# %%
published.citation()

# %%
audit = published.audit_published()
published.verdict_counts(audit)

# %% [markdown]
# "Inconsistent" means: no data could give what is printed, under the conventions that the arithmetic names. "Not
# determinable" means that the print leaves it open. The rows that do not hold, with the sum shown:

# %%
audit[audit["verdict"] == "inconsistent"][["place", "item", "printed", "recomputed", "arithmetic"]]

# %%
audit[audit["verdict"] == "not determinable"][["place", "item", "printed", "arithmetic"]]

# %% [markdown]
# Most of what is printed does hold. How many checks of each kind were made, and how they ended:

# %%
pd.crosstab(audit["check"], audit["verdict"])

# %% [markdown]
# ## A printed number is an interval
#
# A rounded percentage stands for every value that rounds to it. One that was cut off, or rounded twice, stands for
# others, and an audit that cannot tell these apart calls honest tables wrong. Here are the percentages of the
# confirmatory cohort, and the way each was shortened.

# %%
confirmatory = next(e for e in published.published_results()["counts"] if "confirmatory" in e["place"])
levels = [(f"{variable}: {level}", *numbers) for variable, rows in confirmatory["levels"].items() for level, *numbers in rows]
table_1 = pd.DataFrame(levels, columns=["item", "count", "percent"])
published.audit_percentage(table_1["count"], confirmatory["n"], table_1["percent"], item=table_1["item"])[
    ["item", "printed", "recomputed", "verdict", "arithmetic"]
]

# %% [markdown]
# If a table is known to cut off, say so. Then only what neither way explains remains:

# %%
lenient = published.audit_percentage(
    table_1["count"], confirmatory["n"], table_1["percent"], item=table_1["item"], rounding="either"
)
lenient[lenient["verdict"] == "inconsistent"][["item", "arithmetic"]]

# %% [markdown]
# ## One two-by-two table, every usual interval
#
# Software disagrees on the interval of an odds ratio, so an interval is called inconsistent only when no usual method
# gives both limits. For the pathological complete response of Table 2:

# %%
pcr = next(e for e in published.published_results()["two_by_two"] if e["outcome"] == "pcr")
intervals = published.odds_ratio_intervals(pcr["cells"])
estimate, low, high = (float(number) for number in pcr["odds_ratio"])
intervals.assign(
    printed_low=low,
    printed_high=high,
    low_fits=intervals["conf_low"].round(2) == low,
    high_fits=intervals["conf_high"].round(2) == high,
).round(3)

# %%
published.audit_odds_ratio(*pcr["odds_ratio"], cells=pcr["cells"], item="pCR")[["check", "printed", "recomputed", "verdict"]]

# %% [markdown]
# The mid-course response, by contrast, is what its counts say:

# %%
midcourse = next(e for e in published.published_results()["two_by_two"] if e["outcome"] == "complete_response")
published.audit_odds_ratio(*midcourse["odds_ratio"], cells=midcourse["cells"], item="mid-course response")[
    ["check", "printed", "arithmetic", "verdict"]
]

# %% [markdown]
# ## Without the counts: symmetry, p-value, interaction
#
# A Wald interval is symmetric on the log scale, so the estimate is the root of the product of its limits, and the
# p-value follows from the width. An interaction follows from the two strata. The claim that an odds ratio differs
# significantly from one is left open where a limit is printed as one: the print stands for values on both sides.

# %%
positive, negative = (section["outcomes"] for section in published.published_results()["odds_ratios"])
strata = pd.DataFrame(positive, index=["estimate", "low", "high"]).T
found = published.audit_interval(
    strata["estimate"], strata["low"], strata["high"], claim="significant", ci="wald", item=strata.index
)
found[found["check"] == "claim"][["item", "recomputed", "verdict"]]

# %%
interactions = {e["outcome"]: e["p"] for e in published.published_results()["interactions"]}
published.join_findings(
    [published.audit_interaction(positive[name], negative[name], p, item=name) for name, p in interactions.items()]
)[["item", "printed", "recomputed", "verdict"]]

# %% [markdown]
# ## The sample size behind a correlation
#
# The width of a correlation's interval depends on the number of pairs and on the formula. With the number printed, the
# formula can be told; without it, each formula implies a range of sample sizes.

# %%
sections = published.published_results()["correlations"]
til = next(section for section in sections if section["stratum"] == "all")
rows = pd.DataFrame(til["exposures"], index=["estimate", "low", "high"]).T
published.audit_correlation(rows["estimate"], rows["low"], rows["high"], n=til["n"], item=rows.index)[
    ["item", "arithmetic"]
]

# %%
by_hr = next(section for section in sections if section["stratum"] == "hr=positive")
rows = pd.DataFrame(by_hr["outcomes"], index=["estimate", "low", "high"]).T
implied = published.implied_sample_size(rows["estimate"], rows["low"], rows["high"], item=rows.index)
implied["n"] = implied["n_min"].map("{:.0f}".format) + " to " + implied["n_max"].map("{:.0f}".format)
implied.pivot(index="item", columns="method", values="n").loc[rows.index]

# %% [markdown]
# One stratum has one number of patients. Does one number fit all of its correlations?

# %%
print(
    published.audit_common_sample(rows["estimate"], rows["low"], rows["high"], item=list(rows.index))[
        "arithmetic"
    ].item()
)

# %% [markdown]
# ## Your own table
#
# The same functions take anybody's table. This one is made up, with three errors planted in it: a percentage, a sum,
# and an upper limit.

# %%
mine = pd.DataFrame(
    [
        ("sex", "women", "93 (62.0%)"),
        ("sex", "men", "57 (38.0%)"),
        ("stage", "I", "41 (27.3%)"),
        ("stage", "II", "66 (40.4%)"),
        ("stage", "III", "38 (25.3%)"),
        ("stage", "missing", "5 (3.3%)"),
        ("grade", "I-II", "80 (53.3%)"),
        ("grade", "III", "69 (46.0%)"),
    ],
    columns=["variable", "level", "count"],
).assign(n=150)
my_audit = published.join_findings(
    [
        published.audit_counts(mine, place="my Table 1"),
        published.audit_odds_ratio("1.73", "0.86", "3.05", cells=[30, 50, 18, 52], item="response", place="my Table 2"),
        published.audit_correlation("0.42", "0.28", "0.54", n=150, p="<0.001", item="x and y", place="my text"),
    ]
)
my_audit[my_audit["verdict"] == "inconsistent"][["place", "item", "check", "printed", "recomputed"]]

# %% [markdown]
# A whole paper can be written down once, as a mapping or a TOML file with the sections of this package's own data
# file, and audited in one call.

# %%
published.audit_paper(
    {
        "totals": [{"item": "patients", "place": "Methods", "parts": ["80", "70"], "total": "151"}],
        "agreements": [{"item": "odds ratio", "values": {"Table 2": "1.73", "abstract": "1.7"}}],
        "enumerations": [{"item": "centres", "place": "Methods", "printed": "3", "listed": ["Milan", "Modena", "Naples"]}],
    }
)[["place", "item", "verdict", "arithmetic"]]

# %% [markdown]
# ## Does it cry wolf?
#
# An audit is worth what its silence is worth. Here are random two-by-two tables whose odds ratios and Wald intervals
# are computed, rounded, and audited: nothing true may be called inconsistent. Then every upper limit is raised, by 0.1
# below ten and by 1 above, to see how many of the changes are noticed.

# %%
rng = np.random.default_rng(5)
cells = rng.integers(5, 60, (500, 4))
a, b, c, d = cells.T
log_odds_ratio, error = np.log(a * d / (b * c)), np.sqrt((1 / cells).sum(axis=1))
numbers = [np.exp(log_odds_ratio + shift * error) for shift in (0, -1.959964, 1.959964)]
printed = [[f"{value:.2f}" for value in column] for column in numbers]
honest = published.audit_odds_ratio(*printed, cells=cells)
altered = [f"{float(value) + (0.1 if float(value) < 10 else 1.0):.2f}" for value in printed[2]]
planted = published.audit_odds_ratio(printed[0], printed[1], altered, cells=cells)
pd.DataFrame(
    {
        "honest tables": published.verdict_counts(honest[honest["check"] == "interval"]),
        "upper limit raised": published.verdict_counts(planted[planted["check"] == "interval"]),
    }
)

# %% [markdown]
# ## A run beside the paper
#
# `compare_published` puts the tables of a run next to the printed ones: number, interval, difference, overlap, sign,
# conclusion. Here the run is on simulated tumours, in which effects of a HER2 score on the cell amounts were planted;
# with your own study it is `compare_published(load_results("results").tables)`.

# %%
from her2stats.simulate import simulate_with_truth
from her2stats.statistics import compare_groups, correlate, fit_logistic

cohort, truth = simulate_with_truth("simulated", 300, seed=11)
amounts = truth.amounts
data = pd.concat([cohort.clinical[["hr"]], truth.score.rename("HER2_20"), amounts], axis=1)
high = data.assign(**{name: (amounts[name] >= amounts[name].median()).astype(int) for name in amounts})
cells_measured = list(amounts.columns)
run = [
    correlate(data, "HER2_20", cells_measured, cohort="simulated"),
    correlate(data, "HER2_20", cells_measured, by="hr", cohort="simulated"),
    fit_logistic(high, cells_measured, "HER2_20", by="hr", cohort="simulated"),
    compare_groups(data, cells_measured, group="hr", cohort="simulated"),
]
beside = published.compare_published(run)
beside[["question", "stratum", "outcome", "printed", "our_estimate", "our_low", "our_high", "same_sign", "same_conclusion"]]

# %% [markdown]
# In counts: how many printed effects the run has a number for, and how many agree, each beside the number of those
# where that can be said (`same_sign` of `same_sign_of`). Where it can be said of none there is no count.

# %%
published.comparison_summary(beside)
