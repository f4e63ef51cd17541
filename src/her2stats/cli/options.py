"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
Duplicates = Annotated[str, typer.Option(help="Rows that are one gene: error, max-mean, mean or median.")]
Scale = Annotated[str, typer.Option(help="Scale of the values: log2 or linear. Never guessed.", show_default=False)]
Offset = Annotated[float, typer.Option(help="What was added before the logarithm: log2(x + offset).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write into a folder that holds other files; they stay.")]
Replace = Annotated[bool, typer.Option("--overwrite", help="Replace an output file that exists; an input never.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes for deconvolution and drawing.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute every stage anew, and keep none.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
