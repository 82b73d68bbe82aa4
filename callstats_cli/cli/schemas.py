"""JSON Schemas of a request's body and of an answer, and what can be read and written, as data."""

from __future__ import annotations

from typing import Any

from callstats_cli.cli.output import ENDINGS, FORMATS
from callstats_cli.engines.duckdb.types import type_name
from callstats_cli.formats.registry import FAMILIES
from callstats_cli.request.call_columns import COLUMNS
from callstats_cli.request.metrics import AGGREGATIONS, CALL_METRICS, ONE_NUMBER, USAGE_METRICS, Metric

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def request_schema() -> dict[str, Any]:
    """The schema of the body of `--request`; flags can give `project_id` and `start` in its place."""
    from callstats_cli.request.body import CallStatsBody

    schema = CallStatsBody.model_json_schema()
    schema.pop("description")
    return {
        "$schema": _DIALECT,
        **schema,
        "title": "CallStatsRequest",
        "required": ["project_id", "start"],
    }


def response_schema() -> dict[str, Any]:
    """The schema of `callstats query --json`; which columns a row has depends on the request."""
    instant = {"type": "string", "format": "date-time"}
    seconds = {"type": "integer", "minimum": 1}
    words = {"enum": ["total", "1w", "1mo", "1q", "1y"]}
    head = {"timestamp": instant, "count": {"type": "integer", "minimum": 0}}
    usage = {**head, "model": {"type": ["string", "null"]}}
    return {
        "$schema": _DIALECT,
        "title": "CallStatsResponse",
        "type": "object",
        "properties": {
            "start": instant,
            "end": instant,
            "granularity": {"anyOf": [seconds, words]},
            "timezone": {"type": "string"},
            "usage_buckets": {"type": "array", "items": _row(usage, USAGE_METRICS)},
            "call_buckets": {"type": "array", "items": _row(head, CALL_METRICS)},
            "meta": {"type": "object"},
        },
        "required": ["start", "end", "granularity", "timezone", "usage_buckets", "call_buckets"],
        "additionalProperties": False,
    }


def _row(properties: dict[str, Any], metrics: dict[str, Metric]) -> dict[str, Any]:
    aggregated = "|".join(name for name in metrics if name not in ONE_NUMBER)
    words = "|".join(AGGREGATIONS)
    number = {"type": ["number", "null"]}
    rates = {name: number for name in metrics if name in ONE_NUMBER}
    return {
        "type": "object",
        "properties": {**properties, **rates},
        "patternProperties": {rf"^({words}|p[0-9]+(\.[0-9]+)?)_({aggregated})$": number},
        "required": list(properties),
        "additionalProperties": False,
    }


def formats() -> dict[str, Any]:
    """The formats of logs, the columns that every one of them is read as, and those of answers."""
    return {
        "logs": list(FAMILIES),
        "columns_of_a_call": {name: type_name(kind) for name, kind in COLUMNS.items()},
        "answers": {
            name: [ending for ending, format_ in ENDINGS.items() if format_ == name] for name in FORMATS
        },
    }
