"""A server on this machine that serves files well or badly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from her2stats.reading.sources import download


@dataclass
class FileServer:
    """Files by name, what goes wrong with them, and what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: list[int] = field(default_factory=list)  # bytes after which successive answers break off
    ranges: bool = True
    versions: bool = True
    status: int = 200
    requests: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def version(self, name: str) -> str:
        return f'"{hashlib.md5(self.files[name], usedforsecurity=False).hexdigest()}"'


def _handler(state: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            asked = self.headers.get("Range", "")
            state.requests.append((name, asked))
            if state.status != 200 or name not in state.files:
                self.send_error(state.status if state.status != 200 else 404)
                return
            content, start = state.files[name], 0
            same = self.headers.get("If-Range") == state.version(name)
            if asked and state.ranges and same:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            else:
                self.send_response(200)
            body = content[start:]
            self.send_header("Content-Length", str(len(body)))
            if state.versions:
                self.send_header("ETag", state.version(name))
            self.end_headers()
            if state.cut_after:
                body = body[: state.cut_after.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Serve files on the loopback interface."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "_PAUSE", 0.0)
    state = FileServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_address[1]}/mirror"
    yield state
    http.shutdown()
    http.server_close()
    thread.join()
