"""The counts of a usage entry: the columns of a call that hold them, and where logs have them."""

from __future__ import annotations

COUNT_PATHS: dict[str, tuple[str, ...]] = {
    "gross_input_tokens": ("gross_input_tokens",),
    "prompt_tokens": ("prompt_tokens",),
    "input_tokens": ("input_tokens",),
    "completion_tokens": ("completion_tokens",),
    "output_tokens": ("output_tokens",),
    "total_tokens": ("total_tokens",),
    "cache_read_input_tokens": ("cache_read_input_tokens",),
    "prompt_cached_tokens": ("prompt_tokens_details.cached_tokens",),
    "input_cached_tokens": (
        "input_tokens_details.cached_tokens",
        "cached_tokens",
        "cached_input_tokens",
        "input_cached_tokens",
        "tokens_cached",
    ),
    "cache_creation_input_tokens": (
        "cache_creation_input_tokens",
        "cache_write_input_tokens",
        "cache_write_tokens",
    ),
    "cache_creation_5m_input_tokens": ("cache_creation.ephemeral_5m_input_tokens",),
    "cache_creation_1h_input_tokens": ("cache_creation.ephemeral_1h_input_tokens",),
    "detailed_cache_write_tokens": (
        "prompt_tokens_details.cache_write_tokens",
        "input_tokens_details.cache_write_tokens",
    ),
    "reasoning_tokens": (
        "completion_tokens_details.reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "reasoning_tokens",
        "thoughts_tokens",
    ),
    "input_audio_tokens": ("prompt_tokens_details.audio_tokens", "input_tokens_details.audio_tokens"),
    "input_image_tokens": ("prompt_tokens_details.image_tokens", "input_tokens_details.image_tokens"),
    "output_audio_tokens": (
        "completion_tokens_details.audio_tokens",
        "output_tokens_details.audio_tokens",
    ),
    "output_image_tokens": (
        "completion_tokens_details.image_tokens",
        "output_tokens_details.image_tokens",
    ),
    "web_searches": ("server_tool_use.web_search_requests",),
}
"""Column of a call → where a usage entry may have that count; the first that is there counts.

`prompt_cached_tokens`, `input_cached_tokens` and `detailed_cache_write_tokens` are parts of the input
by their names; cache counts under other names may be or not (spec 9)."""


COUNTS: tuple[str, ...] = tuple(COUNT_PATHS)


TOKEN_COUNTS = tuple(count for count in COUNTS if count != "web_searches")


INPUT_COUNTS = ("gross_input_tokens", "prompt_tokens", "input_tokens")


CACHE_READ_COUNTS = ("cache_read_input_tokens", "prompt_cached_tokens", "input_cached_tokens")


CACHE_CREATION_COUNTS = (
    "cache_creation_input_tokens",
    "cache_creation_5m_input_tokens",
    "cache_creation_1h_input_tokens",
    "detailed_cache_write_tokens",
)


GROSS_INPUT_COUNTS = (*INPUT_COUNTS, *CACHE_READ_COUNTS, *CACHE_CREATION_COUNTS)
"""The counts that the gross input of an entry is made of."""


TOTAL_COUNTS = (
    *INPUT_COUNTS,
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    *CACHE_READ_COUNTS,
    *CACHE_CREATION_COUNTS,
    "reasoning_tokens",
    "reasoning_beside",
)
"""The counts that output and total are made of: the recorded total says whether reasoning is a part of
the output or beside it, once caches are known."""


RECORDED_COSTS = ("recorded_input_cost", "recorded_output_cost", "recorded_total_cost")
"""Columns of a call with what the log itself says that it cost, in US dollars."""


AMOUNTS: tuple[str, ...] = (*COUNTS, "requests", *RECORDED_COSTS)
"""Columns of a call that are a number per model; below zero stands for unreadable. `requests` is how
many requests an entry sums up."""


READINGS = ("cached_beside", "reasoning_beside")
"""Columns of a call that say how its counts are meant where the format knows it: whether cached tokens
are beside the input, reasoning beside the output. Null: the counts themselves have to tell."""


PRICED_BY: tuple[str, ...] = (*COUNTS, *READINGS, "requests", "provider", "price_context", "cache_hit")
"""Columns of a call that its price depends on, beside its model and start."""
