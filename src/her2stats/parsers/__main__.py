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
from time import process_time
from typing import Any, BinaryIO

from her2stats.parsers.allowance import Allowance, TooLargeError
from her2stats.parsers.unfit import Unfit


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
    except Exception as error:
        return json.dumps(why(error)).encode(), None


def why(error: Exception) -> dict[str, Any]:
    """What the answer says of an error; a damaged file fails in ways nobody can list."""
    if isinstance(error, ImportError):
        return {"lacking": str(error.name)}
    if isinstance(error, TooLargeError):
        return {"large": "unpacks to far more than its size; reading stopped"}
    if isinstance(error, MemoryError):
        return {"large": "needs far more memory than its size should; reading stopped"}
    if isinstance(error, Unfit):
        return {"unfit": error.args}
    return {"damaged": str(error) or type(error).__name__}


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer one request."""
    request = json.loads(source.readline())
    limit(request["memory"], request["seconds"])
    if "path" in request:
        stream(request, source, target)
        return
    gc.disable()  # millions of cells that all stay until the end
    said, numbers = said_of(request, source.read())
    target.write(said + b"\n")
    if numbers is not None:
        target.write(numbers.data)


def stream(request: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Answer with the names of a file that is too large for memory, and then each question with blocks of samples.

    A block is samples x genes, a plus sign before it; a minus sign and a line of JSON is why there is none.
    """
    try:
        parser = importlib.import_module(f"her2stats.parsers.{request['parser']}")
        store = parser.open_store(request["path"], request["wanted"], Allowance(request["allowed"]))
        target.write(json.dumps({"genes": store.genes, "samples": store.samples}).encode() + b"\n")
    except Exception as error:
        target.write(json.dumps(why(error)).encode() + b"\n")
        return
    target.flush()
    for line in source:
        limit(request["memory"], int(process_time()) + request["seconds"])  # of each passage through the file
        try:
            for block in store.blocks(**json.loads(line)):
                target.write(b"+")
                target.write(block.tobytes())
            target.flush()
        except Exception as error:
            target.write(b"-" + json.dumps(why(error)).encode() + b"\n")
            return


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
