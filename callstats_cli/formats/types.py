"""The types of columns, by what kind of value they hold."""

from __future__ import annotations

from typing import Literal, NamedTuple

ValueKind = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "instant",
    "local_time",
    "date",
    "bytes",
    "json",
    "struct",
    "list",
    "map",
    "other",
]


class ColumnType(NamedTuple):
    """The type of a column. An `integer` fits 64 bits with a sign; others are `number`.
    An `instant` has a zone, a `local_time` has none. `name` tells types of one kind apart and has no
    other meaning. `fields` are those of a struct."""

    kind: ValueKind
    name: str = ""
    fields: tuple[tuple[str, ColumnType], ...] = ()

    def field(self, name: str) -> ColumnType | None:
        """The type of a field; None where there is no such field."""
        return dict(self.fields).get(name)


TEXT = ColumnType("text")
