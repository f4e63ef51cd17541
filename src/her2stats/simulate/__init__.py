"""Cohorts with known associations: for the demo, for trying out, and for testing what the analysis recovers.

Nothing here is measured on anybody. The cell types carry the names that readers know; the profiles of the simulated
signature matrix, its genes and every number are drawn from a seeded generator. Associations, zero shares and margins
are targets that the simulation meets; those of the demo are the numbers that the paper prints (doi
10.1038/s41523-025-00867-z), and choices of our own where it prints none.
"""

from her2stats.simulate.calibration import Calibration, calibrate
from her2stats.simulate.cohorts import SimulatedTruth, simulate_cohort, simulate_truth, simulate_with_truth
from her2stats.simulate.paper import paper_responses, paper_targets
from her2stats.simulate.planted import CELL_TYPES
from her2stats.simulate.platform import simulate_her2_signature, simulate_signature_matrix
from her2stats.simulate.response import simulate_response
from her2stats.simulate.targets import Margins, Targets

__all__ = [
    "CELL_TYPES",
    "Calibration",
    "Margins",
    "SimulatedTruth",
    "Targets",
    "calibrate",
    "paper_responses",
    "paper_targets",
    "simulate_cohort",
    "simulate_her2_signature",
    "simulate_response",
    "simulate_signature_matrix",
    "simulate_truth",
    "simulate_with_truth",
]
