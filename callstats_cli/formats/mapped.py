"""Flags that describe a log: its format, its times, and the columns that `--map` names."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import RequestError, did_you_mean
from callstats_cli.formats import columns as own
from callstats_cli.formats.groups import PER_SECOND, Reference
from callstats_cli.formats.log_file import calls_in, within_text
from callstats_cli.formats.log_format import RawColumn
from callstats_cli.request.call_columns import COLUMNS
from callstats_cli.request.token_counts import AMOUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.log_file import LogFile
    from callstats_cli.formats.log_format import LogFormat, Path

_OF_USAGE = frozenset({"model", "requested_model", "price_context", "cache_hit", *AMOUNTS})
_MOST_DOTS = 6
_NAME_IN_PATH = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')
_QUOTED_PATH = re.compile(rf"(?:{_NAME_IN_PATH.pattern})(?:\.(?:{_NAME_IN_PATH.pattern}))*")


class MappedField(NamedTuple):
    """One `--map FIELD[:UNIT]=PATH` or `FIELD='text'`."""

    field: str
    path: str
    unit: str | None = None
    constant: str | None = None


class ReadOptions(NamedTuple):
    """A user's description of a log: its format, its columns, the meaning of its times.

    `time_origin` is in microseconds since 1970; null means that numbers are epoch numbers. A null
    `log_timezone` leaves times without a zone in UTC, and that is said.
    """

    log_format: str | None = None
    mapped: tuple[MappedField, ...] = ()
    time_origin: int | None = None
    log_timezone: str | None = None


def parse_map(text: str) -> MappedField:
    """One `--map` value; raises RequestError for an unknown field, a bad unit or a missing path."""
    left, equals, path = text.partition("=")
    name, _, unit = left.strip().partition(":")
    name = own.ALIASES.get(name, name)
    if not equals or not path:
        raise RequestError(f"--map {text!r} is not FIELD=COLUMN", hint="for example started_at=ts")
    if name not in own.COLUMNS.raw:
        known = [*own.COLUMNS.raw, *own.ALIASES]
        hint = did_you_mean(name, known) or "fields: " + ", ".join(known)
        raise RequestError(f"--map: unknown field {name!r}", hint=hint)
    timed = own.COLUMNS.raw[name].kind in ("time", "duration")
    if unit and (unit not in PER_SECOND or not timed):
        raise RequestError(
            f"--map: {name} takes no unit {unit!r}", hint="times and durations take s, ms, us or ns"
        )
    if len(path) >= 2 and path[0] == path[-1] == "'":
        return MappedField(name, path, constant=path[1:-1].replace("''", "'"))
    return MappedField(name, path, unit or None)


def with_mapped(log_format: LogFormat, options: ReadOptions) -> LogFormat | None:
    """The format with the columns that `--map` names, in place of its own; None where it has no place
    for one of them."""
    if log_format.open_ended:
        return log_format
    raw, beside = dict(log_format.raw), list(log_format.mapped)
    for item in options.mapped:
        column = own.COLUMNS.raw[item.field]
        if item.field in raw:
            raw[item.field] = raw[item.field]._replace(paths=((item.path,),))
        elif item.field in COLUMNS and item.field not in _OF_USAGE:
            raw[item.field] = RawColumn(column.kind, ((item.path,),))
            beside.append(item.field)
        else:
            return None
    return log_format._replace(raw=raw, mapped=tuple(beside))


def mapped_references(item: MappedField, file: LogFile, log_format: LogFormat) -> tuple[Reference, ...]:
    """The places in a file that a `--map` field names; none where the file lacks them."""
    if item.constant is not None:
        return (Reference(constant=item.constant),)
    places = list(_places(item.path))
    nesting = log_format.nesting
    if nesting is not None and (nesting.path or nesting.pairs):
        calls = [call for record in file.sniffed.records for call in calls_in(record, nesting)]
        found = next((path for path in places if any(_is_in(call, path) for call in calls)), None)
        return () if found is None else (Reference(found, unit=item.unit),)
    for path in places:
        found_type = file.type_of(path)
        if found_type is not None:
            return (Reference(path, type=found_type, unit=item.unit),)
    for path in reversed(places):
        for length in range(1, len(path)):
            outer, rest = path[:length], path[length:]
            if file.is_json and any(
                within_text(record, outer, rest) for record in file.sniffed.records
            ):
                return (Reference(outer, rest, unit=item.unit),)
            found_type = file.type_of(outer)
            if not file.is_json and found_type is not None and found_type.kind in ("text", "json"):
                return (Reference(outer, rest, found_type, unit=item.unit),)
    if file.is_json and not file.sniffed.records:
        return (Reference((item.path,), unit=item.unit),)
    return ()


def _places(text: str) -> Iterator[Path]:
    """The meanings of a written path: one name, or names inside each other, some with dots in them."""
    yield (text,)
    first, *others = text.split(".")
    for joins in product((True, False), repeat=len(others)) if len(others) <= _MOST_DOTS else ():
        path = [first]
        for joined, part in zip(joins, others, strict=True):
            path = [*path[:-1], f"{path[-1]}.{part}"] if joined else [*path, part]
        yield tuple(path)
    if _QUOTED_PATH.fullmatch(text):
        yield tuple(plain or quoted.replace('""', '"') for quoted, plain in _NAME_IN_PATH.findall(text))


def _is_in(call: object, path: Path) -> bool:
    """Whether a call has something at a path, in an object or in a list of `{key, value}`."""
    if not isinstance(call, dict) or path[0] not in call:
        return False
    value = call[path[0]]
    if len(path) == 2 and isinstance(value, list):
        return any(isinstance(pair, dict) and pair.get("key") == path[1] for pair in value)
    return len(path) == 1 or _is_in(value, path[1:])


def check_mapped(groups: Sequence[Group], files: Sequence[LogFile], options: ReadOptions) -> None:
    """Raises RequestError for a `--map` path that no file has."""
    for item in options.mapped:
        if any(group.found.get(item.field) for group in groups):
            continue
        names = sorted(
            {key for file in files for record in file.sniffed.records for key in record}
            | {name for file in files for name in file.columns}
        )
        hint = did_you_mean(item.path, names) or "columns: " + ", ".join(names[:20])
        raise RequestError(f"--map {item.field}: no column {item.path!r} in the log", hint=hint)
