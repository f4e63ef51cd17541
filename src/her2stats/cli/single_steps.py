"""Commands for one step on one file or folder, and about the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from her2stats.cli.app import DISAGREES, NOT_CHECKED, PARTLY_CHECKED, app
from her2stats.cli.options import (
    DECONVOLVING,
    AsJson,
    ExpressionFile,
    Jobs,
    Replace,
    ResultsFolder,
    StudyFile,
    reads_expression,
    takes,
)
from her2stats.cli.printing import check_output, print_json, print_table, say, write_table


@app.command()
@reads_expression
def score(
    expression: ExpressionFile,
    signature: Annotated[str, typer.Option(help="A gene, a catalogue name (danaher) or a signature file.")],
    output: Annotated[Path | None, typer.Option(help="CSV to write; printed without it.")] = None,
    overwrite: Replace = False,
    *,
    reading: dict[str, Any],
) -> None:
    """Score a signature in every sample."""
    from her2stats.cli.one_file import scores_of_file

    check_output(output, expression, signature, overwrite=overwrite)
    scores, coverage = scores_of_file(expression, signature, reading)
    write_table(scores, output)
    for line in coverage:
        say(line, err=True)


@app.command()
@reads_expression
@takes("settings", DECONVOLVING)
def deconvolve(
    expression: ExpressionFile,
    signature: Annotated[Path, typer.Option(help="The signature matrix, genes x types, linear scale.", readable=False)],
    jobs: Jobs = 1,
    output: Annotated[Path | None, typer.Option(help="CSV to write; printed without it.")] = None,
    overwrite: Replace = False,
    *,
    reading: dict[str, Any],
    settings: dict[str, Any],
) -> None:
    """Estimate cell fractions."""
    from her2stats.cli.one_file import fractions_of_file

    check_output(output, expression, signature, overwrite=overwrite)
    fractions, notes = fractions_of_file(expression, signature, reading, n_jobs=jobs, **{"seed": 1} | settings)
    write_table(fractions, output)
    for line in notes:
        say(line, err=True)


@app.command()
def derive(
    study_file: StudyFile,
    output: Annotated[Path, typer.Option(help="The folder to write.")],
    cohort: Annotated[str | None, typer.Option(help="Which cohort, of several.", show_default=False)] = None,
    genes: Annotated[int, typer.Option(min=2, help="How many genes.")] = 20,
    permutations: Annotated[int, typer.Option(min=0, help="Cross-validations with permuted labels.")] = 20,
    overwrite: Replace = False,
) -> None:
    """Derive a signature of HER2 groups from a cohort, cross-validated beside ERBB2 alone."""
    from her2stats.study import read_study
    from her2stats.study.deriving import derive_from_study, told

    derived = derive_from_study(
        read_study(study_file), cohort, output, n_genes=genes, permutations=permutations, overwrite=overwrite
    )
    for line in told(derived):
        say(line)
    say(f"Written: {output}")


@app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="Which data set.", show_default=False)] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show what there is.")] = False,
) -> None:
    """Download a public data set, verified by checksum; a cohort comes with a study file that runs."""
    from her2stats.reading.sources import fetch as download
    from her2stats.reading.sources import find_source, list_sources, unverified

    if list_ or name is None:
        print_table(list_sources())
        return
    for path in download(name):
        say(str(path))
    if wanted := find_source(name).by_hand:
        say(f"Beside the study file it needs {wanted}", err=True)
    for file in unverified(name):
        say(f"{file}: no checksum was known before its first download, whose own is asked for ever after", err=True)


@app.command()
def crosscheck(
    results: ResultsFolder,
    engine: Annotated[str, typer.Option(help="auto (R where it is), rpy2, rscript, or statsmodels.")] = "auto",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that R may take for one model.")] = 120.0,
) -> None:
    """Fit every model of a results folder again in R, or where there is none in statsmodels, and compare.

    Exit status 3 if it disagrees, 4 if it could check nothing, 5 if it agrees but could not check some numbers.
    """
    from her2stats.study.crosscheck import crosscheck_folder

    outcome = crosscheck_folder(results, engine=engine, timeout=timeout)
    if outcome.verdict != "not checked":
        print_table(outcome.summary)
    say(outcome.sentence)
    for name in outcome.kept:
        say(f"Kept: {results / name}, which you had edited", err=True)
    if outcome.verdict != "agree":
        status = {"disagree": DISAGREES, "not checked": NOT_CHECKED, "partly checked": PARTLY_CHECKED}
        raise typer.Exit(status[outcome.verdict])


@app.command()
def witness(
    results: ResultsFolder,
    study: Annotated[
        Path | None, typer.Argument(metavar="STUDY_DIR", help="Where the study file lies, if it has moved.")
    ] = None,
    fractions: Annotated[str, typer.Option(help='Tumours whose fractions are fitted anew: a number, or "all".')] = "60",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that R may take.")] = 3600.0,
) -> None:
    """Make the whole study again in base R, from the raw files, and compare every number.

    Exit status 3 if it disagrees, 4 if it could not check.
    """
    from her2stats.study.witnessed import witness_folder

    outcome = witness_folder(results, study=study, fractions=fractions, timeout=timeout)
    say(outcome.words.rstrip())
    if outcome.kept is not None:
        say(f"Kept: {outcome.kept}, which you had edited", err=True)
    if outcome.status:
        raise typer.Exit(outcome.status)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Tell what is installed, what R can do, and try the analysis out."""
    from her2stats.cli.doctor import examine

    found = examine()
    if as_json:
        print_json(found.as_dict())
    else:
        for line in found.words():
            say(line)
    if not found.healthy:
        raise typer.Exit(1)
