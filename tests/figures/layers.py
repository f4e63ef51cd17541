"""What stands in the layers of a plot."""

from __future__ import annotations

from typing import Any

import pandas as pd
from plotnine import ggplot


def data_of(layer: Any, plot: ggplot) -> pd.DataFrame:
    """Frame that a layer draws: its own, else the plot's."""
    return layer._data if isinstance(layer._data, pd.DataFrame) else plot.data


def layers_with(plot: ggplot, geom: str, **parameters: Any) -> list[Any]:
    """Layers of a geom that were given these constant aesthetics."""
    return [
        layer
        for layer in plot.layers
        if type(layer.geom).__name__ == geom
        and all(layer.geom.aes_params.get(name) == value for name, value in parameters.items())
    ]


def texts_of(plot: ggplot) -> list[str]:
    """Every text that the plot draws in its panels."""
    texts: list[str] = []
    for layer in layers_with(plot, "geom_text"):
        label = layer.mapping["label"] if "label" in layer.mapping else plot.mapping["label"]
        texts += data_of(layer, plot)[label].astype(str).tolist()
    return texts


def caption_of(plot: ggplot) -> str:
    """Caption on one line."""
    return str(plot.labels.get("caption", "")).replace("\n", " ")


def colour_of(plot: ggplot, name: str, aesthetic: str = "color") -> str:
    """Colour that a manual scale gives to a value."""
    (scale,) = [scale for scale in plot.scales if aesthetic in scale.aesthetics]
    return scale.palette(1)[name]
