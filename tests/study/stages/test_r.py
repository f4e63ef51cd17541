"""When a comparison of an earlier run still stands."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from her2stats.study.stages.r import Comparison


@pytest.mark.parametrize(
    ("usable", "verdicts", "kept"),
    [
        (True, ["agree", "disagree"], True),
        (True, ["agree", "not checked"], False),  # R was late, or crashed: it may answer next time
        (False, ["agree", "not checked"], True),  # statsmodels has no routine for it, and will have none
    ],
)
def test_it_is_kept_where_asking_again_gives_the_same(usable: bool, verdicts: list[str], kept: bool) -> None:
    status = SimpleNamespace(usable=usable, r_version="", r_home="", packages={}, rpy2_version="")
    stage = Comparison({}, status)
    assert stage.engine == ("auto" if usable else "statsmodels")
    made = pd.DataFrame({"verdict": verdicts})
    packed = stage.packed(made)
    assert (packed is not None) == kept
    if packed is not None:
        pd.testing.assert_frame_equal(stage.unpacked(packed), made)


def test_another_engine_is_another_comparison() -> None:
    words = {"r_version": "4.5", "r_home": "", "packages": {}, "rpy2_version": ""}
    with_r, without = (Comparison({}, SimpleNamespace(usable=usable, **words)) for usable in (True, False))
    assert with_r.key() != without.key()
