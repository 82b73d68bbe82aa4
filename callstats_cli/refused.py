"""Lines that the engine refused, looked at once more with Python's json (SPEC 12)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from callstats_cli.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callstats_cli.sniffing import Compression

Malformed = Literal["not_json", "not_an_object", "torn"]
_BOM = b"\xef\xbb\xbf"


class RefusedLine(NamedTuple):
    """A line by its place among the lines that are not blank, counted from 1.

    `record` is its JSON text where Python could read it as an object, else `malformed` says why not.
    """

    place: int
    record: str | None = None
    malformed: Malformed | None = None


def refused_lines(
    path: str, compression: Compression, places: Iterable[int], keys: Iterable[str]
) -> Iterator[RefusedLine]:
    """The refused lines of a JSON Lines file, in order; of their records only some keys are kept."""
    wanted, kept = set(places), frozenset(keys)
    with open_text(path, compression) as stream:
        place = 0
        for line in stream:
            if not line.strip().removeprefix(_BOM):
                continue
            place += 1
            if place in wanted:
                yield _second_reading(place, line, kept)


def refused_items(text: bytes, keys: Iterable[str]) -> Iterator[RefusedLine]:
    """Every item of a JSON document that the engine refused; raises ValueError where it is no JSON."""
    document = json.loads(text.decode("utf-8-sig"), parse_constant=str)
    kept = frozenset(keys)
    for place, item in enumerate(document if isinstance(document, list) else [document], start=1):
        yield _judged(place, item, kept)


def _second_reading(place: int, line: bytes, keys: frozenset[str]) -> RefusedLine:
    try:
        text = line.strip().removeprefix(_BOM).decode("utf-8")
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return RefusedLine(place, malformed="not_json" if line.endswith(b"\n") else "torn")
    return _judged(place, value, keys)


def _judged(place: int, value: Any, keys: frozenset[str]) -> RefusedLine:
    if not isinstance(value, dict):
        return RefusedLine(place, malformed="not_an_object")
    kept = {key: value[key] for key in value if key in keys}
    text = json.dumps(kept, ensure_ascii=False)
    return RefusedLine(place, without_lone_surrogates(text))


def without_lone_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair that stands alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
