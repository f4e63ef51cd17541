"""A cache entry is whole or not there, and the results do not depend on it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.deconvolution import Deconvolution
from her2stats.deconvolution.mixture import align_mixture
from her2stats.deconvolution.settings import Settings
from her2stats.progress import silent
from her2stats.simulate import simulate_cohort, simulate_signature_matrix
from her2stats.study import run_study
from her2stats.study.plan import plan_study
from her2stats.study.stages import fractions as kept_fractions
from her2stats.study.stages.cache import DRAFT, STALE_SECONDS, Cache, why_not_used
from her2stats.study.stages.figures import Drawing, draw_once
from her2stats.study.stages.fractions import Fractions
from her2stats.study.stages.stage import is_kept, once
from her2stats.study.study_file import read_study
from tests.powerless import without_the_power_of_root
from tests.study.conftest import write_small_study
from tests.study.test_run import digests

SETTINGS = Settings(mode="relative", seed=1)


@pytest.fixture(scope="module")
def material():
    """A small mixture and the matrix it was made from."""
    expression, matrix = simulate_cohort("one", 12, seed=1).linear(), simulate_signature_matrix()
    return align_mixture(expression, matrix, SETTINGS), matrix


def only_entry(folder: Path) -> Path:
    """The entry of a cache that holds one."""
    (place,) = folder.glob("*.stage")
    return place


def test_an_entry_comes_back_and_is_private(tmp_path):
    cache = Cache(tmp_path / "deep" / "cache")
    cache.keep("k", {"a.txt": b"1", "empty": b""})
    assert cache.find("k") == {"a.txt": b"1", "empty": b""}
    assert cache.find("other") is None
    assert only_entry(cache.folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("position", [0, 10, 70, 100, -1])
def test_a_changed_byte_makes_an_entry_absent(tmp_path, position):
    cache = Cache(tmp_path)
    cache.keep("k", {"a.txt": b"content"})
    content = bytearray(only_entry(tmp_path).read_bytes())
    content[position] ^= 1
    only_entry(tmp_path).write_bytes(content)
    assert cache.find("k") is None


def test_a_shortened_or_empty_entry_is_absent_and_is_replaced(tmp_path):
    cache = Cache(tmp_path)
    cache.keep("k", {"a.txt": b"content"})
    whole = only_entry(tmp_path).read_bytes()
    for length in range(0, len(whole), 7):
        only_entry(tmp_path).write_bytes(whole[:length])
        assert cache.find("k") is None
    cache.keep("k", {"a.txt": b"content"})
    assert cache.find("k") == {"a.txt": b"content"}


def test_an_entry_of_another_key_is_absent(tmp_path):
    cache = Cache(tmp_path)
    cache.keep("k", {"a.txt": b"content"})
    only_entry(tmp_path).rename(tmp_path / "other.stage")
    assert cache.find("other") is None


def test_an_entry_that_could_unpack_to_anything_is_absent(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(1000))
    content = packed.getvalue()
    digest = hashlib.sha256(b"k\n" + content).hexdigest().encode()
    (tmp_path / "k.stage").write_bytes(digest + b"\n" + content)
    assert Cache(tmp_path).find("k") is None


RESPONSE = pd.DataFrame(
    [
        {"cohort": "", "outcome": "pcr", "measure": "odds_ratio", "reference": "HER2-0", "comparison": "HER2-low"}
        | {"n_reference": 9, "n_events_reference": 4, "n_comparison": 8, "n_events_comparison": 2, "estimate": 0.4}
    ]
)
FOREIGN = [
    {},
    {"a.txt": b"1"},
    {"about.json": b"[]"},
    {"png": b"1"},
    {"../evil": b"", "pdf": b"", "svg": b"", "png": b""},
]


@pytest.mark.parametrize("members", FOREIGN)
def test_an_entry_with_foreign_members_is_made_again(tmp_path, material, members):
    cache, stage = Cache(tmp_path), Fractions(*material, SETTINGS)
    cache.keep(stage.key(), members)
    assert not is_kept(stage, cache)
    assert len(once(stage, cache).fractions) == 12
    assert is_kept(stage, cache)


@pytest.mark.parametrize("members", FOREIGN)
def test_a_figure_kept_with_foreign_members_is_drawn_again(tmp_path, members):
    cache, drawing = Cache(tmp_path / "cache"), Drawing("response", "fig", (RESPONSE,))
    cache.keep(drawing.key(), members)
    draw_once([drawing], tmp_path / "figures", cache=cache, progress=silent)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"fig.pdf", "fig.svg", "fig.png"}
    assert not (tmp_path / "evil").exists()
    assert is_kept(drawing, cache)


def test_fractions_of_other_samples_are_estimated_again(tmp_path, material):
    cache, stage = Cache(tmp_path), Fractions(*material, SETTINGS)
    made = stage.make()
    others = replace(made, fractions=made.fractions.rename(index=lambda name: f"other {name}"))
    cache.keep(stage.key(), stage.packed(others))
    assert list(once(stage, cache).fractions.index) == list(made.fractions.index)


def test_a_pipe_in_the_place_of_an_entry_is_absent_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "k.stage")
    assert Cache(tmp_path).find("k") is None


@pytest.mark.parametrize(
    ("mode", "why"),
    [(0o700, ""), (0o755, ""), (0o720, "may be written by others"), (0o702, "may be written by others")],
)
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path, mode, why):
    folder = tmp_path / "cache"
    Cache(folder).keep("k", {"a.txt": b"1"})
    folder.chmod(mode)
    assert why_not_used(folder) == why
    assert (Cache(folder).find("k") is None) == bool(why)
    Cache(folder).keep("new", {"a.txt": b"1"})
    assert (folder / "new.stage").exists() != bool(why)


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    owned_by_us = tmp_path.stat().st_uid
    assert why_not_used(tmp_path) == ("" if owned_by_us == 0 else "belongs to somebody else")
    monkeypatch.setattr(os, "stat", lambda path: os.stat_result((0o40700, 0, 0, 1, 12345, 0, 0, 0, 0, 0)))
    assert why_not_used(tmp_path) == "belongs to somebody else"


def test_a_folder_that_cannot_be_made_or_reached_is_said(tmp_path):
    assert why_not_used(tmp_path / "new" / "cache") == ""
    (tmp_path / "file").write_text("in the way")
    assert why_not_used(tmp_path / "file" / "cache") == f"cannot be used: {tmp_path / 'file'} is not a folder"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert why_not_used(tmp_path / "loop") == "cannot be reached (Too many levels of symbolic links)"


@pytest.mark.skipif(sys.platform != "linux", reason="root's capabilities are Linux's")
@pytest.mark.parametrize("place", [".", "cache"])
def test_a_folder_without_permission_is_said_by_a_run(tmp_path, place):
    (tmp_path / "closed").mkdir(mode=0o500)
    (tmp_path / "ours.csv").write_text("sample,her2_ihc,er\na,0,1\nb,1+,0\n")
    (tmp_path / "s.toml").write_text("[study]\ntitle = 'a'\n[[cohorts]]\nname = 'a'\nclinical = 'ours.csv'\n")
    done = subprocess.run(
        [sys.executable, "-m", "her2stats.cli", "run", str(tmp_path / "s.toml"), "--dry-run"],
        env={**os.environ, "HER2STATS_CACHE": str(tmp_path / "closed" / place)},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=without_the_power_of_root if os.geteuid() == 0 else None,
    )
    assert "closed cannot be written: the run goes on without one" in done.stderr


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path, material):
    (tmp_path / "file").write_text("in the way")
    found = once(Fractions(*material, SETTINGS), Cache(tmp_path / "file" / "cache"))
    pd.testing.assert_frame_equal(found.fractions, once(Fractions(*material, SETTINGS), Cache(None)).fractions)


def test_the_least_used_entries_go_first_and_old_drafts_with_them(tmp_path):
    cache = Cache(tmp_path)
    for place, name in enumerate("abc"):
        cache.keep(name, {"x": bytes(1000)})
        os.utime(tmp_path / f"{name}.stage", (place, place))
    cache.find("a")
    old, new = tmp_path / f"{DRAFT}old", tmp_path / f"{DRAFT}new"
    old.write_text("")
    new.write_text("")
    stale = time.time() - STALE_SECONDS - 60
    os.utime(old, (stale, stale))
    cache.tidy(largest=2600)
    assert {path.name for path in tmp_path.iterdir()} == {"a.stage", "c.stage", new.name}


def test_fractions_come_back_as_they_were(tmp_path, material, monkeypatch):
    cache = Cache(tmp_path)
    stage = Fractions(*material, replace(SETTINGS, permutations=5))
    fresh = once(stage, cache)
    monkeypatch.setattr(kept_fractions, "deconvolve_mixture", None)
    again = once(stage, cache)
    for field in fields(Deconvolution):
        before, now = getattr(fresh, field.name), getattr(again, field.name)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(before, now, check_exact=True)
        else:
            assert before == now, field.name


def test_the_key_changes_with_every_setting_and_every_number(material):
    mixture, matrix = material
    values = mixture.values.copy()
    values[3, 4] += 1e-9
    stages = [
        Fractions(mixture, matrix, SETTINGS),
        Fractions(replace(mixture, values=values), matrix, SETTINGS),
        Fractions(replace(mixture, samples=mixture.samples[::-1]), matrix, SETTINGS),
        Fractions(mixture, matrix, replace(SETTINGS, seed=2)),
        Fractions(mixture, matrix, replace(SETTINGS, mode="absolute")),
    ]
    assert len({stage.key() for stage in stages}) == 5
    assert Fractions(mixture, matrix, SETTINGS, n_jobs=2).key() == stages[0].key()


ENDLESS = """
import sys
from pathlib import Path
from her2stats.study.stages.cache import Cache
cache = Cache(Path(sys.argv[1]))
while True:
    cache.keep("k", {name: name.encode() * 100_000 for name in ("a", "b", "c")})
    print("kept", flush=True)
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_no_half_entry(tmp_path):
    for wait in (0.0, 0.003, 0.011, 0.02):
        writer = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(wait)
        writer.kill()
        writer.communicate()
        assert Cache(tmp_path).find("k") == {name: name.encode() * 100_000 for name in ("a", "b", "c")}


@pytest.mark.slow
def test_results_are_the_same_bytes_from_an_empty_a_full_and_a_damaged_cache(small_results, tmp_path):
    study, cache = write_small_study(tmp_path / "study"), tmp_path / "cache"
    without = digests(small_results.folder)
    for state in ("empty", "full", "damaged"):
        if state == "damaged":
            for place in cache.iterdir():
                place.write_bytes(place.read_bytes()[:-10])
        assert digests(run_study(study, cache=cache, n_jobs=2).folder) == without, state


@pytest.mark.slow
def test_a_change_of_the_analysis_deconvolves_nothing_again(tmp_path, monkeypatch):
    study, cache = write_small_study(tmp_path / "study", n=30), tmp_path / "cache"
    assert set(plan_study(read_study(study), cache=cache).query("stage == 'Cell fractions'")["state"]) == {
        "to be estimated",
        "not part of this cohort",
    }
    run_study(study, cache=cache)
    plan = plan_study(read_study(study), cache=cache)
    figures = plan[plan["stage"] == "Figures"].set_index("what")["state"]
    assert figures.pop("figS8_pathologist") == "left out: no row of pathologist can be shown"
    assert (figures == "kept from an earlier run").all()
    study.write_text(study.read_text().replace("[analysis]", "[analysis]\nalpha = 0.01"))
    plan = plan_study(read_study(study), cache=cache).set_index("what")["state"]
    assert plan["fig2b_forest"] == "to be drawn"
    assert plan["figS1_distribution"] == "kept from an earlier run"
    monkeypatch.setattr(kept_fractions, "deconvolve_mixture", None)
    assert run_study(study, cache=cache).provenance["alpha"] == 0.01


def test_a_figure_that_has_nothing_to_show_is_not_written(tmp_path):
    drawing = Drawing("response", "fig", (RESPONSE.head(0),))
    draw_once([drawing], tmp_path / "figures", cache=Cache(tmp_path / "cache"), progress=silent)
    assert not list((tmp_path / "figures").iterdir())


def test_letter_and_cohort_decide_the_picture_and_stand_above_it(tmp_path):
    plain, titled = (Drawing("response", "fig", (RESPONSE,), letter=letter, cohort="A") for letter in ("", "b"))
    assert plain.key() != titled.key()
    assert ">b    A</text>" in titled.make()["svg"].decode()
