"""Weave exports, and the write-ahead log of its Python client (SPEC 5, FORMATS A)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats import LogFormat, RawColumn
from callstats_cli.metrics import COUNT_PATHS

if TYPE_CHECKING:
    from callstats_cli.formats import Sample

_MARKS = frozenset({"op_name", "summary", "wb_user_id", "wb_run_id", "attributes", "turn_id"})
_ENDS = frozenset({"started_at", "summary", "ended_at"})
_WAL_TYPES = (
    "call_start",
    "call_end",
    "obj_create",
    "table_create",
    "file_create",
    "feedback_create",
)


def _is_export(sample: Sample) -> bool:
    names = {name.split(".", 1)[0] for name in sample.names}
    return bool(names & _MARKS) and bool(names & _ENDS)


def _is_write_ahead(sample: Sample) -> bool:
    return any(
        record.get("type") in _WAL_TYPES and isinstance(record.get("req"), dict)
        for record in sample.records
    )


_TEXTS = (
    "id",
    "project_id",
    "op_name",
    "trace_id",
    "parent_id",
    "thread_id",
    "turn_id",
    "wb_user_id",
    "wb_run_id",
    "exception",
)
_ENTRY_PATHS = (
    *(tuple(path.split(".")) for paths in COUNT_PATHS.values() for path in paths),
    ("requests",),
)
_COST_PATHS = tuple(
    (f"{part}_tokens_total_cost",)
    for part in ("prompt", "completion", "cache_read_input", "cache_creation_input")
)
_TIMES = ("started_at", "ended_at", "deleted_at")

WEAVE = LogFormat(
    name="weave",
    family="weave",
    about="exports of Weave, one call a line or row: JSON Lines, JSON, Parquet",
    template="formats/weave/calls",
    is_format_of=_is_export,
    raw={
        **{name: RawColumn("text", ((name,),)) for name in _TEXTS},
        **{name: RawColumn("time", ((name,),)) for name in _TIMES},
        "usage": RawColumn("usage", (("summary", "usage"),), entry_paths=_ENTRY_PATHS),
        "costs": RawColumn("usage", (("summary", "weave", "costs"),), entry_paths=_COST_PATHS),
        "input_refs": RawColumn("refs", (("input_refs",), ("inputs",))),
        "output_refs": RawColumn("refs", (("output_refs",), ("output",))),
        "otel_span": RawColumn("text", (("attributes", "otel_span"),)),
        "line_type": RawColumn("text", ()),
    },
    told_by="its columns are those of a Weave export, such as op_name, summary and started_at",
)


def _in_parts(name: str) -> tuple[tuple[str, ...], ...]:
    return (("req", "start", name), ("req", "end", name))


WEAVE_WAL = LogFormat(
    name="weave-wal",
    family="weave",
    about="write-ahead logs of Weave's Python client: a start and an end part of each call",
    template="formats/weave/calls",
    is_format_of=_is_write_ahead,
    raw={
        **{name: RawColumn("text", _in_parts(name)) for name in _TEXTS},
        **{name: RawColumn("time", _in_parts(name)) for name in _TIMES},
        "usage": RawColumn("usage", (("req", "end", "summary", "usage"),)),
        "costs": RawColumn("usage", ()),
        "input_refs": RawColumn("refs", (("req", "start", "inputs"),)),
        "output_refs": RawColumn("refs", (("req", "end", "output"),)),
        "otel_span": RawColumn("text", (("req", "start", "attributes", "otel_span"),)),
        "line_type": RawColumn("text", (("type",),)),
    },
    told_by="its lines are the call_start and call_end requests of Weave's client",
)
