"""What can be fetched: names, addresses, checksums, licences, read from the registry file."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from typing import Any

from her2stats.errors import FileError, Problem
from her2stats.packaged import facts

UNKNOWN = "unknown until first download"


@dataclass(frozen=True)
class RemoteFile:
    """One file at its origin."""

    name: str  # name under which it is kept
    url: str  # where it is
    sha256: str = ""  # checksum of its bytes; empty where it has never been seen


@dataclass(frozen=True)
class DataSet:
    """A public data set."""

    name: str  # what `fetch` is asked for
    kind: str  # "cohort", "signature matrix" or "not fetched"
    # what it is, on which terms, whom to cite, how to read it
    title: str
    licence: str
    citation: str
    read: str
    # whether the files were seen at their addresses when the entry was written, or only named after what their
    # publisher says
    seen: str
    files: tuple[RemoteFile, ...] = ()  # what is downloaded
    aliases: tuple[str, ...] = ()  # other names by which people look for it
    study: str = ""  # template of a study file; cohorts only
    # table made from the download: clinical data of the series matrices, or the matrix of an R file
    clinical: str = ""
    matrix: str = ""
    by_hand: str = ""  # which of its files a person has to get, where, and under which name; the study file waits
    instead: str = ""  # where a user gets what is not fetched


@functools.cache
def registry() -> dict[str, DataSet]:
    """Return every data set by name."""
    return {name: _data_set(name, entry) for name, entry in facts("her2stats.reading.sources", "registry.toml").items()}


def _data_set(name: str, entry: dict[str, Any]) -> DataSet:
    files = tuple(
        RemoteFile(file["name"], file["url"], "" if file["sha256"] == UNKNOWN else file["sha256"])
        for file in entry.get("files", [])
    )
    rest = {key: value for key, value in entry.items() if key not in ("files", "aliases")}
    return DataSet(name=name, files=files, aliases=tuple(entry.get("aliases", [])), **rest)


def _fold(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def find_source(name: str) -> DataSet:
    """Find a data set by name or alias, in any spelling of case, dashes and blanks.

    Raises FileError when there is none of that name (near ones are named), or it is not fetched (the message says where
    to get it).

    >>> find_source("GSE81538").name
    'abim'
    """
    names = {_fold(word): source for source in registry().values() for word in (source.name, *source.aliases)}
    source = names.get(_fold(str(name)))
    if source is None:
        near = difflib.get_close_matches(_fold(str(name)), names, n=3, cutoff=0.5)
        meant = list(dict.fromkeys(names[word].name for word in near))
        known = ", ".join(sorted(registry()))
        remedy = f"did you mean {' or '.join(meant)}? " if meant else ""
        raise FileError(Problem(f"no data set is called '{name}'", remedy=f"{remedy}There are: {known}"))
    if source.instead:
        what = f"{source.name.upper()} is not fetched: its licence ({source.licence}) does not let it be passed on"
        raise FileError(Problem(what, remedy=source.instead))
    return source
