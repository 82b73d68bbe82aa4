"""Logs at URLs: found, and read range by range, for Python and for the engine alike.

Every read goes through the fsspec library of its store, which finds credentials in the usual places;
nothing is read ahead and nothing is kept. Imported only where a source is a URL.
"""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from callstats_cli.errors import CallstatsError, SourceError

try:
    from fsspec import AbstractFileSystem
except ImportError:
    AbstractFileSystem = object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Store(NamedTuple):
    """What a scheme's URLs name: the class that reads it and its settings, the extra that installs its
    library, and what to look at where access is refused."""

    module: str
    name: str
    settings: Mapping[str, Any]
    extra: str
    who_asks: str

    @property
    def library(self) -> str:
        """The package that the class is in."""
        return self.module.split(".")[0]


_WEB = Store(
    module="fsspec.implementations.http",
    name="HTTPFileSystem",
    settings={"client_kwargs": {"trust_env": True}},
    extra="http",
    who_asks="the URL must carry its own permission",
)
STORES = {
    "s3": Store(
        module="s3fs.core",
        name="S3FileSystem",
        settings={"default_cache_type": "none"},
        extra="s3",
        who_asks="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role say who asks; "
        "without any of them only what is public can be read",
    ),
    # What gcsfs itself offers first asks each bucket for its kind, by gRPC and for up to a minute.
    "gs": Store(
        module="gcsfs.core",
        name="GCSFileSystem",
        settings={},
        extra="gcs",
        who_asks="GOOGLE_APPLICATION_CREDENTIALS or the login of gcloud says who asks; "
        "without either only what is public can be read",
    ),
    "http": _WEB,
    "https": _WEB,
}
"""Scheme → its store."""

_NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "DefaultCredentialsError"}
)
_GLOB_MARK = re.compile(r"[*?\[]")
_TEXT_BUFFER = 1 << 20


# Finding


def find_urls(
    word: str, is_log: Callable[[str], bool], fallback: FileSystemMaker | None = None
) -> list[str]:
    """The files that a URL names, by path: one, those of a glob, or a folder's whose names are logs'.

    Raises SourceError where there are none or the store does not let us see them.
    """
    scheme, _, rest = word.partition("://")
    if scheme not in STORES:
        known = " ".join(f"{name}://" for name in STORES)
        raise SourceError(f"{scheme}:// sources cannot be read", hint=f"known are paths and {known}")
    bucket = rest.split("/", 1)[0]
    if not bucket or _GLOB_MARK.search(bucket):
        raise SourceError(f"{word!r} names no {'server' if STORES[scheme] is _WEB else 'bucket'}")
    with _explaining(word):
        system = _system(scheme, fallback)
        if STORES[scheme] is _WEB:
            _opened(word)
            return [word]
        system.invalidate_cache()
        if _GLOB_MARK.search(word):
            found = _matching(system, word, is_log)
        elif system.info(word)["type"] == "directory":
            found = _below(system, word, is_log)
        else:
            return [word]
    if not found:
        missing = _is_missing(system, f"{scheme}://{bucket}")
        raise SourceError(f"no such bucket: {word!r}" if missing else f"no log files match {word!r}")
    return sorted((f"{scheme}://{name}" for name in found), key=str.encode)


def _matching(system: Any, pattern: str, is_log: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    fixed = len(_GLOB_MARK.split(pattern, maxsplit=1)[0].partition("://")[2])
    for name, details in system.glob(pattern, detail=True).items():
        if "/." in name[fixed - 1 :] and "/." not in pattern:
            continue
        if details["type"] == "directory":
            if not pattern.endswith("**"):
                found += _below(system, name, is_log)
        elif not pattern.endswith("**") or is_log(name):
            found.append(name)
    return found


def _is_missing(system: Any, bucket: str) -> bool:
    """Is there no such bucket, as far as we may know?"""
    try:
        system.info(bucket)
    except FileNotFoundError:
        return True
    except Exception:  # asking for a bucket may need more permission than asking for its files
        return False
    return False


def _below(system: Any, folder: str, is_log: Callable[[str], bool]) -> list[str]:
    """Log files anywhere below a folder, skipping names that start with a dot or an underscore."""
    top = system._strip_protocol(folder).rstrip("/")
    return [
        name
        for name in system.find(folder)
        if is_log(name)
        and not any(part.startswith((".", "_")) for part in name[len(top) + 1 :].split("/"))
    ]


FileSystemMaker = Callable[[str, str, str], Any]
"""Makes the file system of a scheme whose Python library, the second argument, is missing; the third
is the command that installs the library."""

_systems: dict[str, Any] = {}
"""Scheme → the file system that reads it, once a source has named it."""


def _system(scheme: str, fallback: FileSystemMaker | None = None) -> Any:
    if scheme not in _systems:
        _systems[scheme] = _make_system(scheme, fallback)
    return _systems[scheme]


def _make_system(scheme: str, fallback: FileSystemMaker | None) -> Any:
    """The file system of a scheme's library, else the fallback; raises SourceError where there is
    neither."""
    store = STORES[scheme]
    # What the library would log goes nowhere rather than to stderr: failures are raised.
    logging.getLogger(store.library).addHandler(logging.NullHandler())
    try:
        system = getattr(import_module(store.module), store.name)
    except ImportError:
        by_pip = f"pip install 'callstats-cli[{store.extra}]'"
        if fallback is None:
            needed = f"{scheme}:// sources need the Python library {store.library}"
            raise SourceError(needed, hint=by_pip) from None
        return fallback(scheme, store.library, by_pip)
    made = system(skip_instance_cache=True, **store.settings)
    if scheme == "s3":
        if _finds_no_credentials(made):
            made = system(skip_instance_cache=True, anon=True, **store.settings)
        made.retries = 3  # of each request within as many of each read
    return made


def _finds_no_credentials(system: Any) -> bool:
    """Is there nothing to sign requests to S3 with? (Google's library finds out by itself.)

    Raises what the library raises where something is there but cannot be used.
    """
    from fsspec.asyn import sync

    system.connect()
    return sync(system.loop, system.session.get_credentials) is None


# Reading


class RemoteFile:
    """One file at a URL. Every range of it is of the object that was there when it was opened, where
    the store can promise that."""

    def __init__(self, url: str) -> None:
        self.url = url
        scheme = url.split("://", 1)[0]
        with _explaining(url):
            system = _system(scheme)
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
        with _explaining(self.url):
            content: bytes = self._file._fetch_range(start, end)
            if len(content) != end - start:
                raise ConnectionError(f"{end - start} bytes asked for, {len(content)} came")
        return content


def _size_on_the_web(system: Any, url: str) -> int:
    """How long the file is, from asking for its first byte: raises ValueError where all of it comes."""
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
def _opened(url: str) -> RemoteFile:
    return RemoteFile(url)


def open_url(url: str, *, buffered: bool = True) -> IO[bytes]:
    """The bytes of a file from its beginning. Unbuffered, just those that are asked for are read."""
    raw = _Sequential(_opened(url))
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
    """What the engine takes for a file. Its threads share one and seek before each read: the place
    that a thread has sought is that thread's own."""

    def __init__(self, system: EngineFiles, file: RemoteFile) -> None:
        self._system = system
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
        with self._system.keeping_failure():
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
            return EngineFile(self, _opened(path))

    def glob(self, path: str) -> list[str]:
        """The file itself: what the engine asks for are names in which wildcards are escaped."""
        return [re.sub(r"\[([*?\[])\]", r"\1", path)]

    def unstrip_protocol(self, path: str) -> str:
        """The URL that it already is."""
        return path

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return _opened(path).size

    def modified(self, path: str) -> datetime:  # noqa: ARG002
        """Long ago: no file that is open changes, so the engine may keep what it has read."""
        return datetime(1970, 1, 2, tzinfo=UTC)


def engine_files(urls: Iterable[str]) -> tuple[EngineFiles | None, bool]:
    """What the engine reads these files with, each opened anew: a file system, its own extension
    (true), or both."""
    _opened.cache_clear()
    schemes = {url.split("://", 1)[0] for url in urls}
    by_library = {scheme for scheme in schemes if not hasattr(_system(scheme), "is_engines_own")}
    return (EngineFiles(by_library) if by_library else None), by_library != schemes


# Failing


@contextmanager
def _explaining(url: str) -> Iterator[None]:
    """Turns what a store's library raises into a SourceError that says what to do."""
    try:
        yield
    except CallstatsError:
        raise
    except Exception as error:
        raise _explained(url, error) from error


def _explained(url: str, error: Exception) -> SourceError:
    place, store = repr(url), STORES[url.split("://", 1)[0]]
    causes = list(_causes(error))
    statuses = {_status(cause) for cause in causes}
    names = {type(cause).__name__ for cause in causes}
    words = _words(causes[-1] if store is _WEB else error)
    if statuses & {401, 403} or isinstance(error, PermissionError) or names & _NO_CREDENTIALS:
        return SourceError(f"{place}: access refused: {words}", hint=store.who_asks)
    if isinstance(error, FileNotFoundError) or 404 in statuses:
        missing = (
            "bucket"
            if "bucket does not exist" in str(error) or url.count("/") < 3
            else "file or folder"
        )
        return SourceError(f"no such {missing}: {place}")
    if store is _WEB and isinstance(error, ValueError):
        return SourceError(
            f"{place}: the server does not send parts of files",
            hint="download the file and name the copy",
        )
    if "FileExpired" in names:
        return SourceError(f"{place} changed while it was read", hint="run again")
    return SourceError(f"cannot read {place}: {words}", hint="run again")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _status(error: BaseException) -> int | None:
    """The HTTP status that an error is about, by whichever name its library has for it."""
    for name in ("status", "status_code", "code"):
        found = getattr(error, name, None)
        if found is not None:
            return int(found) if str(found).isdecimal() else None
    return None


def _words(error: BaseException) -> str:
    """What a library says, in its first line, or in two where the first announces the second."""
    text = str(getattr(error, "message", None) or error).strip() or type(error).__name__
    first, *others = text.splitlines()
    return " ".join([first, *others[:1]]) if first.endswith(":") else first
