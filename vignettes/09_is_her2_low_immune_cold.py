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
# # Is HER2-low immune-cold? What public cohorts say
#
# The paper finds that a 20-gene HER2 score goes with less infiltration among HER2-negative tumours: fewer CD8 T cells, M1
# macrophages and plasma cells. Public cohorts can be asked the same of ERBB2, and of HER2-low against HER2-0 in the
# response to neoadjuvant therapy. This page puts them side by side. It does not decide the question, and says why.
#
# The data are not part of the package. `tools/public_cohorts.py` ran every study by its shipped file on the real data,
# `her2stats atlas` put their results folders together, and the table below is what came out: aggregates, stored beside this
# page. Of each cohort `her2stats fetch NAME` gives the study file, and the data or the place of the click that they need.

# %%
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import Image, display

import her2stats as h2

pd.set_option("display.max_colwidth", None)
pd.set_option("display.max_rows", 60)
places = (Path("public_cohorts"), Path("vignettes/public_cohorts"), Path("docs/vignettes/public_cohorts"))
stored = next(place for place in places if place.is_dir())
atlas = pd.read_csv(stored / "atlas.csv", keep_default_na=False, na_values=[""])
for name in ("given", "fractions", "note", "study"):
    atlas[name] = atlas[name].fillna("")
pd.read_csv(stored / "studies.csv", keep_default_na=False).drop(columns="folder")

# %% [markdown]
# ABiM, the paper's own cohort, is here with its clinical table only: its expression is a download of 60 MB. TransNEO
# publishes ERBB2 and Danaher's scores, and is asked about total TIL by them; it has no HER2 level, so that response cannot be
# asked. NeoTRIP publishes neither: it runs, describes its patients, and answers none of the questions below.
#
# ## ERBB2 and the immune cells
#
# "absolute" fractions are amounts, as in the paper; "relative" ones are shares among the immune cells of a tumour. They
# are two quantities, so each is pooled with its own kind only.

# %%
display(Image(filename=str(stored / "atlas_rho.png")))

# %%
summary = pd.read_csv(stored / "summary.csv", keep_default_na=False, na_values=[""])
shown = ["outcome", "fractions", "stratum", "studies", "n", "estimate", "conf_low", "conf_high"]
beside = ["same_sign", "of", "paper_term", "paper", "verdict"]
summary[summary["measure"] == "rho"][[*shown, *beside]].round(2)

# %% [markdown]
# What agrees: total TIL goes down with ERBB2 in all three studies that have it, pooled −0.29 (−0.47 to −0.09), in HR-positive
# tumours −0.25 (−0.38 to −0.11); leaving any one out changes no sign. Where infiltration is an amount, its correlation with
# ERBB2 is negative in HR-positive tumours, in every study that has one (SCAN-B has none for plasma cells: too many are zero).
# In HR-negative ones total TIL goes down in SCAN-B and TransNEO, and is about zero in the 37 tumours of the TCGA subset.
# In TransNEO lymphocytes were counted on the slides, too: the scores follow the count (ρ 0.63), and ERBB2 goes with the count
# as with the scores in sign, but less, −0.15 (−0.35 to 0.06).
#
# What does not: in TCGA-BRCA, by the published fractions, plasma cells go *up* with ERBB2 in HR-positive tumours, where
# the paper has them going down with its score, and so do CD8 T cells, a little. These are shares: where the total falls,
# the share of one type can rise. That may be the reason, and nothing here shows that it is.

# %%
plasma = atlas[(atlas["outcome"] == "Plasma cells") & (atlas["stratum"] == "hr=positive")]
plasma[["study", "term", "fractions", "estimate", "conf_low", "conf_high", "n", "note"]].round(2)

# %% [markdown]
# ## Response, HER2-low against HER2-0

# %%
display(Image(filename=str(stored / "atlas_odds_ratio.png")))

# %%
response = atlas[atlas["measure"] == "odds_ratio"]
response[["study", "part", "stratum", "given", "estimate", "conf_low", "conf_high", "n", "note"]].round(3)

# %% [markdown]
# In I-SPY2 the crude odds ratio is 1.02 and the one given hormone receptor 1.26: HER2-low tumours are more often
# receptor-positive, and those respond less. The crude number alone misleads. Both intervals include 1, and so does the
# paper's. The pembrolizumab arm is a part of I-SPY2 and is therefore not pooled with it.
#
# ## Pooled again
#
# The pooled rows follow from the rows of the studies by `pool`:

# %%
key = ["outcome", "stratum", "term", "given", "fractions"]
studies = atlas[(atlas["part"] == "study") & ~atlas["note"].str.startswith("not pooled")]
largest = 0.0
for question, row in atlas[atlas["part"] == "pooled"].set_index(key).iterrows():
    rows = studies[(studies[key] == list(question)).all(axis=1)]
    again = h2.pool(rows.assign(cohort=rows["study"])).table["estimate"].item()
    largest = max(largest, abs(again - row["estimate"]))
assert largest < 1e-12
f"{(atlas['part'] == 'pooled').sum()} pooled estimates, largest difference {largest:.0e}"

# %% [markdown]
# ## Why this cannot decide
#
# - No cohort has the paper's exposure: its 20 genes and their weights are not printed. ERBB2 is one gene; where the paper
#   prints both, the score's correlation with total TIL is the stronger one (−0.44 against −0.28).
# - Three studies are pooled at most: of two or three, the variance between studies is hardly known. Hartung-Knapp intervals
#   on one or two degrees of freedom say so, and there is no prediction interval below four.
# - The subsets are not population samples: the SCAN-B subset was chosen 3 to 1 by ER, and the 121 tumours of TCGA for
#   contrasts of ER and HER2. Those 121 are in TCGA-BRCA, too; the two are never pooled.
# - HER2-low by IHC is read with little agreement between pathologists, and drugs differ between trials.
#
# With cohorts of your own: `her2stats atlas results-a results-b results-c --output atlas`.
