"""Runs stopped at random moments, by SIGKILL, SIGTERM and SIGINT in turn: `python -m tests.faults.kills [HOW MANY]`.

After each, the results folder is byte for byte the earlier one or a whole new one, and nothing of the user is touched;
who asked politely gets an answer without a traceback. After the next run no worker, draft or folder of R is left.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from tests.faults.test_runs import digests
from tests.study.conftest import write_small_study

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
PATIENCE = 15.0  # seconds that a process may take to end once it is asked to
MARK = "HER2STATS_STOPPED_AT_RANDOM"


@dataclass
class Place:
    """Two studies that write to one folder, and all that lies around it."""

    home: Path
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.home / "tmp").mkdir()
        first = write_small_study(self.home / "study", n=24)
        first.write_text(first.read_text().replace("crosscheck = false", "crosscheck = true"))
        second = first.with_name("other.toml")
        text = first.read_text().replace("A small simulated study", "Another one").replace("her2.tsv", "ERBB2")
        second.write_text(text.replace("crosscheck = true", "crosscheck = false"))
        self.studies = (first, second)
        self.results = first.parent / "results"

    def start(self, study: Path) -> subprocess.Popen[str]:
        """Run a study, with a cache and a folder for temporary files of its own."""
        own = {"XDG_CACHE_HOME": str(self.home / "cache"), "TMPDIR": str(self.home / "tmp"), MARK: str(self.home)}
        own["PYTHONFAULTHANDLER"] = "1"  # who does not hear tells where it was
        command = [sys.executable, "-m", "her2stats.cli", "run", str(study), "--jobs", "2"]
        with (self.home / "said").open("w") as said:
            return subprocess.Popen(command, env={**environ, **own}, text=True, stdout=subprocess.DEVNULL, stderr=said)

    def users(self) -> dict[str, str]:
        """All files of the user, by their checksums: inputs, and what he put into the results folder."""
        ours = digests(self.results) if self.results.exists() else {}
        kept = {f"results/{name}" for name in ours if not name.startswith("mine")}
        return {name: digest for name, digest in digests(self.results.parent).items() if name not in kept}

    def ours(self) -> dict[str, str]:
        """All files that runs wrote."""
        return {name: digest for name, digest in digests(self.results).items() if not name.startswith("mine")}

    def processes(self) -> list[str]:
        """Whatever of these runs is still alive."""
        alive = []
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"{MARK}={self.home}".encode() in place.read_bytes():
                    alive.append(place.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode()[:100])
            except OSError:
                continue
        return alive

    def left_over(self) -> list[str]:
        """Drafts, locks that are held, temporary folders and processes: nothing of them outlives the next run."""
        end = time.monotonic() + PATIENCE
        while (alive := self.processes()) and time.monotonic() < end:
            time.sleep(0.2)
        beside = [path.name for path in self.results.parent.iterdir() if path.name.startswith(".results")]
        return [*alive, *(name for name in beside if not name.endswith(".lock")), *self.temporary()]

    def temporary(self) -> list[str]:
        """What lies in the folder for temporary files."""
        return [f"tmp/{path.name}" for path in (self.home / "tmp").iterdir()]

    def whole(self, study: Path) -> tuple[dict[str, str], float]:
        """A run that nobody stops: what it writes, and the seconds it takes."""
        begun = time.monotonic()
        process = self.start(study)
        if process.wait():
            raise SystemExit(f"a run failed that nobody stopped: {(self.home / 'said').read_text()}")
        return self.ours(), time.monotonic() - begun


FINISHED = "finished before"


def stop(place: Place, study: Path, what: signal.Signals, after: float) -> tuple[str, float]:
    """Stop one run after some seconds; how it ended and when, and faults where it did not end as it should."""
    begun = time.monotonic()
    ended = _stopped(place, place.start(study), what, after)
    return ended, time.monotonic() - begun


def _stopped(place: Place, process: subprocess.Popen[str], what: signal.Signals, after: float) -> str:
    try:
        process.wait(after)
        return FINISHED
    except subprocess.TimeoutExpired:
        process.send_signal(what)
    try:
        status = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        process.wait()
        where = (place.home / "said").read_text()[-3000:]
        place.faults.append(f"{what.name} after {after:.2f} s was not heard: {where}")
        return "not heard"
    said = (place.home / "said").read_text()
    if "Traceback" in said:
        place.faults.append(f"{what.name} after {after:.2f} s ends in a traceback: {said[-600:]}")
    return "finished nevertheless" if status == 0 else f"stopped, status {status}"


def main(kills: int) -> int:
    """Stop so many runs; 1 where anything was wrong."""
    # what a shell puts into the background ignores interrupts, and so would all that it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance, counted = random.Random(kills), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder).resolve())
        for study in place.studies:
            place.whole(study)  # fills the cache
        expected, measured = zip(*(place.whole(study) for study in place.studies), strict=True)
        seconds = list(measured)
        (place.results / "mine.txt").write_text("notes of the user")
        (place.results / "mine").mkdir()
        (place.results / "mine" / "more.txt").write_text("and more of them")
        mine, now = place.users(), expected[1]
        for number in range(kills):
            which, what = number % 2, SIGNALS[number % 3]
            after = seconds[which] * chance.uniform(0.02, 1.0)
            ended, lasted = stop(place, place.studies[which], what, after)
            if ended.startswith("finished"):  # the machine is less busy than when this was measured
                seconds[which] = min(seconds[which], lasted)
            found = place.ours()
            counted[f"{what.name}: {ended}; results {'as before' if found == now else 'new'}"] += 1
            if found not in (now, expected[which]):
                place.faults.append(f"{what.name} after {after:.2f} s: the results are neither the earlier nor whole")
            now = found
            users = {name: digest for name, digest in place.users().items() if "/." not in f"/{name}"}
            if users != mine:
                changed = sorted(set(users.items()) ^ set(mine.items()))
                place.faults.append(f"{what.name} after {after:.2f} s: something of the user's changed: {changed[:4]}")
            if number % 10 == 9 or number == kills - 1:
                which = number // 10 % 2
                written, seconds[which] = place.whole(place.studies[which])
                if written != expected[which]:
                    place.faults.append("the next run does not write what it should")
                now = expected[which]
                place.faults += [f"left after the next run: {name}" for name in place.left_over()]
    return told(place, counted)


def told(place: Place, counted: Counter[str]) -> int:
    """Print how the runs ended and every fault; 1 where there is one."""
    kills = counted.total()
    stopped = sum(count for line, count in counted.items() if "stopped" in line)
    if stopped * 2 < kills:
        place.faults.append(f"only {stopped} of {kills} tries stopped a run: the others tell nothing")
    for line, count in sorted(counted.items()):
        print(f"{count:4d}  {line}")
    print(f"{kills} runs stopped, {len(place.faults)} faults")
    for fault in place.faults:
        print(f"  {fault}")
    return 1 if place.faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
