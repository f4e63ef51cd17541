"""What every simulated tumour is made of: cell types and their amounts, and who expresses Danaher's markers."""

from __future__ import annotations

# Median amount of each type on the natural-log scale, among the tumours that hold it; in the units of absolute mode.
CELL_TYPES: dict[str, float] = {
    "B cells naive": -2.4,
    "B cells memory": -3.0,
    "Plasma cells": -2.3,
    "T cells CD8": -1.9,
    "T cells CD4 naive": -3.0,
    "T cells CD4 memory resting": -1.9,
    "T cells CD4 memory activated": -2.6,
    "T cells follicular helper": -2.3,
    "T cells regulatory (Tregs)": -2.5,
    "T cells gamma delta": -2.6,
    "NK cells resting": -3.0,
    "NK cells activated": -2.5,
    "Monocytes": -2.8,
    "Macrophages M0": -1.7,
    "Macrophages M1": -2.0,
    "Macrophages M2": -1.3,
    "Dendritic cells resting": -2.6,
    "Dendritic cells activated": -3.0,
    "Mast cells resting": -2.3,
    "Mast cells activated": -3.0,
    "Eosinophils": -3.2,
    "Neutrophils": -2.5,
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
