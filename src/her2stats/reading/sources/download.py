"""Download of one file that goes on where an earlier attempt stopped."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from her2stats.errors import FileError, Problem
from her2stats.files import regular_bytes
from her2stats.packed import MAX_BYTES, size_words
from her2stats.progress import Progress
from her2stats.writing import open_unfollowed, write_whole

_CHUNK = 1 << 18
_ATTEMPTS = 4  # in a row without a byte gained
_PAUSE = 1.0  # seconds before the first new attempt, twice as long before the next
_TIMEOUT = (15, 60)  # seconds to connect, and between two bytes
_NO_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Broken(Exception):
    """An attempt that failed in a way that a new one may mend."""


class _SafeSession(requests.Session):
    """Follows no redirection that leaves https."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Address that an answer points to."""
        target = super().get_redirect_target(resp)
        here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target or ""))
        if here.scheme == "https" != there.scheme:
            what = (
                f"the server points to {there.scheme}://{there.netloc}, where others can read and change what is sent"
            )
            raise FileError(
                Problem(what, resp.url, "look for an address that begins with https, or get it by other means")
            )
        return target


@dataclass(frozen=True)
class ResumingDownload:
    """A downloader for pooch: bytes go to a `.part` file beside the target, which outlives a failure.

    On success they move to pooch's own file. `progress` is told the name, the bytes so far, and the bytes in all or 0.
    """

    target: Path
    progress: Progress | None = None

    @property
    def part(self) -> Path:
        """Bytes that are already here."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def about(self) -> Path:
        """Which version of which address the part belongs to."""
        return self.target.with_name(f"{self.target.name}.part.json")

    def __call__(self, url: str, output_file: str | Path, _pooch: Any = None) -> None:
        """Download `url` into `output_file`.

        Raises FileError when the file is not reachable, not there, larger than any file that is read, sent on to an
        address without https, or broken off again and again; what has arrived is kept for the next time. Raises OSError
        when the folder cannot be written.
        """
        idle, pause = 0, _PAUSE
        while True:
            before = self._size()
            try:
                self._attempt(url)
                break
            except _NO_ADDRESS:
                raise FileError(Problem("is not an address", url, "give one that begins with https://")) from None
            except (_Broken, requests.RequestException) as error:
                gained = self._size() > before
                idle, pause = (0, _PAUSE) if gained else (idle + 1, pause * 2)
                if idle >= _ATTEMPTS:
                    raise self._failure(url, error) from None
                time.sleep(pause / 2)
        os.replace(self.part, output_file)
        self.about.unlink(missing_ok=True)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _attempt(self, url: str) -> None:
        known = self._known(url)
        have = self._size() if known else 0
        headers = {"Accept-Encoding": "identity"}  # sizes and ranges are those of the file, not of a packed stream
        if have and known:
            headers |= {"Range": f"bytes={have}-", "If-Range": known["version"]}
        with _SafeSession() as session, session.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as answer:
            if answer.status_code in _AGAIN:
                raise _Broken(f"the server answers {answer.status_code}")
            if answer.status_code == 416:
                self._forget()
                raise _Broken("the server has another version of the file")
            if answer.status_code not in (200, 206):
                raise _absent(url, answer.status_code)
            start = _start_of(answer) if answer.status_code == 206 else 0
            if start not in (0, have):
                self._forget()
                raise _Broken("the server sends another part of the file than the one asked for")
            if start == 0:
                self._forget()  # before the new version is noted: bytes of two versions never stand in one part
            self._remember(url, answer)
            self._receive(answer, start)

    def _receive(self, answer: requests.Response, start: int) -> None:
        whole = _whole_size(answer, start)
        with open(self.part, "ab" if start else "wb", opener=open_unfollowed) as part:
            here = start
            for chunk in answer.iter_content(_CHUNK):
                here += len(chunk)
                if max(here, whole) > MAX_BYTES:
                    self._forget()
                    what = f"the file is larger than {size_words(MAX_BYTES)}, which is more than is ever read"
                    raise FileError(Problem(what, answer.url, "check the address"))
                part.write(chunk)
                if self.progress is not None:
                    self.progress(self.target.name, here, whole)
        if whole and here != whole:
            if here > whole:
                self._forget()
            raise _Broken(f"{here} of {whole} bytes arrived")

    def _known(self, url: str) -> dict[str, str]:
        """Version of the part that is here; empty where it cannot be continued safely."""
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(regular_bytes(self.about))
            if isinstance(known, dict) and known.get("url") == url and isinstance(known.get("version"), str):
                return known
        return {}

    def _remember(self, url: str, answer: requests.Response) -> None:
        tag = answer.headers.get("ETag", "")
        version = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")
        if version:
            write_whole(self.about, json.dumps({"url": url, "version": version}))
        else:
            self.about.unlink(missing_ok=True)

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)

    def _failure(self, url: str, error: Exception) -> FileError:
        here = self._size() if self._known(url) else 0
        by_hand = f"or download it by other means and put it at {self.target}"
        if isinstance(error, requests.ConnectionError | requests.Timeout) and not here:
            remedy = f"check the connection and try again, {by_hand}"
            return FileError(Problem(f"{urlsplit(url).netloc} cannot be reached", url, remedy))
        reason = str(error) if isinstance(error, _Broken) else "the connection broke off"
        kept = f"the {here} bytes that arrived are kept: the same command goes on from there, {by_hand}"
        remedy = kept if here else f"try again, {by_hand}"
        return FileError(Problem(f"the download did not finish: {reason}", url, remedy))


def _absent(url: str, status: int) -> FileError:
    reasons = {401: "may not be read", 403: "may not be read", 404: "is not there", 410: "is not there any more"}
    why = reasons.get(status, "is refused")
    remedy = "look for its new address; a mirror can be given as base_url"
    return FileError(Problem(f"the file {why} (status {status})", url, remedy))


def _start_of(answer: requests.Response) -> int:
    match = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(match[1]) if match else -1


def _whole_size(answer: requests.Response, start: int) -> int:
    """Size of the whole file; 0 where the server does not say."""
    match = re.search(r"/(\d+)$", answer.headers.get("Content-Range", ""))
    if match:
        return int(match[1])
    length = answer.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else 0
