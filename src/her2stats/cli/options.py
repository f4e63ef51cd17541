"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


# Settings of a deconvolution: what `deconvolve` is told.
DECONVOLVING: dict[str, tuple[Any, str]] = {
    "mode": (str, "absolute (default), relative or no.sumto1."),
    "permutations": (int, "Permutations for p-values."),
    "bootstrap": (int, "Refits for an interval beside each fraction."),
    "conf_level": (float, "Level of these intervals; 0.95 by default."),
    "reference_median": (float, "What absolute scores are relative to, from an earlier run; of this file by default."),
    "quantile_normalise": (bool, "Make samples alike first, as CIBERSORT does with microarrays."),
    "batch_correction": (str, "none, b-mode or b-mode-reference: ComBat against what the first fractions rebuild."),
    "min_overlap": (float, "Least share of the signature's genes; 0.5 by default."),
    "check_scale": (bool, "Refuse what looks logarithmic, as is done by default."),
    "solver": (str, "exact, or libsvm for comparison."),
    "libsvm_tolerance": (float, "At which libsvm stops."),
    "seed": (int, "Seed of permutations and refits; 1 by default."),
}


def takes(name: str, options: Mapping[str, tuple[Any, str]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command some options; it gets what was said of them as one argument of that name."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_options(**given: Any) -> None:
            said = {key: given.pop(key) for key in options if key in given}
            command(**given, **{name: {key: value for key, value in said.items() if value not in (None, [])}})

        taken = [one for one in signature(command, eval_str=True).parameters.values() if one.name != name]
        for key, (kind, meaning) in options.items():
            option = typer.Option(help=meaning, show_default=False)  # of a bool, with a --no- before it, too
            taken.append(
                Parameter(key, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option])
            )
        with_options.__signature__ = Signature(taken)  # type: ignore[attr-defined]
        with_options.__annotations__ = {one.name: one.annotation for one in taken}
        return with_options

    return decorate


reads_expression = takes("reading", READING)
