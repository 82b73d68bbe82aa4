"""Access logs of the Envoy AI Gateway: flat objects with dotted keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, duration, text, time

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample

_ACCESS = frozenset({"response_code", "x-request-id", "bytes_received", "response_flags"})


def _is_access_log(sample: Sample) -> bool:
    names = sample.names
    spoke = any(name.startswith("gen_ai.") for name in names)
    return spoke and "start_time" in names and not _ACCESS.isdisjoint(names)


_TEXTS = {
    "id": ("x-request-id", "request.id"),
    "op_name": ("gen_ai.operation.name",),
    "trace_id": ("trace_id",),
    "thread_id": ("session.id", "gen_ai.conversation.id"),
    "wb_user_id": ("user.id", "enduser.id"),
    "status": ("response_code",),
    "response_model": ("gen_ai.response.model",),
    "request_model": ("gen_ai.request.model",),
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
}
_COUNTS = {
    "input_tokens": ("gen_ai.usage.input_tokens",),
    "output_tokens": ("gen_ai.usage.output_tokens",),
    "total_tokens": ("gen_ai.usage.total_tokens",),
    "input_cached_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.cached_input_tokens",
    ),
    "detailed_cache_write_tokens": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
    ),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
}

ENVOY = LogFormat(
    name="envoy",
    about="access logs of the Envoy AI Gateway, as JSON Lines",
    template="formats/envoy/calls",
    is_format_of=_is_access_log,
    told_by="its lines are access logs with Envoy AI Gateway's names for models and tokens",
    raw={
        **{name: text(*keys) for name, keys in (_TEXTS | _COUNTS).items()},
        "started_at": time("start_time"),
        "duration": duration("duration"),
    },
    failure_is_optional=True,
)
