"""Codex's rollouts: running totals, of which each step is a call, records of responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.log_format import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample

_MEMBERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "session_meta": (
        frozenset({"id"}),
        frozenset({"cwd", "originator", "cli_version", "model_provider", "forked_from_id"}),
    ),
    "turn_context": (
        frozenset({"model"}),
        frozenset({"cwd", "effort", "approval_policy", "sandbox_policy", "turn_id", "summary"}),
    ),
    "token_usage_record": (frozenset({"usage"}), frozenset({"response_id", "thread_id"})),
    "token_count": (frozenset({"info"}), frozenset({"info"})),
    "thread_settings_applied": (frozenset({"thread_settings"}), frozenset({"thread_settings"})),
    "message": (frozenset({"role", "content"}), frozenset({"role"})),
    "reasoning": (frozenset({"summary"}), frozenset({"encrypted_content", "content"})),
    **dict.fromkeys(
        ("function_call", "custom_tool_call"),
        (frozenset({"name", "call_id"}), frozenset({"arguments", "input"})),
    ),
    **dict.fromkeys(
        ("function_call_output", "custom_tool_call_output"),
        (frozenset({"call_id", "output"}), frozenset({"output"})),
    ),
}
"""Type of a line, or of an event's or item's payload → the members that the payload has, and those of
which it has one."""

_COUNTS = {
    "input_tokens": "input_tokens",
    "input_cached_tokens": "cached_input_tokens",
    "detailed_cache_write_tokens": "cache_write_input_tokens",
    "output_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
    "total_tokens": "total_tokens",
}
_LAST_USAGES = (("payload", "info", "last_token_usage"), ("payload", "usage"))
_RUNNING_USAGES = (("payload", "info", "total_token_usage"), ("payload", "thread_token_usage"))


def _counts(prefix: str, usages: tuple[tuple[str, ...], ...]) -> dict[str, RawColumn]:
    return {
        prefix + name: RawColumn("count", tuple((*usage, key) for usage in usages))
        for name, key in _COUNTS.items()
    }


_LAST = _counts("", _LAST_USAGES)
_RUNNING = _counts("running_", _RUNNING_USAGES)


def _is_rollout(sample: Sample) -> bool:
    return any(_is_line(record) for record in sample.records)


def _is_line(record: dict[str, Any]) -> bool:
    kind, payload = record.get("type"), record.get("payload")
    if not isinstance(payload, dict):
        return False
    if kind in ("event_msg", "response_item"):
        kind = payload.get("type")
    if not isinstance(kind, str) or kind not in _MEMBERS:
        return False
    all_of, one_of = _MEMBERS[kind]
    return all_of <= payload.keys() and not one_of.isdisjoint(payload)


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
        "session_id": RawColumn("text", (("payload", "id"),)),
        "forked_from": RawColumn("text", (("payload", "forked_from_id"),)),
        "response_id": RawColumn("text", (("payload", "response_id"),)),
        "thread_id": RawColumn("text", (("payload", "thread_id"),)),
        "limit_id": RawColumn("text", (("payload", "rate_limits", "limit_id"),)),
        "model": RawColumn("text", (("payload", "model"),)),
        "event_model": RawColumn("text", (("payload", "info", "model"),)),
        "provider": RawColumn("text", (("payload", "model_provider"),)),
        "service_tier": RawColumn(
            "text", (("payload", "service_tier"), ("payload", "info", "service_tier"))
        ),
        "settings_tier": RawColumn("text", (("payload", "thread_settings", "service_tier"),)),
        "last_usage": RawColumn("usage", _LAST_USAGES),
        "running_usage": RawColumn("usage", _RUNNING_USAGES),
        **_LAST,
        **_RUNNING,
    },
    line_columns=(
        "is_event",
        "is_record",
        "begins_turn",
        "session_id",
        "forked_from",
        "response_id",
        "thread_id",
        "limit_id",
        "usable",
        "model",
        "provider",
        "service_tier",
        "settings_tier",
        *_LAST,
        *_RUNNING,
    ),
)
