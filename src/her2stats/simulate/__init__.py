"""Cohorts with planted, known effects: for the demo, for trying out, and for testing what the analysis recovers.

Nothing here is measured on anybody. The cell types carry the names that readers know; the profiles of the
simulated signature matrix, its genes and every number are drawn from a seeded generator. Directions of the planted
effects follow the paper (doi 10.1038/s41523-025-00867-z), their sizes are round numbers.
"""

from her2stats.simulate.cohorts import (
    Margins,
    SimulatedTruth,
    simulate_cohort,
    simulate_response,
    simulate_with_truth,
)
from her2stats.simulate.planted import CELL_TYPES, PLANTED_EFFECTS
from her2stats.simulate.platform import simulate_her2_signature, simulate_signature_matrix

__all__ = [
    "CELL_TYPES",
    "PLANTED_EFFECTS",
    "Margins",
    "SimulatedTruth",
    "simulate_cohort",
    "simulate_her2_signature",
    "simulate_response",
    "simulate_signature_matrix",
    "simulate_with_truth",
]
