"""From the raw columns of a group of files to the columns of a call: SQL text, no engine.

A group is read by one reader call. Its `source` step gives every raw column of the format, null where
the files lack it or the question does not need it; the format's mapping does the rest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.calls import COLUMNS, CONSTANTS, READ_LATE
from callstats_cli.statements import (
    Step,
    Value,
    fill_slot,
    literal,
    number_parameters,
    quote_identifier,
    step,
)
from callstats_cli.templates import template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callstats_cli.formats import Kind, LogFormat, Nesting, Path
    from callstats_cli.sniffing import Compression

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
WIDE_NUMBERS = ("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
WITHOUT_ZONE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
DEFAULT_LARGEST_OBJECT = 16_777_216

_NULLS: dict[Kind, str] = {
    "text": "null::varchar",
    "time": "null::timestamptz",
    "usage": "null::json",
    "count": "null::bigint",
    "refs": "null::varchar[]",
    "duration": "null::double",
}
_PAIRS = (
    "STRUCT(key VARCHAR, value STRUCT("
    '"stringValue" VARCHAR, "intValue" VARCHAR, "doubleValue" VARCHAR))[]'
)
_BY_UNIT = {
    "s": "coalesce(read_seconds({0}), read_instant({0}))",
    "ns": "read_nanoseconds({0})",
}
"""Unit of numbers written as text → how they are read; those of other units are read late."""

_DECLARED: dict[Kind, str] = {
    "text": "VARCHAR",
    "time": "VARCHAR",
    "count": "VARCHAR",
    "duration": "VARCHAR",
    "usage": "JSON",
    "refs": "JSON",
}


class Leaf(NamedTuple):
    """A column that holds one value of an object; of a usage, that of one model's entry."""

    column: str
    name: str
    path: Path = ()


class Reference(NamedTuple):
    """Where a raw column is found: a path into the files, a constant, or the files' folder names.

    `member` is the rest of the path where what is found is JSON text. `type` is the engine's name of
    the type found. `unit` is that of numbers: for times s, ms, us or ns, decided from the data where
    null; for durations ms unless given.
    """

    path: Path = ()
    member: Path = ()
    type: str = "VARCHAR"
    unit: str | None = None
    constant: str | None = None
    per_file: tuple[str | None, ...] | None = None
    leaves: tuple[Leaf, ...] = ()


class Group(NamedTuple):
    """Files of one kind, format and schema. `numbers` are their positions in reading order. Where it
    `shares_files`, lines that are not of its format are another group's."""

    format: LogFormat
    kind: str
    files: tuple[str, ...]
    numbers: tuple[int, ...]
    found: dict[str, tuple[Reference, ...]]
    compression: Compression = "none"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    largest_object: int = DEFAULT_LARGEST_OBJECT
    naive_times_are_utc: bool = True
    numbers_are_relative: bool = False
    shares_files: bool = False

    def has(self, column: str) -> bool:
        """Do its files have what a column of a call is made of?"""
        return any(self.found.get(raw) for raw in self.format.raw_columns({column}))

    def fills(self, column: str) -> bool:
        """Can a column of a call be anything but null, by what was found in these files?"""
        return self.format.gives(column) and (column in CONSTANTS or self.has(column))

    @property
    def is_json(self) -> bool:
        """Are columns declared for this group rather than found in a schema?"""
        return self.kind in ("jsonl", "json", "lines")

    def only_file(self, number: int) -> Group:
        """The group that one of its files makes."""
        position = self.numbers.index(number)
        found = {
            raw: tuple(
                reference._replace(per_file=(reference.per_file[position],))
                if reference.per_file is not None
                else reference
                for reference in references
            )
            for raw, references in self.found.items()
        }
        return self._replace(files=(self.files[position],), numbers=(number,), found=found)

    def time_is_typed(self, raw: str) -> bool:
        """Can this time column be read, and its range pruned, without reading text?"""
        return all(self._is_typed(reference) for reference in self.found.get(raw, ()))

    def _is_typed(self, reference: Reference) -> bool:
        if reference.constant is not None or reference.per_file is not None:
            return False
        if reference.type == WITH_ZONE:
            return True
        if reference.type in WITHOUT_ZONE:
            return self.naive_times_are_utc
        return (
            reference.type in INTEGERS and reference.unit is not None and not self.numbers_are_relative
        )


def lines_steps(
    groups: Iterable[tuple[int, Group]],
    needed: set[str],
    span: tuple[int, int] | None,
) -> list[Step]:
    """One step per group that reads its files and yields the needed columns of a call.

    `span` prunes Parquet row groups to [from, to) in microseconds. The steps are named `lines_N`.
    """
    return [
        number_parameters(Step(f"lines_{number}", *lines_of(group, sorted(needed), span)), number)
        for number, group in groups
    ]


def lines_of(
    group: Group, columns: Sequence[str], span: tuple[int, int] | None
) -> tuple[str, dict[str, Value]]:
    """The SELECT that reads a group's files as columns of a call, and its parameters."""
    source = source_step(group, set(columns), span)
    given = [
        column if group.format.gives(column) else f"null::{COLUMNS[column]} as {column}"
        for column in columns
    ]
    sql = (
        f"with source as (\n{source.sql}\n)\n\n"
        f"select\n{_indented(given)}\nfrom (\n{template(group.format.template)}\n)"
    )
    return sql, dict(source.parameters)


def source_step(group: Group, needed: set[str], span: tuple[int, int] | None) -> Step:
    """The reader call of a group with its raw columns."""
    parameters: dict[str, Value] = {}
    columns = _indented(_raw_columns(group, needed, parameters)).lstrip()
    if group.format.nesting is None:
        return _read(group, needed, columns, span, parameters)
    if group.kind == "lines":
        sql = _with_pairs(_nested_lines(group.format.nesting, parameters), group, needed, parameters)
        return Step("source", fill_slot(sql, "columns", columns), parameters)
    outermost = quote_identifier(group.format.nesting.path[0])
    blank, place = _blank_test(group, needed), _place(group, needed)
    lines = f"{outermost}, file_index, {blank} as blank, {place} as place"
    read = _read(group, needed, lines, span, parameters)
    sql = _with_pairs(_nested(group, needed), group, needed, parameters)
    sql = fill_slot(sql, "columns", columns)
    return Step("source", fill_slot(sql, "lines", read.sql), read.parameters)


def blank_lines_step(group: Group, needed: set[str]) -> Step:
    """The reader call of a group with nothing but whether each of its lines is blank."""
    return _read(group, needed, f"{_blank_test(group, needed)} as blank", None, {})


def _nested(group: Group, needed: set[str]) -> str:
    """The template that finds the calls inside lines, its slots filled but for what is read."""
    nesting = group.format.nesting
    assert nesting is not None  # noqa: S101 - only asked of formats that have one
    sql = template("readers/nested")
    for slot, member in zip(("outermost", "middle", "inner"), nesting.path, strict=True):
        sql = fill_slot(sql, slot, quote_identifier(member))
    are_read = nesting.pairs is not None and nesting.pairs in _declared_tree(group, needed)
    pairs = f"call.{quote_identifier(nesting.pairs or '')}" if are_read else f"null::{_PAIRS}"
    return fill_slot(sql, "pairs", pairs)


def _nested_lines(nesting: Nesting, parameters: dict[str, Value]) -> str:
    """The same for lines as JSON text."""
    outermost, middle, inner = nesting.path
    parameters["calls"] = f"$.{outermost}[*].{middle}[*].{inner}[*]"
    parameters["pairs"] = f"$.{nesting.pairs}[*]" if nesting.pairs else "$[*]"
    return template("readers/nested_lines")


def _with_pairs(sql: str, group: Group, needed: set[str], parameters: dict[str, Value]) -> str:
    """The template with what raw columns take from a call's pairs, each in a select list of its own: a
    macro repeats what it is given, so that it must be a column."""
    pairs, texts = ["*"], ["*"]
    for raw in group.format.raw:
        found = group.found.get(raw, ())
        if raw in group.format.raw_columns(needed) and _are_pairs(group, found):
            positions: list[str] = []
            for number, reference in enumerate(found):
                parameters[f"{raw}_{number}"] = reference.path[1]
                positions.append(f"list_position(pair_keys, hash(${raw}_{number}))")
            pairs.append(f"pairs[{_first(positions, 'null')}] as {raw}_pair")
            texts.append(f"pair_text({raw}_pair) as {raw}_text")
    sql = fill_slot(sql, "found_pairs", ",\n            ".join(pairs))
    return fill_slot(sql, "pair_texts", ",\n        ".join(texts))


def _read(
    group: Group,
    needed: set[str],
    columns: str,
    span: tuple[int, int] | None,
    parameters: dict[str, Value],
) -> Step:
    reader = step(f"readers/{group.kind}")
    sql = fill_slot(reader.sql, "columns", columns)
    if group.kind == "lines":
        return Step("source", sql, parameters)
    parameters["files"] = tuple(escape_glob(path) for path in group.files)
    if group.kind == "parquet":
        sql = fill_slot(sql, "row_groups", _row_group_filter(group, span, parameters))
    else:
        parameters["compression"] = group.compression
        sql = fill_slot(sql, "declared", declared_columns(group, needed))
    if group.kind == "csv":
        parameters["delimiter"] = group.delimiter
    if group.is_json:
        parameters["largest_object"] = group.largest_object
    return Step("source", sql, parameters)


def stored_numbers_step(group: Group, time: str) -> Step:
    """The integers of a stored time column, as `number`."""
    (reference,) = group.found[time]
    reader = step("readers/parquet", files=tuple(escape_glob(path) for path in group.files))
    sql = fill_slot(reader.sql, "columns", f"{_located(group, reference)} as number")
    return Step("source", fill_slot(sql, "row_groups", ""), reader.parameters)


def _raw_columns(group: Group, needed: set[str], parameters: dict[str, Value]) -> list[str]:
    wanted = group.format.raw_columns(needed)
    columns: list[str] = []
    for raw, column in group.format.raw.items():
        found = group.found.get(raw, ()) if raw in wanted else ()
        columns.append(f"{_found_first(group, column.kind, found, raw, parameters)} as {raw}")
    columns.append(f"{_unread(group, wanted, parameters)} as unread")
    columns.append(f"{_file_number(group, needed, parameters)} as file")
    is_told = group.format.nesting is not None and group.kind != "lines"
    columns.append("place" if is_told else f"{_place(group, needed)} as place")
    columns.append("blank" if is_told else f"{_blank_test(group, needed)} as blank")
    return columns


def _found_first(
    group: Group,
    kind: Kind,
    found: Sequence[Reference],
    raw: str,
    parameters: dict[str, Value],
) -> str:
    """The SQL of the first value among the places where a raw column is found; '' is none."""
    if _are_pairs(group, found):
        return f"read_count({raw}_text)" if kind == "count" else f"{raw}_text"
    named = [(f"{raw}_{position}", reference) for position, reference in enumerate(found)]
    if len(named) > 1 and (kind == "text" or (kind == "count" and not any(map(_is_number, found)))):
        texts = [
            f"nullif({_text(group, reference, name, parameters)}, '')" for name, reference in named
        ]
        text = _first(texts, _NULLS[kind])
        return f"read_count({text})" if kind == "count" else text
    values = [_value(group, kind, reference, name, parameters) for name, reference in named]
    return _first(values, _NULLS[kind])


def _are_pairs(group: Group, found: Sequence[Reference]) -> bool:
    """Is a raw column found among the pairs of a call?"""
    nesting = group.format.nesting
    return bool(found) and nesting is not None and nesting.pairs == found[0].path[0]


def _unread(group: Group, wanted: set[str], parameters: dict[str, Value]) -> str:
    """The texts of times and durations that were not read, as a list; null without any."""
    texts: list[str] = []
    for name in READ_LATE:
        found = group.found.get(name, ()) if name in wanted else ()
        unread_text = _unread_duration if name == "duration" else _unread_text
        unread = [
            text
            for position, reference in enumerate(found)
            if (text := unread_text(group, reference, f"{name}_{position}", parameters))
        ]
        text = _first(unread, "null")
        if unread and len(found) > 1:
            kind = group.format.raw[name].kind
            value = _found_first(group, kind, found, name, parameters)
            text = f"if({value} is null, {text}, null)"
        texts.append(text)
    if texts == ["null"] * len(READ_LATE):
        return "null::varchar[]"
    listed = ", ".join(texts)
    return f"if(coalesce({listed}) is null, null, [{listed}])"


def _first(values: list[str], default: str) -> str:
    if not values:
        return default
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _file_number(group: Group, needed: set[str], parameters: dict[str, Value]) -> str:
    if "file" not in needed or group.kind == "lines":
        return "0::integer"
    if len(group.files) == 1:
        return f"{group.numbers[0]}::integer"
    parameters["file_numbers"] = group.numbers
    return "$file_numbers[file_index::bigint + 1]::integer"


def _place(group: Group, needed: set[str]) -> str:
    """Where a line stands: in its log where it was loaded late, else in its file, counted from 1."""
    if group.kind == "lines":
        return "place"
    if "place" not in needed:
        return "null::bigint"
    return "file_row_number + 1" if group.kind == "parquet" else "row_number() over ()"


def _blank_test(group: Group, needed: set[str]) -> str:
    """A line that the engine refused is a row of nulls in every declared column.

    The column of the start is looked at first: only where it is null do the others cost anything.
    """
    if group.kind not in ("jsonl", "json"):
        return "false"
    keys = sorted(declared_keys(group, needed))
    nulls = " and ".join(f"{quote_identifier(key)} is null" for key in keys)
    starts = [reference.path[0] for reference in group.found.get("started_at", ()) if reference.path]
    if starts and starts[0] in keys:
        return f"if({quote_identifier(starts[0])} is not null, false, {nulls})"
    return nulls


def _located(group: Group, reference: Reference) -> str:
    """The SQL of a path: a column, a field of a struct, or a member of JSON text."""
    if group.kind == "lines":
        return "line"
    if group.format.nesting is not None:
        return _dotted(("call", *reference.path))
    above = _object_above(group, reference.path)
    if above is None:
        return _dotted(reference.path)
    members = literal(json.dumps(_members_of(group, above)))
    return f"from_json({_dotted(above)}, {members}).{_dotted(reference.path[len(above) :])}"


def _dotted(path: Path) -> str:
    return ".".join(quote_identifier(name) for name in path)


def _object_above(group: Group, path: Path) -> Path | None:
    """The path of the object in a JSON line that a value is a member of, where a raw column is that
    object as a whole: it is read as JSON then, in which an object can be told from what is none."""
    if not group.is_json or group.format.nesting is not None:
        return None
    wholes = {
        reference.path
        for raw, references in group.found.items()
        if group.format.raw[raw].kind == "usage"
        for reference in references
    }
    return next((path[:end] for end in range(1, len(path)) if path[:end] in wholes), None)


def _members_of(group: Group, whole: Path) -> dict[str, object]:
    """What is read of an object: nested dictionaries down to the type that every member has, text."""
    tree: dict[str, object] = {}
    for references in group.found.values():
        for reference in references:
            inside = reference.path[len(whole) :]
            if inside and reference.path[: len(whole)] == whole:
                _declare(tree, inside, "VARCHAR")
    return tree


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
    located = _located(group, reference)
    if group.is_json and _leaf_type(group, reference) == "JSON":
        return f"({located} ->> '$')"
    return located if reference.type == "VARCHAR" else f"{located}::varchar"


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
    located = _located(group, reference)
    type_name = _leaf_type(group, reference) if group.is_json else reference.type
    if type_name == "JSON":
        return located
    if type_name == "VARCHAR":
        return f"coalesce(try_cast({located} as json), to_json(nullif({located}, '')))"
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
        members.append(f"if({_first([*cells.values()], 'null')} is null, null, {text})")
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
    stored = _json(group, reference, name, parameters)
    if kind == "usage":
        return f"unquoted_json({stored})"
    if reference.path[-1:] in (("input_refs",), ("output_refs",)):
        return f"nullif(try_cast(unquoted_json({stored}) as varchar[]), [])"
    return f"nullif(refs_in({stored}), [])"


def _is_integer(type_name: str) -> bool:
    return type_name in INTEGERS


def _is_number(reference: Reference) -> bool:
    type_name = reference.type
    return _is_integer(type_name) or _is_wide_number(type_name) or type_name == "BOOLEAN"


def _is_wide_number(type_name: str) -> bool:
    return type_name.split("(")[0] in WIDE_NUMBERS


def _count(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if _is_integer(reference.type):
        return f"{_located(group, reference)}::bigint"
    if _is_wide_number(reference.type):
        return f"read_number({_located(group, reference)})"
    if reference.type == "BOOLEAN":
        return f"if({_located(group, reference)} is null, null, -1)::bigint"
    return f"read_count({_text(group, reference, name, parameters)})"


def _duration(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    number = _number_or_text(group, reference, name, parameters)
    return f"read_duration({number}, {_per_millisecond(reference)!r})"


def _number_or_text(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if _is_integer(reference.type) or _is_wide_number(reference.type):
        return _located(group, reference)
    return _text(group, reference, name, parameters)


def _unread_duration(
    group: Group, reference: Reference, name: str, parameters: dict[str, Value]
) -> str:
    """The text of a duration that `_duration` cannot read."""
    text = _text(group, reference, name, parameters)
    return f"if({_duration(group, reference, name, parameters)} is null, nullif({text}, ''), null)"


def _per_millisecond(reference: Reference) -> float:
    return PER_SECOND[reference.unit or "ms"] / 1_000


def _instant(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    if not group._is_typed(reference):
        if _has_known_unit(group, reference):
            text = _text(group, reference, name, parameters)
            return _BY_UNIT[reference.unit or ""].format(text)
        if not group.naive_times_are_utc or reference.type in WITHOUT_ZONE:
            return "null::timestamptz"
        return f"read_instant({_text(group, reference, name, parameters)})"
    located = _located(group, reference)
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


def _unread_text(
    group: Group, reference: Reference, name: str, parameters: dict[str, Value]
) -> str | None:
    """The text of a time that `_instant` left null, for `late_times`; None where it reads all."""
    if group._is_typed(reference):
        return None
    text = _text(group, reference, name, parameters)
    if _has_known_unit(group, reference):
        return f"if({_instant(group, reference, name, parameters)} is null, nullif({text}, ''), null)"
    if not group.naive_times_are_utc or reference.type in WITHOUT_ZONE:
        return f"nullif({text}, '')"
    return f"if(read_instant({text}) is null, nullif({text}, ''), null)"


def _row_group_filter(group: Group, span: tuple[int, int] | None, parameters: dict[str, Value]) -> str:
    """What the engine pushes down to row groups: the span on the stored column, or no start at all."""
    references = group.found.get("started_at", ())
    if span is None or len(references) != 1 or not group._is_typed(references[0]):
        return ""
    (reference,) = references
    located = _located(group, reference)
    low, high = span
    if reference.type in INTEGERS:
        per_second = PER_SECOND[reference.unit or "s"]
        low = low * per_second // PER_SECOND["us"]
        high = -(-high * per_second // PER_SECOND["us"])
        bounds = ("$span_from", "$span_to")
    else:
        cast = "" if reference.type == WITH_ZONE else "::timestamp"
        bounds = (f"make_timestamptz($span_from){cast}", f"make_timestamptz($span_to){cast}")
    parameters["span_from"], parameters["span_to"] = low, high
    return f"where ({located} >= {bounds[0]} and {located} < {bounds[1]}) or {located} is null"


def _declared_tree(group: Group, needed: set[str]) -> dict[str, object]:
    """The keys that are read of a call in JSON: nested dictionaries down to type names."""
    tree: dict[str, object] = {}
    nesting = group.format.nesting
    for raw in sorted(group.format.raw_columns(needed)):
        kind = group.format.raw[raw].kind
        for reference in group.found.get(raw, ()):
            if nesting is not None and nesting.pairs == reference.path[0]:
                tree[nesting.pairs] = _PAIRS
            elif above := _object_above(group, reference.path):
                _declare(tree, above, "JSON")
            elif reference.path:
                _declare(tree, reference.path, _DECLARED[kind])
    return tree


def declared_keys(group: Group, needed: set[str]) -> set[str]:
    """The top-level keys of a JSON line that the question reads."""
    nesting = group.format.nesting
    return {nesting.path[0]} if nesting is not None else set(_declared_tree(group, needed))


def _declare(tree: dict[str, object], path: Path, leaf: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            return
        tree = branch
    if tree.get(path[-1]) != "JSON":
        tree[path[-1]] = leaf


def _leaf_type(group: Group, reference: Reference) -> str:
    """The type that a JSON path is declared with: JSON where any raw column wants its structure."""
    kinds = {
        group.format.raw[raw].kind
        for raw, references in group.found.items()
        for other in references
        if other.path == reference.path
    }
    return "JSON" if any(_DECLARED[kind] == "JSON" for kind in kinds) else "VARCHAR"


def declared_columns(group: Group, needed: set[str]) -> str:
    """The `columns = {…}` of a text reader."""
    if group.kind == "csv":
        return ", ".join(f"{quote_identifier(name)}: 'VARCHAR'" for name in group.header)
    tree = _declared_tree(group, needed)
    nesting = group.format.nesting
    if nesting is not None:
        outermost, *inside = nesting.path
        type_text = f"{_type_text(tree)}[]"
        for member in reversed(inside):
            type_text = f"{_type_text({member: type_text})}[]"
        tree = {outermost: type_text}
    return ", ".join(
        f"{quote_identifier(key)}: '{_type_text(value).replace(chr(39), chr(39) * 2)}'"
        for key, value in tree.items()
    )


def _type_text(value: object) -> str:
    if isinstance(value, dict):
        fields = ", ".join(f"{quote_identifier(key)} {_type_text(leaf)}" for key, leaf in value.items())
        return f"STRUCT({fields})"
    return str(value)


def escape_glob(path: str) -> str:
    """A path in which the engine's readers find no wildcard; in web addresses they look for none."""
    if path.startswith(("http://", "https://")):
        return path
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)


def _indented(lines: Iterable[str]) -> str:
    return ",\n".join(f"    {line}" for line in lines)
