"""The SQL of a single value: a raw column, from the places where a group of files has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callstats_cli.engines.duckdb.declared import (
    is_read_by_member,
    leaf_type,
    type_of_members,
    usage_around,
    usages_with_members,
)
from callstats_cli.engines.duckdb.statements import literal, quote_identifier
from callstats_cli.formats.groups import INTEGERS, PER_SECOND, WIDE_NUMBERS, WITH_ZONE, WITHOUT_ZONE
from callstats_cli.request.call_columns import READ_LATE, TIMES, ZONED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group, Leaf, Reference
    from callstats_cli.formats.log_format import Kind, Path

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
    """The SQL of the first value among the places where a raw column is found; '' is none."""
    if are_pairs(group, found):
        return f"read_count({raw}_text)" if kind == "count" else f"{raw}_text"
    named = [(f"{raw}_{position}", reference) for position, reference in enumerate(found)]
    if len(named) > 1 and (kind == "text" or (kind == "count" and not any(map(_is_number, found)))):
        texts = [
            f"nullif({_text(group, reference, name, parameters)}, '')" for name, reference in named
        ]
        text = first_of(texts, _NULLS[kind])
        return f"read_count({text})" if kind == "count" else text
    values = [_value(group, kind, reference, name, parameters) for name, reference in named]
    return first_of(values, _NULLS[kind])


def are_pairs(group: Group, found: Sequence[Reference]) -> bool:
    """Is a raw column found among the pairs of a call?"""
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
            _text(group, reference, f"{raw}_{position}", parameters)
            for position, reference in enumerate(group.found.get(raw, ()) if raw in wanted else ())
            if not group.is_typed(reference) and not names_utc(reference)
        ]
        if texts:
            cases.append(f"when is_zoneless({first_of(texts, '')}) then {literal(raw)}")
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def names_utc(reference: Reference) -> bool:
    """Does the name of a time say that it is in UTC?"""
    return "".join((*reference.path, *reference.member)).casefold().endswith("utc")


def first_of(values: list[str], default: str) -> str:
    """The SQL of the first of some values that is not null; the default where there are none."""
    if not values:
        return default
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def column_of(group: Group, reference: Reference) -> str:
    """The SQL of a path: a column, a field of a struct, a member of JSON text; of a refused line all of
    it, as JSON."""
    if group.kind == "lines":
        return "line"
    if group.format.nesting is not None:
        return dotted(("call", *reference.path))
    usages = usages_with_members(group) if group.usage_is_whole else {}
    whole = usage_around(usages, reference.path)
    if whole is None or whole == reference.path:
        return dotted(reference.path)
    members = literal(json.dumps(type_of_members(whole, usages[whole])))
    member = dotted(reference.path[len(whole) :])
    return f"from_json(unquoted_json({dotted(whole)}), {members}).{member}"


def dotted(path: Path) -> str:
    """The SQL of a path into columns and their fields."""
    return ".".join(quote_identifier(name) for name in path)


def _json_path(path: Path) -> str:
    return "$" + "".join('."' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in path)


def _text(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    """The SQL of a value as text."""
    if reference.constant is not None:
        parameters[name] = reference.constant
        return f"${name}::varchar"
    if reference.per_file is not None:
        parameters[name] = tuple(value or "" for value in reference.per_file)
        return f"nullif(${name}[file_index::bigint + 1], '')"
    if reference.member:
        return f"({_json(group, reference, name, parameters)} ->> '$')"
    if group.kind == "lines":
        parameters[name] = _json_path(reference.path)
        return f"(line ->> ${name})"
    located = column_of(group, reference)
    if group.is_json and leaf_type(group, reference) == "JSON":
        return f"({located} ->> '$')"
    return _as_text(located, reference.type)


def _as_text(located: str, type_name: str) -> str:
    """The SQL of a stored value as text; bytes are text where they are UTF-8."""
    if type_name == "BLOB":
        return f"coalesce(try(decode({located})), {located}::varchar)"
    return located if type_name == "VARCHAR" else f"{located}::varchar"


def _json(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    """The SQL of a value as JSON."""
    whole = _whole_json(group, reference, name, parameters)
    if not reference.member:
        return whole
    parameters[f"{name}_member"] = _json_path(reference.member)
    return f"json_extract(unquoted_json({whole}), ${name}_member)"


def _whole_json(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if reference.leaves:
        return _object(reference.leaves, name, parameters)
    if reference.constant is not None or reference.per_file is not None:
        return f"to_json({_text(group, reference, name, parameters)})"
    if group.kind == "lines":
        parameters[name] = _json_path(reference.path)
        return f"json_extract(line, ${name})"
    located = column_of(group, reference)
    type_name = leaf_type(group, reference) if group.is_json else reference.type
    if type_name == "JSON":
        return located
    if type_name in ("VARCHAR", "BLOB"):
        text = _as_text(located, type_name)
        return f"coalesce(try_cast({text} as json), to_json(nullif({text}, '')))"
    if type_name.startswith("STRUCT("):
        # An object that lacks a field has it as null here.
        return f"json_merge_patch('{{}}', to_json({located}))"
    return f"to_json({located})"


def _object(leaves: tuple[Leaf, ...], name: str, parameters: dict[str, Value]) -> str:
    """The SQL of an object whose values stand in columns of their own; null where all are empty."""
    by_name: dict[str, dict[Path, str]] = {}
    for leaf in leaves:
        cell = f"nullif({quote_identifier(leaf.column)}::varchar, '')"
        by_name.setdefault(leaf.name, {})[leaf.path] = cell
    members: list[str] = []
    for position, (member, cells) in enumerate(by_name.items()):
        parameter = f"{name}_leaf_{position}"
        parameters[parameter] = member
        text = f"to_json(${parameter}::varchar)::varchar || ':' || {_entry(cells)}"
        members.append(f"if({first_of([*cells.values()], 'null')} is null, null, {text})")
    return f"('{{' || nullif(concat_ws(',', {', '.join(members)}), '') || '}}')::json"


def _entry(cells: dict[Path, str]) -> str:
    """The SQL of the JSON text of one member: a cell, or an object of cells at most two levels deep."""
    if () in cells:
        return f"to_json({cells[()]})::varchar"
    tree: dict[str, str | dict[str, str]] = {}
    for path, cell in cells.items():
        if len(path) == 1:
            tree[path[0]] = cell
        else:
            inner = tree.setdefault(path[0], {})
            assert isinstance(inner, dict)  # noqa: S101 - a key holds a count or an object of them
            inner[path[1]] = cell
    return f"{_json_object(tree)}::varchar"


def _json_object(tree: Mapping[str, str | Mapping[str, str]]) -> str:
    members = [
        f"'{key}', {value if isinstance(value, str) else _json_object(value)}"
        for key, value in tree.items()
    ]
    return f"json_object({', '.join(members)})"


def _value(
    group: Group, kind: Kind, reference: Reference, name: str, parameters: dict[str, Value]
) -> str:
    """The SQL of a raw column's value, in the type that its kind has in every source."""
    if kind == "text":
        return _text(group, reference, name, parameters)
    if kind == "time":
        return _instant(group, reference, name, parameters)
    if kind == "count":
        return _count(group, reference, name, parameters)
    if kind == "duration":
        return _duration(group, reference, name, parameters)
    if kind == "usage" and is_read_by_member(group, reference.path):
        return "null::json"
    stored = _json(group, reference, name, parameters)
    if kind == "usage":
        return f"unquoted_json({stored})"
    if reference.path[-1:] in (("input_refs",), ("output_refs",)):
        return f"nullif(try_cast(unquoted_json({stored}) as varchar[]), [])"
    return f"nullif(refs_in(unquoted_json({stored})), [])"


def _is_integer(type_name: str) -> bool:
    return type_name in INTEGERS


def _is_number(reference: Reference) -> bool:
    type_name = reference.type
    return _is_integer(type_name) or _is_wide_number(type_name) or type_name == "BOOLEAN"


def _is_wide_number(type_name: str) -> bool:
    return type_name.split("(")[0] in WIDE_NUMBERS


def _count(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if _is_integer(reference.type):
        return f"{column_of(group, reference)}::bigint"
    if _is_wide_number(reference.type):
        return f"read_number({column_of(group, reference)})"
    if reference.type == "BOOLEAN":
        return f"if({column_of(group, reference)} is null, null, -1)::bigint"
    return f"read_count({_text(group, reference, name, parameters)})"


def _duration(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    number = _number_or_text(group, reference, name, parameters)
    return f"read_duration({number}, {_per_millisecond(reference)!r})"


def _number_or_text(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if _is_integer(reference.type) or _is_wide_number(reference.type):
        return column_of(group, reference)
    return _text(group, reference, name, parameters)


def _unread(
    group: Group, kind: Kind, reference: Reference, name: str, parameters: dict[str, Value]
) -> str:
    """The SQL of the text of a time or a duration that `_value` left null."""
    value = _value(group, kind, reference, name, parameters)
    return f"if({value} is null, nullif({_text(group, reference, name, parameters)}, ''), null)"


def _per_millisecond(reference: Reference) -> float:
    return PER_SECOND[reference.unit or "ms"] / 1_000


def _instant(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if not group.is_typed(reference):
        if _has_known_unit(group, reference):
            text = _text(group, reference, name, parameters)
            return _BY_UNIT[reference.unit or ""].format(text)
        if not group.naive_times_are_utc or reference.type in WITHOUT_ZONE:
            return "null::timestamptz"
        return f"read_instant({_text(group, reference, name, parameters)})"
    located = column_of(group, reference)
    if reference.type == WITH_ZONE:
        return located
    if reference.type in WITHOUT_ZONE:
        return f"{located}::timestamp::timestamptz"
    return f"instant_of({located}::hugeint {_scaling(reference.unit)})"


def _has_known_unit(group: Group, reference: Reference) -> bool:
    """Is this a time written as text whose numbers are read at once, their unit being known?"""
    return reference.unit in _BY_UNIT and reference.type == "VARCHAR" and not group.numbers_are_relative


def _scaling(unit: str | None) -> str:
    per_second = PER_SECOND[unit or "s"]
    if per_second > PER_SECOND["us"]:
        return f"// {per_second // PER_SECOND['us']}"
    return f"* {PER_SECOND['us'] // per_second}"
