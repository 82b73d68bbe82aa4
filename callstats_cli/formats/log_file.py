"""A file that was looked at: its columns, its first records, and what they have at a path."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.errors import SourceError
from callstats_cli.formats.names import folded
from callstats_cli.formats.types import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callstats_cli.formats.log_format import Nesting, Path
    from callstats_cli.formats.types import ColumnType
    from callstats_cli.sources.sniffing import SniffedFile


class LogFile(NamedTuple):
    """A sniffed file with its columns: of a schema with types, or the keys of its first records."""

    sniffed: SniffedFile
    number: int
    columns: dict[str, ColumnType]

    @property
    def path(self) -> str:
        """The file's path as the user wrote it."""
        return self.sniffed.path

    @property
    def names(self) -> list[str]:
        """The names at the top of a schema, a header or the first records."""
        return list(self.columns) or list(
            dict.fromkeys(key for record in self.sniffed.records for key in record)
        )

    @property
    def is_json(self) -> bool:
        """Whether its calls are JSON objects."""
        return self.sniffed.kind in ("jsonl", "json")

    def members(self, path: Path) -> list[str]:
        """The names at a path: those of a schema or a header, or the keys of the first records."""
        if not path:
            return self.names
        if not self.is_json:
            found_type = self.type_of(path)
            return [] if found_type is None else [name for name, _ in found_type.fields]
        objects = (at(record, path) for record in self.sniffed.records)
        return list(dict.fromkeys(key for found in objects if isinstance(found, dict) for key in found))

    def type_of(self, path: Path) -> ColumnType | None:
        """The type at a path of this file; None where the file has no such path."""
        if self.is_json:
            found = any(_has(record, path) for record in self.sniffed.records)
            return TEXT if found else None
        found_type = self.columns.get(path[0])
        for member in path[1:]:
            if found_type is None:
                return None
            found_type = found_type.field(member)
        return found_type


def at(record: Any, path: Path) -> Any:
    """The value at a path of a record; None where it has none."""
    for member in path:
        record = record.get(member) if isinstance(record, dict) else None
    return record


def _has(record: Any, path: Path) -> bool:
    parent = at(record, path[:-1])
    return isinstance(parent, dict) and path[-1] in parent


def within_text(record: Any, outer: Path, rest: Path) -> bool:
    """Whether JSON text at the first path has the second in it."""
    value = at(record, outer)
    if not isinstance(value, str):
        return False
    with suppress(ValueError, RecursionError):
        return _has(json.loads(value), rest)
    return False


def calls_in(record: Any, nesting: Nesting) -> Iterator[Any]:
    """The calls that a record holds in lists inside each other."""
    inside = [record]
    for member in nesting.path:
        lists = [item.get(member) for item in inside if isinstance(item, dict)]
        inside = [item for found in lists if isinstance(found, list) for item in found]
    yield from inside


class Names:
    """The names in a file at each path, found whatever their letter case and punctuation."""

    def __init__(self, file: LogFile) -> None:
        self.file = file
        self._known: dict[Path, dict[str, list[str]]] = {}

    def alike(self, parent: Path, name: str) -> list[str]:
        """The names at a path that differ from one in writing only; the same one is first."""
        if parent not in self._known:
            by_folded = self._known[parent] = {}
            for member in self.file.members(parent):
                by_folded.setdefault(folded(member), []).append(member)
        found = self._known[parent].get(folded(name), [])
        return [name, *found] if name in found else found

    def path(self, path: Path) -> Path | None:
        """The path as the file writes it; None where it has no such path."""
        found: Path = ()
        for name in path:
            alike = self.alike(found, name)
            if not alike:
                return None
            found = (*found, alike[0])
        return found


def no_timestamp(file: LogFile) -> SourceError:
    """The error for a file in which nothing names a time."""
    names = file.names
    if not names:
        return SourceError(f"{file.path!r} is no call log: its content has no known format")
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return SourceError(
        f"{file.path!r} has no column that names a time (it has {shown})",
        hint="name it with --map started_at=COLUMN",
    )
