"""Results into figures: each ``plot_*`` returns a plotnine plot to change further, `save_figure` writes it."""

from her2stats.figures.correlation import plot_correlation
from her2stats.figures.forest import plot_forest
from her2stats.figures.placeholder import placeholder
from her2stats.figures.save import save_figure

__all__ = ["placeholder", "plot_correlation", "plot_forest", "save_figure"]
