"""Logs of one's own: a column per field, found by its name or by `--map` (spec 3, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import Kind, LogFormat, RawColumn, usage
from callstats_cli.formats.names import folded
from callstats_cli.request.token_counts import AMOUNTS, COUNT_PATHS

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path, Sample

_DURATIONS = ("duration", "latency", "elapsed", "response_time")
_UNITS: dict[str, tuple[str, ...]] = {
    "s": ("s", "sec", "secs", "seconds"),
    "ms": ("ms", "msec", "millis", "milliseconds"),
    "us": ("us", "micros", "microseconds"),
    "ns": ("ns", "nanos", "nanoseconds"),
}
_WORDS = {
    "id": "id call_id request_id uuid",
    "project_id": "project_id project",
    "op_name": "op_name op operation operation_name name",
    "trace_id": "trace_id",
    "parent_id": "parent_id parent_call_id parent_span_id",
    "thread_id": "thread_id session_id conversation_id",
    "turn_id": "turn_id",
    "wb_user_id": "wb_user_id user_id user",
    "wb_run_id": "wb_run_id run_id",
    "started_at": (
        "started_at start_time start timestamp ts time datetime created_at created request_time date "
        "timestamp_utc datetime_utc usage_date_utc gmt_create"
    ),
    "ended_at": "ended_at end_time end finished_at completed_at",
    "deleted_at": "deleted_at",
    "duration": " ".join(
        name + ending for ending in ("_ms", "_s", "_sec", "_seconds", "") for name in _DURATIONS
    ),
    "exception": "exception",
    "error": "error",
    "is_error": "is_error",
    "error_message": "error_message",
    "error_type": "error_type",
    "error_code": "error_code",
    "failed": "failed",
    "status": "status",
    "status_code": "status_code",
    "http_status": "http_status http_status_code",
    "success": "success",
    "ok": "ok",
    "model": "model model_name model_id",
    "provider": "provider provider_name llm_provider custom_llm_provider",
    "service_tier": "service_tier",
    "speed": "speed",
    "inference_geo": "inference_geo",
    "cache_hit": "cache_hit",
    "gross_input_tokens": "gross_input_tokens",
    "prompt_tokens": "prompt_tokens tokens_prompt prompt_token_count",
    "input_tokens": (
        "input_tokens tokens_in in_tokens input_token_count context_tokens input_length request_tokens"
    ),
    "completion_tokens": (
        "completion_tokens tokens_completion completion_token_count candidates_token_count"
    ),
    "output_tokens": (
        "output_tokens tokens_out out_tokens output_token_count generated_tokens output_length "
        "response_tokens"
    ),
    "total_tokens": "total_tokens total_token_count tokens_total tokens_used",
    "cache_read_input_tokens": "cache_read_input_tokens cache_read_tokens",
    "prompt_cached_tokens": "",
    "input_cached_tokens": (
        "cached_tokens cached_input_tokens input_cached_tokens tokens_cached cached_content_token_count"
    ),
    "cache_creation_input_tokens": (
        "cache_creation_input_tokens cache_creation_tokens cache_write_input_tokens cache_write_tokens"
    ),
    "cache_creation_5m_input_tokens": "cache_creation_5m_input_tokens cache_write_5m_tokens",
    "cache_creation_1h_input_tokens": "cache_creation_1h_input_tokens cache_write_1h_tokens",
    "detailed_cache_write_tokens": "",
    "reasoning_tokens": "reasoning_tokens thoughts_tokens thoughts_token_count",
    "input_audio_tokens": "input_audio_tokens prompt_audio_tokens",
    "input_image_tokens": "input_image_tokens prompt_image_tokens",
    "output_audio_tokens": "output_audio_tokens completion_audio_tokens",
    "output_image_tokens": "output_image_tokens completion_image_tokens",
    "web_searches": "web_searches web_search_requests",
    "requests": "requests num_requests num_model_requests num_turns",
    "recorded_input_cost": "input_cost prompt_cost",
    "recorded_output_cost": "output_cost completion_cost",
    "recorded_total_cost": "total_cost cost cost_usd total_cost_usd cost_total estimated_cost_usd",
    "input_refs": "input_refs inputs input",
    "output_refs": "output_refs output outputs",
}
NAMES = {field: tuple(words.split()) for field, words in _WORDS.items()}
"""Field of `--map` → the column names it is recognised by, in order; letter case and punctuation do
not matter (`startTime`, `Start Time` and `start_time` are one name)."""

ALIASES = {
    "cost": "recorded_total_cost",
    "total_cost": "recorded_total_cost",
    "input_cost": "recorded_input_cost",
    "output_cost": "recorded_output_cost",
}
"""Other names that `--map` takes for a field."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("started_at", "ended_at", "deleted_at"), "time"),
    **dict.fromkeys(AMOUNTS, "count"),
    **dict.fromkeys(("input_refs", "output_refs"), "refs"),
    "duration": "duration",
}
_GEMINI = {
    "prompt_tokens": "promptTokenCount",
    "completion_tokens": "candidatesTokenCount",
    "total_tokens": "totalTokenCount",
    "input_cached_tokens": "cachedContentTokenCount",
    "reasoning_tokens": "thoughtsTokenCount",
}
_PRICED_BY = ("service_tier", "speed", "inference_geo")
_NESTED: dict[str, tuple[Path, ...]] = {
    **{
        name: tuple(
            place
            for path in (tuple(dotted.split(".")) for dotted in paths)
            for place in (*((path,) if len(path) > 1 else ()), ("usage", *path))
        )
        + ((("usageMetadata", _GEMINI[name]),) if name in _GEMINI else ())
        for name, paths in COUNT_PATHS.items()
    },
    **{name: (("usage", name),) for name in _PRICED_BY},
}
"""Field → where it is inside another object: the details of a prompt, or a usage."""

_SAMPLED: dict[str, tuple[Path, ...]] = {
    **{
        field: tuple(
            (outer, *path)
            for outer in ("usage", "usage_metadata")
            for path in (
                *((name,) for name in NAMES[field]),
                *(tuple(dotted.split(".")) for dotted in paths),
            )
        )
        for field, paths in COUNT_PATHS.items()
    },
    "duration": tuple(
        (f"{name}_{ending}",)
        for endings in _UNITS.values()
        for ending in endings
        for name in _DURATIONS
    ),
}
"""Field → further places, which are looked for in what is known of a file."""

_REQUEST_MARKS = frozenset({"usage_metrics", "call_metrics"})
_NO_CALLS = (
    frozenset({"timestamp", "value", "trace_id", "data_type"}),
    frozenset({"timestamp", "value", "traceId", "dataType"}),
)
"""Names that scores have, which a Langfuse export puts beside its observations."""


_UNIT_OF = {
    folded(f"{name}_{ending}"): unit
    for unit, endings in _UNITS.items()
    for ending in endings
    for name in _DURATIONS
}


def unit_in(name: str) -> str | None:
    """The unit that the name of a duration ends in; None where it says none."""
    return _UNIT_OF.get(folded(name))


def _names_a_time(sample: Sample) -> bool:
    if sample.names & _REQUEST_MARKS or any(marks <= sample.names for marks in _NO_CALLS):
        return False
    times = {folded(name) for name in NAMES["started_at"]}
    return any(folded(name) in times for name in sample.names | sample.folder_names)


COLUMNS = LogFormat(
    name="columns",
    about="a log of one's own, a column per field, found by its name or by --map",
    template="formats/columns/calls",
    is_format_of=_names_a_time,
    raw={
        "usage": usage("usage"),
        **{
            field: RawColumn(
                _KINDS.get(field, "text"),
                (*((name,) for name in names), *_NESTED.get(field, ())),
                sampled=_SAMPLED.get(field, ()),
            )
            for field, names in NAMES.items()
        },
    },
    open_ended=True,
    told_by="a column names a time, and no other format fits",
    failure_is_optional=True,
)
