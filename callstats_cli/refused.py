"""Lines that the engine refused, looked at once more with Python's json (SPEC 12)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from callstats_cli.documents import items_of, parse_json
from callstats_cli.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from callstats_cli.sniffing import Compression

Malformed = Literal["not_json", "not_an_object", "torn"]
_BOM = b"\xef\xbb\xbf"


class RefusedLine(NamedTuple):
    """A line by its place among the lines that are not blank, or among a document's items, from 1.

    `record` is its JSON text where Python could read it as an object, `malformed` says why not; a line
    that holds a byte order mark alone has neither.
    """

    place: int
    record: str | None = None
    malformed: Malformed | None = None


def refused_lines(
    path: str, compression: Compression, places: Iterable[int], keys: Iterable[str]
) -> Iterator[RefusedLine]:
    """The refused lines of a JSON Lines file, in order; of their records only some keys are kept."""
    wanted, kept = set(places), frozenset(keys)
    for place, _, line in lines_of_text(path, compression, wanted):
        yield _second_reading(place, line, kept)


def lines_of_text(
    path: str, compression: Compression, places: Collection[int]
) -> Iterator[tuple[int, int, bytes]]:
    """The lines at some places among those that are not blank: place, number in the file, content."""
    last = max(places, default=0)
    with open_text(path, compression) as stream:
        place = 0
        for number, line in enumerate(stream, start=1):
            if place == last:
                return
            if line.strip():
                place += 1
                if place in places:
                    yield place, number, line


def refused_items(
    text: bytes, keys: Iterable[str], places: Collection[int] | None = None
) -> Iterator[RefusedLine]:
    """The items of a JSON document at some places, all without any; raises ValueError where the
    document is broken."""
    kept = frozenset(keys)
    for place, item in enumerate(items_of(text.decode("utf-8-sig")), start=1):
        if places is None or place in places:
            yield _judged(place, item.value, kept)


def _second_reading(place: int, line: bytes, keys: frozenset[str]) -> RefusedLine:
    text = line.strip().removeprefix(_BOM)
    if not text:
        return RefusedLine(place)
    try:
        return _judged(place, parse_json(text.decode("utf-8")), keys)
    except (ValueError, RecursionError):
        return RefusedLine(place, malformed="not_json" if line.endswith(b"\n") else "torn")


def _judged(place: int, value: Any, keys: frozenset[str]) -> RefusedLine:
    if not isinstance(value, dict):
        return RefusedLine(place, malformed="not_an_object")
    kept = {key: value[key] for key in value if key in keys}
    text = json.dumps(kept, ensure_ascii=False)
    return RefusedLine(place, without_lone_surrogates(text))


def without_lone_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair that stands alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
