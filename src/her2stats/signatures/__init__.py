"""Gene signatures: catalogue, scoring methods, exposures, derivation of a new one."""

from her2stats.signatures.catalogue import signature
from her2stats.signatures.derivation import DerivedSignature, derive_signature
from her2stats.signatures.exposure import score_exposure
from her2stats.signatures.gene_signature import GeneSignature, SignatureSet
from her2stats.signatures.random_lists import random_signatures
from her2stats.signatures.scoring import Scores, score_gene, score_signature
from her2stats.signatures.signature_file import read_signature
from her2stats.signatures.til import score_danaher

__all__ = [
    "DerivedSignature",
    "GeneSignature",
    "Scores",
    "SignatureSet",
    "derive_signature",
    "random_signatures",
    "read_signature",
    "score_danaher",
    "score_exposure",
    "score_gene",
    "score_signature",
    "signature",
]
