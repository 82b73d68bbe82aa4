"""Delimited text as Python reads it, row by row: where the engine cannot be trusted with its line ends,
it is written anew for the engine."""

from __future__ import annotations

import csv
import io
import json
import os
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import SourceError
from callstats_cli.process import new_file, private_folder
from callstats_cli.sources.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from callstats_cli.formats.groups import Group

_LONGEST_CELL = 1 << 31


class Row(NamedTuple):
    """A row that is not blank: the line of its file in which it begins, from 1, and its text. `cells`
    are null where a quote is broken. Bytes that are not UTF-8 are halves of surrogate pairs."""

    line: int
    text: str
    cells: list[str] | None


class Rewritten(NamedTuple):
    """A copy of delimited text with its rows alone, all of one length and ending alike: its path, the
    lines in which the rows begin in the original, the bytes at which they begin in the copy, and the
    lines of the rows that were left out."""

    path: str
    lines: array[int]
    starts: array[int]
    malformed: list[int]

    def take_row_at(self, start: int) -> int:
        """Forgets the row that begins at a byte of the copy; its line in the original."""
        position = bisect_left(self.starts, start)
        self.starts.pop(position)
        return self.lines.pop(position)


def rows_of(group: Group) -> Iterator[Row]:
    """The rows of a group's one file, its header first; a line ends in LF, CRLF or CR."""
    csv.field_size_limit(_LONGEST_CELL)
    taken: list[str] = []

    def noted(lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    with open_text(group.files[0], group.compression) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")
        reader = csv.reader(noted(text), delimiter=group.delimiter, strict=True)
        while True:
            taken.clear()
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(line, "".join(taken), None)
                continue
            if cells:
                yield Row(line, "".join(taken), cells)


def whole_rows(group: Group) -> Iterator[Row]:
    """The rows of a group's one file below its header that are as long as the header, or all of them
    longer from one row on, as in a log that grew a column."""
    longer = _grown_to(group)
    for row in _below_header(group):
        if row.cells is not None and len(row.cells) in (len(group.header), longer):
            yield row._replace(cells=row.cells[: len(group.header)])


def cells_of(group: Group) -> Iterator[bytes]:
    """The cells of each row of a group's one file, as JSON."""
    for row in whole_rows(group):
        yield json.dumps(row.cells, ensure_ascii=False).encode("utf-8", "surrogateescape")


def rewrite(group: Group) -> Rewritten:
    """Copies the rows of a group's one file; raises SourceError where it cannot be read or copied."""
    try:
        return _copied(group)
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"cannot keep a copy of {group.files[0]!r}: {reason}") from None


def _copied(group: Group) -> Rewritten:
    longer, known = _grown_to(group), len(group.header)
    descriptor, path = new_file(private_folder(), "rows-")
    copy = Rewritten(path, array("q"), array("q"), [])
    with os.fdopen(descriptor, "wb") as stream:
        # Cells with either character of the line's end are quoted.
        writer = csv.writer(_Encoded(stream), delimiter=group.delimiter, lineterminator="\r\n")
        writer.writerow(range(known))
        for row in _below_header(group):
            if row.cells is None or len(row.cells) not in (known, longer):
                copy.malformed.append(row.line)
                continue
            copy.lines.append(row.line)
            copy.starts.append(stream.tell())
            writer.writerow(row.cells[:known])
    return copy


class _Encoded:
    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        return self.stream.write(text.encode("utf-8", "surrogateescape"))


def _below_header(group: Group) -> Iterator[Row]:
    rows = rows_of(group)
    next(rows, None)
    return rows


def _grown_to(group: Group) -> int | None:
    """The length of all rows from one on that is longer than the header; None where it differs."""
    longer: int | None = None
    for row in _below_header(group):
        length = 0 if row.cells is None else len(row.cells)
        if longer is None and length > len(group.header):
            longer = length
        elif longer is not None and length != longer and length >= len(group.header):
            return None
    return longer
