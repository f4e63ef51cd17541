"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

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
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write into a folder that holds other files; they stay.")]
Replace = Annotated[bool, typer.Option("--overwrite", help="Replace an output file that exists; an input never.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes for deconvolution and drawing.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute every stage anew, and keep none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

# Settings of a cohort in the study file that say how its expression is read: every command that reads one takes them.
READING: dict[str, tuple[Any, str]] = {
    "scale": (str, "What the values are: log2, ln, log10, linear or counts. Never guessed."),
    "offset": (float, "What was added before the logarithm."),
    "normalise": (str, "Of counts: cpm or tpm."),
    "gene_lengths": (str, "For tpm: a table of the row names and their lengths, or a GTF."),
    "gene_column": (str, "Column of the gene symbols, where it is not the first."),
    "ignore_columns": (list[str], "A column that is no sample; may be repeated."),
    "header_row": (int, "Line of the names, where it is not the first."),
    "orientation": (str, '"samples x genes" for a matrix that lies on its side.'),
    "annotation": (str, "Rows are probes: a table that names their genes."),
    "sheet": (str, "Of a workbook with several."),
    "layer": (str, "Of an h5ad file; the assay of a SummarizedExperiment."),
    "delimiter": (str, "Found where none is given."),
    "decimal": (str, "Decimal mark."),
    "duplicates": (str, "Rows that are one gene: error, max-mean, mean or median."),
    "missing": (str, "Genes with missing values: error or drop."),
    "allow_range": (bool, "Accept values whose range contradicts the scale."),
}


def reads_expression(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `READING`; it gets what was said of them as one argument, `reading`."""

    @wraps(command)
    def with_options(**given: Any) -> None:
        said = {name: given.pop(name) for name in READING if name in given}
        told = {name: value for name, value in said.items() if value not in (None, []) and value is not False}
        command(**given, reading=told)

    taken = [one for one in signature(command, eval_str=True).parameters.values() if one.name != "reading"]
    for name, (kind, meaning) in READING.items():
        option = typer.Option(f"--{name.replace('_', '-')}", help=meaning, show_default=False)
        taken.append(Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]))
    with_options.__signature__ = Signature(taken)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in taken}
    return with_options
