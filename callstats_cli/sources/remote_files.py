"""Files at URLs, opened and read piece by piece, also in the place of the engine."""

from __future__ import annotations

import io
import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast

from callstats_cli.errors import CallstatsError
from callstats_cli.sources.remote_errors import explaining
from callstats_cli.sources.stores import file_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

try:
    from fsspec import AbstractFileSystem
except ImportError:
    AbstractFileSystem = object


_TEXT_BUFFER = 1 << 20


class RemoteFile:
    """One file at a URL. Every range of it is of the object that was there when it was opened, where
    the store can promise that."""

    def __init__(self, url: str) -> None:
        self.url = url
        scheme = url.split("://", 1)[0]
        with explaining(url):
            system = file_system(scheme)
            # Others ask the web server in ways that it may refuse, or that send all of the file.
            by_library = hasattr(system, "encode_url")
            size = {"size": _size_on_the_web(system, url)} if by_library else {}
            self._file = system.open(url, "rb", cache_type="none", **size)
            self.size = int(size.get("size", self._file.size))

    def read(self, start: int, end: int) -> bytes:
        """The bytes [start, end), as far as the file goes; raises SourceError for less than that."""
        end = min(end, self.size)
        if start >= end:
            return b""
        with explaining(self.url):
            content: bytes = self._file._fetch_range(start, end)
            if len(content) != end - start:
                raise ConnectionError(f"{end - start} bytes asked for, {len(content)} came")
        return content


def _size_on_the_web(system: Any, url: str) -> int:
    """The size of the file, from asking for its first byte; raises ValueError where all of it comes."""
    from fsspec.asyn import sync

    async def ask() -> int:
        session = await system.set_session()
        headers = {"Range": "bytes=0-0", "Accept-Encoding": "identity"}
        async with session.get(system.encode_url(url), headers=headers) as response:
            if response.status != 416:
                response.raise_for_status()
            return int(response.headers.get("Content-Range", "").rpartition("/")[2])

    return int(sync(system.loop, ask))


@cache
def opened_on_web(url: str) -> RemoteFile:
    return RemoteFile(url)


def open_url(url: str, *, buffered: bool = True) -> IO[bytes]:
    """The bytes of a file from its beginning. Unbuffered, just those that are asked for are read."""
    raw = _Sequential(opened_on_web(url))
    return io.BufferedReader(raw, _TEXT_BUFFER) if buffered else cast("IO[bytes]", raw)


class _Sequential(io.RawIOBase):
    def __init__(self, file: RemoteFile) -> None:
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._file.read(self._position, self._position + len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


class EngineFile:
    """A remote file as the engine reads it. Its threads share one and seek before each read: the place
    that a thread has sought is that thread's own."""

    def __init__(self, system: EngineFiles, file: RemoteFile) -> None:
        self._file_system = system
        self._file = file
        self._next = 0
        self._sought = threading.local()

    def seek(self, position: int) -> int:
        self._sought.place = position
        return position

    def tell(self) -> int:
        return int(getattr(self._sought, "place", self._next))

    def read(self, length: int) -> bytes:
        start = self._sought.__dict__.pop("place", self._next)
        with self._file_system.keeping_failure():
            content = self._file.read(start, start + length)
        self._next = start + len(content)
        return content

    def close(self) -> None:
        """The file stays open for its next reader."""


class EngineFiles(AbstractFileSystem):  # type: ignore[misc]
    """The file system that the engine reads URLs with. It keeps the first `failure` of its files, which
    the engine would report as text with a traceback, or not at all."""

    cachable = False

    def __init__(self, schemes: Iterable[str]) -> None:
        super().__init__()
        self.protocol = tuple(schemes)
        self.failure: CallstatsError | None = None

    @contextmanager
    def keeping_failure(self) -> Iterator[None]:
        """Notes an error that passes; once there is one, nothing more is tried."""
        if self.failure is not None:
            raise self.failure
        try:
            yield
        except CallstatsError as error:
            self.failure = error
            raise

    def take_failure(self) -> CallstatsError | None:
        """The failure since the last time that this was asked."""
        failure, self.failure = self.failure, None
        return failure

    def open(self, path: str, mode: str = "rb") -> EngineFile:
        """Opens a file to read; `mode` is always that."""
        assert mode == "rb"  # noqa: S101 - the engine's session is locked
        with self.keeping_failure():
            return EngineFile(self, opened_on_web(path))

    def glob(self, path: str) -> list[str]:
        """The file itself: what the engine asks for are names in which wildcards are escaped."""
        return [re.sub(r"\[([*?\[])\]", r"\1", path)]

    def unstrip_protocol(self, path: str) -> str:
        """The URL that it already is."""
        return path

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return opened_on_web(path).size

    def modified(self, path: str) -> datetime:  # noqa: ARG002
        """Long ago: no file that is open changes, so the engine may keep what it has read."""
        return datetime(1970, 1, 2, tzinfo=UTC)


def engine_files(urls: Iterable[str]) -> tuple[EngineFiles | None, bool]:
    """The file system that the engine reads these files with, null without need for one, and whether it
    also needs its own extension. Each file is opened anew."""
    opened_on_web.cache_clear()
    schemes = {url.split("://", 1)[0] for url in urls}
    by_library = {scheme for scheme in schemes if not hasattr(file_system(scheme), "is_engines_own")}
    return (EngineFiles(by_library) if by_library else None), by_library != schemes
