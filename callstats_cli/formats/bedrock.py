"""Amazon Bedrock's model invocation logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.formats.log_format import LogFormat, RawColumn

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Sample


def _is_invocation_log(sample: Sample) -> bool:
    if any(record.get("schemaType") == "ModelInvocationLog" for record in sample.records):
        return True
    return {"modelId", "requestId", "operation", "timestamp"} <= sample.names


_TIERS = (
    ("serviceTier",),
    ("output", "outputBodyJson", "serviceTier"),
    ("output", "outputBodyJson", "service_tier"),
    ("input", "inputBodyJson", "serviceTier"),
    ("input", "inputBodyJson", "service_tier"),
)
"""Where a tier may stand, as a word or as `{"type": word}`; what served before what was asked for."""

BEDROCK = LogFormat(
    name="bedrock",
    family="bedrock",
    about="model invocation logs of Amazon Bedrock, as JSON Lines",
    template="formats/bedrock/calls",
    is_format_of=_is_invocation_log,
    told_by="its lines are those of Bedrock's model invocation log, such as modelId and requestId",
    raw={
        "id": RawColumn("text", (("requestId",),)),
        "op_name": RawColumn("text", (("operation",),)),
        "wb_user_id": RawColumn("text", (("identity", "arn"),)),
        "started_at": RawColumn("time", (("timestamp",),)),
        "duration": RawColumn("duration", (("output", "outputBodyJson", "metrics", "latencyMs"),)),
        "error_code": RawColumn("text", (("errorCode",),)),
        "model": RawColumn("text", (("modelId",),)),
        "input_tokens": RawColumn("count", (("input", "inputTokenCount"),)),
        "output_tokens": RawColumn("count", (("output", "outputTokenCount"),)),
        "cache_read_input_tokens": RawColumn("count", (("input", "cacheReadInputTokenCount"),)),
        "cache_creation_input_tokens": RawColumn("count", (("input", "cacheWriteInputTokenCount"),)),
        "service_tier": RawColumn("text", _TIERS),
    },
)
