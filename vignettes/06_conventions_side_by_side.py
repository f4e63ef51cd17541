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
# # SAS, R and Python conventions side by side
#
# The same data give different numbers under different defaults. This page shows which option gives which number, on one
# simulated cohort. The R numbers are computed live where R is there, through the package's own bridge; otherwise the
# page says so. SAS is not run: its column names the option whose documented formula the Python argument implements.

# %%
import numpy as np
import pandas as pd

import her2stats as h2

cohort = h2.simulate_cohort("example", 240, seed=6)
data = cohort.clinical.join(h2.score_signature(cohort.log2(), "ERBB2").table)
fractions = h2.deconvolve(cohort.linear(), h2.simulate_signature_matrix()).fractions
abundance = h2.classify_abundance(fractions)
cell = abundance.continuous[0]
data = data.join(fractions[[cell]]).assign(high=abundance.high[cell])
status = h2.r_status()
print(f"R {status.r_version}, {status.engine}" if status.usable else "R is not here: its numbers are not shown")


# %%
def in_r(result: h2.Result, quantity: str, row: int = 0) -> object:
    """The number that R gives for one quantity of a result, whether it agrees or not; or that R gives none."""
    table = h2.crosscheck_r({"model": result}).table
    labels = result.table.loc[row, ["stratum", "outcome", "term"]]
    mine = table[(table[["stratum", "outcome", "term"]] == labels.to_numpy()).all(axis=1)]
    found = mine.loc[mine["quantity"] == quantity]
    return float(found["r"].iloc[0]) if len(found) and pd.notna(found["r"].iloc[0]) else "not computed"


# %% [markdown]
# ## Correlation: PROC CORR, cor.test, correlate
#
# | Python | SAS | R |
# |---|---|---|
# | `ci="fisher"` | `PROC CORR SPEARMAN FISHER(BIASADJ=NO)` | by hand: `tanh(atanh(r) +- z / sqrt(n - 3))` |
# | `ci="sas"` | `PROC CORR SPEARMAN FISHER` (bias-adjusted, the default) | none |
# | `ci="bonett-wright"` (default) | none | by hand, from the cited paper |
# | p value | t approximation | `cor.test(exact = FALSE)` |

# %%
rows = {}
for ci in ("bonett-wright", "fisher", "sas"):
    result = h2.correlate(data, "ERBB2", cell, ci=ci)
    rows[ci] = {"lower": result.table.loc[0, "conf_low"], "upper": result.table.loc[0, "conf_high"]}
    rows[ci] |= {"lower, R": in_r(result, "conf_low"), "p, R": in_r(result, "p_value")}
    rows[ci] |= {"p": result.table.loc[0, "p_value"]}
pd.DataFrame(rows).T

# %% [markdown]
# ## Odds ratios: PROC LOGISTIC, glm, fit_logistic
#
# | Python | SAS | R |
# |---|---|---|
# | `per_sd=True` (default) | `UNITS score = SD` | `glm(y ~ I(x / sd(x)))` |
# | `ci="wald"` (default) | `CLODDS=WALD` (default) | `confint.default` |
# | `ci="profile"` | `CLODDS=PL` | `confint` (profile) |
# | `penalty="firth"` | `FIRTH` | brglm2, logistf |

# %%
rows = {}
for name, options in {
    "per SD, Wald": {},
    "per SD, profile": {"ci": "profile"},
    "per unit, Wald": {"per_sd": False},
}.items():
    result = h2.fit_logistic(data, "high", "ERBB2", **options)
    row = result.table.loc[0]
    rows[name] = {"odds ratio": row["estimate"], "lower": row["conf_low"], "upper": row["conf_high"]}
    rows[name] |= {"odds ratio, R": in_r(result, "estimate"), "lower, R": in_r(result, "conf_low")}
pd.DataFrame(rows).T

# %% [markdown]
# The standard deviation is that of the cohort with n - 1. With n it would be smaller by this factor, which is what a
# wrong default costs:

# %%
float(np.sqrt((len(data) - 1) / len(data)))

# %% [markdown]
# ## Covariance analysis: PROC GLM, car::Anova, fit_ancova
#
# | Python | SAS | R |
# |---|---|---|
# | `tests` | `SS3` | `contr.sum`, then `drop1(., ~., test = "F")` |
# | `weights="equal"` (default) | `LSMEANS` | `emmeans` (default) |
# | `weights="proportional"` | `LSMEANS / OM` | `emmeans(weights = "proportional")` |
# | `centre=False` | factors tested at score 0 | `contr.sum` without centring |
#
# Type III tests of a main effect depend on where the numbers are centred, because an interaction is in the model:

# %%
rows = {}
for name, options in {"centred": {}, "at score 0": {"centre": False}}.items():
    tests = h2.fit_ancova(data, cell, "ERBB2", **options).tests
    place = int(np.flatnonzero(tests.table["term"] == "hr")[0])
    rows[name] = {"F of hr": tests.table.loc[place, "statistic"], "p": tests.table.loc[place, "p_value"]}
    rows[name] |= {"F of hr, R": in_r(tests, "statistic", place)}
pd.DataFrame(rows).T

# %%
rows = {}
for weights in ("equal", "proportional", "outer", "cells"):
    slopes = h2.fit_ancova(data, cell, "ERBB2", weights=weights).slopes
    row = slopes.table.loc[0]
    rows[weights] = {"slope": row["estimate"], "standard error": row["std_error"], "df": row["df"]}
    rows[weights] |= {"slope, R": in_r(slopes, "estimate"), "standard error, R": in_r(slopes, "std_error")}
pd.DataFrame(rows).T

# %% [markdown]
# The last three agree because the model has no product of three terms: the slope is a sum of a part for hormone receptor
# and a part for HER2 IHC, so only the margins of the weights matter, and these three have the same margins.
#
# ## Two groups: PROC NPAR1WAY, wilcox.test, compare_groups
#
# SAS and R correct for continuity by default; R is exact below 50 in both groups without ties. The method that was used
# is part of the result:

# %%
for n in (40, 240):
    found = h2.compare_groups(data.iloc[:n], cell, group="hr")
    print(n, found.table.loc[0, "method"], f"p = {found.table.loc[0, 'p_value']:.6g}, R: {in_r(found, 'p_value')}")

# %% [markdown]
# Chi-squared is without continuity correction (`PROC FREQ CHISQ`; `chisq.test(correct = FALSE)`); Fisher's exact test
# stands beside it where an expected count is below five.
