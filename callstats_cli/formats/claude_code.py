"""Claude Code's transcripts: a line per content block, several to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.log_format import LogFormat, count, text, time, usage

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path

_SPOKEN = ("user", "assistant")
_LINE_MARKS = frozenset({"uuid", "parentUuid", "isSidechain", "requestId"})
"""Members of a transcript's lines beside `sessionId`."""

_UNSPOKEN = {
    "summary": "leafUuid",
    "file-history-snapshot": "snapshot",
    "mode": "sessionId mode",
    **dict.fromkeys(("system", "progress", "attachment"), "sessionId isSidechain"),
    **dict.fromkeys(
        "queue-operation permission-mode ai-title custom-title last-prompt".split(), "sessionId"
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
    return kind in _UNSPOKEN and set(_UNSPOKEN[kind].split()) <= record.keys()


CLAUDE_CODE = LogFormat(
    name="claude-code",
    about="transcripts of Claude Code and its sub-agents",
    template="formats/claude_code/lines",
    joined="formats/claude_code/calls",
    is_format_of=lambda sample: any(map(_is_line, sample.records)),
    told_by="its lines are those of a Claude Code transcript (sessionId, message)",
    raw={
        "line_kind": text("type"),
        "message_id": text(("message", "id")),
        "request_id": text("requestId"),
        "sidechain": text("isSidechain"),
        "error": text("isApiErrorMessage"),
        "thread_id": text("sessionId"),
        "started_at": time("timestamp"),
        "model": text(("message", "model")),
        "advisor_model": text("advisorModel"),
        "usage": usage(_USAGE),
        **{name: count((*_USAGE, *path)) for name, path in _COUNTS.items()},
        "web_searches": count((*_USAGE, "server_tool_use", "web_search_requests")),
        "service_tier": text((*_USAGE, "service_tier")),
        "speed": text((*_USAGE, "speed")),
        "inference_geo": text((*_USAGE, "inference_geo")),
        "iterations": text((*_USAGE, "iterations")),
        "recorded_total_cost": count("costUSD"),
    },
    line_columns=(
        *"message_id request_id sidechain thread_id usable".split(),
        *_COUNTS,
        *("iterations", "advisor_model"),
    ),
)
