"""A headless Chromium, spoken to over its debugging pipe: no driver, no download, only the browser itself."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

TALLEST = 4000  # pixels of one screenshot; Chromium draws no more than 16384
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def find_chromium() -> str | None:
    """Path of a Chromium, by whichever name it is installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


class Browser:
    """One browser process with one page.

    Commands go to file descriptor 3 of the process and answers come from 4, as JSON texts that end in a zero byte
    (Chrome DevTools protocol).
    """

    def __init__(self, program: str) -> None:
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        (self._commands_out, self._commands), (self._answers, self._answers_in) = os.pipe(), os.pipe()
        wiring = f'exec 3<&{self._commands_out} 4>&{self._answers_in}; exec "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", wiring, "chromium", program, *FLAGS, f"--user-data-dir={self._profile}"],
            pass_fds=(self._commands_out, self._answers_in),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(self._commands_out)
        os.close(self._answers_in)
        self._rest, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command and wait for its answer; events that come meanwhile are kept in `events`."""
        self._number += 1
        command: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return message["result"]
            self.events.append(message)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            received = os.read(self._answers, 1 << 20)
            assert received, "the browser has gone"
            self._rest += received
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def open(
        self,
        page: Path,
        *,
        width: int = 1400,
        height: int = 900,
        dark: bool = False,
        script: bool = True,
        media: str = "",
    ) -> None:
        """Load a file at a window size; `media` "print" lays it out as it prints."""
        self.events.clear()
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Page.navigate", url=page.resolve().as_uri())
        until = time.monotonic() + 60
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            assert time.monotonic() < until, "the page did not load"
            self.events.append(self._receive())

    def run(self, script: str) -> Any:
        """Value of a JavaScript expression in the page (promises are awaited)."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self) -> np.ndarray:
        """The whole page as pixels, height x width x 3, with every image loaded."""
        self.run(
            """(async () => {
                 for (const image of document.images) image.loading = 'eager';
                 await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
               })()"""
        )
        width, height = self.run("[innerWidth, document.documentElement.scrollHeight]")
        slices = []
        for top in range(0, height, TALLEST):
            clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top), "scale": 1}
            options = {"format": "png", "captureBeyondViewport": True, "optimizeForSpeed": True}
            shot = self.send("Page.captureScreenshot", clip=clip, **options)["data"]
            slices.append(np.asarray(Image.open(io.BytesIO(base64.b64decode(shot))).convert("RGB")))
        return np.concatenate(slices)

    def complaints(self) -> list[str]:
        """Everything that the page wrote to the console as a warning or an error, and every uncaught exception."""
        self.run("0")  # lets events that are under way arrive
        found = []
        for event in self.events:
            method, said = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(str(said["exceptionDetails"]))
            elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
                found.append(said["entry"]["text"])
            elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
                found.append(str(said["args"]))
        return found

    def close(self) -> None:
        """End the browser and remove its profile."""
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._commands)
        os.close(self._answers)
        shutil.rmtree(self._profile, ignore_errors=True)
