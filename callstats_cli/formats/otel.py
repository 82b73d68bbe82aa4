"""OpenTelemetry spans: OTLP as JSON, and spans as flat dictionaries."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from callstats_cli.formats.log_format import LogFormat, Nesting, text, time
from callstats_cli.formats.spans import TEMPLATE, attribute_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callstats_cli.formats.log_format import Path, Sample

_CAMEL = ("resourceSpans", "scopeSpans", "spans")
_SNAKE = ("resource_spans", "scope_spans", "spans")
_SNAKE_VALUES = frozenset({"string_value", "int_value", "double_value"})
_LIBRARY = ("resourceSpans", "instrumentationLibrarySpans", "spans")


def _members(record: Any, path: Path) -> Iterator[Any]:
    """The items at the end of a path of lists inside each other."""
    if not path:
        yield record
        return
    inside = record.get(path[0]) if isinstance(record, dict) else None
    for item in inside if isinstance(inside, list) else ():
        yield from _members(item, path[1:])


def _holds(path: Path) -> Callable[[Sample], bool]:
    """Whether any record holds spans there. Where all lists are empty, they may be of any kind."""

    def holds(sample: Sample) -> bool:
        lists = [record[path[0]] for record in sample.records if isinstance(record.get(path[0]), list)]
        items = [item for items in lists for item in items if isinstance(item, dict)]
        return any(path[1] in item for item in items) if items else bool(lists)

    return holds


def _holds_mapped(sample: Sample) -> bool:
    return any(
        isinstance(span, dict) and isinstance(span.get("attributes"), dict)
        for record in sample.records
        for span in _members(record, _CAMEL)
    )


def _spelled(name: str, *, snake_case: bool) -> str:
    """A name as OTLP writes it: in camel case, but for exporters of snake case."""
    first, *others = name.split("_")
    return name if snake_case else first + "".join(map(str.capitalize, others))


def _otlp(path: Path, *, pairs: bool = True, snake_case: bool = False) -> LogFormat:
    spelled = partial(_spelled, snake_case=snake_case)
    return LogFormat(
        name="otel",
        about="OTLP as JSON: lines or an array of what exporters send, many spans each",
        told_by="its lines hold lists of spans by resource and scope",
        template=TEMPLATE,
        is_format_of=_holds(path) if pairs else _holds_mapped,
        raw={
            **{raw: text(spelled(raw)) for raw in ("trace_id", "span_id", "parent_span_id")},
            "started_at": time(spelled("start_time_unix_nano"), unit="ns"),
            "ended_at": time(spelled("end_time_unix_nano"), unit="ns"),
            "name": text("name"),
            "status": text(("status", "code")),
            **attribute_columns(lambda name: (("attributes", name),)),
        },
        nesting=Nesting(path, "attributes" if pairs else None, snake_case),
    )


OTLP = _otlp(_CAMEL)
OTLP_LIBRARY = _otlp(_LIBRARY)
OTLP_SNAKE = _otlp(_SNAKE, snake_case=True)
OTLP_MAPPED = _otlp(_CAMEL, pairs=False)

_ENVELOPE = "raw_otel_json"


def _is_flat(sample: Sample) -> bool:
    names = sample.names
    if _ENVELOPE in names:
        return True
    has_ids = any(
        {trace, span} <= names for trace, span in (("traceId", "spanId"), ("trace_id", "span_id"))
    )
    has_context = any(
        isinstance(record.get("context"), dict) and {"trace_id", "span_id"} <= record["context"].keys()
        for record in sample.records
    )
    is_span = names & {"attributes", "startTimeUnixNano", "start_time_unix_nano"}
    return bool(is_span) and (has_ids or has_context)


def _in_flat(*paths: str | Path) -> tuple[Path, ...]:
    """The paths, each by itself and in the envelope that CloudWatch puts around a span."""
    whole = [(path,) if isinstance(path, str) else path for path in paths]
    return tuple(place for path in whole for place in (path, (_ENVELOPE, *path)))


FLAT = LogFormat(
    name="otel",
    about="spans as flat objects: CloudWatch rows, what SDKs print, what tools dump",
    told_by="its lines have the ids of a trace and a span, and attributes",
    template=TEMPLATE,
    is_format_of=_is_flat,
    raw={
        "trace_id": text(*_in_flat("traceId", "trace_id", ("context", "trace_id"))),
        "span_id": text(*_in_flat("spanId", "span_id", ("context", "span_id"))),
        "parent_span_id": text(
            *_in_flat("parentSpanId", "parent_span_id", "parent_id", ("parentSpanContext", "spanId"))
        ),
        "name": text(*_in_flat("name")),
        "started_at": time(
            *_in_flat("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime")
        ),
        "ended_at": time(*_in_flat("endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime")),
        "status": text(*_in_flat("status", "status_code")),
        **attribute_columns(lambda name: _in_flat(("attributes", name))),
    },
)
"""A span a line: as CloudWatch rows have it, as SDKs print it, as tools dump it."""


def _is_flat_with_pairs(sample: Sample) -> bool:
    return _is_flat(sample) and any(
        isinstance(record.get("attributes"), list) for record in sample.records
    )


def _is_flat_with_snake_pairs(sample: Sample) -> bool:
    pairs = (pair for record in sample.records for pair in _members(record, ("attributes",)))
    values = (pair.get("value") for pair in pairs if isinstance(pair, dict))
    names = {name for value in values if isinstance(value, dict) for name in value}
    return _is_flat_with_pairs(sample) and not names.isdisjoint(_SNAKE_VALUES)


FLAT_PAIRS = FLAT._replace(
    is_format_of=_is_flat_with_pairs,
    raw={**FLAT.raw, **attribute_columns(lambda name: (("attributes", name),))},
    nesting=Nesting((), "attributes"),
)
"""A span a line, its attributes still the list that OTLP has."""

FLAT_SNAKE_PAIRS = FLAT_PAIRS._replace(
    is_format_of=_is_flat_with_snake_pairs,
    nesting=Nesting((), "attributes", snake_case=True),
)

SPANS = (OTLP_MAPPED, OTLP_LIBRARY, OTLP_SNAKE, FLAT_SNAKE_PAIRS, FLAT_PAIRS, FLAT, OTLP)
"""All ways of writing spans, in the order in which a file is held against them."""
