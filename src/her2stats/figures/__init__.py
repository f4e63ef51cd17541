"""Results into figures: each ``plot_*`` returns a plotnine plot to change further, `save_figure` writes it."""

from her2stats.figures.agreement import plot_agreement
from her2stats.figures.composition import plot_composition
from her2stats.figures.correlation import plot_correlation
from her2stats.figures.distribution import plot_distribution
from her2stats.figures.exposure import plot_exposure
from her2stats.figures.flow import plot_flow
from her2stats.figures.forest import plot_forest
from her2stats.figures.heatmap import plot_heatmap
from her2stats.figures.marginal import plot_marginal
from her2stats.figures.placeholder import placeholder
from her2stats.figures.random_lists import plot_random_lists
from her2stats.figures.rank_agreement import plot_rank_agreement
from her2stats.figures.replication import plot_published
from her2stats.figures.response import plot_response
from her2stats.figures.robustness import plot_robustness
from her2stats.figures.style.cell_types import display_order, lineage
from her2stats.figures.style.save import save_figure
from her2stats.figures.style.theme import figure_theme
from her2stats.figures.til_scatter import plot_til_scatter

__all__ = [
    "display_order",
    "figure_theme",
    "lineage",
    "placeholder",
    "plot_agreement",
    "plot_composition",
    "plot_correlation",
    "plot_distribution",
    "plot_exposure",
    "plot_flow",
    "plot_forest",
    "plot_heatmap",
    "plot_marginal",
    "plot_published",
    "plot_random_lists",
    "plot_rank_agreement",
    "plot_response",
    "plot_robustness",
    "plot_til_scatter",
    "save_figure",
]
