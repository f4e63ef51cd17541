"""The commands. Each is thin: it reads words from the terminal, calls one function, prints the answer.

Exit status: 0 done, 1 the input is wrong, 2 wrong usage, 3 R disagrees, 4 a comparison was asked for and R could check
nothing. Heavy imports wait inside the commands, so that help answers at once.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

from her2stats.cli import whole_study  # noqa: F401 - the modules register their commands, in the order of the help

# isort: split
from her2stats.cli import single_steps  # noqa: F401

# isort: split
from her2stats.cli import published  # noqa: F401

# isort: split
from her2stats.cli import planning  # noqa: F401
from her2stats.cli.app import app
from her2stats.cli.printing import read_or_not, say
from her2stats.errors import Her2statsError
from her2stats.workers import stop_workers

__all__ = ["app", "main"]


def main() -> NoReturn:
    """Run the commands; what is wrong with an input is a message, not a traceback."""
    # Our processes are the parallelism, and only a process without threads may fork them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    gc.set_threshold(50_000, 20, 50)  # libraries and tables are millions of objects that stay
    signal.signal(signal.SIGTERM, _interrupt)
    _quiet_tracker()
    sys.stdout, sys.stderr = read_or_not(sys.stdout), read_or_not(sys.stderr)
    try:
        app()
    except Her2statsError as error:
        say(*(f"her2stats: {problem}" for problem in error.problems), err=True)
        sys.exit(1)
    except (OSError, MemoryError, RecursionError, ValueError) as error:  # the last net: what nobody foresaw
        if os.environ.get("HER2STATS_TRACEBACK"):
            raise
        say(f"her2stats: {_in_words(error)}", err=True)
        sys.exit(1)
    finally:
        stop_workers()  # joblib's would stay for minutes and hold the command's output
    sys.exit(0)


def _in_words(error: OSError | MemoryError | RecursionError | ValueError) -> str:
    """A sentence about an error that is none of ours."""
    if isinstance(error, MemoryError):
        return "the memory does not suffice -> give fewer samples or genes at once, or use a machine with more memory"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror or error} -> check the path, its permissions and the room on the disk"
    what = "something is nested too deeply" if isinstance(error, RecursionError) else str(error) or "a value is wrong"
    return f"{what} -> this should have been told better: run it with HER2STATS_TRACEBACK=1 and report what it prints"


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _quiet_tracker() -> None:
    """Joblib's tracker takes away what stopped workers have left, and need not tell so below a finished run."""
    quiet = "ignore:resource_tracker:UserWarning"
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (os.environ.get("PYTHONWARNINGS"), quiet)))
