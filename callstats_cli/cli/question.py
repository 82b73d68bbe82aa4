"""Flags, and a request body beside them → the request (spec 2, 3)."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callstats_cli.errors import RequestError, quoted
from callstats_cli.request.filters import FILTER_FIELDS, CallFilter
from callstats_cli.request.granularity import parse_granularity
from callstats_cli.request.local_zone import zone_name
from callstats_cli.request.metrics import (
    AGGREGATIONS,
    CALL_METRICS,
    USAGE_METRICS,
    unknown_metric,
    unknown_name,
)
from callstats_cli.request.request import (
    DEFAULT_CALLS,
    DEFAULT_USAGE,
    CallStatsRequest,
    MetricRequest,
    check_range,
)
from callstats_cli.request.spans import parse_span, subtract_span
from callstats_cli.request.times import format_instant, parse_instant

if TYPE_CHECKING:
    from callstats_cli.cli.diagnostics import Diagnostics
    from callstats_cli.cli.flags import Flags
    from callstats_cli.request.filters import Values
    from callstats_cli.request.metrics import Family


def build_request(flags: Flags, now_us: int, diagnostics: Diagnostics) -> CallStatsRequest:
    """The request: the body's fields, each replaced where its flag was typed."""
    if flags.request == "-" and "-" in (flags.source or ()):
        raise RequestError("--request - and the source - both want stdin")
    request = CallStatsRequest() if flags.request is None else _read_body(flags.request)
    if flags.project is not None:
        request = request._replace(project_id=_text("--project", flags.project))
    if flags.timezone is not None:
        request = request._replace(timezone=zone_name(flags.timezone, os.environ))
    request = _with_range(request, flags, now_us)
    if flags.granularity is not None:
        width = parse_granularity(flags.granularity)
        request = request._replace(granularity=None if width == "auto" else width)
    if flags.usage:
        asked = tuple(parse_metric(text, "usage") for text in flags.usage)
        request = request._replace(usage_metrics=asked)
    if flags.calls:
        asked = tuple(parse_metric(text, "call") for text in flags.calls)
        request = request._replace(call_metrics=asked)
    if flags.request is None and not flags.usage and not flags.calls:
        request = request._replace(usage_metrics=DEFAULT_USAGE, call_metrics=DEFAULT_CALLS)
    request = request._replace(filter=_with_filter(request.filter, flags))
    if flags.request is not None:
        _require_fields(request)
    check_range(request, now_us)
    if flags.end is not None and request.end not in (None, request.start):
        _say_last_day(flags.end, request.timezone, now_us, diagnostics)
    return request


def _say_last_day(end: str, zone: str, now_us: int, diagnostics: Diagnostics) -> None:
    """A date as the end is its first instant: says which day is the last one counted (spec 3)."""
    instant = parse_instant(end, zone=zone, now_us=now_us)
    if instant.date_only:
        last_day = format_instant(instant.us - 1, zone)[:10]
        diagnostics.note(f"--end {end} is its first instant: {last_day} is the last day")


def _read_body(path: str) -> CallStatsRequest:
    from callstats_cli.request.body import request_from_body

    if path == "-":
        return request_from_body(sys.stdin.buffer.read())
    try:
        text = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError(f"cannot read the request {path!r}: {reason}") from None
    return request_from_body(text)


def _require_fields(request: CallStatsRequest) -> None:
    for name, value, flag in (
        ("project_id", request.project_id, "--project"),
        ("start", request.start, "--start"),
    ):
        if value is None:
            raise RequestError(
                f"the request body has no {name}", hint=f"add it to the body or give {flag}"
            )


def _text(flag: str, value: str) -> str:
    """A flag's text; raises RequestError where it is empty or was not UTF-8."""
    if not value:
        raise RequestError(f"{flag} is empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RequestError(f"{flag}: {quoted(value)} is not UTF-8 text") from None
    return value


def _with_filter(base: CallFilter, flags: Flags) -> CallFilter:
    """The filter with each typed field in place of the body's."""
    typed: dict[str, Values] = {}
    for field in FILTER_FIELDS.values():
        value = flags.filters.get(field.parameter)
        if isinstance(value, bool):
            typed[field.name] = value
        elif value:
            typed[field.name] = tuple(_text(f"filter {field.name}", item) for item in value)
    return CallFilter(**{**base, **typed})


def _with_range(request: CallStatsRequest, flags: Flags, now_us: int) -> CallStatsRequest:
    zone = request.timezone
    if flags.end is not None:
        end = parse_instant(flags.end, zone=zone, now_us=now_us)
        request = request._replace(end=end.us)
    if flags.start is not None and flags.last is not None:
        raise RequestError("--start and --last both say where the range begins")
    if flags.start is not None:
        start = parse_instant(flags.start, zone=zone, now_us=now_us)
        request = request._replace(start=start.us)
    if flags.last is not None:
        until = now_us if request.end is None else request.end
        start_us = subtract_span(until, parse_span(flags.last), zone)
        request = request._replace(start=start_us, end=until)
    return request


def parse_metric(text: str, family: Family) -> MetricRequest:
    """One `METRIC[:AGG,…]` of a family: aggregations and percentiles such as p95 or p99.9.

    Raises RequestError naming what is unknown.
    """
    vocabulary = USAGE_METRICS if family == "usage" else CALL_METRICS
    name, colon, wanted = text.partition(":")
    if name not in vocabulary:
        raise unknown_metric(name, family, {"usage": "--usage", "call": "--calls"})
    if vocabulary[name].formula is not None and colon:
        raise RequestError(
            f"{name} is one number: it has no {quoted(wanted)}", hint=f"ask {name} alone"
        )
    if not colon:
        return MetricRequest(name)
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
    return MetricRequest(name, tuple(aggregations), tuple(percentiles))


def _percentile(word: str) -> float | None:
    match = re.fullmatch(r"p(-?[0-9]+(?:\.[0-9]+)?)", word)
    if match is None:
        return None
    value = float(match[1])
    if not 0 <= value <= 100:
        raise RequestError(f"percentile {word!r} is not between p0 and p100")
    return value
