"""Langfuse: observations of blob-storage exports, of its API and UI; traces beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample

_PARENTS = frozenset({"parent_observation_id", "parentObservationId"})
_USAGES = frozenset({"usage_details", "usageDetails"})
_STARTS = frozenset({"start_time", "startTime"})
_TRACES = (
    frozenset({"bookmarked"}),
    frozenset({"tags", "user_id", "session_id"}),
    frozenset({"tags", "userId", "sessionId"}),
)


def _is_export(sample: Sample) -> bool:
    return bool(sample.names & _STARTS) and bool(sample.names & (_PARENTS | _USAGES))


def _is_traces(sample: Sample) -> bool:
    """Traces have a user and a session, observations of the exports have none."""
    known = {"id", "timestamp", "public"} <= sample.names and not sample.names & _STARTS
    return known and any(marks <= sample.names for marks in _TRACES)


def _text(*names: str) -> RawColumn:
    return RawColumn("text", tuple((name,) for name in names))


def _time(*names: str) -> RawColumn:
    return RawColumn("time", tuple((name,) for name in names))


def _object(*names: str) -> RawColumn:
    return RawColumn("usage", tuple((name,) for name in names))


def _count(*names: str | tuple[str, ...]) -> RawColumn:
    paths = tuple((name,) if isinstance(name, str) else name for name in names)
    return RawColumn("count", paths)


LANGFUSE = LogFormat(
    name="langfuse",
    family="langfuse",
    about="observations of Langfuse: blob-storage exports, rows of its API and UI",
    told_by="its rows start, and name a parent observation or usage details",
    template="formats/langfuse/calls",
    is_format_of=_is_export,
    raw={
        "id": _text("id"),
        "project_id": _text("project_id", "projectId"),
        "trace_id": _text("trace_id", "traceId"),
        "parent_id": _text("parent_observation_id", "parentObservationId"),
        "op_name": _text("name"),
        "operation": _text("type"),
        "thread_id": _text("session_id", "sessionId"),
        "wb_user_id": _text("user_id", "userId"),
        "started_at": _time("start_time", "startTime"),
        "ended_at": _time("end_time", "endTime"),
        "completed_at": _time("completion_start_time", "completionStartTime"),
        "level": _text("level"),
        "model": _text("provided_model_name", "providedModelName", "model"),
        "usage_details": _object("usage_details", "usageDetails"),
        "usage": _object("usage"),
        "input_usage": _count("input_usage", "inputUsage", "promptTokens", ("usage", "input")),
        "output_usage": _count("output_usage", "outputUsage", "completionTokens", ("usage", "output")),
        "total_usage": _count("total_usage", "totalUsage", "totalTokens", ("usage", "total")),
        "cost_details": _object("cost_details", "costDetails"),
        "input_cost": _count("input_cost", "inputCost", "calculatedInputCost"),
        "output_cost": _count("output_cost", "outputCost", "calculatedOutputCost"),
        "total_cost": _count("total_cost", "totalCost", "calculatedTotalCost", "totalPrice"),
    },
)

LANGFUSE_TRACES = LogFormat(
    name="langfuse-traces",
    family="langfuse",
    about="traces of Langfuse exports, which name users and sessions",
    told_by="its rows are traces of Langfuse (timestamp, public, tags)",
    template="formats/langfuse/traces",
    joined="formats/langfuse/calls_of_traces",
    is_format_of=_is_traces,
    raw={
        "trace_id": _text("id"),
        "thread_id": _text("session_id", "sessionId"),
        "wb_user_id": _text("user_id", "userId"),
        "written_at": _text("updated_at", "updatedAt", "timestamp"),
    },
    line_columns=("trace_id", "thread_id", "wb_user_id", "written_at"),
    tells=frozenset({"thread_id", "wb_user_id"}),
)
