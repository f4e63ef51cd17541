"""Certified values of the National Institute of Standards and Technology (tests/data/nist).

Digits that agree, -log10 of the relative error: Norris 12 and more in every number; measured one-way analyses
13 (SiRstv) and 10 (AtmWtAg); constructed ones 13 to 15 with 1 leading digit, 10 with 7, 4 with 13. The last two are
all that double precision can hold: exact rational arithmetic on the same doubles agrees no further.
"""

from __future__ import annotations

import gzip
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from her2stats.statistics.fits.design import Design
from her2stats.statistics.fits.linear import fit_linear, project
from her2stats.statistics.fits.type3 import term_tests

NIST = Path(__file__).parents[1] / "data" / "nist"


def read(name: str) -> tuple[np.ndarray, list[str]]:
    """Data as columns, and the lines of the file."""
    place = NIST / f"{name}.dat"
    text = place.read_text() if place.is_file() else gzip.decompress((NIST / f"{name}.dat.gz").read_bytes()).decode()
    lines = text.splitlines()
    first, last = map(int, re.findall(r"Data\s+\(lines\s+(\d+)\s+to\s+(\d+)\)", text)[0])
    return np.array([line.split() for line in lines[first - 1 : last]], dtype=float), lines


def digits(found: float, certified: float) -> float:
    return 16.0 if found == certified else -math.log10(abs(found - certified) / abs(certified))


def one_way(name: str) -> tuple[float, float, np.ndarray, np.ndarray]:
    """F found and certified, groups and values."""
    data, lines = read(name)
    groups, values = data[:, 0] - 1, data[:, 1]
    design = Design((("group",),), {"group": len(np.unique(groups))}, {})
    matrix = design.matrix({"group": groups})
    projection = project(matrix)
    found = term_tests(design, matrix, projection)[0].against(fit_linear(projection, values), values)
    certified = next(line for line in lines if line.startswith("Between")).split()
    assert found["df"] == int(certified[-4])
    return found["statistic"], float(certified[-1]), groups, values


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("SiRstv", 12),
        ("AtmWtAg", 10),
        ("SmLs01", 13),
        ("SmLs02", 13),
        ("SmLs03", 13),
        ("SmLs04", 10),
        ("SmLs05", 10),
        ("SmLs06", 10),
        ("SmLs07", 4),
        ("SmLs08", 4),
        ("SmLs09", 4),
    ],
)
def test_f_of_a_one_way_analysis(name, least):
    found, certified, _, _ = one_way(name)
    assert digits(found, certified) >= least


@pytest.mark.parametrize("name", ["AtmWtAg", "SmLs04", "SmLs07"])
def test_what_is_lost_is_lost_in_the_doubles_themselves(name):
    found, certified, groups, values = one_way(name)
    exact = [Fraction(value) for value in values.tolist()]
    members = [[value for value, of in zip(exact, groups, strict=True) if of == group] for group in np.unique(groups)]
    mean = sum(exact) / len(exact)
    means = [sum(group) / len(group) for group in members]
    between = sum(len(group) * (own - mean) ** 2 for group, own in zip(members, means, strict=True)) / (
        len(members) - 1
    )
    within = sum((value - own) ** 2 for group, own in zip(members, means, strict=True) for value in group)
    f = between / (within / (len(exact) - len(members)))
    assert digits(found, float(f)) >= 11
    assert digits(float(f), certified) < 11


def test_a_straight_line():
    data, _ = read("Norris")
    outcome, x = data.T
    design = Design((("x",),), {}, {"x": 0.0})
    matrix = design.matrix({"x": x})
    projection = project(matrix)
    fit = fit_linear(projection, outcome)
    estimates, errors, _ = fit.contrasts(np.eye(2))
    f = term_tests(design, matrix, projection)[0].against(fit, outcome)["statistic"]
    found = [*estimates, *errors, fit.residual_ss, math.sqrt(fit.variance), f]
    certified = [
        -0.262323073774029,
        1.00211681802045,
        0.232818234301152,
        0.429796848199937e-03,
        26.6173985294224,
        0.884796396144373,
        5436385.54079785,
    ]
    assert min(digits(*pair) for pair in zip(found, certified, strict=True)) >= 11.9
