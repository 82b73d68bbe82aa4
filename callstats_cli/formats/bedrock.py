"""Amazon Bedrock's model invocation logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, count, duration, text, time

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample


def _is_invocation_log(sample: Sample) -> bool:
    if any(record.get("schemaType") == "ModelInvocationLog" for record in sample.records):
        return True
    return {"modelId", "requestId", "operation", "timestamp"} <= sample.names


_TIERS = (
    "serviceTier",
    ("output", "outputBodyJson", "serviceTier"),
    ("output", "outputBodyJson", "service_tier"),
    ("input", "inputBodyJson", "serviceTier"),
    ("input", "inputBodyJson", "service_tier"),
)
"""The places of a service tier, a word or `{"type": word}`: the one that served before the one that was
asked for."""

BEDROCK = LogFormat(
    name="bedrock",
    about="model invocation logs of Amazon Bedrock, as JSON Lines",
    template="formats/bedrock/calls",
    is_format_of=_is_invocation_log,
    told_by="its lines are those of Bedrock's model invocation log, such as modelId and requestId",
    raw={
        "id": text("requestId"),
        "op_name": text("operation"),
        "wb_user_id": text(("identity", "arn")),
        "started_at": time("timestamp"),
        "duration": duration(("output", "outputBodyJson", "metrics", "latencyMs")),
        "error_code": text("errorCode"),
        "model": text("modelId"),
        "input_tokens": count(("input", "inputTokenCount")),
        "output_tokens": count(("output", "outputTokenCount")),
        "cache_read_input_tokens": count(("input", "cacheReadInputTokenCount")),
        "cache_creation_input_tokens": count(("input", "cacheWriteInputTokenCount")),
        "service_tier": text(*_TIERS),
    },
)
