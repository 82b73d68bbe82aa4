"""The SQL of a single value: a raw column, from the places where a group of files has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.engines.duckdb.declared import is_read_by_member
from callstats_cli.engines.duckdb.statements import literal
from callstats_cli.engines.duckdb.stored import column_of, first_of, json_of, text_of
from callstats_cli.formats.groups import PER_SECOND, WITHOUT_ZONE
from callstats_cli.request.call_columns import READ_LATE, TIMES, ZONED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group, Reference
    from callstats_cli.formats.log_format import Kind

_NULLS: dict[Kind, str] = {
    "text": "null::varchar",
    "time": "null::timestamptz",
    "usage": "null::json",
    "count": "null::bigint",
    "refs": "null::varchar[]",
    "duration": "null::double",
}

_BY_UNIT = {
    "s": "coalesce(read_seconds({0}), read_instant({0}))",
    "ns": "read_nanoseconds({0})",
}
"""Unit of numbers written as text → how they are read; those of other units are read late."""


def found_first(
    group: Group,
    kind: Kind,
    found: Sequence[Reference],
    raw: str,
    parameters: dict[str, Value],
) -> str:
    """The SQL of the first value among the places where a raw column is found; '' counts as null."""
    if are_pairs(group, found):
        return f"read_count({raw}_text)" if kind == "count" else f"{raw}_text"
    named = [(f"{raw}_{position}", reference) for position, reference in enumerate(found)]
    if len(named) > 1 and (kind == "text" or (kind == "count" and not any(map(_is_number, found)))):
        texts = [
            f"nullif({text_of(group, reference, name, parameters)}, '')" for name, reference in named
        ]
        text = first_of(texts, _NULLS[kind])
        return f"read_count({text})" if kind == "count" else text
    values = [_value(group, kind, reference, name, parameters) for name, reference in named]
    return first_of(values, _NULLS[kind])


def are_pairs(group: Group, found: Sequence[Reference]) -> bool:
    """Whether a raw column is found among the pairs of a call."""
    nesting = group.format.nesting
    return bool(found) and nesting is not None and found[0].path[:1] == (nesting.pairs,)


def unread_texts(group: Group, wanted: set[str], parameters: dict[str, Value]) -> str:
    """The texts of times and durations that were not read, as a list; null without any."""
    texts: list[str] = []
    for raw in READ_LATE:
        found = group.found.get(raw, ()) if raw in wanted else ()
        unread = [
            _unread(group, group.format.raw[raw].kind, reference, f"{raw}_{position}", parameters)
            for position, reference in enumerate(found)
            if raw not in TIMES or not group.is_typed(reference)
        ]
        text = first_of(unread, "null")
        if unread and len(found) > 1:
            value = found_first(group, group.format.raw[raw].kind, found, raw, parameters)
            text = f"if({value} is null, {text}, null)"
        texts.append(text)
    if texts == ["null"] * len(READ_LATE):
        return "null::varchar[]"
    listed = ", ".join(texts)
    return f"if(coalesce({listed}) is null, null, [{listed}])"


def zoneless_time(group: Group, wanted: set[str], parameters: dict[str, Value]) -> str:
    """The SQL of the name of a line's first time whose text names no zone; null without any."""
    cases: list[str] = []
    for raw in ZONED if group.says_zoneless else ():
        texts = [
            text_of(group, reference, f"{raw}_{position}", parameters)
            for position, reference in enumerate(group.found.get(raw, ()) if raw in wanted else ())
            if not group.is_typed(reference) and not reference.names_utc
        ]
        if texts:
            cases.append(f"when is_zoneless({first_of(texts, '')}) then {literal(raw)}")
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def _value(
    group: Group, kind: Kind, reference: Reference, name: str, parameters: dict[str, Value]
) -> str:
    """The SQL of a raw column's value, in the type that its kind has in every source."""
    if kind == "text":
        return text_of(group, reference, name, parameters)
    if kind == "time":
        return _instant(group, reference, name, parameters)
    if kind == "count":
        return _count(group, reference, name, parameters)
    if kind == "duration":
        return _duration(group, reference, name, parameters)
    if kind == "usage" and is_read_by_member(group, reference.path):
        return "null::json"
    stored = json_of(group, reference, name, parameters)
    if kind == "usage":
        return f"unquoted_json({stored})"
    if reference.path[-1:] in (("input_refs",), ("output_refs",)):
        return f"nullif(try_cast(unquoted_json({stored}) as varchar[]), [])"
    return f"nullif(refs_in(unquoted_json({stored})), [])"


def _is_number(reference: Reference) -> bool:
    return reference.type.kind in ("integer", "number", "boolean")


def _count(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if reference.type.kind == "integer":
        return f"{column_of(group, reference)}::bigint"
    if reference.type.kind == "number":
        return f"read_number({column_of(group, reference)})"
    if reference.type.kind == "boolean":
        return f"if({column_of(group, reference)} is null, null, -1)::bigint"
    return f"read_count({text_of(group, reference, name, parameters)})"


def _duration(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    number = _number_or_text(group, reference, name, parameters)
    return f"read_duration({number}, {_per_millisecond(reference)!r})"


def _number_or_text(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if reference.type.kind in ("integer", "number"):
        return column_of(group, reference)
    return text_of(group, reference, name, parameters)


def _unread(
    group: Group, kind: Kind, reference: Reference, name: str, parameters: dict[str, Value]
) -> str:
    """The SQL of the text of a time or a duration that `_value` left null."""
    value = _value(group, kind, reference, name, parameters)
    return f"if({value} is null, nullif({text_of(group, reference, name, parameters)}, ''), null)"


def _per_millisecond(reference: Reference) -> float:
    return PER_SECOND[reference.unit or "ms"] / 1_000


def _instant(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if not group.is_typed(reference):
        if _has_known_unit(group, reference):
            text = text_of(group, reference, name, parameters)
            return _BY_UNIT[reference.unit or ""].format(text)
        if not group.naive_times_are_utc or reference.type.kind in WITHOUT_ZONE:
            return "null::timestamptz"
        return f"read_instant({text_of(group, reference, name, parameters)})"
    located = column_of(group, reference)
    if reference.type.kind == "instant":
        return located
    if reference.type.kind in WITHOUT_ZONE:
        return f"{located}::timestamp::timestamptz"
    return f"instant_of({located}::hugeint {_scaling(reference.unit)})"


def _has_known_unit(group: Group, reference: Reference) -> bool:
    """Whether a time is written as text whose numbers are read at once, since their unit is known."""
    is_text = reference.type.kind == "text"
    return reference.unit in _BY_UNIT and is_text and not group.numbers_are_relative


def _scaling(unit: str | None) -> str:
    per_second = PER_SECOND[unit or "s"]
    if per_second > PER_SECOND["us"]:
        return f"// {per_second // PER_SECOND['us']}"
    return f"* {PER_SECOND['us'] // per_second}"
