"""The attributes that spans of all formats share.

The names of a meaning are in order: current conventions of OpenTelemetry, older ones, OpenInference,
vendors. Where a span has several, they say the same thing twice, so the first one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import RawColumn, count, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from callstats_cli.formats.log_format import Path

TEMPLATE = "formats/spans/calls"

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "operation": ("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind"),
    "thread_id": (
        "gen_ai.conversation.id",
        "session.id",
        "wandb.thread_id",
        "langfuse.session.id",
        "gcp.vertex.agent.session_id",
    ),
    "turn_id": ("wandb.turn_id",),
    "wb_user_id": ("user.id", "enduser.id", "langfuse.user.id"),
    "error_type": ("error.type",),
    "model": (
        "gen_ai.response.model",
        "gen_ai.request.model",
        "llm.response.model_name",
        "llm.model_name",
        "llm.request.model_name",
        "embedding.model_name",
        "ai.response.model",
        "ai.model.id",
        "llm.response.model",
        "llm.request.model",
    ),
    "requested_model": (
        "gen_ai.request.model",
        "llm.request.model_name",
        "ai.model.id",
        "llm.request.model",
    ),
    "provider": (
        "gen_ai.provider.name",
        "gen_ai.system",
        "llm.provider",
        "llm.system",
        "ai.model.provider",
    ),
    "prompt_tokens": (
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
    ),
    "completion_tokens": (
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "llm.usage.completion_tokens",
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
    ),
    "total_tokens": (
        "gen_ai.usage.total_tokens",
        "llm.token_count.total",
        "llm.usage.total_tokens",
        "aws.genai.token_count_total",
        "ai.usage.totalTokens",
    ),
    "cache_read_input_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.cache_read_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "gen_ai.usage.input_tokens.cached",
        "gen_ai.usage.input_tokens.cache_read",
        "llm.usage.cache_read_input_tokens",
        "ai.usage.inputTokenDetails.cacheReadTokens",
        "ai.usage.cachedInputTokens",
    ),
    "prompt_cached_tokens": (
        "llm.token_count.prompt_details.cache_read",
        "llm.token_count.prompt_details.cache_input",
    ),
    "cache_creation_input_tokens": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.cache_write_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "gen_ai.usage.input_tokens.cache_write",
        "llm.token_count.prompt_details.cache_write",
        "llm.usage.cache_creation_input_tokens",
        "ai.usage.inputTokenDetails.cacheWriteTokens",
    ),
    "reasoning_tokens": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens",
        "gen_ai.usage.output_tokens.reasoning",
        "llm.token_count.completion_details.reasoning",
        "llm.usage.reasoning_tokens",
        "ai.usage.outputTokenDetails.reasoningTokens",
        "ai.usage.reasoningTokens",
    ),
    "input_audio_tokens": (
        "llm.token_count.prompt_details.audio",
        "gen_ai.usage.details.input_audio_tokens",
    ),
    "output_audio_tokens": (
        "llm.token_count.completion_details.audio",
        "gen_ai.usage.details.output_audio_tokens",
    ),
    "service_tier": (
        "openai.response.service_tier",
        "gen_ai.openai.response.service_tier",
        "gen_ai.response.service_tier",
        "openai.request.service_tier",
        "gen_ai.openai.request.service_tier",
        "gen_ai.request.service_tier",
    ),
    "seconds_to_first_token": ("gen_ai.response.time_to_first_chunk",),
    "milliseconds_to_first_token": (
        "gen_ai.server.time_to_first_token",
        "ai.response.msToFirstChunk",
    ),
    "recorded_input_cost": ("llm.cost.prompt",),
    "recorded_output_cost": ("llm.cost.completion",),
    "recorded_total_cost": ("llm.cost.total", "gen_ai.usage.cost", "operation.cost"),
}
"""Raw column → the attributes that it is found in, first found first used."""

_TEXTS = frozenset(
    "operation thread_id turn_id wb_user_id error_type model requested_model provider "
    "service_tier".split()
)


def attribute_columns(paths: Callable[[str], Iterable[Path]]) -> dict[str, RawColumn]:
    """The raw columns of the attributes, each name being found at the paths that `paths` gives."""
    return {
        raw: (text if raw in _TEXTS else count)(*(path for name in names for path in paths(name)))
        for raw, names in ATTRIBUTES.items()
    }
