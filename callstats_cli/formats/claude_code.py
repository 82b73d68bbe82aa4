"""Claude Code's transcripts: a line per content block, several to a call (FORMATS G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats import Path, Sample

_SPOKEN = frozenset({"user", "assistant"})
_UNSPOKEN = frozenset(
    {
        "summary",
        "system",
        "progress",
        "attachment",
        "file-history-snapshot",
        "queue-operation",
        "mode",
        "permission-mode",
        "ai-title",
        "custom-title",
        "last-prompt",
    }
)
_MARKS = frozenset({"sessionId", "leafUuid", "snapshot"})
_USAGE: Path = ("message", "usage")
_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)


def _is_transcript(sample: Sample) -> bool:
    return any(
        (
            "sessionId" in record
            and isinstance(record.get("message"), dict)
            and record.get("type", "assistant") in _SPOKEN
        )
        or (record.get("type") in _UNSPOKEN and not _MARKS.isdisjoint(record))
        for record in sample.records
    )


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
        "usage": RawColumn("usage", (_USAGE,)),
        **{name: RawColumn("count", ((*_USAGE, name),)) for name in _COUNTS},
        "cache_creation_1h_input_tokens": RawColumn(
            "count", ((*_USAGE, "cache_creation", "ephemeral_1h_input_tokens"),)
        ),
        "recorded_total_cost": RawColumn("count", (("costUSD",),)),
    },
    line_columns=("message_id", "request_id", "sidechain", "usable", *_COUNTS),
)
