"""Terms of the covariance model, and what an extra product may be made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from her2stats.errors import DataError, ProblemList

Term = tuple[str, ...]


def two_way_terms(variables: Sequence[str], covariates: Sequence[str], extra: Sequence[Term]) -> tuple[Term, ...]:
    """Terms of (variables)^2 + covariates + extra, main effects first, then by order, as R sorts them."""
    known = [*variables, *covariates]
    terms: list[Term] = [(name,) for name in known]
    terms += list(combinations(variables, 2))
    terms += [tuple(sorted(term, key=known.index)) for term in extra]
    return tuple(sorted(dict.fromkeys(terms), key=len))


def ancova_terms(variables: Sequence[str], covariates: Sequence[str], extra_terms: Iterable[str]) -> tuple[Term, ...]:
    """Terms of (variables)^2 + covariates + extra_terms; the extra ones have passed `check_extra_terms`.

    >>> [":".join(term) for term in ancova_terms(["hr", "score"], ["age"], ["hr: age"])]
    ['hr', 'score', 'age', 'hr:score', 'hr:age']
    """
    known = (*variables, *covariates)
    return two_way_terms(variables, covariates, [split_product(term, known) for term in extra_terms])


def split_product(term: str, known: Sequence[str]) -> Term:
    """Variables of a product "hr:age"; a name may hold a colon itself, so each cut is tried.

    Where no cut gives variables that are known, the plain parts.

    >>> split_product("hr:HER2: 20 genes", ["hr", "HER2: 20 genes"]), split_product("hr:size", ["hr"])
    (('hr', 'HER2: 20 genes'), ('hr', 'size'))
    """
    return _cut(term, known) or tuple(part.strip() for part in term.split(":"))


def _cut(term: str, known: Sequence[str]) -> Term:
    if name := _known(term, known):
        return (name,)
    for place in [place for place, letter in enumerate(term) if letter == ":"]:
        left = _known(term[:place], known)
        if left and (rest := _cut(term[place + 1 :], known)):
            return (left, *rest)
    return ()


def _known(text: str, known: Sequence[str]) -> str:
    """Name that a text stands for, spaces around it or not; empty for none."""
    return next((name for name in (text, text.strip()) if name in known), "")


def check_extra_terms(
    problems: ProblemList, variables: Sequence[str], covariates: Sequence[str], extra_terms: Iterable[str]
) -> None:
    """Note what is wrong with extra products: strange variables, no product at all, a product without its parts."""
    known = (*variables, *covariates)
    usable = []
    for written in extra_terms:
        term = split_product(written, known)
        strange = [name for name in term if name not in known]
        if strange:
            what = f"extra term '{':'.join(term)}' uses '{strange[0]}', which is not in the model"
            problems.add(DataError, what, remedy=f"name it as a covariate, or use {', '.join(sorted({*known}))}")
        elif len(set(term)) < len(term) or len(term) < 2:
            what = f"extra term '{':'.join(term)}' is not a product of different variables"
            problems.add(DataError, what, remedy="write for example 'hr:age'")
        else:
            usable.append(term)
    sets = {frozenset(term) for term in two_way_terms(variables, covariates, usable)}
    for term in usable:
        lacking = [name for name in term if len(term) > 2 and frozenset(term) - {name} not in sets]
        if lacking:
            inner = ":".join(other for other in term if other != lacking[0])
            problems.add(DataError, f"extra term '{':'.join(term)}' needs '{inner}'", remedy=f"add '{inner}' before it")
