"""The columns declared to the engine's readers: keys of JSON as nested types, columns of CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.engines.duckdb.statements import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.formats.groups import Group, Reference
    from callstats_cli.formats.log_format import Kind, Path
    from callstats_cli.formats.types import ValueKind

_PAIRS = (
    "STRUCT(key VARCHAR, value STRUCT("
    '"stringValue" VARCHAR, "intValue" VARCHAR, "doubleValue" VARCHAR))[]'
)
"""The type of a list of OpenTelemetry's `{key, value}`, as far as values are read."""

_SNAKE_PAIRS = _PAIRS.replace("Value", "_value")

_DECLARED: dict[Kind, str] = {
    "text": "VARCHAR",
    "time": "VARCHAR",
    "count": "VARCHAR",
    "duration": "VARCHAR",
    "usage": "JSON",
    "refs": "JSON",
}


def usages_with_members(group: Group) -> dict[Path, list[Path]]:
    """The usages in JSON, and those that are structs, of which raw columns are members, with the paths
    of those members."""
    if group.format.nesting is not None:
        return {}
    found = [
        (reference, group.format.raw[raw].kind)
        for raw, references in group.found.items()
        for reference in references
    ]
    wholes = [
        reference.path
        for reference, kind in found
        if kind == "usage" and (group.is_json or reference.type.kind == "struct")
    ]
    paths = [reference.path for reference, _ in found]
    members = {
        whole: [path for path in paths if path[: len(whole)] == whole and path != whole]
        for whole in wholes
    }
    return {whole: paths for whole, paths in members.items() if paths}


def usage_around(usages: Iterable[Path], path: Path) -> Path | None:
    """The one of some usages that a path is a member of, or is itself; None without one."""
    return next((whole for whole in usages if path[: len(whole)] == whole), None)


def type_of_members(whole: Path, members: Iterable[Path]) -> dict[str, object]:
    """The members that are read of a usage: nested dictionaries down to the one type, text."""
    tree: dict[str, object] = {}
    for path in members:
        _declare(tree, path[len(whole) :], "VARCHAR")
    return tree


def is_read_by_member(group: Group, path: Path) -> bool:
    """Whether a usage is read by its known members alone; a value that is not an object has none."""
    return not group.usage_is_whole and path in usages_with_members(group)


def _declared_tree(group: Group, needed: set[str]) -> dict[str, object]:
    """The keys that are read of a call in JSON: nested dictionaries down to type names."""
    tree: dict[str, object] = {}
    nesting = group.format.nesting
    usages = usages_with_members(group)
    for raw in sorted(group.format.raw_columns(needed)):
        kind = group.format.raw[raw].kind
        for reference in group.found.get(raw, ()):
            if nesting is not None and nesting.pairs and reference.path[:1] == (nesting.pairs,):
                tree[nesting.pairs] = _SNAKE_PAIRS if nesting.snake_case else _PAIRS
            elif whole := usage_around(usages, reference.path):
                if group.usage_is_whole:
                    _declare(tree, whole, "JSON")
                else:
                    for member in usages[whole]:
                        _declare(tree, member, "VARCHAR")
            elif reference.path:
                _declare(tree, reference.path, _DECLARED[kind])
    return tree


def declared_keys(group: Group, needed: set[str]) -> set[str]:
    """The top-level keys of a JSON line that the question reads."""
    nesting = group.format.nesting
    if nesting is not None and nesting.path:
        return {nesting.path[0]}
    return set(_declared_tree(group, needed))


def _declare(tree: dict[str, object], path: Path, leaf: str) -> None:
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            return
        tree = branch
    if tree.get(path[-1]) != "JSON":
        tree[path[-1]] = leaf


def leaf_kind(group: Group, reference: Reference) -> ValueKind:
    """The kind that a JSON path is declared with: JSON where any raw column wants its structure."""
    kinds = {
        group.format.raw[raw].kind
        for raw, references in group.found.items()
        for other in references
        if other.path == reference.path
    }
    return "json" if any(_DECLARED[kind] == "JSON" for kind in kinds) else "text"


def declared_columns(group: Group, needed: set[str]) -> str:
    """The `columns = {…}` of a text reader."""
    if group.kind == "csv":
        return ", ".join(f"{quote_identifier(name)}: 'VARCHAR'" for name in group.header)
    tree = _declared_tree(group, needed)
    nesting = group.format.nesting
    if nesting is not None and nesting.path:
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
