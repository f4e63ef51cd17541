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
# # The statistics, step by step
#
# Each question of the analysis is one function: a data frame in, a `Result` out, whose `table` always has the same
# columns. This walkthrough asks them one after another of a simulated cohort whose associations are known.

# %%
import numpy as np
import pandas as pd

import her2stats as h2
from her2stats.published import published_results
from her2stats.simulate import simulate_with_truth

pd.set_option("display.max_colwidth", None)

cohort, truth = simulate_with_truth("example", 318, seed=4)
cohort

# %% [markdown]
# ## Scores, fractions, abundance

# %%
scores = h2.score_signature(cohort.log2(), "ERBB2").table
deconvolution = h2.deconvolve(cohort.linear(), h2.simulate_signature_matrix())
abundance = h2.classify_abundance(deconvolution.fractions)
abundance.kinds[["kind", "share_zero", "borderline"]].round(3)

# %%
data = cohort.clinical.join(scores).join(deconvolution.fractions[abundance.continuous])
high = cohort.clinical.join(scores).join(abundance.high)

# %% [markdown]
# ## Correlation
#
# Spearman's rho with a Bonett-Wright interval; corrected for how many types were looked at. A family says how many
# tests it counts.

# %%
correlated = h2.adjust(h2.correlate(data, "ERBB2", abundance.continuous), by=("stratum",), asked="ERBB2 and cell types")
correlated.table[["outcome", "estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "n"]].round(4)

# %%
correlated.table["family"].iloc[0]

# %%
h2.plot_correlation(correlated, exposure="ERBB2")

# %% [markdown]
# The interval is a convention, and an argument. The same rho, the one farthest from zero, under each:

# %%
rho = correlated.table.set_index("outcome")["estimate"]
farthest = rho.abs().idxmax()
intervals = {
    ci: h2.correlate(data, "ERBB2", farthest, ci=ci, draws=500, seed=1).table
    for ci in ("bonett-wright", "fieller", "caruso-cliff", "fisher", "sas", "bootstrap")
}
print(f"{farthest}: rho = {rho[farthest]:.4f}")
pd.concat(intervals).droplevel(1)[["conf_low", "conf_high"]].round(4)

# %% [markdown]
# ## Groups
#
# Wilcoxon for continuous types, with the shift between the groups and its Hodges-Lehmann limits:

# %%
compared = h2.compare_groups(data, abundance.continuous[:3], group="hr").table
compared[["outcome", "estimate", "conf_low", "conf_high", "p_value", "superiority", "method"]].round(4)

# %% [markdown]
# Chi-squared for those analysed as absent or present; `method` says which variant:

# %%
compared = h2.compare_groups(high, abundance.dichotomised, group="hr").table
compared[["outcome", "estimate", "conf_low", "conf_high", "statistic", "df", "p_value", "method"]].round(4)

# %% [markdown]
# ## Odds ratios, and whether they differ
#
# Per standard deviation (n - 1, over the cohort) of the exposure. With the cohort's standard deviation the odds ratios of
# the strata are exactly the simple slopes of the interaction model:

# %%
kept = abundance.continuous + abundance.dichotomised
by_hr = h2.fit_logistic(high, kept[0], "ERBB2", by="hr").table
both = h2.fit_interaction(high, kept[0], "ERBB2", "hr").table
both[["stratum", "term", "estimate", "conf_low", "conf_high", "statistic", "df", "p_value"]].round(4)

# %%
float(np.abs(by_hr["estimate"].to_numpy() - both["estimate"].to_numpy()[:2]).max())

# %% [markdown]
# That is the largest difference between the two ways: rounding. The row `hr[positive]` compares the strata at the mean of
# the exposure; it is part of the model and no test of it is counted.
#
# Every kept type at once, as the paper's Fig. 2b draws it:

# %%
odds = h2.adjust(
    h2.fit_logistic(high, kept, "ERBB2", by="hr"), by=("stratum",), asked="odds of high abundance by ERBB2"
)
h2.plot_forest(odds, exposure="ERBB2")

# %% [markdown]
# ## Covariance analysis
#
# (HR + HER2 IHC + score)^2 with Type III tests; the marginal slope averages over the HR x IHC grid with equal weights.

# %%
ancova = h2.fit_ancova(data, kept[0], "ERBB2")
ancova.tests.table[["term", "statistic", "df", "df_residual", "p_value"]].round(4)

# %%
ancova.slopes.table[["stratum", "estimate", "std_error", "conf_low", "conf_high", "p_value"]].round(5)

# %% [markdown]
# The marginal means along the score, within the range of the tumours of each line:

# %%
h2.plot_marginal(ancova)

# %% [markdown]
# ## Response
#
# From the counts of the paper's Table 2, pathological complete response of HER2-low against HER2-0. They come from the
# package's transcription of what is printed:

# %%
table_2 = next(t for t in published_results()["two_by_two"] if t["outcome"] == "pcr")
cells = pd.MultiIndex.from_product([["HER2-low", "HER2-0"], [1, 0]], names=["her2", "pcr"])
counts = pd.Series(table_2["cells"], index=cells, name="patients")
counts.unstack()

# %%
patients = counts.index.repeat(counts).to_frame(index=False)
h2.response_odds(patients, "pcr", "her2", reference="HER2-0").table[
    ["term", "estimate", "conf_low", "conf_high", "p_value", "n_events", "n"]
].round(3)

# %% [markdown]
# Printed, with its interval:

# %%
table_2["odds_ratio"]

# %% [markdown]
# The odds ratio agrees, the interval does not quite. That is one of the findings of the walkthrough on auditing a paper.

# %% [markdown]
# ## What cannot be estimated
#
# A zero cell separates the outcomes. Common routines "converge" on it without a word, at an absurd odds ratio;
# here the row stays, without numbers, and says why. Firth's penalty gives a finite answer where one is wanted.

# %%
separated = pd.DataFrame({"exposed": [0.0] * 8 + [1.0] * 12, "event": [0] * 8 + [1] * 6 + [0] * 6})
h2.fit_logistic(separated, "event", "exposed", per_sd=False).table[["estimate", "std_error", "flag"]]

# %%
try:
    firth = h2.fit_logistic(separated, "event", "exposed", per_sd=False, penalty="firth").table
    shown = firth[["estimate", "conf_low", "conf_high", "p_value"]].round(3)
except h2.InputError as error:
    shown = str(error)
shown

# %% [markdown]
# ## Against what is true
#
# The cohort is simulated, so the true amounts of cells are known. Rank correlation of the estimated with the true
# amounts, type by type:

# %%
recovered = pd.Series(
    {name: deconvolution.fractions[name].corr(truth.amounts[name], method="spearman") for name in abundance.continuous}
)
recovered.describe()[["min", "50%", "max"]].round(4)
