"""Signatures that come with the package, each a data file with its source."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from her2stats.errors import InputError, Problem
from her2stats.files import Content
from her2stats.signatures.gene_signature import SignatureSet
from her2stats.signatures.signature_file import interpret_signature

SOURCES = {
    "danaher": "Danaher et al. 2017, J Immunother Cancer 5:18, doi 10.1186/s40425-017-0215-8 (CC BY 4.0)",
    "mcpcounter": "Becht et al. 2016, Genome Biol 17:218, doi 10.1186/s13059-016-1070-5 (CC0)",
}


@cache
def signature(name: str) -> SignatureSet:
    """Take a set of signatures from the catalogue.

    Parameters
    ----------
    name : str
        "danaher" (60 marker genes of 14 types of immune cells) or "mcpcounter" (10 populations).

    Returns
    -------
    SignatureSet

    Raises
    ------
    InputError
        The catalogue has no such name.

    Examples
    --------
    >>> signature("danaher")
    SignatureSet 'danaher': 14 sets, 60 genes
    >>> signature("danaher")["CD8 T cells"].genes
    ('CD8A', 'CD8B')
    """
    if name not in SOURCES:
        remedy = f"it holds {', '.join(SOURCES)}; a signature of your own is read from its file"
        raise InputError(Problem(f"there is no signature {name!r} in the catalogue", remedy=remedy))
    data = (files(__package__) / f"{name}.tsv").read_bytes()
    read = interpret_signature(Content(Path(f"{name}.tsv"), data, sha256(data).hexdigest()), name=name)
    assert isinstance(read, SignatureSet)
    members = tuple(replace(member, weights=None, source=SOURCES[name]) for member in read)
    return SignatureSet(name, members, SOURCES[name], read.sha256)
