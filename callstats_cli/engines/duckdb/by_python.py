"""Lines that are malformed to the engine, read once more with Python's json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from callstats_cli.sources.delimited import cells_of
from callstats_cli.sources.documents import items_of, parse_json
from callstats_cli.sources.lines import BOM, lines_of_text, without_lone_surrogates
from callstats_cli.sources.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_format import Path

Malformed = Literal["not_json", "not_an_object", "torn", "not_a_row"]


class PythonLine(NamedTuple):
    """A line by its place among the lines that are not blank, or among a document's items, from 1.

    `record` is its JSON text where Python could read it as an object, `malformed` says why not.
    """

    place: int
    record: str | None = None
    malformed: Malformed | None = None


def lines_by_python(
    group: Group,
    keys: Collection[str],
    *,
    places: Collection[int] | None = None,
    size: int | None = None,
) -> Iterator[PythonLine]:
    """Python's reading of the lines of a group's one file at some places, of all without any; of their
    records only some keys are kept. What lies beyond `size` bytes came later."""
    for place, _, line in lines_of_text(group.files[0], group.compression, places, size=size):
        yield _second_reading(place, line, group, keys)


def texts_of(group: Group) -> Iterator[bytes]:
    """The texts of the rows of a group's one file, in order: lines, items of a document, cells."""
    (path,) = group.files
    if group.kind == "csv":
        yield from cells_of(group)
        return
    if group.kind == "jsonl":
        for _, _, line in lines_of_text(path, group.compression):
            yield line
        return
    with open_text(path, group.compression) as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    for item in items_of(text, group.wrapper):
        yield text[item.start : item.end].encode()


def items_by_python(group: Group, keys: Collection[str]) -> Iterator[PythonLine]:
    """Python's reading of the items of a group's one JSON document, or of its pages; raises ValueError
    where it is broken."""
    with open_text(group.files[0], group.compression) as stream:
        text = stream.read().decode("utf-8-sig")
    for place, item in enumerate(items_of(text, group.wrapper), start=1):
        yield _judged(place, item.value, group, keys)


def _second_reading(place: int, line: bytes, group: Group, keys: Collection[str]) -> PythonLine:
    text = line.strip().removeprefix(BOM)
    try:
        return _judged(place, parse_json(text.decode("utf-8")), group, keys)
    except (ValueError, RecursionError):
        return PythonLine(place, malformed="not_json" if line.endswith(b"\n") else "torn")


def _judged(place: int, value: Any, group: Group, keys: Collection[str]) -> PythonLine:
    if not isinstance(value, dict):
        return PythonLine(place, malformed="not_an_object")
    kept = {key: value[key] for key in value if key in keys}
    if group.format.nesting is not None:
        kept |= _objects_in(kept, group.format.nesting.path)
    text = json.dumps(kept, ensure_ascii=False)
    return PythonLine(place, without_lone_surrogates(text))


def _objects_in(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """The first list on a path of lists inside each other, with nothing but objects in each."""
    if not path or path[0] not in record:
        return {}
    items = record[path[0]]
    objects = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {path[0]: [item | _objects_in(item, path[1:]) for item in objects]}
