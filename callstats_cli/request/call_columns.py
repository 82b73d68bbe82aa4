"""The columns of a call (spec 5), and which of them a request needs."""

from __future__ import annotations

from typing import Literal

from callstats_cli.request.token_counts import AMOUNTS, READINGS

CallColumnKind = Literal["text", "texts", "instant", "number", "integer", "boolean"]

COLUMNS: dict[str, CallColumnKind] = {
    "id": "text",
    "id_scope": "text",
    "project_id": "text",
    "op_name": "text",
    "operation": "text",
    "trace_id": "text",
    "parent_id": "text",
    "thread_id": "text",
    "turn_id": "text",
    "wb_user_id": "text",
    "wb_run_id": "text",
    "started_at": "instant",
    "ended_at": "instant",
    "deleted_at": "instant",
    "duration": "number",
    "failed": "boolean",
    "is_span": "boolean",
    "input_refs": "texts",
    "output_refs": "texts",
    "part": "boolean",
    "model": "text",
    "requested_model": "text",
    "entry": "integer",
    "usable": "boolean",
    "provider": "text",
    "price_context": "text",
    "cache_hit": "boolean",
    **dict.fromkeys(READINGS, "boolean"),
    **dict.fromkeys(AMOUNTS, "number"),
}
"""Column of a call → the kind of its values. `id_scope` is what an id is unique within where it is
not unique by itself, as a span's is within its trace; `operation` is what kind of thing a call does,
where the log says so beside its name. `requested_model` is what the caller asked for where the log also
says which model answered. `failed` is null where nothing tells; `is_span` is true
where it need not roll up the usage of calls below. `entry` numbers the models of a call
from 1 and is 0 without usage; a count below zero is one that cannot be read. `price_context` is what
changes a request's price, as `name=value` parts joined by `&` (macro `price_context`), null where
nothing is said; `cache_hit` is true for an answer from a gateway's own cache."""

BEYOND = ("time_to_first_token_ms",)
"""Columns that formats give and that no question reads yet."""

TIMES = ("started_at", "ended_at", "deleted_at")
ZONED = ("started_at", "ended_at")
"""Times of which it is said where they name no zone."""

READ_LATE = (*TIMES, "duration")
"""The columns whose texts `unread` keeps, in its order."""

NULL_AT_EPOCH = frozenset({"ended_at", "deleted_at"})
"""Times in which storage writes 1970-01-01T00:00:00Z for none."""

CONSTANTS = frozenset({"entry", "usable", "started_at", "is_span", *READINGS})
"""Columns that a mapping gives whatever the files have."""

LOADED_COLUMNS = (*COLUMNS, "unread", "zoneless", "file", "place")
"""The columns kept of a line while sources are loaded: `unread` are the texts of `READ_LATE` that are
not read, null where there are none; `zoneless` names the first of its times that names no zone; `file`
is the source's position in reading order, `place` a line's own place where it was loaded late."""
