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
# # Cell fractions: signature matrices, absolute mode, exactness, truth
#
# CIBERSORT regresses a tumour on the profiles of pure cell types, by nu-support-vector regression. Here the optimum is
# exact: it does not depend on the order of the genes, and it comes with its own proof.

# %%
import os
from pathlib import Path

import numpy as np
import pandas as pd

import her2stats as h2

matrix = h2.simulate_signature_matrix()
cohort = h2.simulate_cohort("example", 60, seed=2)
expression = cohort.linear()
print(f"{len(matrix.genes)} genes x {len(matrix.cell_types)} cell types")
matrix.profiles.iloc[:4, :4]

# %% [markdown]
# ## Relative and absolute
#
# Relative fractions sum to one in each tumour. The absolute mode multiplies them by how much of the signature a tumour
# expresses, so that tumours can be compared.

# %%
relative = h2.deconvolve(expression, matrix, mode="relative")
absolute = h2.deconvolve(expression, matrix)
pd.DataFrame(
    {"relative": relative.fractions.sum(axis=1), "absolute": absolute.fractions.sum(axis=1)}
).describe().loc[["min", "mean", "max"]].round(3)

# %%
h2.plot_composition(absolute.fractions.join(cohort.clinical["hr"]), list(absolute.fractions))

# %% [markdown]
# An absolute score is relative to the median of its mixture. Frozen, that median gives a tumour that comes alone the
# same score that it has within its cohort:

# %%
alone = h2.deconvolve(expression.iloc[:, [0]], matrix, reference_median=absolute.reference_median)
float((alone.fractions.iloc[0] - absolute.fractions.iloc[0]).abs().max())

# %% [markdown]
# ## Exactness
#
# Every fit reports how far it is from meeting the conditions of the optimum (`kkt`). Genes in another order change
# nothing:

# %%
shuffled = h2.deconvolve(expression.sample(frac=1, random_state=3), matrix)
pd.Series(
    {
        "largest violation of an optimality condition": absolute.quality["kkt"].max(),
        "largest change of a fraction": (shuffled.fractions - absolute.fractions).abs().to_numpy().max(),
    }
)

# %% [markdown]
# libsvm, which R's e1071 and scikit-learn use, stops at a tolerance of 1e-3. What that leaves open, on the first
# tumours:

# %%
few = expression.iloc[:, :4]
pd.Series(
    {
        f"tolerance {tolerance:g}": (
            h2.deconvolve(few, matrix, mode="relative", solver="libsvm", libsvm_tolerance=tolerance).fractions
            - relative.fractions.iloc[:4]
        )
        .abs()
        .to_numpy()
        .max()
        for tolerance in (1e-3, 1e-6)
    },
    name="largest difference from the optimum",
)

# %% [markdown]
# ## How firm is a fraction
#
# A bootstrap over the signature's genes gives each fraction an interval, and each zero the share of draws in which it
# stays zero.

# %%
firm = h2.deconvolve(few, matrix, bootstrap=40, seed=1)
firm.wide().filter(like=firm.fractions.columns[0]).round(4)

# %% [markdown]
# An association with a fraction that is an estimate is less firm than its usual interval says. `correlate_draws` adds the
# variance between draws to it; a lower bound, for the reference profiles are taken as known. A study does it where it asks
# for `bootstrap` draws.

# %%
drawn = h2.deconvolve(expression, matrix, bootstrap=20, seed=1)
cell = h2.classify_abundance(drawn.fractions).continuous[0]
redrawn = {f"{cell}, draw {draw}": drawn.drawn.loc[draw, cell] for draw in range(1, 21)}
frame = pd.DataFrame({"her2": expression.loc["ERBB2"], cell: drawn.fractions[cell], **redrawn})
both = {"usual": h2.correlate(frame, "her2", cell), "in draws": h2.correlate_draws(frame, "her2", cell, draws=20)}
limits = pd.concat({name: result.table for name, result in both.items()}).droplevel(1)
limits[["outcome", "estimate", "conf_low", "conf_high"]].round(3)

# %% [markdown]
# ## Any matrix, also your own
#
# `read_signature_matrix` takes LM22, ABIS, TIL10, immunoStates or a table of yours; `build_signature_matrix` makes one
# from sorted cells. LM22 is licensed by Stanford University and is not part of this package.

# %%
rng = np.random.default_rng(0)
pure = pd.DataFrame(
    {
        f"{cell}_{copy}": matrix.profiles[cell] * rng.lognormal(0, 0.1, len(matrix.profiles))
        for cell in matrix.cell_types[:4]
        for copy in range(4)
    }
)
kinds = pd.Series({column: column.rsplit("_", 1)[0] for column in pure})
built = h2.build_signature_matrix(pure, kinds)
built.sizes[built.sizes["chosen"]]

# %%
built.markers.groupby("cell_type").head(2)[["cell_type", "gene", "fold_change", "q_value", "used"]]

# %% [markdown]
# ## Truth: blood whose cells were counted
#
# Where the data lie beside the checkout (or `HER2STATS_SHARED` names their folder), fractions are held against counts
# by flow cytometry: twelve samples of ABIS (Monaco et al. 2019), with ABIS' own matrix.

# %%
here = Path(globals().get("__file__", Path.cwd() / "vignettes" / "here")).resolve()
data = Path(os.environ.get("HER2STATS_SHARED", here.parents[2] / "shared")) / "data"
blood, counted = data / "pbmc_abis_s13" / "TPMPBMC.txt.gz", data / "pbmc_abis_s13" / "groundTruth_ABIS_flow_percent.tsv"
if blood.exists() and (data / "signatures" / "abis_rnaseq.txt").exists():
    measured = pd.read_csv(counted, sep="\t", index_col=0)
    tpm = pd.read_csv(blood, sep="\t", index_col=0)
    abis = h2.read_signature_matrix(data / "signatures" / "abis_rnaseq.txt")
    estimated = h2.deconvolve(tpm[~tpm.index.duplicated()], abis, mode="relative").fractions
    estimated.columns = estimated.columns.str.replace(r"[ +-]", ".", regex=True)
    both = measured.columns.intersection(estimated.columns)
    paired = measured.reindex(index=estimated.index, columns=both)
    shown = pd.DataFrame(
        {
            "samples": paired.notna().sum(),
            "mean % counted": paired.mean(),
            "mean % estimated": 100 * estimated[both].mean(),
            "Spearman's rho": estimated[both].corrwith(paired, method="spearman"),
        }
    ).round(2)
else:
    shown = "The data are not here: this part was not run. The validation page has the table of truth."
shown
