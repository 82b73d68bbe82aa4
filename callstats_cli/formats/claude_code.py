"""Claude Code's transcripts: a line per content block, several to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.log_format import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Kind, Path, Sample

_SPOKEN = ("user", "assistant")
_LINE_MARKS = frozenset({"uuid", "parentUuid", "isSidechain", "requestId"})
"""Members of a transcript's lines beside `sessionId`."""

_UNSPOKEN: dict[str, frozenset[str]] = {
    "summary": frozenset({"leafUuid"}),
    "file-history-snapshot": frozenset({"snapshot"}),
    "mode": frozenset({"sessionId", "mode"}),
    **dict.fromkeys(("system", "progress", "attachment"), frozenset({"sessionId", "isSidechain"})),
    **dict.fromkeys(
        (
            "queue-operation",
            "permission-mode",
            "ai-title",
            "custom-title",
            "last-prompt",
        ),
        frozenset({"sessionId"}),
    ),
}
"""Type of a line that is nobody's message → the members that tell it from another tool's."""

_USAGE: Path = ("message", "usage")
_COUNTS = {
    "input_tokens": ("input_tokens",),
    "output_tokens": ("output_tokens",),
    "cache_read_input_tokens": ("cache_read_input_tokens",),
    "cache_creation_input_tokens": ("cache_creation_input_tokens",),
    "cache_creation_5m_input_tokens": ("cache_creation", "ephemeral_5m_input_tokens"),
    "cache_creation_1h_input_tokens": ("cache_creation", "ephemeral_1h_input_tokens"),
}


def _is_transcript(sample: Sample) -> bool:
    return any(_is_line(record) for record in sample.records)


def _is_line(record: dict[str, Any]) -> bool:
    kind, message = record.get("type", "assistant"), record.get("message")
    if not isinstance(kind, str):
        return False
    if kind in _SPOKEN and "sessionId" in record and isinstance(message, dict):
        usage = message.get("usage")
        # Other agents that name a session write `parts`, or usage in names of their own.
        return "parts" not in message and (
            (isinstance(usage, dict) and any(path[0] in usage for path in _COUNTS.values()))
            or (message.get("role") in _SPOKEN and not _LINE_MARKS.isdisjoint(record))
        )
    return kind in _UNSPOKEN and _UNSPOKEN[kind] <= record.keys()


def _of_usage(kind: Kind, *path: str) -> RawColumn:
    return RawColumn(kind, ((*_USAGE, *path),))


CLAUDE_CODE = LogFormat(
    name="claude-code",
    family="claude-code",
    about="transcripts of Claude Code and its sub-agents",
    template="formats/claude_code/lines",
    joined="formats/claude_code/calls",
    is_format_of=_is_transcript,
    told_by="its lines are those of a Claude Code transcript (sessionId, message)",
    raw={
        "line_kind": RawColumn("text", (("type",),)),
        "message_id": RawColumn("text", (("message", "id"),)),
        "request_id": RawColumn("text", (("requestId",),)),
        "sidechain": RawColumn("text", (("isSidechain",),)),
        "error": RawColumn("text", (("isApiErrorMessage",),)),
        "thread_id": RawColumn("text", (("sessionId",),)),
        "started_at": RawColumn("time", (("timestamp",),)),
        "model": RawColumn("text", (("message", "model"),)),
        "advisor_model": RawColumn("text", (("advisorModel",),)),
        "usage": RawColumn("usage", (_USAGE,)),
        **{name: _of_usage("count", *path) for name, path in _COUNTS.items()},
        "web_searches": _of_usage("count", "server_tool_use", "web_search_requests"),
        "service_tier": _of_usage("text", "service_tier"),
        "speed": _of_usage("text", "speed"),
        "inference_geo": _of_usage("text", "inference_geo"),
        "iterations": _of_usage("text", "iterations"),
        "recorded_total_cost": RawColumn("count", (("costUSD",),)),
    },
    line_columns=(
        "message_id",
        "request_id",
        "sidechain",
        "thread_id",
        "usable",
        *_COUNTS,
        "iterations",
        "advisor_model",
    ),
)
