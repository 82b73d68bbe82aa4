"""Flags and a request body → the document that is validated as the request (SPEC 2, 3)."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callstats_cli.buckets import parse_granularity
from callstats_cli.errors import RequestError
from callstats_cli.metrics import AGGREGATIONS, CALL_METRICS, USAGE_METRICS
from callstats_cli.request import read_body, require_body_fields, unknown_name
from callstats_cli.timerange import (
    format_instant,
    parse_instant,
    parse_span,
    subtract_span,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.diagnostics import Diagnostics
    from callstats_cli.metrics import Metric

DEFAULT_QUESTION: dict[str, Any] = {
    "usage_metrics": [
        {"metric": "input_tokens"},
        {"metric": "output_tokens"},
        {"metric": "cache_read_input_tokens"},
        {"metric": "cache_creation_input_tokens"},
    ],
    "call_metrics": [
        {"metric": "call_count"},
        {"metric": "error_count"},
        {"metric": "latency_ms", "aggregations": ["avg"], "percentiles": [50, 95]},
    ],
}


@dataclass(frozen=True, slots=True)
class Flags:
    """The request's fields as they were typed; null or empty where they were not."""

    request: str | None = None
    project: str | None = None
    start: str | None = None
    end: str | None = None
    last: str | None = None
    granularity: str | None = None
    timezone: str | None = None
    usage: Sequence[str] = ()
    calls: Sequence[str] = ()
    filter: dict[str, Any] = field(default_factory=dict)


def build_document(flags: Flags, now_us: int, diagnostics: Diagnostics) -> dict[str, Any]:
    """The request's document: the body's fields, each replaced where its flag was typed."""
    document = {} if flags.request is None else read_body(_body_text(flags.request))
    if flags.project is not None:
        document["project_id"] = flags.project
    if flags.timezone is not None:
        document["timezone"] = flags.timezone
    _put_range(document, flags, now_us, diagnostics)
    if flags.granularity is not None:
        granularity = parse_granularity(flags.granularity)
        document["granularity"] = None if granularity == "auto" else granularity
    if flags.usage:
        document["usage_metrics"] = [parse_metric(text, USAGE_METRICS) for text in flags.usage]
    if flags.calls:
        document["call_metrics"] = [parse_metric(text, CALL_METRICS) for text in flags.calls]
    typed = {name: value for name, value in flags.filter.items() if value not in (None, [])}
    if typed:
        body_filter = document.get("filter") or {}
        if not isinstance(body_filter, dict):
            raise RequestError("filter must be an object")
        document["filter"] = body_filter | typed
    if flags.request is not None:
        require_body_fields(document)
    elif not flags.usage and not flags.calls:
        document |= DEFAULT_QUESTION
    return document


def _body_text(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError(f"cannot read the request {path!r}: {reason}") from None


def _put_range(
    document: dict[str, Any], flags: Flags, now_us: int, diagnostics: Diagnostics
) -> None:
    zone = document.get("timezone", "UTC")
    if not isinstance(zone, str):
        return  # the validation of the document says what is wrong with it
    if flags.end is not None:
        end = parse_instant(flags.end, zone=zone, now_us=now_us)
        document["end"] = format_instant(end.us, "UTC")
        if end.date_only:
            last_day = format_instant(end.us - 1, zone)[:10]
            diagnostics.note(f"--end {flags.end} is its first instant: {last_day} is the last day")
    if flags.start is not None and flags.last is not None:
        raise RequestError("--start and --last both say where the range begins")
    if flags.start is not None:
        start = parse_instant(flags.start, zone=zone, now_us=now_us)
        document["start"] = format_instant(start.us, "UTC")
    if flags.last is not None:
        span = parse_span(flags.last)
        until = document.get("end") or format_instant(now_us, "UTC")
        until_us = parse_instant(str(until), zone="UTC", now_us=now_us).us
        document["start"] = format_instant(subtract_span(until_us, span, zone), "UTC")
        document["end"] = until


def parse_metric(text: str, vocabulary: dict[str, Metric]) -> dict[str, Any]:
    """One `METRIC[:AGG,…]`: aggregations and percentiles such as p95 or p99.9.

    Raises RequestError naming what is unknown.
    """
    name, colon, wanted = text.partition(":")
    if name not in vocabulary:
        raise unknown_name("metric", name, list(vocabulary))
    if not colon:
        return {"metric": name}
    aggregations: list[str] = []
    percentiles: list[float] = []
    for word in wanted.split(","):
        percentile = _percentile(word)
        if percentile is not None:
            percentiles.append(percentile)
        elif word in AGGREGATIONS:
            aggregations.append(word)
        else:
            raise unknown_name("aggregation", word, [*AGGREGATIONS, "p50", "p95", "p99"])
    return {"metric": name, "aggregations": aggregations, "percentiles": percentiles}


def _percentile(word: str) -> float | None:
    if not word.startswith("p"):
        return None
    digits = word[1:]
    if not digits.replace(".", "", 1).replace("-", "", 1).isdecimal():
        return None
    value = float(digits)
    if not 0 <= value <= 100:
        raise RequestError(f"percentile {word!r} is not between p0 and p100")
    return value
