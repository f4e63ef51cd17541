"""What is planted: cell types with their amounts, the effects of the HER2 score, who expresses Danaher's markers."""

from __future__ import annotations

# type: (log amount in HR-negative tumours, change in HR-positive ones, share of tumours that hold any)
CELL_TYPES: dict[str, tuple[float, float, float]] = {
    "B cells naive": (-2.4, 0.0, 1.0),
    "B cells memory": (-3.0, 0.0, 0.10),
    "Plasma cells": (-2.3, 0.0, 1.0),
    "T cells CD8": (-1.9, -0.5, 1.0),
    "T cells CD4 naive": (-3.0, 0.0, 0.08),
    "T cells CD4 memory resting": (-1.9, 0.1, 1.0),
    "T cells CD4 memory activated": (-2.6, -0.2, 0.45),
    "T cells follicular helper": (-2.3, -0.2, 1.0),
    "T cells regulatory (Tregs)": (-2.5, -0.2, 1.0),
    "T cells gamma delta": (-2.6, 0.0, 0.50),
    "NK cells resting": (-3.0, 0.0, 0.10),
    "NK cells activated": (-2.5, 0.0, 1.0),
    "Monocytes": (-2.8, 0.0, 0.55),
    "Macrophages M0": (-1.5, -0.7, 1.0),
    "Macrophages M1": (-1.9, -0.6, 1.0),
    "Macrophages M2": (-1.3, 0.1, 1.0),
    "Dendritic cells resting": (-2.6, 0.1, 1.0),
    "Dendritic cells activated": (-3.0, 0.0, 0.10),
    "Mast cells resting": (-2.3, 0.3, 1.0),
    "Mast cells activated": (-3.0, 0.0, 0.08),
    "Eosinophils": (-3.2, 0.0, 0.05),
    "Neutrophils": (-2.5, 0.0, 1.0),
}

# Change in the log amount per standard deviation of the HER2 score: (HR-negative, HR-positive).
PLANTED_EFFECTS: dict[str, tuple[float, float]] = {
    "T cells CD8": (-0.50, -0.50),
    "Macrophages M1": (-0.55, -0.45),
    "Plasma cells": (-0.45, -0.50),
    "B cells naive": (-0.45, -0.45),
    "Mast cells resting": (0.60, -0.45),
    "Neutrophils": (-0.60, 0.40),
}

# Which simulated cells express each of Danaher's types.
DANAHER_SOURCES: dict[str, tuple[str, ...]] = {
    "B-cells": ("B cells naive", "B cells memory", "Plasma cells"),
    "CD45": tuple(CELL_TYPES),
    "Cytotoxic cells": ("T cells CD8", "NK cells activated"),
    "DC": ("Dendritic cells resting", "Dendritic cells activated"),
    "Exhausted CD8": ("T cells CD8",),
    "Macrophages": ("Macrophages M0", "Macrophages M1", "Macrophages M2"),
    "Mast cells": ("Mast cells resting", "Mast cells activated"),
    "Neutrophils": ("Neutrophils",),
    "NK CD56dim cells": ("NK cells activated",),
    "NK cells": ("NK cells resting", "NK cells activated"),
    "T-cells": tuple(name for name in CELL_TYPES if name.startswith("T cells")),
    "Th1 cells": ("T cells CD4 memory activated", "T cells CD8"),
    "Treg": ("T cells regulatory (Tregs)",),
    "CD8 T cells": ("T cells CD8",),
}
