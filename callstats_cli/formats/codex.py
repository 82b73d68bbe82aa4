"""Codex's rollouts: running totals, of which each step is a call (FORMATS G2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats import Sample

_TYPES = frozenset({"session_meta", "turn_context", "response_item", "event_msg", "compacted"})
_COUNTS = {
    "input_tokens": "input_tokens",
    "input_cached_tokens": "cached_input_tokens",
    "output_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
    "total_tokens": "total_tokens",
}


def _counts(prefix: str, usage: str) -> dict[str, RawColumn]:
    return {
        prefix + name: RawColumn("count", (("payload", "info", usage, key),))
        for name, key in _COUNTS.items()
    }


_LAST = _counts("", "last_token_usage")
_RUNNING = _counts("running_", "total_token_usage")


def _is_rollout(sample: Sample) -> bool:
    return any(
        record.get("type") in _TYPES and isinstance(record.get("payload"), dict)
        for record in sample.records
    )


CODEX = LogFormat(
    name="codex",
    family="codex",
    about="rollouts of the Codex CLI",
    template="formats/codex/lines",
    joined="formats/codex/calls",
    is_format_of=_is_rollout,
    told_by="its lines are those of a Codex rollout (type and payload)",
    raw={
        "line_kind": RawColumn("text", (("type",),)),
        "event_kind": RawColumn("text", (("payload", "type"),)),
        "started_at": RawColumn("time", (("timestamp",),)),
        "thread_id": RawColumn("text", (("payload", "id"),)),
        "forked_from": RawColumn("text", (("payload", "forked_from_id"),)),
        "model": RawColumn("text", (("payload", "model"),)),
        "event_model": RawColumn("text", (("payload", "info", "model"),)),
        "provider": RawColumn("text", (("payload", "model_provider"),)),
        "last_usage": RawColumn("usage", (("payload", "info", "last_token_usage"),)),
        "running_usage": RawColumn("usage", (("payload", "info", "total_token_usage"),)),
        **_LAST,
        **_RUNNING,
    },
    line_columns=(
        "thread_id",
        "forked_from",
        "is_event",
        "usable",
        "model",
        "provider",
        *_LAST,
        *_RUNNING,
    ),
)
