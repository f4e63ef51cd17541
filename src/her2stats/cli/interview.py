"""Questions that `init` asks on a terminal: what was recognised is confirmed, what was not is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import typer

from her2stats.cli.printing import say
from her2stats.reading.scales import BASES
from her2stats.study.proposing.proposal import SCALES, Proposal
from her2stats.study.proposing.recognition import Recognised, is_number, read_as
from her2stats.vocabulary.variables import accepted

Ask = Callable[[str, str], str]
NONE = "-"


def ask_on_terminal(question: str, default: str) -> str:
    """Ask for a word, with a default."""
    answer: str = typer.prompt(question, default=default)
    return answer.strip()


def interview(proposal: Proposal, ask: Ask = ask_on_terminal, *, ask_signature: bool = True) -> Proposal:
    """Go through a recognised proposal with the user.

    `ask` is given a question and its default and returns the answer; `ask_signature` says whether the study still needs
    to be told a signature matrix.
    """
    say("Enter keeps what stands in brackets; - is none.")
    sample = _column("Sample ids: which column?", proposal.sample, proposal, ask)
    found = tuple(item for one in proposal.found if (item := _confirmed(one, proposal, ask)) is not None)
    translations = {item.variable: said for item in found if (said := _translated(item, ask))}
    proposal = replace(proposal, sample=sample or proposal.sample, found=found, translations=translations)
    if proposal.expression is None:
        return proposal
    say(f"The expression: {proposal.expression.evidence}")
    scaled = proposal if proposal.scale_confirmed else _with_scale(proposal, ask)
    return replace(scaled, signature=proposal.signature or (_signature(ask) if ask_signature else None))


def _column(question: str, default: str, proposal: Proposal, ask: Ask) -> str:
    while True:
        answer = ask(question, default)
        if answer == NONE:
            return ""
        if answer in proposal.columns:
            return answer
        say(f"  {answer!r} is no column; there are {', '.join(proposal.columns)}")


def _confirmed(item: Recognised, proposal: Proposal, ask: Ask) -> Recognised | None:
    say(f"{item.variable}: {item.words()}")
    column = _column(f"  {item.variable}: which column?", item.column, proposal, ask)
    if not column:
        return None
    return item if column == item.column else read_as(item.variable, column, proposal.columns[column])


def _translated(item: Recognised, ask: Ask) -> dict[str, str]:
    said = {}
    for word, count in item.unknown.items():
        choices = [] if item.is_number else accepted(item.variable)
        wanted = ", ".join(choices) or "a number"
        while True:
            answer = ask(f"  {item.variable}: what is {word!r} ({count})? {wanted}", NONE)
            if answer == NONE or answer in choices or (item.is_number and is_number(answer)):
                break
            say(f"  {answer!r} is {'no number' if item.is_number else f'none of {wanted}'}")
        said[word] = "" if answer == NONE else answer
    return said


def _with_scale(proposal: Proposal, ask: Ask) -> Proposal:
    """The user declares the scale; Enter leaves it open, so that nobody agrees by haste."""
    look = proposal.expression
    assert look is not None
    while True:
        scale = ask(f"  scale: {', '.join(SCALES)}? It looks like {_looks(proposal)}; - leaves it open", NONE)
        if scale in (*SCALES, NONE):
            break
        say(f"  {scale!r} is none of {', '.join(SCALES)}")
    if scale == NONE:
        return proposal
    if scale not in BASES:
        return proposal.declared(scale)
    while True:
        written = ask(f"  {scale}(x + offset): which offset?", f"{look.floors.get(scale, 0.0):g}")
        try:
            offset = float(written)
        except ValueError:
            say(f"  {written!r} is no number")
            continue
        return proposal.declared(scale, offset)


def _looks(proposal: Proposal) -> str:
    look = proposal.expression
    assert look is not None
    return "counts" if look.normalise else " or ".join(look.floors) or look.scale


def _signature(ask: Ask) -> Path | None:
    while True:
        answer = ask("  signature matrix for cell fractions (a file; - for none)", NONE)
        if answer == NONE:
            return None
        if Path(answer).is_file():
            return Path(answer)
        say(f"  there is no file {answer!r}")
