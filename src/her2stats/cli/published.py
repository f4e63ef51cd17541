"""Commands about printed numbers: an audit of them, and a run beside them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from her2stats.cli.app import app
from her2stats.cli.options import Replace, ResultsFolder
from her2stats.cli.printing import check_output, print_table, say, write_table

_TABLE = "Your own table (csv, tsv, xlsx), one printed number a cell, as printed; without it the paper is audited."
_KINDS = (
    "What stands in a row. "
    "counts: columns variable, level, count, n, and if printed percent, several (any word where a patient may be in "
    "several levels), place. "
    "correlation: estimate, and if printed low, high, n, p, item, place. "
    "odds-ratio: estimate, and if printed low, high, p, claim (significant, not significant), item, place, and the "
    "counts a, b, c, d (events and non-events of the comparison group, then of the reference group)."
)


@app.command()
def audit(
    table: Annotated[Path | None, typer.Argument(metavar="TABLE", help=_TABLE, show_default=False)] = None,
    kind: Annotated[str, typer.Option("--as", help=_KINDS)] = "counts",
    level: Annotated[float, typer.Option(min=0.01, max=0.9999, help="Of printed intervals: 0.9 for 90 %.")] = 0.95,
    wald: Annotated[
        bool,
        typer.Option("--wald", help="Odds ratios are Wald's: a p or claim that does not fit the interval is wrong."),
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Print every check, also those that passed.")] = False,
    output: Annotated[Path | None, typer.Option(help="CSV to write instead, with every check.")] = None,
    overwrite: Replace = False,
) -> None:
    """Recompute what printed numbers determine: the paper's, or those of a table of yours.

    A terminal shows the checks that failed and how many there are of each kind, with --all the rest; a pipe and
    --output get every check.
    Exit status 0 whatever is found, 1 where the table cannot be read.
    """
    from her2stats.cli.printed_numbers import audit_counts_line, audit_file, audit_lines

    check_output(output, table, overwrite=overwrite)
    found = audit_file(table, kind, level, wald=wald)
    if output is not None:
        write_table(found, output, index=False)
        say(audit_counts_line(found))
    elif sys.stdout.isatty():
        for line in audit_lines(found, every=every, width=shutil.get_terminal_size().columns):
            say(line)
    else:
        print_table(found)


@app.command()
def atlas(
    results: Annotated[list[Path], typer.Argument(help="Results folders, of anybody's cohorts.", show_default=False)],
    output: Annotated[Path, typer.Option(help="Folder for the page, its tables and figures.")] = Path("atlas"),
    overwrite: Replace = False,
) -> None:
    """Put many studies side by side: the same questions, pooled, and the paper's estimates beside them.

    Exit status 0 whatever they say; tables that are missing or damaged are named, and the others used. 1 where a folder
    holds no results or nothing can be compared.
    """
    from her2stats.study.atlas import build_atlas, write_atlas

    found = build_atlas(results)
    for gap in found.gaps:
        say(f"Warning: {gap}", err=True)
    write_atlas(found, output, overwrite=overwrite)
    say(f"Written: {output / 'atlas.html'}")


@app.command("compare-published")
def compare_published(
    results: ResultsFolder,
    output: Annotated[Path | None, typer.Option(help="Folder for the whole table and its figures.")] = None,
    overwrite: Replace = False,
) -> None:
    """Put a results folder beside the paper's printed numbers.

    Exit status 0 whatever the run repeats; tables that are missing or damaged are named, and the others compared.
    1 where there are no results or none can be compared.
    """
    from her2stats.study.beside_the_paper import beside_the_paper

    found = beside_the_paper(results, output=output, overwrite=overwrite)
    for gap in found.gaps:
        say(f"Warning: {gap}", err=True)
    print_table(found.for_reading())
    if output is not None:
        say(f"Written: {output}")
