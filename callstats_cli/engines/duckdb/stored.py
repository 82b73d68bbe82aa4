"""The SQL of a stored value, as text or as JSON: from the path where a group of files has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callstats_cli.engines.duckdb.declared import (
    leaf_kind,
    type_of_members,
    usage_around,
    usages_with_members,
)
from callstats_cli.engines.duckdb.statements import literal, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group, Leaf, Reference
    from callstats_cli.formats.log_format import Path
    from callstats_cli.formats.types import ValueKind


def first_of(values: list[str], default: str) -> str:
    """The SQL of the first of some values that is not null; the default where there are none."""
    if not values:
        return default
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def column_of(group: Group, reference: Reference) -> str:
    """The SQL of a path: a column, a field of a struct, a member of JSON text."""
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


def text_of(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
    """The SQL of a value as text."""
    if reference.constant is not None:
        parameters[name] = reference.constant
        return f"${name}::varchar"
    if reference.per_file is not None:
        parameters[name] = tuple(value or "" for value in reference.per_file)
        return f"nullif(${name}[file_index::bigint + 1], '')"
    if reference.member:
        return f"({json_of(group, reference, name, parameters)} ->> '$')"
    located = column_of(group, reference)
    if group.is_json and leaf_kind(group, reference) == "json":
        return f"({located} ->> '$')"
    return _as_text(located, reference.type.kind)


def _as_text(located: str, kind: ValueKind) -> str:
    """The SQL of a stored value as text; bytes are text where they are UTF-8."""
    if kind == "bytes":
        return f"coalesce(try(decode({located})), {located}::varchar)"
    return located if kind == "text" else f"{located}::varchar"


def json_of(group: Group, reference: Reference, name: str, parameters: dict[str, Value]) -> str:
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
        return f"to_json({text_of(group, reference, name, parameters)})"
    located = column_of(group, reference)
    kind = leaf_kind(group, reference) if group.is_json else reference.type.kind
    if kind == "json":
        return located
    if kind in ("text", "bytes"):
        text = _as_text(located, kind)
        return f"coalesce(try_cast({text} as json), to_json(nullif({text}, '')))"
    if kind == "struct":
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
