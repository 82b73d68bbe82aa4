"""Access logs of the Envoy AI Gateway: flat objects with dotted keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path, Sample

_ACCESS = frozenset({"response_code", "x-request-id", "bytes_received", "response_flags"})


def _is_access_log(sample: Sample) -> bool:
    names = sample.names
    spoke = any(name.startswith("gen_ai.") for name in names)
    return spoke and "start_time" in names and not _ACCESS.isdisjoint(names)


def _keys(*names: str) -> tuple[Path, ...]:
    return tuple((name,) for name in names)


_TEXTS = {
    "id": _keys("x-request-id", "request.id"),
    "op_name": _keys("gen_ai.operation.name"),
    "trace_id": _keys("trace_id"),
    "thread_id": _keys("session.id", "gen_ai.conversation.id"),
    "wb_user_id": _keys("user.id", "enduser.id"),
    "status": _keys("response_code"),
    "response_model": _keys("gen_ai.response.model"),
    "request_model": _keys("gen_ai.request.model"),
    "provider": _keys("gen_ai.provider.name", "gen_ai.system"),
}
_COUNTS = {
    "input_tokens": _keys("gen_ai.usage.input_tokens"),
    "output_tokens": _keys("gen_ai.usage.output_tokens"),
    "total_tokens": _keys("gen_ai.usage.total_tokens"),
    "input_cached_tokens": _keys(
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.cached_input_tokens",
    ),
    "detailed_cache_write_tokens": _keys(
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
    ),
    "reasoning_tokens": _keys("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
}

ENVOY = LogFormat(
    name="envoy",
    family="envoy",
    about="access logs of the Envoy AI Gateway, as JSON Lines",
    template="formats/envoy/calls",
    is_format_of=_is_access_log,
    told_by="its lines are access logs with Envoy AI Gateway's names for models and tokens",
    raw={
        **{name: RawColumn("text", paths) for name, paths in (_TEXTS | _COUNTS).items()},
        "started_at": RawColumn("time", _keys("start_time")),
        "duration": RawColumn("duration", _keys("duration")),
    },
    failure_is_optional=True,
)
