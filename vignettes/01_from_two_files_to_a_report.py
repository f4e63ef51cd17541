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
# # From two files to a report
#
# You have an expression matrix and a clinical table of the same tumours. This walkthrough starts from two such files,
# lets the package propose a study file, completes it, runs the study and reads the results back.
#
# The files here are simulated, so that it runs anywhere: no patient stands behind any number. Every number below is
# computed by the cell above it.

# %%
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pandas as pd

import her2stats as h2

pd.set_option("display.max_colwidth", None)
folder = Path(tempfile.mkdtemp())


def her2stats(*words: object) -> str:
    """What the command says, asked from here as in a terminal."""
    command = [sys.executable, "-m", "her2stats.cli", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


# %% [markdown]
# ## The two files
#
# Genes in rows, tumours in columns, log2(x + 1); and one row a tumour with what the clinic knows.

# %%
cohort = h2.simulate_cohort("ours", 160, seed=1)
cohort.expression.to_csv(folder / "expression.tsv.gz", sep="\t")
cohort.clinical.rename(columns={"her2_ihc": "HER2 IHC", "age": "age_years"}).to_csv(folder / "clinical.csv")
h2.write_signature_matrix(h2.simulate_signature_matrix(), folder / "matrix.tsv")

pd.read_csv(folder / "clinical.csv").head(4)

# %% [markdown]
# ## A study file
#
# `her2stats init clinical.csv --expression expression.tsv.gz` looks at the columns and writes what it recognised. The
# scale of the expression is never guessed, and the signature matrix is yours: both have to be filled in.

# %%
told = her2stats(
    *("init", "clinical.csv", "--expression", "expression.tsv.gz", "--name", "ours", "--output", "proposed.toml")
)
print(told)
print((folder / "proposed.toml").read_text())

# %% [markdown]
# Completed by hand, it reads:

# %%
(folder / "study.toml").write_text(
    """
[study]
title = "HER2 and immune infiltration in our cohort (simulated)"
simulated = true
seed = 1

[[cohorts]]
name = "ours"
expression = "expression.tsv.gz"
scale = "log2"
offset = 1
clinical = "clinical.csv"
[cohorts.columns]
sample = "sample"
hr = "hr"
her2_ihc = "HER2 IHC"
age = "age_years"
size_cm = "size_cm"
grade = "grade"

[scores]
exposure = "ERBB2"
also = ["ESR1"]

[deconvolution]
signature = "matrix.tsv"

[analysis]
crosscheck = false
"""
)
print(her2stats("check", "study.toml"))

# %% [markdown]
# Had anything been wrong, it would have told all of it
# at once, in a table with file, row, column, value and what to do.
#
# ## The run

# %%
results = h2.run_study(folder / "study.toml")
print("\n".join(results.summary()[:-1]))

# %% [markdown]
# The folder holds tables, figures (each as pdf, svg and png; the pdf are listed), model frames for R, and the report, one
# file that opens offline:

# %%
for place in sorted(results.folder.iterdir()):
    files = sorted(place.iterdir()) if place.is_dir() else []
    held = [path.name for path in files if path.suffix not in (".svg", ".png")]
    print(f"{place.name}/" if held else place.name)
    if held:
        print(textwrap.fill(", ".join(held), initial_indent="    ", subsequent_indent="    ", width=92))

# %% [markdown]
# ## What was found
#
# Results come back as plain frames. Odds of high abundance per standard deviation of the exposure, by hormone-receptor
# status, as a journal prints them; the ten rows with the smallest p:

# %%
odds = results.tables["odds_ratios"]
h2.table_effects(odds[odds["stratum"] != "all"].nsmallest(10, "p_value"))

# %% [markdown]
# The same for all of them as a figure: to the left of the line, high abundance is less frequent where *ERBB2* is higher.

# %%
h2.plot_forest(odds, exposure="ERBB2")

# %% [markdown]
# What could not be estimated keeps its row and says why:

# %%
flagged = odds[odds["flag"] != ""]
flagged[["stratum", "outcome", "flag"]] if len(flagged) else "every odds ratio could be estimated"

# %% [markdown]
# And what was done to the data on the way, with counts:

# %%
results.tables["notes"][["stage", "what", "count"]]
