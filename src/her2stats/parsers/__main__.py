"""Read a file of a foreign format in a process of its own: python -P -m her2stats.parsers.

The libraries can hang, crash or fill the memory over a file. Here they hang, crash or starve alone. A line of JSON that
says what is wanted, and within which limits, comes in on the standard input, then the file; a line of JSON goes out,
then the numbers, if there are any.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import sys
from typing import Any, BinaryIO

from her2stats.parsers.allowance import Allowance, TooLargeError


def limit(memory: int, seconds: int) -> None:
    """Have no more than this; of memory what is written to counts, not what libraries map or set aside."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, seconds)):
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def said_of(request: dict[str, Any], data: bytes) -> tuple[bytes, Any]:
    """The answer to a request as JSON, and numbers; whatever goes wrong is an answer, too."""
    try:
        parser = importlib.import_module(f"her2stats.parsers.{request['parser']}")
        said, numbers = parser.answer(data, request, Allowance(request["allowed"]))
        if numbers is not None:
            said["shape"] = numbers.shape
        return json.dumps(said).encode(), numbers
    except ImportError as error:
        said = {"lacking": str(error.name)}
    except TooLargeError:
        said = {"large": "unpacks to far more than its size; reading stopped"}
    except MemoryError:
        said = {"large": "needs far more memory than its size should; reading stopped"}
    except Exception as error:  # a damaged file fails in ways nobody can list
        said = {"damaged": str(error) or type(error).__name__}
    return json.dumps(said).encode(), None


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer one request."""
    request = json.loads(source.readline())
    limit(request["memory"], request["seconds"])
    gc.disable()  # millions of cells that all stay until the end
    said, numbers = said_of(request, source.read())
    target.write(said + b"\n")
    if numbers is not None:
        target.write(numbers.data)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
