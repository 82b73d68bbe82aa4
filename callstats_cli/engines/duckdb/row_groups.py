"""The part of a range that a Parquet reader prunes row groups by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.engines.duckdb.stored import column_of
from callstats_cli.formats.groups import PER_SECOND

if TYPE_CHECKING:
    from callstats_cli.chain.chain import Value
    from callstats_cli.formats.groups import Group


def row_group_filter(group: Group, span: tuple[int, int] | None, parameters: dict[str, Value]) -> str:
    """The condition that the engine pushes down: a start within the span, or none; '' without one."""
    references = group.found.get("started_at", ())
    if span is None or len(references) != 1 or not group.is_typed(references[0]):
        return ""
    (reference,) = references
    located = column_of(group, reference)
    low, high = span
    if reference.type.kind == "integer":
        per_second = PER_SECOND[reference.unit or "s"]
        low = low * per_second // PER_SECOND["us"]
        high = -(-high * per_second // PER_SECOND["us"])
        bounds = ("$span_from", "$span_to")
    else:
        cast = "" if reference.type.kind == "instant" else "::timestamp"
        bounds = (f"make_timestamptz($span_from){cast}", f"make_timestamptz($span_to){cast}")
    parameters["span_from"], parameters["span_to"] = low, high
    return f"where ({located} >= {bounds[0]} and {located} < {bounds[1]}) or {located} is null"
