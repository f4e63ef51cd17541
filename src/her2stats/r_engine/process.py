"""A process that answers lines, which may crash, hang or leave without hurting this one."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from her2stats.workers import python_path


class Gone(Exception):
    """The process cannot answer any more; the text says why."""


class Late(Gone):
    """The process did not answer in time."""


def run_to_its_end(command: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Start R and wait for its end; `Late` where it took longer, `Gone` where it cannot be started."""
    try:
        return subprocess.run(  # noqa: S603 - R itself, or our own script
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            env=quiet_environment(),
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Late(f"no answer within {timeout:g} s") from None
    except OSError as error:
        raise Gone(error.strerror or str(error)) from error


class Conversation:
    """Lines to a process and lines back, in turn.

    The process leads a session of its own, so that Ctrl-C reaches this process only, which then ends the other. What it
    writes for a while (R makes a folder at its start) lies in a folder that goes with it, also when it is killed. An
    answer begins with the `mark`; other output (R prints what it likes) is passed over.
    """

    def __init__(self, command: Sequence[str], *, mark: str, environment: Mapping[str, str] | None = None) -> None:
        self._mark = mark
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._room = tempfile.TemporaryDirectory(prefix="her2stats-r-", ignore_cleanup_errors=True)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**(os.environ if environment is None else environment), "TMPDIR": self._room.name},
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            self._log.close()
            self._room.cleanup()
            raise Gone(f"{Path(command[0]).name} cannot be started ({error.strerror})") from error
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether another question can be asked."""
        return self._process.poll() is None

    def hear(self, timeout: float) -> str:
        """Wait for the next answer; `Gone` is raised where the process ended, or was late and was ended."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            self.end()
            raise Late(f"R gave no answer within {timeout:g} s") from None
        except BaseException:  # Ctrl-C while R works: nothing of it may stay behind
            self.end()
            raise
        if line is None:
            raise Gone(self._why_gone())
        return line

    def ask(self, line: str, timeout: float) -> str:
        """Send a line and wait for the answer; raises as `hear`."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(line.encode() + b"\n")
            stdin.flush()
        except OSError:
            raise Gone(self._why_gone()) from None
        return self.hear(timeout)

    def end(self) -> None:
        """End the process and everything it started."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._log):
            with contextlib.suppress(OSError, AttributeError):
                stream.close()  # type: ignore[union-attr]
        self._room.cleanup()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout, contextlib.suppress(ValueError, OSError):
            for line in stdout:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text.startswith(self._mark):
                    self._lines.put(text.removeprefix(self._mark))
        self._lines.put(None)

    def _why_gone(self) -> str:
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            status = None
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 4000))
        words = [line.strip() for line in self._log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        self.end()
        last = f": {words[-1]}" if words else ""
        if status is not None and status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            return f"R crashed ({name})"
        return f"R ended by itself (status {status}){last}" if status is not None else "R closed its output"


def find_rscript() -> str:
    """Path of Rscript, of R_HOME if it is set, else the first on the PATH; without one `Gone` is raised."""
    home = os.environ.get("R_HOME", "")
    inside = shutil.which("Rscript", path=str(Path(home) / "bin")) if home else None
    found = inside or shutil.which("Rscript")
    if found is None:
        raise Gone("R is not on the PATH")
    return found


def quiet_environment() -> dict[str, str]:
    """Environment in which R is what it is out of the box.

    No R reads a profile, not even one that rpy2 starts to ask for its library path; it attaches its usual packages, and
    speaks English, so that what it says can be looked up. A home of R that holds no R is forgotten: R would ignore it,
    too, with a warning among its answers.
    """
    environment = {**os.environ, "R_PROFILE_USER": os.devnull, "LANGUAGE": "en"}
    environment.pop("R_DEFAULT_PACKAGES", None)
    home = environment.get("R_HOME")
    if home is not None and not (Path(home) / "bin").is_dir():
        del environment["R_HOME"]
    return environment


def python_environment() -> dict[str, str]:
    """Environment in which a Python process finds this package as this process did."""
    return quiet_environment() | {"PYTHONPATH": python_path()}
