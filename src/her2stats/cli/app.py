"""The command line as an object that the commands register with."""

from __future__ import annotations

from typing import Annotated

import typer

DISAGREES = 3
NOT_CHECKED = 4
PARTLY_CHECKED = 5

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
