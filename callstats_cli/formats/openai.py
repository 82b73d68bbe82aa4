"""Logs of OpenAI-style requests and responses, as proxies and local servers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.formats.columns import NAMES
from callstats_cli.formats.log_format import LogFormat, count, duration, text, time, usage
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


_COUNTS = {name: count(*_in_usage(*paths)) for name, paths in COUNT_PATHS.items()}

_TIERS = (("response", "service_tier"), *_in_usage("service_tier"), ("request", "service_tier"))
"""The places of a service tier: the one that served before the one that was asked for."""

OPENAI = LogFormat(
    name="openai",
    about="logs of OpenAI-style requests and their responses",
    template="formats/openai/calls",
    is_format_of=_is_exchange,
    told_by="its lines hold an OpenAI-style request and its response",
    raw={
        "id": text("request_id"),
        "response_id": text(("response", "id")),
        "op_name": text(("response", "object")),
        "wb_user_id": text("user", ("request", "user")),
        "started_at": time("started_at", "ts", "timestamp"),
        "ended_at": time("finished_at", "ended_at"),
        "elapsed_s": duration("elapsed_seconds", "elapsed", unit="s"),
        "elapsed_ms": duration("elapsed_ms", "duration_ms", "latency_ms"),
        "status": text("http_status", "status_code", "status"),
        "response_status": text(("response", "status_code"), ("response", "status")),
        "error": text(("response", "error")),
        "own_error": text("error"),
        "response_model": text(("response", "model")),
        "request_model": text(("request", "model")),
        "usage": usage(("response", "usage")),
        **_COUNTS,
        "output_items": usage(("response", "output")),
        "service_tier": text(*_TIERS),
        "speed": text(*_in_usage("speed")),
        "inference_geo": text(*_in_usage("inference_geo")),
    },
)
