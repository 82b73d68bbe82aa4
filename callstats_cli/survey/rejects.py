"""Lines that were skipped or nulled, each with its place in its file: the lines of `--rejects`.

Nothing here runs where there is nothing to write. Places are found by reading once more the files, and
only those, in which something was rejected.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import renamed, shown
from callstats_cli.harmless import harmless_json
from callstats_cli.sources.delimited import rows_of, whole_rows
from callstats_cli.sources.documents import items_of
from callstats_cli.sources.lines import lines_of_text, without_lone_surrogates
from callstats_cli.sources.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from callstats_cli.engines.loaded import Rejected
    from callstats_cli.formats.groups import Group

_Key = tuple[int | None, int | None, int | None]

LONGEST_TEXT = 2_000
"""Characters of a line that are written."""


class Place(NamedTuple):
    """The place of something in a file: its line (of Parquet its row), from 1, and the line's text.

    Both are null where it could not be found again, the text also for Parquet.
    """

    line: int | None = None
    text: str | None = None


def write_rejects(
    rejected: Iterable[Rejected],
    files: Sequence[str],
    groups: Iterable[Group],
    typed: Mapping[str, str],
    stream: BinaryIO,
) -> None:
    """Writes a JSON object a line, in reading order: file, line, kind, column, text; `typed` is what
    the user typed, by the path of its temporary copy."""
    read = {number: group.only_file(number) for group in groups for number in group.numbers}
    by_file: dict[int, list[Rejected]] = {}
    for item in rejected:
        by_file.setdefault(item.file, []).append(item)
    for number, items in sorted(by_file.items()):
        places = dict(_places_in(read[number], items)) if number in read else {}
        found = [
            (places.get(_key(item), Place(text=item.text and shown(renamed(item.text, typed)))), item)
            for item in items
        ]
        for place, item in sorted(found, key=lambda pair: (pair[0].line or 0, pair[1].kind)):
            record = {
                "file": shown(renamed(files[number % len(files)], typed)),
                "line": place.line,
                "kind": item.kind,
                "column": item.column,
                "text": place.text,
            }
            stream.write(harmless_json(json.dumps(record, ensure_ascii=False)).encode() + b"\n")


def _key(item: Rejected) -> _Key:
    return item.place, item.start, item.line


def _places_in(group: Group, items: Sequence[Rejected]) -> Iterator[tuple[_Key, Place]]:
    """The places of a file's rejected lines, by `place`, `start` and `line`."""
    wanted = {item.place for item in items if item.place is not None}
    if group.kind == "parquet":
        yield from (((row, None, None), Place(row)) for row in wanted)
    elif group.kind == "csv":
        yield from _places_in_rows(group, items)
    elif group.kind == "json":
        yield from _places_in_document(group, wanted)
    else:
        for place, number, line in lines_of_text(group.files[0], group.compression, wanted):
            text = line[: 4 * LONGEST_TEXT].decode("utf-8", "replace")
            yield (place, None, None), Place(number, _shown(text))


def _places_in_document(group: Group, wanted: set[int]) -> Iterator[tuple[_Key, Place]]:
    with open_text(group.files[0], group.compression) as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    line, counted = 1, 0
    try:
        for place, item in enumerate(items_of(text, group.wrapper), start=1):
            line, counted = line + text.count("\n", counted, item.start), item.start
            if place in wanted:
                shown = text[item.start : min(item.end, item.start + LONGEST_TEXT)]
                yield (place, None, None), Place(line, _shown(shown))
    except (ValueError, RecursionError):
        return


def _places_in_rows(group: Group, items: Sequence[Rejected]) -> Iterator[tuple[_Key, Place]]:
    """Places of rows of delimited text: of those malformed to the engine by their first byte, of
    those malformed to Python by their line, of those that were read by counting."""
    starts = {item.start for item in items if item.start is not None}
    if starts:
        with open_text(group.files[0], group.compression) as stream:
            content = stream.read()
        for start, line in _lines_at(content, sorted(starts)):
            shown = re.split(rb"\r\n?|\n", content[start : start + 4 * LONGEST_TEXT], maxsplit=1)[0]
            yield (None, start, None), Place(line, _shown(shown.decode("utf-8", "replace")))
    lines = {item.line for item in items if item.line is not None}
    if lines:
        for row in rows_of(group):
            if row.line in lines:
                yield (None, None, row.line), Place(row.line, _shown_row(row.text))
    places = {item.place for item in items if item.place is not None}
    if places:
        for place, row in enumerate(whole_rows(group), start=1):
            if place in places:
                yield (place, None, None), Place(row.line, _shown_row(row.text))


def _lines_at(content: bytes, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The lines that begin at some bytes, in order; none for a byte within a line."""
    line, counted = 1, 0
    for start in starts:
        line += len(re.findall(rb"\r\n?|\n", content[counted:start]))
        counted = start
        if content[:start].endswith((b"\n", b"\r")):
            yield start, line


def _shown_row(text: str) -> str:
    return _shown(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _shown(text: str) -> str:
    return without_lone_surrogates(text.rstrip("\r\n"))[:LONGEST_TEXT]
