"""Title, caption and description of every figure, from its file name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from her2stats.vocabulary.names import sentence_case

FURTHER = "further"


@dataclass(frozen=True)
class Caption:
    """What stands around a figure.

    Parameters
    ----------
    section : str
        Section of the report that the figure belongs to; `FURTHER` for one that is not known.
    label, title, caption, alt : str
        "Fig. 1a", what it shows in a few words, in sentences, and for somebody who cannot see it.
    data : str
        Table behind the figure; empty for none.
    patients : bool
        Whether single tumours can be seen in it.
    """

    section: str
    label: str
    title: str
    caption: str
    alt: str
    data: str = ""
    patients: bool = True


def caption_of(name: str, *, exposure: str, cohort: str = "") -> Caption:
    """Find the caption of a figure; one of an unknown kind gets a plain one from its name.

    Parameters
    ----------
    name : str
        File name without ending; what follows the known part is a cohort ("fig1b_til_abim").
    exposure : str
        Name of the exposure.
    cohort : str
        Cohort of a figure whose name has none.

    Examples
    --------
    >>> caption_of("fig1b_til_abim", exposure="ERBB2").title
    'Total TIL against the scores, abim'
    >>> caption_of("fig9_power_curve", exposure="ERBB2").title
    'Power curve'
    """
    for pattern, entry in _entries():
        found = pattern.fullmatch(name)
        if found:
            own = found["cohort"] or cohort
            title, caption, alt = (
                str(entry[key]).format(exposure=exposure, cohort=f", {own}" if own else "")
                for key in ("title", "caption", "alt")
            )
            section, data = str(entry["section"]), str(entry["data"])
            return Caption(section, _label(name), title, caption, alt, data, patients=bool(entry["patients"]))
    words = sentence_case(re.sub(r"^fig[A-Za-z0-9]*?_", "", name).replace("_", " ").strip()) or name
    return Caption(FURTHER, _label(name), words, "", f"Figure: {words}.")


def missing_figures(names: Iterable[str], filled: Collection[str], cohorts: Sequence[str]) -> list[str]:
    """Say which figures a run would have written beside those that are there.

    Parameters
    ----------
    names : iterable of str
        Figures of the folder, without ending.
    filled : collection of str
        Tables that have rows; a figure is drawn where the table behind it has some.
    cohorts : sequence of str
        With expression data. The figures of one of them carry no cohort in their name.

    Examples
    --------
    >>> missing_figures(["fig2b_forest", "fig2b_forest_milan"], ["odds_ratios", "response"], ["abim", "milan"])
    ['fig4_response']
    """
    names = set(names)
    entries = [entry for _, entry in _entries() if "file" in entry and entry["data"] in filled]
    suffixes = {""} | {f"_{cohort}" for cohort in cohorts if any(name.endswith(f"_{cohort}") for name in names)}
    expected = [f"{entry['file']}{end}" for entry in entries for end in (suffixes if entry["by_cohort"] else ("",))]
    return sorted(set(expected) - names)


def cohorts_of_plain_figures(names: Iterable[str], cohorts: Sequence[str]) -> dict[str, str]:
    """Say which cohort a figure without a cohort in its name shows: the one that the others of its kind leave over.

    Examples
    --------
    >>> cohorts_of_plain_figures(["fig1b_til", "fig1b_til_milan", "fig1a_correlation"], ["milan", "abim"])
    {'fig1b_til': 'abim'}
    """
    names = set(names)
    left = {
        name: [cohort for cohort in cohorts if f"{name}_{cohort}" not in names]
        for name in sorted(names)
        if any(f"{name}_{cohort}" in names for cohort in cohorts)
    }
    return {name: found[0] for name, found in left.items() if len(found) == 1}


def _label(name: str) -> str:
    """Number of a figure: "Fig. S1" of figS1_distribution."""
    found = re.match(r"fig([A-Za-z0-9]+)_", name)
    return f"Fig. {found[1]}" if found else "Figure"


@cache
def _entries() -> tuple[tuple[re.Pattern[str], dict[str, str | bool]], ...]:
    text = resources.files("her2stats.results").joinpath("captions.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["figure"]
    return tuple((re.compile(f"(?:{entry['pattern']})(?:_(?P<cohort>.+))?"), entry) for entry in entries)
