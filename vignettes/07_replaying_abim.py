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
# # Replaying ABiM
#
# One of the paper's cohorts is public: ABiM, GEO series GSE81538. This walkthrough replays its analysis where the data
# are there, and shows the steps where they are not. The paper's exposure, a 20-gene score, is not printed anywhere; ERBB2
# is used, for which the paper prints correlations too.
#
# Two places are looked at: `HER2STATS_ABIM`, the folder of the data (by default where `her2stats fetch` puts them), and
# `HER2STATS_LM22`, the path of your copy of LM22 (by default `LM22.txt` in that folder).

# %%
import os
import shutil
from pathlib import Path

import pandas as pd

import her2stats as h2
from her2stats.published import published_results
from her2stats.reading.sources import list_sources, study_template
from her2stats.reading.sources.fetching import default_cache

pd.set_option("display.max_colwidth", None)
folder = Path(os.environ.get("HER2STATS_ABIM", default_cache() / "abim"))
study, beside = folder / "abim.toml", folder / "LM22.txt"
lm22 = Path(os.environ.get("HER2STATS_LM22", beside))
missing = [path.name for path in (study, lm22) if not path.is_file()]
if missing:
    print(f"Not here: {', '.join(missing)}. The steps are shown, and nothing is computed from ABiM.")
else:
    print("ABiM and LM22 are here.")

# %% [markdown]
# ## Getting it
#
# `her2stats fetch abim` downloads the three files, verifies or records their checksums, turns the series matrix into a
# clinical table and writes a study file. What is known about the source:

# %%
known = list_sources().set_index("name").loc["abim"]
known[["title", "licence", "citation", "seen", "checksum"]].to_frame()

# %% [markdown]
# The study file that is written, and expects `LM22.txt` beside it:

# %%
print(study_template("abim"))

# %% [markdown]
# ## Running it
#
# `her2stats check abim.toml` first, then `her2stats run abim.toml`, or:

# %%
if missing:
    results, shown = None, "not run"
else:
    if lm22.resolve() != beside.resolve():
        shutil.copyfile(lm22, beside)
    results = h2.run_study(study)
    columns = ["stratum", "outcome", "term", "estimate", "conf_low", "conf_high", "n"]
    shown = results.tables["correlation"][columns]
shown

# %% [markdown]
# ## Beside the paper
#
# What the paper prints of total TIL in ABiM, by the score that it goes with:

# %%
printed = published_results()
overall = next(entry for entry in printed["correlations"] if entry["stratum"] == "all")
pd.DataFrame(overall["exposures"], index=["rho", "lower", "upper"]).T.assign(n=overall["n"])

# %% [markdown]
# `compare_published` puts a run beside all that is printed: printed value and interval, ours, their difference, whether
# the intervals overlap and whether both say the same.

# %%
h2.compare_published(results.tables) if results is not None else "needs the run above"
