"""Detects kind, compression and delimiter of a file, and the names in it, by its first bytes."""

from __future__ import annotations

import io
import os
import re
import zlib
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, cast

from callstats_cli.errors import SourceError
from callstats_cli.sources.documents import items_of, parse_json, spans_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FileKind = Literal["parquet", "jsonl", "json", "csv", "empty", "unknown"]
Compression = Literal["none", "gzip", "zstd"]

_CHUNK = 1 << 18
_DEEP_SAMPLE = 1 << 24
SAMPLE_LINES = 200
_LONGEST_FIRST_LINE = 1 << 27
_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(rb"(?:\s|\xef\xbb\xbf)*")
_OPENING = re.compile(_BLANKS.pattern + rb"\{")


class SniffedFile(NamedTuple):
    """One file's kind and the sample that its format is detected by.

    `records` are the JSON objects among the first lines, `header` the column names of delimited text.
    Where objects are pages of calls, `wrapper` is the key that these are listed under, and the records
    are calls.
    """

    path: str
    kind: FileKind
    compression: Compression = "none"
    delimiter: str = ","
    records: Sequence[dict[str, Any]] = ()
    header: tuple[str, ...] = ()
    wrapper: str | None = None


def sniff(path: str, *, most: int = SAMPLE_LINES, deep: bool = False) -> SniffedFile:
    """Reads the beginning of a file, at `most` so many records of it, a `deep` one for records of other
    shapes than the first; raises SourceError where that is impossible."""
    try:
        with _open(path, buffered=False) as raw:
            magic = raw.read(4)
    except OSError as error:
        raise unreadable(path, error) from None
    if magic == b"PAR1":
        return SniffedFile(path, "parquet")
    compression = compression_of(magic)
    with open_text(path, compression) as stream:
        sample, whole = _read_sample(stream, _DEEP_SAMPLE if deep else _CHUNK)
        if not whole and _is_cut_object(sample):
            sample, whole = sample + stream.read(), True
    return _judge(path, compression, sample, whole, most, deep)


def unreadable(path: str, error: Exception) -> SourceError:
    """The error for a file that the system or a decompressor could not read."""
    by_system = isinstance(error, OSError) and error.strerror
    reason = by_system or str(error)
    hint = None if by_system else "the file is damaged or cut short"
    return SourceError(f"cannot read {path!r}: {reason}", hint=hint)


def compression_of(magic: bytes) -> Compression:
    """The compression of a file, by its first four bytes."""
    if magic[:2] == b"\x1f\x8b":
        return "gzip"
    return "zstd" if magic == b"\x28\xb5\x2f\xfd" else "none"


@contextmanager
def open_text(path: str, compression: Compression) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a file; raises SourceError, whatever its codec raises, where they
    cannot be read."""
    try:
        with _decompressed(path, compression) as stream:
            yield stream
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, error) from None


def _decompressed(path: str, compression: Compression) -> IO[bytes]:
    if compression == "none":
        return _open(path)
    source: Any = _open(path) if "://" in path else path
    if compression == "gzip":
        import gzip

        return cast("IO[bytes]", gzip.open(source, "rb"))
    import pyarrow as pa

    # Arrow's own stream has no lines.
    return io.BufferedReader(pa.input_stream(source, compression="zstd"), _CHUNK)


@contextmanager
def open_any(path: str) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a file of whatever compression; raises as `open_text`."""
    with open_text(path, "none") as raw:
        compression = compression_of(raw.read(4))
    with open_text(path, compression) as stream:
        yield stream


def ends_in_comma(path: str, compression: Compression) -> bool:
    """Whether a JSON document is cut short after an item, where the engine would not notice it."""
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
        from callstats_cli.sources.remote_files import open_url

        return open_url(path, buffered=buffered)
    return open(path, "rb")  # noqa: PTH123 - the path is kept as the user wrote it


def _read_sample(stream: IO[bytes], least: int) -> tuple[bytes, bool]:
    """The first lines that are not blank, at least one of them whole, and whether they are all there
    is."""
    chunks: list[bytes] = []
    size, has_line = 0, False
    while size < least or (not has_line and size < _LONGEST_FIRST_LINE):
        chunk = stream.read(_CHUNK)
        if not chunk:
            return b"".join(chunks), True
        if not chunks:
            chunk = _without_blanks(chunk)
        if chunk:
            has_line = has_line or b"\n" in chunk
            size += len(chunk)
            chunks.append(chunk)
    return b"".join(chunks), False


def _without_blanks(text: bytes) -> bytes:
    """The text from its first character on that is neither blank nor a byte order mark."""
    blanks = _BLANKS.match(text)
    return text[blanks.end() :] if blanks else text


def _is_cut_object(sample: bytes) -> bool:
    """Whether the sample begins with an object over several lines and ends inside it."""
    if not sample.startswith(b"{") or parse_line(sample.split(b"\n", 1)[0]) is not None:
        return False
    text = sample.decode("utf-8", "replace")
    return spans_lines(text) and not _document_records(text)


def _judge(
    path: str, compression: Compression, text: bytes, whole: bool, most: int, deep: bool
) -> SniffedFile:
    if not text:
        return SniffedFile(path, "empty" if whole else "unknown", compression)
    lines = text.split(b"\n")
    complete = lines if whole else lines[:-1]
    first = text[:1]
    if first not in (b"[", b"{") or not _is_document(text, complete):
        records = _sampled(_records(complete), most, deep)
        if first == b"{" or any(records):
            return SniffedFile(path, "jsonl", compression, records=records)
    if first not in (b"[", b"{"):
        return _judge_delimited(path, compression, complete)
    if whole and parse_line(text) == []:
        return SniffedFile(path, "empty", compression)
    records = _document_records(text.decode("utf-8", "replace"))
    return SniffedFile(path, "json", compression, records=records)


def _is_document(text: bytes, lines: list[bytes]) -> bool:
    """Whether it is JSON over several lines, rather than a value in each. An array is that wherever it
    does not end in its line."""
    if not lines or parse_line(lines[0]) is not None:
        return False
    return text.startswith(b"[") or spans_lines(text.decode("utf-8", "replace"))


def _records(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if _OPENING.match(line):
            record = parse_line(line)
            if isinstance(record, dict):
                yield record


def _sampled(records: Iterator[dict[str, Any]], most: int, deep: bool) -> list[dict[str, Any]]:
    """The first records; of a deep sample the first of each shape."""
    if not deep:
        return list(islice(records, most))
    shapes: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in records:
        shapes.setdefault(tuple(record), record)
    return list(islice(shapes.values(), most))


def parse_line(line: bytes) -> object:
    """The JSON value of a line as Python reads it, lone surrogates and all; None for malformed JSON."""
    try:
        return parse_json(line.strip().removeprefix(_BOM).decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _document_records(text: str) -> list[dict[str, Any]]:
    """The first objects of a JSON array, or of objects that span several lines."""
    records: list[dict[str, Any]] = []
    with suppress(ValueError, RecursionError):
        sample = islice(items_of(text), SAMPLE_LINES)
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
