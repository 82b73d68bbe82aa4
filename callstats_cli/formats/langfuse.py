"""Langfuse: observations of blob-storage exports, of its API and UI; traces beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, count, text, time, usage

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


LANGFUSE = LogFormat(
    name="langfuse",
    about="observations of Langfuse: blob-storage exports, rows of its API and UI",
    told_by="its rows start, and name a parent observation or usage details",
    template="formats/langfuse/calls",
    is_format_of=_is_export,
    raw={
        "id": text("id"),
        "project_id": text("project_id", "projectId"),
        "trace_id": text("trace_id", "traceId"),
        "parent_id": text("parent_observation_id", "parentObservationId"),
        "op_name": text("name"),
        "operation": text("type"),
        "thread_id": text("session_id", "sessionId"),
        "wb_user_id": text("user_id", "userId"),
        "started_at": time("start_time", "startTime"),
        "ended_at": time("end_time", "endTime"),
        "completed_at": time("completion_start_time", "completionStartTime"),
        "level": text("level"),
        "model": text("provided_model_name", "providedModelName", "model"),
        "usage_details": usage("usage_details", "usageDetails"),
        "usage": usage("usage"),
        "input_usage": count("input_usage", "inputUsage", "promptTokens", ("usage", "input")),
        "output_usage": count("output_usage", "outputUsage", "completionTokens", ("usage", "output")),
        "total_usage": count("total_usage", "totalUsage", "totalTokens", ("usage", "total")),
        "cost_details": usage("cost_details", "costDetails"),
        "input_cost": count("input_cost", "inputCost", "calculatedInputCost"),
        "output_cost": count("output_cost", "outputCost", "calculatedOutputCost"),
        "total_cost": count("total_cost", "totalCost", "calculatedTotalCost", "totalPrice"),
    },
)

LANGFUSE_TRACES = LogFormat(
    name="langfuse-traces",
    variant_of="langfuse",
    about="traces of Langfuse exports, which name users and sessions",
    told_by="its rows are traces of Langfuse (timestamp, public, tags)",
    template="formats/langfuse/traces",
    joined="formats/langfuse/calls_of_traces",
    is_format_of=_is_traces,
    raw={
        "trace_id": text("id"),
        "thread_id": text("session_id", "sessionId"),
        "wb_user_id": text("user_id", "userId"),
        "written_at": text("updated_at", "updatedAt", "timestamp"),
    },
    line_columns=("trace_id", "thread_id", "wb_user_id", "written_at"),
    tells=frozenset({"thread_id", "wb_user_id"}),
)
