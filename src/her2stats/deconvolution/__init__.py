"""Cell fractions of bulk samples: nu-support-vector regression on a signature matrix, to the exact optimum."""

from her2stats.deconvolution.estimate import deconvolve
from her2stats.deconvolution.result import Deconvolution
from her2stats.deconvolution.signature_matrix import SignatureMatrix, read_signature_matrix

__all__ = ["Deconvolution", "SignatureMatrix", "deconvolve", "read_signature_matrix"]
