"""The process in which R lives: ``python -m her2stats.r_engine.worker`` embeds R through rpy2 and answers lines.

Each question is a line of JSON with the spec, the frame (floats as hexadecimal) and R's answer the same way. R may
print, quit, crash or loop here; the asking process notices and starts another.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO

from her2stats.r_engine.exchange.cells import escape, hexadecimal, number

MARK = "her2stats>"
FUNCTIONS = "HER2STATS_R_FILES"


def main() -> None:
    """Answer questions until the asking process closes its end."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    questions, answers = _private_streams()
    try:
        hello, ask = _embed_r(os.environ[FUNCTIONS].split(os.pathsep))
    except Exception as error:  # whatever keeps R from starting is told, not raised
        _say(answers, {"problem": _words(error)})
        return
    _say(answers, hello)
    for line in questions:
        _say(answers, ask(json.loads(line)))


def _private_streams() -> tuple[TextIO, TextIO]:
    """Keep the pipes for ourselves: what R prints goes to the log, what R reads is empty."""
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return questions, answers


def _end_with_parent(parent: int) -> None:
    """End when the asking process is gone, even while R is in an endless loop (which does not hold Python's lock)."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(MARK + json.dumps(message) + "\n")
    answers.flush()


def _words(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines) or type(error).__name__


def _embed_r(files: list[str]) -> tuple[dict[str, Any], Callable[[dict[str, Any]], dict[str, Any]]]:
    """Start R, source the functions; returns the greeting and the function that answers a question."""
    import warnings

    warnings.simplefilter("ignore")
    from rpy2.rinterface_lib import embedded, openrlib

    # A .Rprofile in the working directory would otherwise change contrasts, a saved workspace anything at all.
    embedded.set_initoptions(("rpy2", "--quiet", "--vanilla"))
    import rpy2.rinterface as ri

    ri.initr(interactive=False)
    evaluate: Any = ri.baseenv["eval"]
    parse: Any = ri.baseenv["parse"]

    def r(code: str) -> Any:
        return evaluate(parse(text=ri.StrSexpVector([code])), ri.globalenv)

    source: Any = ri.baseenv["sys.source"]
    for file in files:
        source(ri.StrSexpVector([file]), ri.globalenv)
    greeting = dict(zip(("r_version", "emmeans_version", "missing"), r("greeting()"), strict=True))
    mode = openrlib.ffi_proxy.get_ffi_mode(openrlib._rinterface_cffi).name
    answer: Any = r("answer")

    def text_list(columns: dict[str, list[str]]) -> Any:
        return _named(ri, {name: ri.StrSexpVector(values) for name, values in columns.items()})

    def ask(question: dict[str, Any]) -> dict[str, Any]:
        numbers = {name: ri.FloatSexpVector(list(map(number, cells))) for name, cells in question["numbers"].items()}
        found = answer(text_list(question["spec"]), _named(ri, numbers), text_list(question["levels"]))
        parts = dict(zip(found.names, found, strict=True))
        if problem := parts["problem"][0]:
            return {"problem": str(problem)}
        table = parts["table"]
        return {"table": {str(name): _cells(ri, column) for name, column in zip(table.names, table, strict=True)}}

    return {"hello": greeting | {"mode": mode}}, ask


def _named(ri: Any, items: dict[str, Any]) -> Any:
    vector = ri.ListSexpVector(list(items.values()))
    vector.do_slot_assign("names", ri.StrSexpVector(list(items)))
    return vector


def _cells(ri: Any, column: Any) -> dict[str, Any]:
    """One column of R's answer: its kind and its cells, as in the exchange files."""
    if isinstance(column, ri.FloatSexpVector):
        return {"kind": "float64", "cells": [hexadecimal(float(value)) for value in column]}
    if isinstance(column, ri.BoolSexpVector):
        return {
            "kind": "boolean",
            "cells": ["" if value is ri.NA_Logical else str(bool(value)).lower() for value in column],
        }
    if isinstance(column, ri.IntSexpVector):
        return {"kind": "Int64", "cells": ["" if value is ri.NA_Integer else str(int(value)) for value in column]}
    return {"kind": "str", "cells": ["" if value is ri.NA_Character else escape(str(value)) for value in column]}


if __name__ == "__main__":
    main()
