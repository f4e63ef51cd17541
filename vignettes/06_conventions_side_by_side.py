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

pd.set_option("display.max_colwidth", None)

cohort = h2.simulate_cohort("example", 240, seed=6)
matrix = h2.simulate_signature_matrix()
fractions = h2.deconvolve(cohort.linear(), matrix).fractions
abundance = h2.classify_abundance(fractions)
scores = h2.score_signature(cohort.log2(), "ERBB2").table
data = cohort.clinical.join(scores).join(fractions[abundance.continuous])
status = h2.r_status()
print(f"R {status.r_version}, {status.engine}" if status.usable else "R is not here")


# %%
def beside_r(result: h2.Result, names: dict[str, str], row: int = 0) -> dict[str, object]:
    """Some columns of one row of a result, each with R's number behind it, agreeing or not."""
    table = h2.crosscheck_r({"model": result}).table
    labels = result.table.loc[row, ["stratum", "outcome", "term"]]
    mine = table[(table[labels.index] == labels.to_numpy()).all(axis=1)].set_index("quantity")
    numbers: dict[str, object] = {}
    for column, name in names.items():
        numbers[name] = result.table.loc[row, column]
        numbers[f"{name}, R"] = mine["r"].get(column, np.nan)
    return numbers


# %% [markdown]
# One cell type carries the examples: the one whose correlation with *ERBB2* is farthest from zero, for there the
# conventions differ most.

# %%
rho = h2.correlate(data, "ERBB2", abundance.continuous).table
cell = rho.loc[rho["estimate"].abs().idxmax(), "outcome"]
data["high"] = abundance.high[cell]
print(f"{cell}, rho = {rho['estimate'].abs().max():.3f} in absolute value")

# %% [markdown]
# ## Correlation: PROC CORR, cor.test, correlate
#
# | Python | SAS | R |
# |---|---|---|
# | `ci="fisher"` | `PROC CORR SPEARMAN FISHER(BIASADJ=NO)` | by hand: `tanh(atanh(r) + c(-1, 1) * z / sqrt(n - 3))` |
# | `ci="sas"` | `PROC CORR SPEARMAN FISHER` (bias-adjusted, the default) | by hand |
# | `ci="bonett-wright"` (default) | none | by hand, from Bonett and Wright 2000, doi 10.1007/BF02294183 |
# | p value | the p below each correlation (t); that in the table of `FISHER` is of z | `cor.test(method = "spearman", exact = FALSE)` |
# | `within="hr"` | `PROC FREQ; TABLES hr*x*y / CMH SCORES=MODRIDIT`, row 1, is its square | `coin::independence_test`, stratified |

# %%
names = {"conf_low": "lower", "conf_high": "upper", "p_value": "p"}
choices = ("bonett-wright", "fisher", "sas")
results = {ci: h2.correlate(data, "ERBB2", cell, ci=ci) for ci in choices}
pd.DataFrame({ci: beside_r(result, names) for ci, result in results.items()}).T

# %% [markdown]
# The p-value does not depend on the interval. By default `cor.test` takes, below 1,290 pairs without ties, an exact
# distribution or its Edgeworth series instead of t: another number.
#
# ## Odds ratios: PROC LOGISTIC, glm, fit_logistic
#
# | Python | SAS | R |
# |---|---|---|
# | the outcome is 1 | `MODEL high(EVENT='1') = score`; without `EVENT` SAS models the 0, and every odds ratio is inverted | `glm` models the 1 |
# | `per_sd=True` (default) | `UNITS score = SD` | `glm(y ~ I(x / sd(x)), binomial)` |
# | `per_sd=False` | the default | `glm(y ~ x, binomial)` |
# | `ci="wald"` (default) | `CLODDS=WALD` | `confint.default` |
# | `ci="profile"` | `CLODDS=PL` | `confint` |
# | `penalty="firth"` | `FIRTH` with `CLODDS=PL`; its p is Wald's, ours that of the penalised likelihood ratio | `logistf::logistf` |
# | `fit_interaction` | `CLASS hr(REF='negative') / PARAM=REF; MODEL high(EVENT='1') = score hr score*hr` | `glm(high ~ score * hr, binomial)` |
# | its odds ratios within HR | `ODDSRATIO score / AT(hr=ALL)`: `UNITS` alone prints none where the score is in a product | `emmeans::emtrends`, or the levels as reference in turn |
# | its second test | the difference of `-2 LOG L` to the model without `score*hr` | `anova(smaller, larger, test = "LRT")` |
# | `fit_clinical` | the same model with age, grade or size as the outcome, no `UNITS` | the same |

# %%
names = {"estimate": "odds ratio", "conf_low": "lower", "conf_high": "upper"}
options = {
    "per SD, Wald": {},
    "per SD, profile": {"ci": "profile"},
    "per unit, Wald": {"per_sd": False},
}
results = {name: h2.fit_logistic(data, "high", "ERBB2", **o) for name, o in options.items()}
pd.DataFrame({name: beside_r(result, names) for name, result in results.items()}).T

# %% [markdown]
# R's `confint` interpolates the profile between a few points, which can be seen in the fifth digit; here both languages
# look for the place itself.
#
# Whose standard deviation? By hormone-receptor status the cohort's is used, so that the two odds ratios can be compared
# with each other. `BY hr; UNITS score = SD` and `sd(x)` within a subset take the stratum's, which is `sd="stratum"`;
# the p-value is the same:

# %%
names = {"estimate": "odds ratio", "p_value": "p"}
rows = {}
for sd in ("cohort", "stratum"):
    result = h2.fit_logistic(data, "high", "ERBB2", by="hr", sd=sd)
    for row, stratum in enumerate(result.table["stratum"]):
        rows[sd, stratum] = beside_r(result, names, row)
pd.DataFrame(rows).T.rename_axis(["SD of", "stratum"])

# %% [markdown]
# The standard deviation divides by n - 1. With n it would be smaller by this factor, and every log odds ratio per
# standard deviation with it:

# %%
float(np.sqrt((len(data) - 1) / len(data)))

# %% [markdown]
# ## Covariance analysis: PROC GLM, drop1 and emmeans, fit_ancova
#
# | Python | SAS | R |
# |---|---|---|
# | `tests` (default) | `SS3`, the score less its mean in the `MODEL` | `contr.sum`, the score less its mean, `drop1(., ~ ., test = "F")` |
# | `centre=False` | `SS3`, the score as it is | the same without taking off the mean |
# | `slopes`, `weights="equal"` (default) | `ESTIMATE` as below | `emtrends(fit, ~ 1, var = "score")` |
# | `weights="proportional"` | `ESTIMATE` with observed shares | `emtrends(..., weights = "proportional")` |
# | `curve`, at one score | `LSMEANS hr / AT score = x`, its rows averaged | `emmeans(fit, ~ 1, at = list(score = x))` |
# | `curve`, `weights="proportional"` | `LSMEANS / OM`: its margins count rows that are complete in the independent variables, also where the outcome is missing | `emmeans(..., weights = "proportional")` |
#
# A Type III test of a factor asks where the score is zero, because the factor's product with the score is in the model.
# SAS does not centre: with *ERBB2* on the log2 scale it tests at a score that no tumour has. The default here tests at
# the mean score.

# %%
names = {"statistic": "F of hr", "p_value": "p"}
rows = {}
for name, centre in {"at the mean score": True, "at score 0": False}.items():
    tests = h2.fit_ancova(data, cell, "ERBB2", centre=centre).tests
    place = int(np.flatnonzero(tests.table["term"] == "hr")[0])
    rows[name] = beside_r(tests, names, place)
pd.DataFrame(rows).T

# %% [markdown]
# The slope averaged over two levels of hormone receptor and three of HER2 IHC, each with equal weight:
#
# ```sas
# estimate 'slope' score 6  hr*score 3 3  her2_ihc*score 2 2 2 / divisor = 6;
# ```

# %%
names = {"estimate": "slope", "std_error": "standard error"}
rows = {}
for weights in ("equal", "proportional", "outer", "cells"):
    slopes = h2.fit_ancova(data, cell, "ERBB2", weights=weights).slopes
    rows[weights] = beside_r(slopes, names)
pd.DataFrame(rows).T

# %% [markdown]
# The last three agree because the model has no product of three terms: the slope is a sum of a part for hormone receptor
# and a part for HER2 IHC, so only the margins of the weights matter, and these three have the same margins.
#
# ## Two groups: PROC NPAR1WAY, wilcox.test, compare_groups
#
# | Python | SAS | R |
# |---|---|---|
# | exact below 50 in both groups without ties | `EXACT WILCOXON` (never by itself) | the default, by the same rule |
# | else normal, with tie and continuity correction | `WILCOXON` (default `CORRECT=YES`) | `exact = FALSE, correct = TRUE` |
#
# Which of them was used is part of the result:

# %%
rows = {}
for n in (40, 240):
    found = h2.compare_groups(data.iloc[:n], cell, group="hr")
    rows[n] = {"method": found.table.loc[0, "method"]} | beside_r(found, {"p_value": "p"})
pd.DataFrame(rows).T.rename_axis("first tumours")

# %% [markdown]
# ## Counts: PROC FREQ, chisq.test, compare_groups
#
# | Python | SAS | R |
# |---|---|---|
# | chi-squared | `TABLES / CHISQ`, the row "Chi-Square" | `chisq.test(correct = FALSE)` |
# | none | the row "Continuity Adj. Chi-Square" | `chisq.test` by default |
# | Fisher's exact test, beside it where an expected count is below five | in the same output for 2 x 2 | `fisher.test` |

# %%
names = {"statistic": "chi-squared", "p_value": "p"}
found = h2.compare_groups(data, "high", group="hr")
pd.DataFrame({"high abundance by hormone receptor": beside_r(found, names)}).T
