"""Cell fractions of bulk samples: nu-support-vector regression on a signature matrix, to the exact optimum."""

from her2stats.deconvolution.building import SignatureBuild, build_signature_matrix
from her2stats.deconvolution.estimate import deconvolve
from her2stats.deconvolution.large.scale import StoredDeconvolution, deconvolve_file
from her2stats.deconvolution.progress import progress_bar
from her2stats.deconvolution.result import Deconvolution
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import SignatureMatrix, read_signature_matrix, write_signature_matrix

__all__ = [
    "Deconvolution",
    "Settings",
    "SignatureBuild",
    "SignatureMatrix",
    "StoredDeconvolution",
    "build_signature_matrix",
    "deconvolve",
    "deconvolve_file",
    "progress_bar",
    "read_signature_matrix",
    "write_signature_matrix",
]
