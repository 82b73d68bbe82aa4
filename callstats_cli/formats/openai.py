"""Logs of OpenAI-style requests and responses, as proxies and local servers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.columns import NAMES
from callstats_cli.formats.log_format import LogFormat, RawColumn
from callstats_cli.formats.names import folded
from callstats_cli.request.token_counts import COUNT_PATHS

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import Path, Sample


_BODY: dict[str, type] = {"usage": dict, "choices": list, "output": list}
_PROMPTS = frozenset({"messages", "input", "prompt"})
_COUNTED = frozenset(folded(name) for field in COUNT_PATHS for name in NAMES[field])


def _is_exchange(sample: Sample) -> bool:
    """Whether there is a body of the API. Lines without a usage may be another log's, with counts of
    its own."""
    if sample.type_of(("request",)) is None or sample.type_of(("response",)) is None:
        return False
    own = sum(map(_has_own_counts, sample.records))
    if sample.type_of(("response", "usage")) is not None:
        return 2 * own <= len(sample.records)
    if own:
        return False
    return any(
        _is_answer(record.get("response")) or _is_question(record.get("request"))
        for record in sample.records
    )


def _has_own_counts(record: dict[str, Any]) -> bool:
    response = record.get("response")
    has_usage = isinstance(response, dict) and response.get("usage") is not None
    return not has_usage and any(folded(name) in _COUNTED for name in record)


def _is_answer(body: object) -> bool:
    return isinstance(body, dict) and any(isinstance(body.get(name), _BODY[name]) for name in _BODY)


def _is_question(body: object) -> bool:
    return isinstance(body, dict) and "model" in body and not _PROMPTS.isdisjoint(body)


def _in_usage(*dotted: str) -> tuple[Path, ...]:
    return tuple(("response", "usage", *path.split(".")) for path in dotted)


_COUNTS = {name: RawColumn("count", _in_usage(*paths)) for name, paths in COUNT_PATHS.items()}

_TIERS = (("response", "service_tier"), *_in_usage("service_tier"), ("request", "service_tier"))
"""Where a tier may stand: the one that served before the one that was asked for."""

OPENAI = LogFormat(
    name="openai",
    family="openai",
    about="logs of OpenAI-style requests and their responses",
    template="formats/openai/calls",
    is_format_of=_is_exchange,
    told_by="its lines hold an OpenAI-style request and its response",
    raw={
        "id": RawColumn("text", (("request_id",),)),
        "response_id": RawColumn("text", (("response", "id"),)),
        "op_name": RawColumn("text", (("response", "object"),)),
        "wb_user_id": RawColumn("text", (("user",), ("request", "user"))),
        "started_at": RawColumn("time", (("started_at",), ("ts",), ("timestamp",))),
        "ended_at": RawColumn("time", (("finished_at",), ("ended_at",))),
        "elapsed_s": RawColumn("duration", (("elapsed_seconds",), ("elapsed",)), "s"),
        "elapsed_ms": RawColumn("duration", (("elapsed_ms",), ("duration_ms",), ("latency_ms",))),
        "status": RawColumn("text", (("http_status",), ("status_code",), ("status",))),
        "response_status": RawColumn("text", (("response", "status_code"), ("response", "status"))),
        "error": RawColumn("text", (("response", "error"),)),
        "own_error": RawColumn("text", (("error",),)),
        "response_model": RawColumn("text", (("response", "model"),)),
        "request_model": RawColumn("text", (("request", "model"),)),
        "usage": RawColumn("usage", (("response", "usage"),)),
        **_COUNTS,
        "output_items": RawColumn("usage", (("response", "output"),)),
        "service_tier": RawColumn("text", _TIERS),
        "speed": RawColumn("text", _in_usage("speed")),
        "inference_geo": RawColumn("text", _in_usage("inference_geo")),
    },
)
