"""The command line as an object that the commands register with, and the arguments that several of them share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DISAGREES = 3
NOT_CHECKED = 4
PARTLY_CHECKED = 5

# readable=False: whether a file may be read is found out, and told, where everything else about it is
StudyFile = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="The study file.", show_default=False, readable=False)
]
ResultsFolder = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="A results folder.", show_default=False, readable=False)
]
ExpressionFile = Annotated[
    Path, typer.Argument(metavar="EXPRESSION", help="genes x samples.", show_default=False, readable=False)
]
Duplicates = Annotated[str, typer.Option(help="Rows that are one gene: error, max-mean, mean or median.")]
Scale = Annotated[str, typer.Option(help="Scale of the values: log2 or linear. Never guessed.", show_default=False)]
Offset = Annotated[float, typer.Option(help="What was added before the logarithm: log2(x + offset).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write into a folder that holds other files; they stay.")]
Replace = Annotated[bool, typer.Option("--overwrite", help="Replace an output file that exists; an input never.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes for deconvolution and drawing.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute every stage anew, and keep none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

app = typer.Typer(
    help="HER2 expression, immune infiltration and response in HER2-negative breast cancer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"her2stats {installed('her2stats')}")
        raise typer.Exit
