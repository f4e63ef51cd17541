"""A finished study: tables, models and provenance, as written to the results folder and read back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import FileError, Her2statsError, ProblemList
from her2stats.files import as_path
from her2stats.r_engine import read_models
from her2stats.results.findings import key_findings
from her2stats.results.folder import CROSSCHECK_FILE, Gap, ResultsFolder, engine_of, file_of_table, read_folder
from her2stats.results.provenance import read_results_provenance, understood
from her2stats.results.schema import SCHEMAS
from her2stats.statistics import Result
from her2stats.vocabulary.notebook import panel_html

REMEDY = "run the study again"


@dataclass(frozen=True)
class StudyResults:
    """What a run found.

    Parameters
    ----------
    folder : Path
        The results folder.
    tables : mapping
        Name -> frame, as in ``tables/<name>.csv``.
    models : mapping
        Model id -> `Result`, with spec and model frame: what R fits again.
    provenance : mapping
        Title, versions, inputs, conventions.
    crosscheck : DataFrame or None
        The comparison with R, where it was made.
    gaps : tuple of str
        Files of the folder that are missing or damaged, and why; empty where all could be read.
    kept : tuple of str
        Files of an earlier run that the user had changed, and under which names they were kept.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    models: Mapping[str, Result]
    provenance: Mapping[str, Any]
    crosscheck: pd.DataFrame | None = field(default=None)
    gaps: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def r_disagrees(self) -> bool:
        """Whether R was asked and found another number."""
        return self.crosscheck is not None and bool((self.crosscheck["verdict"] == "disagree").any())

    @property
    def findings(self) -> list[str]:
        """The strongest associations with the exposure, a line each."""
        provenance, _ = understood(self.provenance)
        return key_findings(ResultsFolder(self.folder, provenance, self.tables, {}, self.crosscheck, ()))

    def summary(self) -> list[str]:
        """Say on one screen what was found and where it is."""
        known, _ = understood(self.provenance)
        cohorts = ", ".join(f"{cohort.name} (n = {'?' if cohort.n is None else cohort.n})" for cohort in known.cohorts)
        simulated = " - all simulated" if known.simulated else ""
        found, exposure = self.findings, known.exposure
        lines = [f"Cohorts: {cohorts or 'not known, provenance.json does not tell them'}{simulated}"]
        if found:
            lines += [f"Strongest associations with {exposure}, p corrected:", *(f"  {one}" for one in found)]
        elif exposure:
            lines.append(
                f"No cell type, nor total TIL, goes with {exposure} after correction, over whole cohorts or by HR."
            )
        omitted = len(self.tables.get("omitted", ()))
        lines += (
            [f"Left out, with the reason: {omitted} {'part' if omitted == 1 else 'parts'} (tables/omitted.csv)"]
            if omitted
            else []
        )
        return [*lines, self._r_sentence(), f"Report: {self.folder / 'report.html'}"]

    def __repr__(self) -> str:
        return f"Results of a study in {self.folder}: {len(self.tables)} tables, {len(self.models)} models"

    def _repr_html_(self) -> str:
        sizes = pd.DataFrame({"table": list(self.tables), "rows": [len(table) for table in self.tables.values()]})
        return panel_html(understood(self.provenance)[0].title, self.summary(), sizes)

    def _r_sentence(self) -> str:
        if self.crosscheck is None or not len(self.crosscheck):
            return "R: not checked"
        counts = self.crosscheck["verdict"].value_counts()
        said = [f"{counts[verdict]} {verdict}" for verdict in ("agree", "disagree", "not checked") if verdict in counts]
        return f"{engine_of(self.crosscheck)}: of {len(self.crosscheck)} numbers {', '.join(said)}"


def load_results(folder: str | Path, *, allow_gaps: bool = False) -> StudyResults:
    """Read a results folder back.

    Parameters
    ----------
    folder : str or Path
        Written by `run_study`.
    allow_gaps : bool
        Leave damaged files out, named in ``gaps``, instead of refusing the folder.

    Returns
    -------
    StudyResults

    Raises
    ------
    FileError
        The folder is not a results folder, or is damaged and `allow_gaps` was not said.
    EngineError
        Another version of her2stats wrote its models.

    Examples
    --------
    >>> load_results("no/such/folder")
    Traceback (most recent call last):
    her2stats.errors.FileError: no/such/folder: is not a results folder -> give the folder that a run has written
    """
    folder = as_path(folder)
    read_results_provenance(folder)
    return results_of(read_folder(folder), allow_gaps=allow_gaps)


def results_of(
    folder: ResultsFolder, models: Mapping[str, Result] | None = None, *, allow_gaps: bool = False
) -> StudyResults:
    """Results of a folder that was read, as `load_results`; its models are read where they are not given."""
    problems, gaps = ProblemList(), list(folder.gaps)
    tables = {*map(file_of_table, SCHEMAS), CROSSCHECK_FILE}
    for gap in gaps:
        if not allow_gaps and gap.is_damage and gap.file in tables:
            problems.add(FileError, gap.why, where=str(folder.path / gap.file), remedy=REMEDY)
    with problems.collect():
        if models is None:
            models = _models(folder.path, gaps) if allow_gaps else read_models(folder.path / "r")
    problems.raise_if_any()
    assert models is not None
    return StudyResults(
        folder=folder.path,
        tables=folder.tables,
        models=models,
        provenance=folder.content,
        crosscheck=folder.crosscheck,
        gaps=tuple(map(str, gaps)),
    )


def _models(folder: Path, gaps: list[Gap]) -> dict[str, Result]:
    """Models of a folder, or none, with what is wrong with them among the gaps."""
    try:
        return read_models(folder / "r")
    except Her2statsError as error:
        gaps += [Gap(Path(problem.where).relative_to(folder).as_posix(), problem.what) for problem in error.problems]
        return {}
