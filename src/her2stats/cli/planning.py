"""The command about studies that are still to be made."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from her2stats.cli.app import app
from her2stats.cli.printing import print_table, say

_QUESTION = "correlation, odds-ratio (per SD of the exposure), interaction (ratio of two of them) or response."


@app.command()
def power(
    question: Annotated[str, typer.Argument(help=_QUESTION, show_default=False)],
    n: Annotated[int | None, typer.Option(help="Tumours or patients.")] = None,
    effect: Annotated[float | None, typer.Option(help="Correlation, odds ratio, or ratio of odds ratios.")] = None,
    target: Annotated[
        float | None, typer.Option("--power", help="Power; 0.8 where one of the others is sought.")
    ] = None,
    alpha: Annotated[float, typer.Option(help="Two-sided threshold.")] = 0.05,
    share: Annotated[
        list[float] | None, typer.Option(help="With the outcome, or of the first group that responds.")
    ] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="Sizes of the groups, as 63:255; again for a stratum.")
    ] = None,
    strata: Annotated[int | None, typer.Option(help="Of a correlation: groups within which ranks are taken.")] = None,
    draws: Annotated[int | None, typer.Option(help="Simulated studies.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Where the random numbers start.")] = None,
) -> None:
    """Tell the power of a study, the least effect that it finds, or the size that it needs: give the other two."""
    from her2stats import statistics
    from her2stats.errors import DataError, Problem
    from her2stats.statistics.arguments import remedy_for

    verbs = {"correlation": {"strata"}, "odds-ratio": {"draws", "seed", "share"}, "response": {"share", "split"}}
    verbs["interaction"] = verbs["odds-ratio"] | {"split"}
    if question not in verbs:
        raise DataError(Problem(f"{question!r} is no question", remedy=remedy_for(question, verbs)))
    given: dict[str, Any] = {"share": share, "split": split, "strata": strata, "draws": draws, "seed": seed}
    given = {name: value for name, value in given.items() if value is not None and value != []}
    if strange := sorted(set(given) - verbs[question]):
        raise DataError(Problem(f"{', '.join(strange)}: not asked of {question}", remedy="leave it out"))
    if question == "response":
        if "share" not in given:
            raise DataError(Problem("nothing says who responds", remedy="give the first group's share, as --share 0.3"))
        given |= {"split": [_pair(text) for text in given.get("split", ["1:1"] * len(given["share"]))]}
    elif several := [name for name in ("share", "split") if len(given.get(name, ())) > 1]:
        raise DataError(Problem(f"{', '.join(several)} is given twice", remedy=f"{question} takes one"))
    else:
        given |= {name: given[name][0] for name in ("share", "split") if name in given}
        given |= {"split": _pair(given["split"])} if "split" in given else {}
    verb = getattr(statistics, f"power_{question.replace('-', '_')}")
    found = verb(n, effect, target, alpha=alpha, **given)
    print_table(found.drop(columns="method").round({"effect": 4, "power": 4, "mc_error": 4}))
    say(f"By {found['method'].iloc[0]}.")


def _pair(text: str) -> tuple[float, float]:
    from her2stats.errors import DataError, Problem

    try:
        one, other = map(float, text.split(":"))
    except ValueError:
        raise DataError(Problem(f"split {text!r} is not two sizes", remedy="write 63:255")) from None
    return one, other
