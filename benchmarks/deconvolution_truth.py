"""Measured truth: blood samples with counted cells, three signatures, the exact optimum beside libsvm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from her2stats.deconvolution import deconvolve, read_signature_matrix

LM22_CD4 = [
    "T cells CD4 naive",
    "T cells CD4 memory resting",
    "T cells CD4 memory activated",
    "T cells follicular helper",
    "T cells regulatory (Tregs)",
]

# What each signature calls the cells that were counted; a type that it does not tell apart is absent.
TYPES: dict[str, dict[str, list[str]]] = {
    "LM22": {
        "B cells": ["B cells naive", "B cells memory"],
        "CD4 T": LM22_CD4,
        "CD8 T": ["T cells CD8"],
        "T cells": [*LM22_CD4, "T cells CD8", "T cells gamma delta"],
        "NK": ["NK cells resting", "NK cells activated"],
        "Monocytes": ["Monocytes"],
    },
    "immunoStates": {
        "B cells": ["naive_B_cell", "memory_B_cell"],
        "CD4 T": ["CD4_positive_alpha_beta_T_cell"],
        "CD8 T": ["CD8_positive_alpha_beta_T_cell"],
        "T cells": ["CD4_positive_alpha_beta_T_cell", "CD8_positive_alpha_beta_T_cell", "gamma_delta_T_cell"],
        "NK": ["CD56bright_natural_killer_cell", "CD56dim_natural_killer_cell"],
        "Monocytes": ["CD14_positive_monocyte", "CD16_positive_monocyte"],
    },
    "ABIS (RNA-seq)": {
        "B cells": ["B Naive", "B Memory"],
        "CD4 T": ["T CD4 Naive", "T CD4 Memory"],
        "CD8 T": ["T CD8 Naive", "T CD8 Memory"],
        "T cells": ["T CD4 Naive", "T CD4 Memory", "T CD8 Naive", "T CD8 Memory", "MAIT", "T gd Vd2", "T gd non-Vd2"],
        "NK": ["NK"],
        "Monocytes": ["Monocytes C", "Monocytes NC+I"],
    },
    "ABIS (microarray)": {
        "B cells": ["B Naive", "B Memory"],
        "T cells": ["T Naive", "T Memory"],
        "NK": ["NK"],
        "Monocytes": ["Monocytes"],
    },
}
FILES = {
    "LM22": "LM22.txt",
    "immunoStates": "immunostates.tsv",
    "ABIS (RNA-seq)": "abis_rnaseq.txt",
    "ABIS (microarray)": "abis_microarray.txt",
}


def sdy420(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """104 samples on arrays, linear; counts by CyTOF as fractions."""
    folder = data / "pbmc_sdy420"
    expression = 2 ** pd.read_csv(folder / "expr.tsv.gz", sep="\t", index_col=0)
    counted = pd.read_csv(folder / "cytof_fractions.tsv", sep="\t", index_col=0).T
    names = {
        "B cells": "B-cells",
        "CD4 T": "CD4+ T-cells",
        "CD8 T": "CD8+ T-cells",
        "T cells": "T cells",
        "NK": "NK cells",
        "Monocytes": "Monocytes",
    }
    return expression, pd.DataFrame({ours: counted[theirs] for ours, theirs in names.items()})


def abis_s13(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """12 samples by RNA-seq, TPM; counts by flow cytometry as fractions."""
    folder = data / "pbmc_abis_s13"
    expression = pd.read_csv(folder / "TPMPBMC.txt.gz", sep="\t", index_col=0)
    counted = pd.read_csv(folder / "groundTruth_ABIS_flow_percent.tsv", sep="\t", index_col=0) / 100
    truth = {
        "B cells": counted["B.Naive"] + counted["B.Memory"],
        "CD4 T": counted["T.CD4.Naive"] + counted["T.CD4.Memory"],
        "CD8 T": counted["T.CD8.Naive"] + counted["T.CD8.Memory"],
        "T cells": counted["T.Cells"],
        "NK": counted["NK"],
        "Monocytes": counted["Monocytes.C"] + counted["Monocytes.NC.I"],
    }
    return expression, pd.DataFrame(truth)


def truth_table(data: Path) -> pd.DataFrame:
    """Correlation and RMSE of every counted type: data set x signature x type, exact and libsvm."""
    rows = []
    studies = (("SDY420", sdy420, "ABIS (microarray)", True), ("ABIS S13", abis_s13, "ABIS (RNA-seq)", False))
    for study, load, abis, normalise in studies:
        expression, truth = load(data)
        for name in ("LM22", abis, "immunoStates"):
            signature = read_signature_matrix(data / "signatures" / FILES[name], name=name)
            found = {
                solver: deconvolve(
                    expression, signature, mode="relative", solver=solver, quantile_normalise=normalise, min_overlap=0.3
                ).fractions
                for solver in ("exact", "libsvm")
            }
            for kind, parts in TYPES[name].items():
                row: dict[str, object] = {"study": study, "signature": name, "cell type": kind}
                for solver, fractions in found.items():
                    estimate = fractions[parts].sum(axis=1).reindex(truth.index)
                    row[f"r {solver}"] = float(np.corrcoef(estimate, truth[kind])[0, 1])
                    row[f"RMSE {solver}"] = float(np.sqrt(np.square(estimate - truth[kind]).mean()))
                rows.append(row)
    return pd.DataFrame(rows)
