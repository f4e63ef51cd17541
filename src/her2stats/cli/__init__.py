"""The commands. Each is thin: it reads words from the terminal, calls one function, prints the answer.

Exit status: 0 done, 1 the input is wrong, 2 wrong usage, 3 R disagrees, 4 a comparison was asked for and R could check
nothing. Heavy imports wait inside the commands, so that help answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from her2stats.cli import whole_study  # noqa: F401 - the modules register their commands, in the order of the help

# isort: split
from her2stats.cli import single_steps  # noqa: F401

# isort: split
from her2stats.cli import published  # noqa: F401
from her2stats.cli.app import app
from her2stats.cli.printing import say
from her2stats.errors import Her2statsError

__all__ = ["app", "main"]


def main() -> NoReturn:
    """Run the commands; what is wrong with an input is a message, not a traceback."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except Her2statsError as error:
        for problem in error.problems:
            say(f"her2stats: {problem}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    finally:
        _stop_workers()
    sys.exit(0)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _stop_workers() -> None:
    """Let no worker outlive the command: joblib's would stay for minutes and hold its output."""
    workers = getattr(sys.modules.get("joblib.externals.loky.reusable_executor"), "_executor", None)
    if workers is not None:
        workers.shutdown(wait=True, kill_workers=True)
