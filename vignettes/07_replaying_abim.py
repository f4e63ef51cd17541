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

# %%
import os
from pathlib import Path

import pandas as pd

import her2stats as h2
from her2stats.sources import list_sources
from her2stats.sources.fetching import default_cache

pd.set_option("display.max_colwidth", 120)
folder = Path(os.environ.get("HER2STATS_ABIM", default_cache() / "abim"))
study = next(iter(sorted(folder.glob("*.toml"))), None) if folder.is_dir() else None
print(f"ABiM is in {folder.name}" if study else "ABiM is not here: the steps are shown, and nothing is computed from it")

# %% [markdown]
# ## Getting it
#
# `her2stats fetch abim` downloads the three files, verifies or records their checksums, turns the series matrix into a
# clinical table and writes a study file. What is known about the source:

# %%
list_sources().set_index("name").loc["abim", ["title", "licence", "citation", "seen", "checksum"]]

# %% [markdown]
# ## Running it
#
# The study file that comes with it needs your copy of LM22 as the signature. Then `her2stats run`, or:

# %%
if study is not None and os.environ.get("HER2STATS_LM22"):
    results = h2.run_study(study)
    shown = results.tables["correlation"]
else:
    results, shown = None, "not run"
shown

# %% [markdown]
# ## Beside the paper
#
# `compare_published` puts a run beside what is printed: printed value and interval, ours, their difference, whether the
# intervals overlap and whether both say the same. What the paper prints for its cohorts:

# %%
from her2stats.published import published_results

printed = published_results()
{name: cohort["n"] for name, cohort in printed["cohorts"].items()}

# %%
h2.compare_published(results).head(12) if results is not None else "needs the run above"
