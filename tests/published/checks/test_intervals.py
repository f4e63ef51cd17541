"""Printed estimates with intervals whose data are not printed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from her2stats.errors import DataError
from her2stats.published import audit_interaction, audit_interval

DRAWS = 10_000
Q = norm.ppf(0.975)

# The eleven odds ratios per SD by hormone-receptor status, as printed.
ELEVEN = [
    ("0.41", "0.27", "0.61"),
    ("0.61", "0.42", "0.89"),
    ("0.64", "0.44", "0.94"),
    ("0.64", "0.43", "0.93"),
    ("0.65", "0.42", "1.00"),
    ("0.56", "0.38", "0.83"),
    ("1.60", "1.07", "2.39"),
    ("0.25", "0.07", "0.83"),
    ("0.28", "0.09", "0.92"),
    ("5.29", "1.16", "24.0"),
    ("0.16", "0.04", "0.61"),
]


def _draws(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.8, DRAWS), rng.uniform(0.02, 1.2, DRAWS), rng.integers(1, 4, DRAWS)


def _print(values: np.ndarray, places: np.ndarray) -> list[str]:
    return [f"{v:.{d}f}" for v, d in zip(values, places, strict=True)]


def _p_print(p: np.ndarray, rng: np.random.Generator) -> list[str]:
    style = rng.integers(0, 3, len(p))
    return [
        ("<0.001" if v < 0.001 else f"{v:.3f}") if s == 0 else f"{v:.2f}" if s == 1 else f"{v:.1e}"
        for v, s in zip(p, style, strict=True)
    ]


@pytest.mark.parametrize("ci", ["wald", "any"])
@pytest.mark.parametrize("scale", ["ratio", "difference", "correlation"])
def test_ten_thousand_wald_intervals_with_p_and_claim_are_never_called_inconsistent(ci: str, scale: str) -> None:
    beta, error, places = _draws(4)
    rng = np.random.default_rng(5)
    back = {"ratio": np.exp, "difference": lambda x: x, "correlation": np.tanh}[scale]
    printed = [_print(back(value), places) for value in (beta, beta - Q * error, beta + Q * error)]
    p = 2 * norm.sf(np.abs(beta / error))
    claim = np.where(p < 0.05, "significant", "not significant")
    audit = audit_interval(*printed, p=_p_print(p, rng), claim=claim, scale=scale, ci=ci)  # type: ignore[arg-type]
    assert len(audit) == 3 * DRAWS
    wrong = audit[audit["verdict"] == "inconsistent"]
    assert wrong.empty, wrong.to_string()
    assert (audit["verdict"] == "consistent").mean() > 0.9


def test_the_eleven_printed_intervals_are_wald_symmetric() -> None:
    estimate, low, high = zip(*ELEVEN, strict=True)
    audit = audit_interval(estimate, low, high, ci="wald")
    assert set(audit["verdict"]) == {"consistent"}


def test_a_limit_of_one_leaves_the_claim_open_and_says_the_p() -> None:
    audit = audit_interval("0.65", "0.42", "1.00", claim="significant", ci="wald")
    claim = audit[audit["check"] == "claim"].iloc[0]
    assert claim["verdict"] == "not determinable"
    assert claim["recomputed"] == "p 0.052 (0.047 to 0.053)"


@pytest.mark.parametrize(
    ("printed", "options", "check", "verdict"),
    [
        (("0.688", "0.28", "1.74"), {"ci": "wald"}, "Wald symmetry", "inconsistent"),
        (("0.688", "0.28", "1.74"), {}, "Wald symmetry", "not determinable"),
        (("0.16", "0.61", "0.04"), {}, "order", "inconsistent"),
        (("0.60", "0.62", "0.89"), {}, "order", "inconsistent"),
        (("0.95", "0.42", "0.89"), {}, "order", "inconsistent"),
        (("0.61", "0.42", "0.89"), {"p": "0.01"}, "p from the interval", "consistent"),
        (("0.61", "0.42", "0.89"), {"p": "0.10", "ci": "wald"}, "p from the interval", "inconsistent"),
        (("0.61", "0.42", "0.89"), {"p": "0.10"}, "p from the interval", "not determinable"),
        (("0.61", "0.42", "0.89"), {"p": "<0.001", "ci": "wald"}, "p from the interval", "inconsistent"),
        (("0.61", "0.42", "0.89"), {"claim": "not significant", "ci": "wald"}, "claim", "inconsistent"),
        (("0.90", "0.60", "1.35"), {"claim": "significant", "ci": "wald"}, "claim", "inconsistent"),
        (("-1.2", "-2.0", "-0.4"), {"scale": "difference", "ci": "wald"}, "Wald symmetry", "consistent"),
        (("-1.2", "-2.0", "-0.1"), {"scale": "difference", "ci": "wald"}, "Wald symmetry", "inconsistent"),
    ],
)
def test_planted_errors(printed: tuple[str, str, str], options: dict[str, str], check: str, verdict: str) -> None:
    audit = audit_interval(*printed, **options)  # type: ignore[arg-type]
    assert audit[audit["check"] == check]["verdict"].item() == verdict


def test_nothing_is_said_of_what_is_not_printed() -> None:
    assert audit_interval(None, "0.42", None).empty


def test_an_estimate_that_stands_alone_is_not_passed_over() -> None:
    (row,) = audit_interval("0.61", None, "0.9").to_dict("records")
    assert (row["check"], row["verdict"]) == ("interval", "not determinable")


@pytest.mark.parametrize(
    ("printed", "scale", "verdicts"),
    [
        (("1.2", "0.9", "1.5"), "correlation", ["inconsistent"]),
        (("0.3", "0.1", "0.47"), "correlation", ["consistent"]),
        (("-0.3", "-0.5", "-0.1"), "ratio", ["inconsistent"]),
        (("-0.3", "-0.5", "-0.1"), "difference", ["consistent"]),
    ],
)
def test_what_a_number_can_be_depends_on_its_scale(printed: tuple[str, str, str], scale: str, verdicts) -> None:
    audit = audit_interval(*printed, scale=scale)  # type: ignore[arg-type]
    assert audit["verdict"].tolist() == verdicts


def test_an_unknown_claim_is_refused() -> None:
    with pytest.raises(DataError, match="claim"):
        audit_interval("0.61", "0.42", "0.89", claim="huge")


def test_both_printed_interactions_follow_from_the_strata() -> None:
    mast = audit_interaction(ELEVEN[5], ELEVEN[9], "0.005")
    neutrophils = audit_interaction(ELEVEN[6], ELEVEN[10], "0.001")
    assert mast["verdict"].item() == neutrophils["verdict"].item() == "consistent"
    assert mast["recomputed"].item().startswith("0.0049 ")
    assert neutrophils["recomputed"].item().startswith("0.0015 ")


def test_a_wrong_interaction_is_found() -> None:
    assert audit_interaction(ELEVEN[6], ELEVEN[10], "0.01")["verdict"].item() == "inconsistent"
    assert audit_interaction(ELEVEN[6], ELEVEN[10], "0.01", ci="any")["verdict"].item() == "not determinable"
    assert audit_interaction(ELEVEN[6], ELEVEN[10], None)["verdict"].item() == "not determinable"


def test_ten_thousand_interactions_are_never_called_inconsistent() -> None:
    strata, sides = [], []
    rng = np.random.default_rng(8)
    for seed in (6, 7):
        beta, error, places = _draws(seed)
        strata.append([_print(np.exp(v), places) for v in (beta, beta - Q * error, beta + Q * error)])
        sides.append((beta, error))
    z = (sides[0][0] - sides[1][0]) / np.hypot(sides[0][1], sides[1][1])
    audit = audit_interaction(strata[0], strata[1], _p_print(2 * norm.sf(np.abs(z)), rng))
    assert set(audit["verdict"]) == {"consistent"}


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (("2", "2", "1"), ""),  # limits of 1.5 each
        (("1", "2", "3"), ""),
        (("3", "1", "2"), ""),
        (("3", "3", "1"), "the lower limit 3 lies above the upper limit 1"),
        (("1", "3", "4"), "the estimate 1 lies below its interval"),
        (("4", "1", "2"), "the estimate 4 lies above its interval"),
    ],
)
def test_what_rounding_lets_touch_is_in_order(printed: tuple[str, str, str], words: str) -> None:
    audit = audit_interval(*printed)
    assert audit[audit["check"] == "order"]["arithmetic"].tolist() == ([words] if words else [])


@pytest.mark.parametrize(
    ("options", "check", "words"),
    [
        (
            {},
            "Wald symmetry",
            "square root of 0.28 x 1.74 = 0.6980; printed 0.688, beyond rounding: not a Wald interval (a profile, "
            "exact or bootstrap interval need not be symmetric)",
        ),
        (
            {"ci": "wald"},
            "Wald symmetry",
            "square root of 0.28 x 1.74 = 0.6980; printed 0.688, beyond rounding: not a Wald interval",
        ),
        (
            {"p": "1.2"},
            "p from the interval",
            "Wald p = 0.42, within rounding 0.42 to 0.43; printed 1.2: a p-value lies between 0 and 1",
        ),
        (
            {"p": "0.01"},
            "p from the interval",
            "Wald p = 0.42, within rounding 0.42 to 0.43; printed 0.01: another test, or another kind of interval, may "
            "have been used",
        ),
        (
            {"claim": "significant"},
            "claim",
            "0.688 (0.28 to 1.74) gives p = 0.42, within rounding 0.42 to 0.43: another test may have been used",
        ),
    ],
)
def test_the_arithmetic_is_told_whole(options: dict[str, str], check: str, words: str) -> None:
    audit = audit_interval("0.688", "0.28", "1.74", **options)  # type: ignore[arg-type]
    assert audit[audit["check"] == check]["arithmetic"].item() == words
