"""What a file is, by its first bytes: kind, compression, delimiter, and the keys it uses (SPEC 4)."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, cast

from callstats_cli.documents import items_of, parse_json
from callstats_cli.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FileKind = Literal["parquet", "jsonl", "json", "csv", "empty", "unknown"]
Compression = Literal["none", "gzip", "zstd"]

_CHUNK = 1 << 18
_SAMPLE_LINES = 200
_LONGEST_FIRST_LINE = 1 << 27
_BOM = b"\xef\xbb\xbf"


class SniffedFile(NamedTuple):
    """One file's kind and the sample that its format is told by.

    `records` are the JSON objects among the first lines, `header` the column names of delimited text.
    """

    path: str
    kind: FileKind
    compression: Compression = "none"
    delimiter: str = ","
    records: Sequence[dict[str, Any]] = ()
    header: tuple[str, ...] = ()


def sniff(path: str) -> SniffedFile:
    """Reads the beginning of a file; raises SourceError where that is impossible."""
    try:
        with _open(path, buffered=False) as raw:
            magic = raw.read(4)
        if magic == b"PAR1":
            return SniffedFile(path, "parquet")
        compression = compression_of(magic)
        with open_text(path, compression) as stream:
            sample, whole = _read_sample(stream)
    except OSError as error:
        raise unreadable(path, error) from None
    except EOFError as error:
        raise SourceError(f"{path}: {error}", hint="the file is cut short") from None
    return _judge(path, compression, sample, whole)


class FileState(NamedTuple):
    """What tells whether a file is still the one that was begun to be read."""

    path: str
    may_grow: bool
    inode: int
    size: int
    changed_ns: int


def state_of(sniffed: SniffedFile) -> FileState | None:
    """The state of a file; None where it is gone. A text may grow: it is read once, to its end."""
    try:
        found = os.stat(sniffed.path)  # noqa: PTH116 - the path is kept as the user wrote it
    except OSError:
        return None
    return FileState(
        sniffed.path, sniffed.kind != "parquet", found.st_ino, found.st_size, found.st_mtime_ns
    )


def size_of(path: str) -> int | None:
    """The bytes that a file has now; None where the system cannot tell, as of a URL."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - the path is kept as the user wrote it
    except OSError:
        return None


def check_unchanged(states: Iterable[FileState]) -> None:
    """Raises SourceError for a file that is another one by now; one that is gone was read."""
    for before in states:
        now = state_of(SniffedFile(before.path, "jsonl" if before.may_grow else "parquet"))
        if now is None or now == before:
            continue
        if not (before.may_grow and now.inode == before.inode and now.size > before.size):
            raise SourceError(
                f"{before.path!r} changed while it was read", hint="run again, or copy it first"
            )


def unreadable(path: str, error: Exception) -> SourceError:
    """The error for a file that the system or a decompressor could not read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SourceError(f"cannot read {path!r}: {reason}")


def compression_of(magic: bytes) -> Compression:
    """How a file is compressed, by its first four bytes."""
    if magic[:2] == b"\x1f\x8b":
        return "gzip"
    return "zstd" if magic == b"\x28\xb5\x2f\xfd" else "none"


def open_text(path: str, compression: Compression) -> IO[bytes]:
    """The decompressed bytes of a file."""
    if compression == "none":
        return _open(path)
    source: Any = _open(path) if "://" in path else path
    if compression == "gzip":
        import gzip

        return cast("IO[bytes]", gzip.open(source, "rb"))
    import pyarrow as pa

    stream: IO[bytes] = pa.input_stream(source, compression="zstd")
    return stream


def ends_in_comma(path: str, compression: Compression) -> bool:
    """Is a JSON document cut short after an item, where the engine would not notice it?"""
    with open_text(path, compression) as stream:
        if compression == "none" and stream.seekable():
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - _CHUNK))
        end = b""
        while chunk := stream.read(_CHUNK):
            end = (end + chunk)[-_CHUNK:]
    return end.rstrip().endswith(b",")


def _open(path: str, *, buffered: bool = True) -> IO[bytes]:
    """The bytes of a file, which may lie at a URL."""
    if "://" in path:
        from callstats_cli.remote import open_url

        return open_url(path, buffered=buffered)
    return open(path, "rb")  # noqa: PTH123 - the path is kept as the user wrote it


def _read_sample(stream: IO[bytes]) -> tuple[bytes, bool]:
    """The first lines, at least one of them whole, and whether they are all there is."""
    chunks: list[bytes] = []
    size, has_line = 0, False
    while size < _CHUNK or (not has_line and size < _LONGEST_FIRST_LINE):
        chunk = stream.read(_CHUNK)
        if not chunk:
            return b"".join(chunks), True
        # Leading blank lines are no line.
        has_line = has_line or b"\n" in (chunk.lstrip() if size == 0 else chunk)
        size += len(chunk)
        chunks.append(chunk)
    return b"".join(chunks), False


def _judge(path: str, compression: Compression, sample: bytes, whole: bool) -> SniffedFile:
    text = sample.removeprefix(_BOM)
    if not text.strip():
        return SniffedFile(path, "empty" if whole else "unknown", compression)
    lines = text.split(b"\n")
    complete = lines if whole else lines[:-1]
    records = list(_records(complete[:_SAMPLE_LINES]))
    first = text.lstrip()[:1]
    if records and not (first == b"[" and _is_document(complete)):
        return SniffedFile(path, "jsonl", compression, records=records)
    if first in (b"[", b"{"):
        records = _document_records(text)
        if whole and parse_line(text) == []:
            return SniffedFile(path, "empty", compression)
        kind: FileKind = "json" if records or first == b"[" else "jsonl"
        return SniffedFile(path, kind, compression, records=records)
    return _judge_delimited(path, compression, complete)


def _is_document(lines: list[bytes]) -> bool:
    """Does the first line open an array that goes on, rather than being a line of its own?"""
    return parse_line(next(line for line in lines if line.strip())) is None


def _records(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        record = parse_line(line)
        if isinstance(record, dict):
            yield record


def parse_line(line: bytes) -> object:
    """The JSON value of a line as Python reads it, lone surrogates and all; None where it is none."""
    try:
        return parse_json(line.strip().removeprefix(_BOM).decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _document_records(text: bytes) -> list[dict[str, Any]]:
    """The first objects of a JSON array, or of objects that span several lines."""
    records: list[dict[str, Any]] = []
    with suppress(ValueError, RecursionError):
        sample = islice(items_of(text.decode("utf-8", errors="replace")), _SAMPLE_LINES)
        records.extend(item.value for item in sample if isinstance(item.value, dict))
    return records


def _judge_delimited(path: str, compression: Compression, lines: list[bytes]) -> SniffedFile:
    import csv

    text = b"\n".join(lines).lstrip()
    try:
        first = text.split(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError:
        return SniffedFile(path, "unknown", compression)
    if not first or "\0" in first:
        return SniffedFile(path, "unknown", compression)
    delimiter = max(",\t;|", key=first.count)
    # A quoted name may go on in the next line.
    rows = csv.reader(io.StringIO(text.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    try:
        header = tuple(next(rows))
    except csv.Error:
        return SniffedFile(path, "unknown", compression)
    return SniffedFile(path, "csv", compression, delimiter, header=header)
