"""The commands. Each is thin: it reads words from the terminal, calls one function, prints the answer.

Exit status: 0 done, 1 the input is wrong, 2 wrong usage, 3 R disagrees, 4 a comparison was asked for and R could check
nothing. Heavy imports wait inside the commands, so that help answers at once.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from her2stats.errors import Her2statsError

if TYPE_CHECKING:
    import pandas as pd

DISAGREES = 3
NOT_CHECKED = 4

app = typer.Typer(
    help="HER2 expression, immune infiltration and response in HER2-negative breast cancer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.", show_default=False)]
ResultsFolder = Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder.", show_default=False)]
ExpressionFile = Annotated[Path, typer.Argument(metavar="EXPRESSION", help="genes x samples.", show_default=False)]
Scale = Annotated[str, typer.Option(help="Scale of the values: log2 or linear. Never guessed.", show_default=False)]
Offset = Annotated[float, typer.Option(help="What was added before the logarithm: log2(x + offset).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a folder that holds other files.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes for deconvolution and drawing.")]


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"her2stats {installed('her2stats')}")
        raise typer.Exit


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the simulated data and the results.")] = Path("demo"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 2025,
    overwrite: Overwrite = False,
    jobs: Jobs = 2,
) -> None:
    """Simulate four cohorts like the paper's and run the whole analysis on them."""
    from her2stats.study.demo import write_demo

    study_file = write_demo(output, seed=seed)
    typer.echo(f"Simulated data and a study file are in {output}")
    _run(study_file, overwrite=overwrite, jobs=jobs)


@app.command()
def run(study: StudyFile, overwrite: Overwrite = False, jobs: Jobs = 2) -> None:
    """Run a whole study: scores, fractions, statistics, tables, figures, report."""
    _run(study, overwrite=overwrite, jobs=jobs)


@app.command()
def check(study: StudyFile) -> None:
    """Read the study file and all its data; compute nothing."""
    from her2stats.study.check import check_study
    from her2stats.study.study_file import read_study

    for line in check_study(read_study(study)):
        _say(line)


@app.command()
def init(
    clinical: Annotated[Path, typer.Argument(help="The clinical table.", show_default=False)],
    expression: Annotated[Path | None, typer.Option(help="The expression matrix.")] = None,
    output: Annotated[Path, typer.Option(help="The study file to write.")] = Path("study.toml"),
    name: Annotated[str, typer.Option(help="Name of the cohort.")] = "cohort1",
) -> None:
    """Write a study file from the columns of your files, to be read and completed."""
    from her2stats.study.proposal import propose_study

    written = propose_study(clinical, expression, output, name=name)
    _say(written)


@app.command()
def score(
    expression: ExpressionFile,
    scale: Scale,
    signature: Annotated[str, typer.Option(help="A gene, a catalogue name (danaher) or a signature file.")],
    offset: Offset = 0.0,
    output: Annotated[Path | None, typer.Option(help="CSV to write; printed without it.")] = None,
) -> None:
    """Score a signature in every sample."""
    from her2stats.study.single_steps import scores_of_file

    scores, coverage = scores_of_file(expression, signature, scale=scale, offset=offset)
    _write(scores, output)
    for line in coverage:
        _say(line, err=True)


@app.command()
def deconvolve(
    expression: ExpressionFile,
    scale: Scale,
    signature: Annotated[Path, typer.Option(help="The signature matrix, genes x types, linear scale.")],
    offset: Offset = 0.0,
    mode: Annotated[str, typer.Option(help="absolute, relative or no.sumto1.")] = "absolute",
    permutations: Annotated[int, typer.Option(min=0, help="Permutations for p-values.")] = 0,
    quantile_normalise: Annotated[bool, typer.Option("--quantile-normalise")] = False,
    min_overlap: Annotated[float, typer.Option(help="Least share of the signature's genes.")] = 0.5,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    jobs: Jobs = 1,
    output: Annotated[Path | None, typer.Option(help="CSV to write; printed without it.")] = None,
) -> None:
    """Estimate cell fractions."""
    from her2stats.study.single_steps import fractions_of_file

    fractions, notes = fractions_of_file(
        expression,
        signature,
        scale=scale,
        offset=offset,
        mode=mode,
        permutations=permutations,
        quantile_normalise=quantile_normalise,
        min_overlap=min_overlap,
        seed=seed,
        n_jobs=jobs,
    )
    _write(fractions, output)
    for line in notes:
        _say(line, err=True)


@app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="Which data set.", show_default=False)] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show what there is.")] = False,
) -> None:
    """Download a public data set, verified by checksum."""
    from her2stats.sources import fetch as download
    from her2stats.sources import list_sources

    if list_ or name is None:
        _print_table(list_sources())
        return
    for path in download(name):
        _say(str(path))


@app.command()
def crosscheck(
    results: ResultsFolder,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that R may take for one model.")] = 120.0,
) -> None:
    """Fit every model of a results folder again in R and compare.

    Exit status 3 if R disagrees, 4 if it could check nothing.
    """
    from her2stats.study.crosscheck import crosscheck_folder

    outcome = crosscheck_folder(results, timeout=timeout)
    if outcome.verdict != "not checked":
        _print_table(outcome.summary)
    _say(outcome.sentence)
    if outcome.verdict != "agree":
        raise typer.Exit(DISAGREES if outcome.verdict == "disagree" else NOT_CHECKED)


@app.command()
def audit() -> None:
    """Recompute what the paper's printed numbers determine."""
    from her2stats.published import audit_published

    _print_table(audit_published())


@app.command()
def doctor() -> None:
    """Tell what is installed, what R can do, and try the engine out."""
    from her2stats.study.doctor import examine

    healthy, lines = examine()
    for line in lines:
        _say(line)
    if not healthy:
        raise typer.Exit(1)


def _run(study_file: Path, *, overwrite: bool, jobs: int) -> None:
    from her2stats.study.run import run_study
    from her2stats.study.terminal import shown_progress

    with shown_progress() as progress:
        results = run_study(study_file, overwrite=overwrite, n_jobs=jobs, progress=progress)
    for line in results.summary():
        _say(line)
    if results.r_disagrees:
        raise typer.Exit(DISAGREES)


def _say(text: str, *, err: bool = False) -> None:
    """Print a line; control codes that a file has smuggled into an id or a word are shown, not obeyed."""
    harmless = "".join(
        sign if sign in "\n\t" or not unicodedata.category(sign).startswith("C") else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )
    typer.echo(harmless, err=err)


def _write(table: pd.DataFrame, output: Path | None) -> None:
    if output is None:
        typer.echo(table.to_csv(), nl=False)
        return
    from her2stats.study.single_steps import write_csv

    write_csv(table, output)
    typer.echo(f"Written: {output}")


def _print_table(table: pd.DataFrame) -> None:
    """Print a frame for people: a rich table on a terminal, tab-separated text in a pipe."""
    if not sys.stdout.isatty():
        typer.echo(table.to_csv(sep="\t", index=False), nl=False)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*(str(column) for column in table.columns), header_style="bold")
    for row in table.itertuples(index=False):
        shown.add_row(*(Text("" if value != value else str(value)) for value in row))
    Console().print(shown)


def main() -> NoReturn:
    """Run the commands; what is wrong with an input is a message, not a traceback."""
    try:
        app()
    except Her2statsError as error:
        for problem in error.problems:
            _say(f"her2stats: {problem}", err=True)
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    main()
