"""A further cohort put into a study file that is there: below what stands in it, of which not a byte changes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from her2stats.errors import Problem, StudyFileError
from her2stats.files import regular_bytes
from her2stats.study.proposing.proposal import Proposal
from her2stats.study.proposing.study_text import cohort_text, quoted_path
from her2stats.study.study_file import parse_study
from her2stats.writing import write_whole


@dataclass(frozen=True)
class GrowingStudy:
    """A study file that takes one more cohort."""

    path: Path  # the file itself, where a link leads to it
    document: dict[str, Any]  # what it says now
    cohorts: list[Any]  # as written there; none where they are no list
    has_deconvolution: bool  # whether it says how fractions are estimated, for all of its cohorts

    def free_name(self, asked: str | None) -> str:
        """Name of the new cohort: the one that is asked for, else the first free one of cohort1, cohort2, ..."""
        taken = {str(one.get("name")).lower() for one in self.cohorts if isinstance(one, dict)}
        if asked is None:
            return next(name for number in range(1, len(taken) + 2) if (name := f"cohort{number}") not in taken)
        if asked.lower() in taken:
            raise StudyFileError(Problem(f"has a cohort {asked!r} already", str(self.path), "say another --name"))
        return asked

    def add(self, proposal: Proposal) -> None:
        """Write the study file with one more cohort: whole or not at all.

        Raises StudyFileError or OutputError when its cohorts are written in a way that takes no further table, or when
        it has changed since, or cannot be written.
        """
        added, before = cohort_text(proposal, self.path), regular_bytes(self.path)
        if proposal.signature is not None and not self.has_deconvolution:
            added += f"\n[deconvolution]\nsignature = {quoted_path(proposal.signature, self.path)}\n"
        new = tomllib.loads(added)
        end = "\r\n" if b"\r\n" in before else "\n"
        gap = end if before.endswith((b"\n", b"\r")) else end + end
        whole = before + (gap + added.replace("\n", end)).encode()
        expected = {**self.document, **new, "cohorts": [*self.cohorts, *new["cohorts"]]}
        try:
            said = tomllib.loads(whole.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
        except tomllib.TOMLDecodeError:
            said = {}
        if said != expected:
            what = "takes no further cohort at its end, and was left as it is"
            remedy = "write its cohorts as tables under [[cohorts]], not as one list; nobody else may write meanwhile"
            raise StudyFileError(Problem(what, str(self.path), remedy))
        write_whole(self.path, whole, what="the study file ")


def growing_study(path: Path) -> GrowingStudy:
    """Open a study file that is to take one more cohort.

    Raises FileError or StudyFileError when there is no such file, it is not valid TOML, or it has no [study].
    """
    document = parse_study(path)
    if not isinstance(document.get("study"), dict):
        what = "is no study file: there is no [study] in it"
        raise StudyFileError(Problem(what, str(path), "give the study file as --output, or leave --add out"))
    written = document.get("cohorts")
    cohorts = written if isinstance(written, list) else []
    return GrowingStudy(path.resolve(), document, cohorts, "deconvolution" in document)
