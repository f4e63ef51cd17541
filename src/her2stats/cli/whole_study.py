"""Commands about a whole study: propose it, check it, run it, ask what it hangs on, compare two runs of it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from her2stats.cli.app import DISAGREES, app
from her2stats.cli.options import AsJson, Jobs, NoCache, Overwrite, Replace, ResultsFolder, StudyFile, reads_expression
from her2stats.cli.printing import check_output, print_json, print_table, say, write_table
from her2stats.errors import InputError


@app.command()
@reads_expression
def init(
    clinical: Annotated[Path, typer.Argument(help="The clinical table.", show_default=False, readable=False)],
    expression: Annotated[Path | None, typer.Option(help="The expression matrix.", readable=False)] = None,
    patients: Annotated[
        Path | None,
        typer.Option(help="A second clinical table, one row a patient.", show_default=False, readable=False),
    ] = None,
    output: Annotated[Path, typer.Option(help="The study file to write.")] = Path("study.toml"),
    add: Annotated[
        bool, typer.Option("--add", help="Add a further cohort to the study file, which is there already.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Name of the cohort.", show_default="cohort1, or the next one")
    ] = None,
    clinical_header_row: Annotated[
        int | None, typer.Option(min=1, help="Line of the names of the clinical table.", show_default="as found")
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(help="The signature matrix for cell fractions.", show_default=False, readable=False)
    ] = None,
    *,
    reading: dict[str, Any],
) -> None:
    """Look at your files, ask what cannot be recognised, and write a commented study file.

    In a pipe nothing is asked: what is open stands in the study file as a comment. With --add, what stands in the
    study file stays as it is, and the cohort is written below it.
    """
    from her2stats.study.proposing.adding import growing_study
    from her2stats.study.proposing.proposal import left_to_do, look_at_files
    from her2stats.study.proposing.study_text import write_proposal

    check_output(output, clinical, patients, expression, signature, overwrite=True if add else None)
    growing = growing_study(output) if add else None
    name = growing.free_name(name) if growing else name or "cohort1"
    scale, offset, normalise = (reading.pop(name, None) for name in ("scale", "offset", "normalise"))
    proposal = look_at_files(
        clinical, expression, name=name, patients=patients, header_row=clinical_header_row, reading=reading
    )
    proposal = replace(proposal, signature=signature)
    if scale is not None or offset is not None or normalise is not None:
        proposal = proposal.declared(scale or "", offset, normalise)
    for line in proposal.words():
        say(line)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from her2stats.cli.interview import interview

        proposal = interview(proposal, ask_signature=not (growing and growing.has_deconvolution))
    if growing is None:
        write_proposal(proposal, output)
        say(f"Written: {output}")
    else:
        growing.add(proposal)
        say(f"Written: {output}, with one more cohort, {name}")
    open_ = [*proposal.dropped(), *left_to_do(output)]
    if growing and growing.has_deconvolution and signature is not None:
        open_.insert(0, f"--signature {signature} was not written: the study has a [deconvolution] already")
    for problem in open_:
        say(f"  left to do: {problem}")
    say(f"Then: her2stats {'check' if open_ else 'run'} {output}")


@app.command()
def check(study: StudyFile) -> None:
    """Read the study file and all its data and compute nothing: one table of every problem, or what there is."""
    from her2stats.study.check import check_study, problem_table
    from her2stats.study.study_file import read_study

    try:
        lines = check_study(read_study(study))
    except InputError as error:
        print_table(problem_table(error))
        say(f"{len(error.problems)} problem(s): the study cannot run yet", err=True)
        raise typer.Exit(1) from None
    for line in lines:
        say(line)


@app.command()
def run(
    study: StudyFile,
    overwrite: Overwrite = False,
    jobs: Jobs = 2,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Write tables, figures or report again, nothing else; may be repeated.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    no_cache: NoCache = False,
) -> None:
    """Run a whole study: scores, fractions, statistics, tables, figures, report."""
    if dry_run:
        _plan(study, only=only or (), no_cache=no_cache)
    else:
        _run(study, overwrite=overwrite, jobs=jobs, only=only or (), no_cache=no_cache)


@app.command()
def compare(
    before: ResultsFolder,
    now: ResultsFolder,
    tolerance: Annotated[float, typer.Option(min=0, help="Largest relative difference of equal numbers.")] = 1e-9,
    most: Annotated[int, typer.Option(min=1, help="Rows to print; files and JSON hold all.")] = 20,
    output: Annotated[Path | None, typer.Option(help="CSV to write with every row that changed.")] = None,
    overwrite: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Tell what changed between two results folders: settings, inputs, tables.

    What matters stands first: estimates that changed sign or significance, then those that moved, rows that came or
    went, noise last; in each the main tables (correlations, odds ratios, groups, slopes, response) before the rest,
    and the largest change first. Its size is in standard errors, or relative where an estimate has none.

    Exit status 0 whatever changed (--json says whether anything did); tables that are missing or damaged are named,
    and the others compared. 1 where one of the two is no results folder.
    """
    from her2stats.results.comparison import compare_results

    files = (path for folder in (before, now) if output is not None for path in folder.rglob("*"))
    check_output(output, *files, overwrite=overwrite)
    found = compare_results(before, now, tolerance=tolerance)
    for gap in found.gaps:
        say(f"Warning: {gap}", err=True)
    if output is not None:
        write_table(found.rows.set_index("table"), output)
    if as_json:
        print_json(found.as_dict())
    elif output is None:
        for line in found.words(most=most):
            say(line)


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the simulated data and the results.")] = Path("demo"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 2025,
    overwrite: Overwrite = False,
    jobs: Jobs = 2,
    no_cache: NoCache = False,
) -> None:
    """Simulate four cohorts like the paper's and run the whole analysis on them."""
    from her2stats.cli.demo import write_demo

    study_file = write_demo(output, seed=seed)
    say(f"Simulated data and a study file are in {output}")
    _run(study_file, overwrite=overwrite, jobs=jobs, no_cache=no_cache)


@app.command()
def robustness(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A study file that was run, or a results folder.")],
    types: Annotated[
        list[str] | None, typer.Option("--type", help="A cell type or Total TIL; may be repeated.")
    ] = None,
) -> None:
    """Tell whether associations hang on choices: every specification of each, and a joint test of them all."""
    from her2stats.errors import DataError, Problem
    from her2stats.report.sections.robustness import curves_in_words
    from her2stats.results.folder import read_folder
    from her2stats.statistics.arguments import remedy_for
    from her2stats.study.study_file import read_study

    table = read_folder(study if study.is_dir() else read_study(study).results_folder).table("robustness")
    there = [*dict.fromkeys(table["outcome"])]
    if unknown := [name for name in types or there[:1] or [""] if name not in there]:
        what = f"{unknown[0]!r} has no specification curve" if unknown[0] else "there are no specification curves"
        raise DataError(Problem(what, str(study), remedy_for(unknown[0], there) if there else "see tables/omitted.csv"))
    say(*curves_in_words(table[table["outcome"].isin(types or there)]))


def _run(
    study_file: Path, *, overwrite: bool, jobs: int, no_cache: bool, only: list[str] | tuple[str, ...] = ()
) -> None:
    from her2stats.cli.terminal import shown_progress
    from her2stats.study.run import run_study
    from her2stats.workers import fork_workers

    if jobs > 1 and only != ["report"]:
        from her2stats import figures  # noqa: F401 - imported once, for all workers

        fork_workers(jobs)
    with shown_progress() as progress:
        results = run_study(
            study_file, only=only, overwrite=overwrite, n_jobs=jobs, cache=_cache(no_cache), progress=progress
        )
    for line in results.summary():
        say(line)
    for gap in results.gaps:
        say(f"Warning: {results.folder / gap}: the report says so in its place", err=True)
    for kept in results.kept:
        say(f"Kept: {results.folder / kept}", err=True)
    if results.r_disagrees:
        raise typer.Exit(DISAGREES)


def _plan(study_file: Path, *, only: list[str] | tuple[str, ...], no_cache: bool) -> None:
    from her2stats.study.plan import plan_study
    from her2stats.study.study_file import read_study

    study = read_study(study_file)
    print_table(plan_study(study, only=only, cache=_cache(no_cache)))
    say(f"Nothing was written. Results would be in {study.results_folder}")


def _cache(no_cache: bool) -> Path | None:
    from her2stats.study.stages.cache import stage_folder, why_not_used

    if no_cache:
        return None
    if why := why_not_used(stage_folder()):
        say(f"Warning: the cache {stage_folder()} {why}: the run goes on without one", err=True)
    return stage_folder()
