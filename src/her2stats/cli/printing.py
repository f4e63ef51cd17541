"""Answers on the terminal: lines that fit its width, tables for people and for pipes, JSON for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

if TYPE_CHECKING:
    import pandas as pd


def say(*lines: str, err: bool = False) -> None:
    """Print lines, on a terminal broken between words with the rest indented.

    Control codes that a file has smuggled into an id or a word are shown, not obeyed.
    """
    watched = (sys.stderr if err else sys.stdout).isatty()
    for shown in map(harmless, lines):
        if watched:
            shown = "\n".join(_fitted(line, shutil.get_terminal_size().columns) for line in shown.split("\n"))
        typer.echo(shown, err=err)


def read_or_not(stream: TextIO | None) -> TextIO:
    """A stream that stays silent where nobody reads it any more: a closed one, or a pipe whose reader has gone."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    write, flush = stream.write, stream.flush

    def heard(text: str) -> int:
        try:
            return write(text)
        except BrokenPipeError:
            _turn_away(stream)
            return len(text)

    def let_go() -> None:
        try:
            flush()
        except BrokenPipeError:
            _turn_away(stream)

    stream.write, stream.flush = heard, let_go  # type: ignore[method-assign]
    return stream


def _turn_away(stream: TextIO) -> None:
    """Let a stream write into nothing from now on: also what Python flushes at the end must not fail."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def harmless(text: str) -> str:
    """Show control codes instead of obeying them."""
    return "".join(
        sign if sign in "\n\t" or not unicodedata.category(sign).startswith("C") else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )


def _fitted(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def check_output(output: Path | None, *inputs: str | Path | None, overwrite: bool | None = None) -> None:
    """Refuse an output that is an input or exists, before anything is computed."""
    from her2stats.writing import refuse_to_replace

    if output is not None:
        refuse_to_replace(output, inputs=[path for path in inputs if path is not None], overwrite=overwrite)


def write_table(table: pd.DataFrame, output: Path | None, *, index: bool = True) -> None:
    """Write a table as CSV, with its index where rows have names, or print it where no file is named."""
    if output is None:
        from her2stats.results.csv_cells import csv_text

        typer.echo(csv_text(table, index=index), nl=False)
        return
    from her2stats.results.csv_cells import write_csv

    write_csv(table, output, index=index)
    say(f"Written: {output}")


def print_table(table: pd.DataFrame) -> None:
    """Print a frame: a table on a terminal, a record a row on a narrow one, tab-separated text in a pipe."""
    if not sys.stdout.isatty():
        typer.echo(harmless(table.to_csv(sep="\t", index=False, lineterminator="\n")), nl=False)
        return
    names = [str(name) for name in table.columns]
    rows = [["" if value != value else harmless(str(value)) for value in row] for row in table.itertuples(index=False)]
    if shutil.get_terminal_size().columns < _least_width([names, *rows]):
        for row in rows:
            for name, value in zip(names, row, strict=True):
                if value:
                    say(f"{name}: {value}")
            typer.echo()
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*names, header_style="bold")
    for row in rows:
        shown.add_row(*(Text(value) for value in row))
    Console().print(shown)


def _least_width(rows: list[list[str]]) -> int:
    """Width of a table whose columns break between words only."""
    longest = (max(len(word) for cell in column for word in cell.split() or [""]) for column in zip(*rows, strict=True))
    return sum(width + 3 for width in longest) + 1


def print_json(content: Any) -> None:
    """Print plain values as JSON; what is not a number is null."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
