"""A file of a foreign format read in a process of its own, which may hang, crash or want too much memory alone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from her2stats.errors import Problem, TableError
from her2stats.files import Content, refuse
from her2stats.parsers.limits import COMMAND, MEMORY, MEMORY_A_BYTE, SLOWEST, environment, seconds_for


@dataclass(frozen=True)
class Format:
    """A format as people call it, what takes it apart, which extra of ours installs that, and what writes it again."""

    what: str
    parser: str
    again: str
    extra: str = ""


def ask(content: Content, form: Format, **request: Any) -> tuple[dict[str, Any], bytes]:
    """Have a file read by its parser: what it says, and its numbers as bytes.

    Raises FileError when the file is damaged (that its parser hangs or dies over it is one way), or holds far more than
    its size lets expect, or the parser is not installed.
    """
    seconds = seconds_for(len(content.data))
    limits = {
        "allowed": content.allowed_size,
        "memory": MEMORY + MEMORY_A_BYTE * len(content.data),
        "seconds": int(seconds) + 1,
    }
    asked = json.dumps({"parser": form.parser, **limits, **request}).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            COMMAND,
            input=asked + content.data,
            capture_output=True,
            timeout=SLOWEST * seconds,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        refuse(content.path, "is damaged: reading it does not come to an end", form.again)
    head, _, numbers = done.stdout.partition(b"\n")
    if done.returncode or not head:
        refuse(content.path, "is damaged: what should read it breaks down over it", form.again)
    said: dict[str, Any] = json.loads(head)
    if "lacking" in said:
        install = f'install it: pip install "her2stats[{form.extra}]"'
        refuse(content.path, f"is {form.what}, which needs the package {said['lacking']} to be read", install)
    if "large" in said:
        refuse(content.path, said["large"], "check where it comes from; write a large matrix as tsv or parquet")
    if "damaged" in said:
        refuse(content.path, f"is not {form.what}, or is damaged ({said['damaged']})", form.again)
    return said, numbers


def ask_fit(content: Content, form: Format, **request: Any) -> tuple[dict[str, Any], bytes]:
    """As `ask`; what the file lacks of what is wanted is an error of the table."""
    said, numbers = ask(content, form, **request)
    if "unfit" in said:
        raise TableError(Problem(said["unfit"][0], content.name, said["unfit"][1]))
    return said, numbers
