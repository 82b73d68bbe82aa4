"""Codex's rollouts: running totals, of which each step is a call, records of responses."""

from __future__ import annotations

from typing import Any

from callstats_cli.formats.log_format import LogFormat, RawColumn, count, text, time, usage

_MEMBERS = {
    "session_meta": ("id", "cwd originator cli_version model_provider forked_from_id"),
    "turn_context": ("model", "cwd effort approval_policy sandbox_policy turn_id summary"),
    "token_usage_record": ("usage", "response_id thread_id"),
    "token_count": ("info", "info"),
    "thread_settings_applied": ("thread_settings", "thread_settings"),
    "message": ("role content", "role"),
    "reasoning": ("summary", "encrypted_content content"),
    "function_call": ("name call_id", "arguments input"),
    "custom_tool_call": ("name call_id", "arguments input"),
    "function_call_output": ("call_id output", "output"),
    "custom_tool_call_output": ("call_id output", "output"),
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
    return {prefix + name: count(*((*usage, key) for usage in usages)) for name, key in _COUNTS.items()}


_LAST = _counts("", _LAST_USAGES)
_RUNNING = _counts("running_", _RUNNING_USAGES)


def _is_line(record: dict[str, Any]) -> bool:
    kind, payload = record.get("type"), record.get("payload")
    if not isinstance(payload, dict):
        return False
    if kind in ("event_msg", "response_item"):
        kind = payload.get("type")
    if not isinstance(kind, str) or kind not in _MEMBERS:
        return False
    all_of, one_of = (set(names.split()) for names in _MEMBERS[kind])
    return all_of <= payload.keys() and not one_of.isdisjoint(payload)


CODEX = LogFormat(
    name="codex",
    about="rollouts of the Codex CLI",
    template="formats/codex/lines",
    joined="formats/codex/calls",
    is_format_of=lambda sample: any(map(_is_line, sample.records)),
    told_by="its lines are those of a Codex rollout (type and payload)",
    raw={
        "line_kind": text("type"),
        "event_kind": text(("payload", "type")),
        "started_at": time("timestamp"),
        "session_id": text(("payload", "id")),
        "forked_from": text(("payload", "forked_from_id")),
        "response_id": text(("payload", "response_id")),
        "thread_id": text(("payload", "thread_id")),
        "limit_id": text(("payload", "rate_limits", "limit_id")),
        "model": text(("payload", "model")),
        "event_model": text(("payload", "info", "model")),
        "provider": text(("payload", "model_provider")),
        "service_tier": text(("payload", "service_tier"), ("payload", "info", "service_tier")),
        "settings_tier": text(("payload", "thread_settings", "service_tier")),
        "last_usage": usage(*_LAST_USAGES),
        "running_usage": usage(*_RUNNING_USAGES),
        **_LAST,
        **_RUNNING,
    },
    line_columns=(
        *"is_event is_record begins_turn session_id forked_from response_id thread_id limit_id".split(),
        *"usable model provider service_tier settings_tier".split(),
        *_LAST,
        *_RUNNING,
    ),
)
