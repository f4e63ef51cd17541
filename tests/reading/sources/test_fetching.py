"""Download of public data sets, from a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import requests

from her2stats.cli import single_steps
from her2stats.errors import FileError, OutputError
from her2stats.reading.sources import default_cache, download, fetch, fetching, list_sources, registry
from her2stats.reading.sources.checksums import RECORD

from .conftest import FileServer

SIGNATURES = ["abis_rnaseq", "abis_microarray", "til10"]


@pytest.fixture
def small(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """ABIS for RNA-seq with small made bytes under a checksum that is theirs."""
    content = np.random.default_rng(1).bytes(300_000)
    server.files["abis_rnaseq.txt"] = content
    file = registry()["abis_rnaseq"].files[0]
    object.__setattr__(file, "sha256", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(download, "_CHUNK", 1 << 14)
    yield server
    registry.cache_clear()


def _fetch(server: FileServer, cache: Path, name: str = "abis_rnaseq") -> list[Path]:
    return fetch(name, cache=cache, base_url=server.url)


@pytest.mark.parametrize("name", SIGNATURES)
def test_real_signature_matrices_have_the_checksums_of_the_registry(
    name: str, server: FileServer, shared: Path, tmp_path: Path
) -> None:
    for file in registry()[name].files:
        server.files[file.name] = (shared / "signatures" / file.name).read_bytes()
    paths = _fetch(server, tmp_path, name)
    assert [path.name for path in paths] == [file.name for file in registry()[name].files]
    assert paths[0].read_bytes() == (shared / "signatures" / paths[0].name).read_bytes()


@pytest.mark.parametrize("name", SIGNATURES)
def test_fetched_matrices_are_read(name: str, server: FileServer, shared: Path, tmp_path: Path) -> None:
    from her2stats.deconvolution import read_signature_matrix

    for file in registry()[name].files:
        server.files[file.name] = (shared / "signatures" / file.name).read_bytes()
    matrix = read_signature_matrix(_fetch(server, tmp_path, name)[0])
    assert matrix.profiles.shape[1] == {"abis_rnaseq": 17, "abis_microarray": 11, "til10": 10}[name]


def test_what_is_here_is_verified_and_not_asked_for_again(small: FileServer, tmp_path: Path) -> None:
    first = _fetch(small, tmp_path)
    assert _fetch(small, tmp_path) == first
    assert len(small.requests) == 1


def test_a_spoilt_file_in_the_cache_is_replaced(small: FileServer, tmp_path: Path) -> None:
    path = _fetch(small, tmp_path)[0]
    path.write_bytes(b"spoilt")
    assert _fetch(small, tmp_path)[0].read_bytes() == small.files["abis_rnaseq.txt"]


def test_other_bytes_than_expected_are_thrown_away(small: FileServer, tmp_path: Path) -> None:
    small.files["abis_rnaseq.txt"] = b"something else"
    with pytest.raises(FileError, match="checksum differs") as caught:
        _fetch(small, tmp_path)
    assert caught.value.problems[0].where.endswith("abis_rnaseq.txt")
    left = [path.name for path in (tmp_path / "abis_rnaseq").iterdir() if not path.name.startswith(".")]
    assert left == []


def test_a_download_that_breaks_off_goes_on_by_itself(small: FileServer, tmp_path: Path) -> None:
    small.cut_after = [100_000, 50_000]
    assert _fetch(small, tmp_path)[0].read_bytes() == small.files["abis_rnaseq.txt"]
    asked = [asked for _, asked in small.requests]
    assert asked[0] == ""
    assert len(asked) == 3
    starts = [int(words.removeprefix("bytes=").rstrip("-")) for words in asked[1:]]
    assert 0 < starts[0] <= 100_000
    assert starts[0] < starts[1] <= 150_000


def test_a_download_that_keeps_breaking_off_is_continued_by_the_next_call(small: FileServer, tmp_path: Path) -> None:
    small.cut_after = [100_000, 0, 0, 0, 0]
    with pytest.raises(FileError, match="bytes that arrived are kept") as caught:
        _fetch(small, tmp_path)
    assert "did not finish" in caught.value.problems[0].what
    part = tmp_path / "abis_rnaseq" / "abis_rnaseq.txt.part"
    kept = part.stat().st_size
    assert 0 < kept <= 100_000
    assert not (tmp_path / "abis_rnaseq" / "abis_rnaseq.txt").exists()
    small.requests.clear()
    small.cut_after = []
    assert _fetch(small, tmp_path)[0].read_bytes() == small.files["abis_rnaseq.txt"]
    assert small.requests == [("abis_rnaseq.txt", f"bytes={kept}-")]
    assert not part.exists()


def test_parts_of_two_versions_are_never_joined(small: FileServer, tmp_path: Path) -> None:
    small.cut_after = [100_000, 0, 0, 0, 0]
    whole = small.files["abis_rnaseq.txt"]
    small.files["abis_rnaseq.txt"] = b"\0" * 250_000
    with pytest.raises(FileError):
        _fetch(small, tmp_path)
    small.files["abis_rnaseq.txt"] = whole
    small.cut_after = []
    assert _fetch(small, tmp_path)[0].read_bytes() == whole


@pytest.mark.parametrize(("ranges", "versions"), [(False, True), (True, False)])
def test_servers_that_cannot_resume_start_again(
    ranges: bool, versions: bool, small: FileServer, tmp_path: Path
) -> None:
    small.ranges, small.versions, small.cut_after = ranges, versions, [120_000]
    assert _fetch(small, tmp_path)[0].read_bytes() == small.files["abis_rnaseq.txt"]


def test_a_part_that_somebody_tampered_with_does_not_get_in(small: FileServer, tmp_path: Path) -> None:
    small.cut_after = [100_000, 0, 0, 0, 0]
    with pytest.raises(FileError):
        _fetch(small, tmp_path)
    part = tmp_path / "abis_rnaseq" / "abis_rnaseq.txt.part"
    part.write_bytes(b"\0" * part.stat().st_size)
    small.cut_after = []
    with pytest.raises(FileError, match="checksum differs"):
        _fetch(small, tmp_path)
    assert _fetch(small, tmp_path)[0].read_bytes() == small.files["abis_rnaseq.txt"]


@pytest.mark.parametrize(("status", "words"), [(404, "is not there"), (403, "may not be read"), (503, "answers 503")])
def test_refusals_are_explained(status: int, words: str, small: FileServer, tmp_path: Path) -> None:
    small.status = status
    with pytest.raises(FileError, match=words):
        _fetch(small, tmp_path)


def test_offline_is_said_with_a_way_out(small: FileServer, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        fetch("til10", cache=tmp_path, base_url="http://127.0.0.1:9")
    problem = caught.value.problems[0]
    assert problem.what == "127.0.0.1:9 cannot be reached"
    assert str(tmp_path / "til10" / "til10.txt") in problem.remedy


def test_offline_with_the_files_already_here_works(small: FileServer, tmp_path: Path) -> None:
    first = _fetch(small, tmp_path)
    assert fetch("abis_rnaseq", cache=tmp_path, base_url="http://127.0.0.1:9") == first


def test_what_is_no_address_is_said_at_once(server: FileServer, tmp_path: Path) -> None:
    for base in ("file:///tmp", "nowhere", "http://"):
        with pytest.raises(FileError, match="is not an address"):
            fetch("til10", cache=tmp_path, base_url=base)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("abiss", "did you mean"),
        ("GSE81358", "abim"),
        ("scan", "scanb"),
        ("immunestates", "immunostates"),
        ("xyzzy", "There are: abim, abis_microarray"),
    ],
)
def test_an_unknown_name_brings_near_ones(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=words):
        fetch(name, cache=tmp_path)


@pytest.mark.parametrize("name", ["LM22", "lm22", "CIBERSORT", "CIBERSORTx"])
def test_lm22_is_not_fetched_and_the_message_says_where_to_get_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        fetch(name, cache=tmp_path)
    assert "licence" in caught.value.problems[0].what
    assert "https://cibersortx.stanford.edu" in caught.value.problems[0].remedy
    assert list(tmp_path.iterdir()) == []


def test_two_downloads_of_one_file_at_once_are_kept_apart(small: FileServer, tmp_path: Path) -> None:
    target = tmp_path / "abis_rnaseq" / "abis_rnaseq.txt"
    target.parent.mkdir()
    with fetching._lock(target), pytest.raises(FileError, match="another download of this file is running"):
        _fetch(small, tmp_path)
    assert _fetch(small, tmp_path)[0] == target


def test_a_cache_that_cannot_be_written_is_an_output_error(small: FileServer, tmp_path: Path) -> None:
    (tmp_path / "abis_rnaseq").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="cannot be written"):
        _fetch(small, tmp_path)


def test_progress_is_told(small: FileServer, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fetch("abis_rnaseq", cache=tmp_path, base_url=small.url, progress=lambda *step: told.append(step))
    assert told[-1] == ("abis_rnaseq.txt", 300_000, 300_000)
    assert [here for _, here, _ in told] == sorted(here for _, here, _ in told)


def test_nothing_is_printed(small: FileServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _fetch(small, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_the_list_says_what_is_here_and_what_is_verified(small: FileServer, tmp_path: Path) -> None:
    before = list_sources(cache=tmp_path).set_index("name")
    assert before.loc["abim", ["here", "checksum"]].tolist() == ["no", "unknown until first download"]
    assert before.loc["abis_rnaseq", ["here", "checksum"]].tolist() == ["no", "known"]
    assert before.loc["lm22", "kind"] == "not fetched"
    assert (before[["title", "licence", "citation", "read"]] != "").all(axis=None)
    _fetch(small, tmp_path)
    assert list_sources(cache=tmp_path).set_index("name").loc["abis_rnaseq", "here"] == "yes"


def test_the_cache_can_be_moved_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HER2STATS_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("HER2STATS_CACHE")
    assert default_cache().name == "her2stats"


# ------------------------------------------------------------------------------- checksums that are not known yet
def _matrix_file(folder: Path) -> bytes:
    """An R file as immunoStates' is: one matrix of numbers with gene and type names."""
    script = (
        "m <- matrix(c(1.5, 2, 3, 4, 5, 6.25), 3, dimnames = list(c('CD8A', 'MS4A1', '1-Mar'), c('T cell', 'B cell')));"
        f"immunoStatesMatrix <- m; save(immunoStatesMatrix, file = '{folder}/m.RData')"
    )
    subprocess.run(["Rscript", "--vanilla", "-e", script], check=True, capture_output=True)
    return (folder / "m.RData").read_bytes()


@pytest.mark.r
def test_an_unknown_checksum_is_recorded_at_first_and_asked_for_ever_after(server: FileServer, tmp_path: Path) -> None:
    pytest.importorskip("rdata")
    server.files["immunoStatesMatrix.RData"] = _matrix_file(tmp_path)
    first = _fetch(server, tmp_path, "immunostates")
    matrix = pd.read_csv(first[1], sep="\t")
    assert matrix.columns.tolist() == ["gene", "T cell", "B cell"]
    assert matrix.values.tolist() == [["CD8A", 1.5, 4.0], ["MS4A1", 2.0, 5.0], ["1-Mar", 3.0, 6.25]]
    record = json.loads((tmp_path / "immunostates" / RECORD).read_text())
    assert record == {"immunoStatesMatrix.RData": hashlib.sha256(first[0].read_bytes()).hexdigest()}
    assert list_sources(cache=tmp_path).set_index("name").loc["immunostates", "checksum"] == "recorded"
    first[0].unlink()
    server.files["immunoStatesMatrix.RData"] += b"\0"
    with pytest.raises(FileError, match=f"remove its entry from .*{RECORD}"):
        _fetch(server, tmp_path, "immunostates")


def test_the_command_says_which_checksums_nobody_knew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("her2stats.reading.sources.fetch", lambda name: [Path(name)])
    single_steps.fetch("abim")
    told = capsys.readouterr()
    assert told.out.strip() == "abim"
    lines = told.err.splitlines()
    assert [line.split(": no checksum")[0] for line in lines] == [file.name for file in registry()["abim"].files]
    single_steps.fetch("til10")
    assert not capsys.readouterr().err


@pytest.mark.parametrize("told", [True, False], ids=["size told before", "size not told"])
def test_nothing_larger_than_what_is_read_is_downloaded(
    told: bool, small: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 2**17)
    if not told:
        monkeypatch.setattr(download, "_whole_size", lambda answer, start: 0)
    with pytest.raises(FileError, match=r"is larger than 0\.125 MiB, which is more than is ever read"):
        _fetch(small, tmp_path)
    left = [path.name for path in (tmp_path / "abis_rnaseq").iterdir() if not path.name.startswith(".")]
    assert not left
    assert len(small.requests) == 1


class _Redirecting(requests.adapters.BaseAdapter):
    """A server with a certificate, which this machine has not: it sends everyone to one address."""

    def __init__(self, there: str) -> None:
        super().__init__()
        self.there, self.asked = there, []

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        self.asked.append(request.url)
        answer = requests.Response()
        answer.request, answer.url, answer.raw = request, request.url, io.BytesIO(b"data")
        answer.status_code = 200 if len(self.asked) > 1 else 302
        if len(self.asked) == 1:
            answer.headers["Location"] = self.there
        return answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("there", ["http://other.example/file", "//other.example/file", "/elsewhere"])
def test_a_redirection_stays_with_https(there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = _Redirecting(there)
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: adapter)
    get = download.ResumingDownload(tmp_path / "file")
    if there.startswith("http:"):
        with pytest.raises(FileError, match=r"the server points to http://other\.example, where"):
            get("https://origin.example/file", tmp_path / "whole")
        assert adapter.asked == ["https://origin.example/file"]
        assert not list(tmp_path.iterdir())
    else:
        get("https://origin.example/file", tmp_path / "whole")
        assert (tmp_path / "whole").read_bytes() == b"data"
        assert adapter.asked[1].startswith("https://")


def test_a_login_page_is_not_taken_for_a_data_file(server: FileServer, tmp_path: Path) -> None:
    server.files["immunoStatesMatrix.RData"] = b"<!DOCTYPE html><title>Welcome to the conference</title>"
    with pytest.raises(FileError, match=r"is not a \.RData file"):
        _fetch(server, tmp_path, "immunostates")
    assert not (tmp_path / "immunostates" / RECORD).exists()
    assert not (tmp_path / "immunostates" / "immunoStatesMatrix.RData").exists()


def test_a_damaged_r_file_is_our_own_error(server: FileServer, tmp_path: Path) -> None:
    pytest.importorskip("rdata")
    server.files["immunoStatesMatrix.RData"] = b"RDX3\nX\n" + os.urandom(200)
    with pytest.raises(FileError, match="is not an R file with one matrix"):
        _fetch(server, tmp_path, "immunostates")
