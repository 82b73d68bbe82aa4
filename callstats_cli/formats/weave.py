"""Weave exports, and the write-ahead log of its Python client (spec 5)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from callstats_cli.formats.columns import NAMES
from callstats_cli.formats.log_format import LogFormat, refs, text, time, usage
from callstats_cli.formats.names import folded
from callstats_cli.request.token_counts import COUNT_PATHS

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample

_TEXTS = (
    "id project_id op_name trace_id parent_id thread_id turn_id wb_user_id wb_run_id exception".split()
)
_TIMES = ("started_at", "ended_at", "deleted_at")
_OF_A_CALL = frozenset(
    {
        *(*_TEXTS, *_TIMES),
        *("summary", "attributes", "inputs", "output", "input_refs", "output_refs"),
        *("display_name", "wb_run_step"),
    }
)
_MARKS = frozenset({"op_name", "summary", "wb_user_id", "wb_run_id", "attributes", "turn_id"})
_IN_SUMMARY = ("usage", "weave")
_OF_OTHERS = frozenset(
    folded(name)
    for field, names in NAMES.items()
    if field not in _OF_A_CALL
    for name in names
    if name not in _OF_A_CALL
) | {"usage"}
"""Columns that a log of one's own may have and a call of Weave has not: models, counts, durations."""

_WAL_TYPES = "call_start call_end obj_create table_create file_create feedback_create".split()


def _is_export(sample: Sample) -> bool:
    """Whether there is a summary with a usage or Weave's own part. Running calls have none: they are
    detected by the other names of a call, where nothing else is in them."""
    names = {name.split(".", 1)[0] for name in sample.names}
    if not names & {"started_at", "ended_at"}:
        return False
    if any(_has_summary(sample, member) for member in _IN_SUMMARY):
        # One odd line among those of another log is none of Weave's.
        return 2 * sum(map(_is_of_another_log, sample.records)) <= len(sample.records)
    summaries = [record["summary"] for record in sample.records if record.get("summary")]
    if "started_at" not in names or (summaries and not any(map(_as_object, summaries))):
        return False
    if names <= _OF_A_CALL:
        return bool(names & _MARKS)
    if any(folded(name) in _OF_OTHERS for name in names):
        return False
    return bool(names & _MARKS) and len(names & _OF_A_CALL) > 2


def _is_of_another_log(record: dict[str, Any]) -> bool:
    summary = _as_object(record.get("summary"))
    return not any(member in summary for member in _IN_SUMMARY) and any(
        folded(name) in _OF_OTHERS for name in record
    )


def _has_summary(sample: Sample, member: str) -> bool:
    return (
        sample.type_of(("summary", member)) is not None
        or any(name.startswith(f"summary.{member}.") for name in sample.names)
        or any(member in _as_object(record.get("summary")) for record in sample.records)
    )


def _as_object(value: object) -> dict[str, Any]:
    """An object, or one that is kept as JSON text; an empty one for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    return value if isinstance(value, dict) else {}


def _is_write_ahead(sample: Sample) -> bool:
    return any(
        record.get("type") in _WAL_TYPES and isinstance(record.get("req"), dict)
        for record in sample.records
    )


_ENTRY_PATHS = (
    *(tuple(path.split(".")) for paths in COUNT_PATHS.values() for path in paths),
    ("requests",),
    ("service_tier",),
    ("speed",),
    ("inference_geo",),
)
_COST_PATHS = tuple(
    (f"{part}_tokens_total_cost",)
    for part in ("prompt", "completion", "cache_read_input", "cache_creation_input")
)

WEAVE = LogFormat(
    name="weave",
    about="exports of Weave, one call a line or row: JSON Lines, JSON, Parquet",
    template="formats/weave/calls",
    is_format_of=_is_export,
    raw={
        **{name: text(name) for name in _TEXTS},
        **{name: time(name) for name in _TIMES},
        "usage": usage(("summary", "usage"), entry_paths=_ENTRY_PATHS),
        "costs": usage(("summary", "weave", "costs"), entry_paths=_COST_PATHS),
        "input_refs": refs("input_refs", "inputs"),
        "output_refs": refs("output_refs", "output"),
        "otel_span": text(("attributes", "otel_span")),
        "line_type": text(),
    },
    told_by="its columns are those of a Weave export, such as op_name, summary and started_at",
)


def _in_parts(name: str) -> tuple[tuple[str, ...], ...]:
    return (("req", "start", name), ("req", "end", name))


WEAVE_WAL = LogFormat(
    name="weave-wal",
    variant_of="weave",
    about="write-ahead logs of Weave's Python client: a start and an end part of each call",
    template="formats/weave/calls",
    is_format_of=_is_write_ahead,
    raw={
        **{name: text(*_in_parts(name)) for name in _TEXTS},
        **{name: time(*_in_parts(name)) for name in _TIMES},
        "usage": usage(("req", "end", "summary", "usage")),
        "costs": usage(),
        "input_refs": refs(("req", "start", "inputs")),
        "output_refs": refs(("req", "end", "output")),
        "otel_span": text(("req", "start", "attributes", "otel_span")),
        "line_type": text("type"),
    },
    told_by="its lines are the call_start and call_end requests of Weave's client",
)
