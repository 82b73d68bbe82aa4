"""Helicone's request export."""

from __future__ import annotations

from callstats_cli.formats.log_format import LogFormat, count, duration, text, time

_PROPERTIES = ("request_properties", "properties")
_TEXTS = {
    "id": "request_id",
    "wb_user_id": "request_user_id",
    "status": "response_status",
    "response_model": "response_model",
    "model": "model",
    "request_model": "request_model",
    "provider": "provider",
    "cache_reference_id": "cache_reference_id",
}
_COUNTS = {
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "total_tokens": "total_tokens",
    "cache_read_tokens": "prompt_cache_read_tokens",
    "cache_creation_input_tokens": "prompt_cache_write_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "input_audio_tokens": "prompt_audio_tokens",
    "output_audio_tokens": "completion_audio_tokens",
    "time_to_first_token_ms": "time_to_first_token",
}

HELICONE = LogFormat(
    name="helicone",
    about="request exports of Helicone",
    template="formats/helicone/calls",
    is_format_of=lambda sample: {"request_id", "request_created_at", "response_status"} <= sample.names,
    told_by="its columns are those of a Helicone export, such as request_id and request_created_at",
    raw={
        **{name: text(key) for name, key in _TEXTS.items()},
        "thread_id": text(*((properties, "Helicone-Session-Id") for properties in _PROPERTIES)),
        "started_at": time("request_created_at"),
        "ended_at": time("response_created_at"),
        "duration": duration("delay_ms"),
        **{name: count(key) for name, key in _COUNTS.items()},
        "recorded_total_cost": count("costUSD", "costUsd", "cost"),
    },
    json_text=frozenset((properties,) for properties in _PROPERTIES),
    failure_is_optional=True,
)
