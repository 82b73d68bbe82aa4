"""LiteLLM: logged payloads, one or many a file, and rows of its SpendLogs table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, RawColumn, count, text, time

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path, Sample

_PAYLOAD_MARKS = frozenset(
    {"litellm_call_id", "custom_llm_provider", "response_cost", "model_group", "hidden_params"}
)
_USAGE: Path = ("metadata", "usage_object")
_PROMPT: Path = (*_USAGE, "prompt_tokens_details")
_WRITES: Path = (*_PROMPT, "cache_creation_token_details")
_COMPLETION: Path = (*_USAGE, "completion_tokens_details")


def _is_payload(sample: Sample) -> bool:
    return {"id", "startTime"} <= sample.names and bool(sample.names & _PAYLOAD_MARKS)


_SHARED: dict[str, RawColumn] = {
    "op_name": text("call_type"),
    "thread_id": text("session_id"),
    "key_user": text(("metadata", "user_api_key_user_id")),
    "end_user": text("end_user"),
    "started_at": time("startTime", unit="s"),
    "ended_at": time("endTime", unit="s"),
    "first_token_at": time("completionStartTime", unit="s"),
    "status": text("status"),
    "model": text("model"),
    "provider": text("custom_llm_provider"),
    "prompt_tokens": count("prompt_tokens"),
    "completion_tokens": count("completion_tokens"),
    "total_tokens": count("total_tokens"),
    "prompt_cached_tokens": count((*_PROMPT, "cached_tokens")),
    "cache_read_input_tokens": count((*_USAGE, "cache_read_input_tokens")),
    "cache_creation_input_tokens": count((*_USAGE, "cache_creation_input_tokens")),
    "cache_creation_5m_input_tokens": count((*_WRITES, "ephemeral_5m_input_tokens")),
    "cache_creation_1h_input_tokens": count((*_WRITES, "ephemeral_1h_input_tokens")),
    "detailed_cache_write_tokens": count(
        (*_PROMPT, "cache_write_tokens"), (*_PROMPT, "cache_creation_tokens")
    ),
    "reasoning_tokens": count((*_COMPLETION, "reasoning_tokens")),
    "input_audio_tokens": count((*_PROMPT, "audio_tokens")),
    "input_image_tokens": count((*_PROMPT, "image_tokens")),
    "output_audio_tokens": count((*_COMPLETION, "audio_tokens")),
    "output_image_tokens": count((*_COMPLETION, "image_tokens")),
    "web_searches": count(
        (*_USAGE, "server_tool_use", "web_search_requests"), (*_PROMPT, "web_search_requests")
    ),
    "service_tier": text(
        (*_USAGE, "service_tier"), "service_tier", ("model_parameters", "service_tier")
    ),
    "speed": text((*_USAGE, "speed")),
    "inference_geo": text((*_USAGE, "inference_geo")),
    "cache_hit": text("cache_hit"),
}


def _costs(breakdown: Path, total: Path) -> dict[str, RawColumn]:
    """The recorded dollars: input without cached tokens, both cache costs, output, total."""
    return {
        "uncached_input_cost": count((*breakdown, "input_cost")),
        "cache_read_cost": count((*breakdown, "cache_read_cost")),
        "cache_creation_cost": count((*breakdown, "cache_creation_cost")),
        "recorded_output_cost": count((*breakdown, "output_cost")),
        "recorded_total_cost": count(total, (*breakdown, "total_cost")),
    }


LITELLM = LogFormat(
    name="litellm",
    about="StandardLoggingPayloads of LiteLLM, one or many a file",
    template="formats/litellm/calls",
    is_format_of=_is_payload,
    told_by="its lines are the payloads that LiteLLM logs, such as startTime and call_type",
    raw={
        **_SHARED,
        "id": text("id"),
        "trace_id": text("trace_id"),
        "user": text(),
        "inner_status": text(),
        **_costs(("cost_breakdown",), total=("response_cost",)),
    },
    failure_is_optional=True,
)

LITELLM_SPEND = LogFormat(
    name="litellm-spend",
    variant_of="litellm",
    about="rows of LiteLLM's SpendLogs table: JSON Lines, CSV, Parquet",
    template="formats/litellm/calls",
    is_format_of=lambda sample: {"request_id", "spend", "startTime"} <= sample.names,
    told_by="its columns are those of LiteLLM's SpendLogs (spend, startTime)",
    raw={
        **_SHARED,
        "id": text("request_id"),
        "trace_id": text(),
        "user": text("user"),
        "inner_status": text(("metadata", "status")),
        **_costs(("metadata", "cost_breakdown"), total=("spend",)),
    },
    json_text=frozenset({("metadata",)}),
    failure_is_optional=True,
)
