"""DuckDB's names of types, and the kinds of values that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.types import TEXT, ColumnType

if TYPE_CHECKING:
    from callstats_cli.formats.types import ValueKind
    from callstats_cli.request.call_columns import CallColumnKind

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_WIDE_NUMBERS = ("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_LOCAL_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")

_KINDS: dict[str, ValueKind] = {
    "TIMESTAMP WITH TIME ZONE": "instant",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "BLOB": "bytes",
    "JSON": "json",
    "STRUCT": "struct",
    "MAP": "map",
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(_WIDE_NUMBERS, "number"),
    **dict.fromkeys(_LOCAL_TIMES, "local_time"),
}

_NAMES: dict[CallColumnKind, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "instant": "TIMESTAMPTZ",
    "number": "DOUBLE",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
}


def type_name(kind: CallColumnKind) -> str:
    """DuckDB's type of a column of a call."""
    return _NAMES[kind]


def column_type(name: str, connection: Any) -> ColumnType:
    """The type that DuckDB calls by this name."""
    return _with_fields(name, connection.type(name)) if _kind(name) == "struct" else _plain(name)


def _kind(name: str) -> ValueKind:
    return "list" if name.endswith("]") else _KINDS.get(name.split("(", 1)[0], "other")


def _plain(name: str) -> ColumnType:
    return TEXT if name == "VARCHAR" else ColumnType(_kind(name), name)


def _with_fields(name: str, described: Any) -> ColumnType:
    plain = _plain(name)
    if plain.kind != "struct":
        return plain
    fields = tuple((field, _with_fields(str(child), child)) for field, child in described.children)
    return plain._replace(fields=fields)
