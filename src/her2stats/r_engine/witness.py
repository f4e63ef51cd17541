"""The witness of a study as a process of R: base R on the raw files, with the scripts of this installation."""

from __future__ import annotations

from pathlib import Path

from her2stats.r_engine.process import Gone, find_rscript, run_to_its_end
from her2stats.r_engine.sources import r_package

AGREES, DISAGREES, NOT_CHECKED = 0, 3, 4


def run_witness(results: Path, written: Path, *, study: Path | None, fractions: str, timeout: float) -> tuple[int, str]:
    """Exit status and words of the witness; `written` gets what it saw of each table, where it could begin.

    `Gone` is raised where there is no R, it ended by itself, or it was late.
    """
    script = r_package() / "inst" / "witness.R"
    told = [f"--results={results.resolve()}", f"--write={written}", f"--fractions={fractions}"]
    command = [find_rscript(), "--vanilla", str(script), *([str(study.resolve())] if study else []), *told]
    done = run_to_its_end(command, timeout)
    if done.returncode not in (AGREES, DISAGREES, NOT_CHECKED):
        last = [line.strip() for line in done.stderr.splitlines() if line.strip()][-1:]
        raise Gone(f"R ended by itself (status {done.returncode}){''.join(f': {line}' for line in last)}")
    return done.returncode, done.stdout
