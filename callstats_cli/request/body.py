"""The body of `POST /calls/stats` as Pydantic models → the request (spec 2).

Imported only where a body is given: Pydantic's models take 0.1 s to import.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    create_model,
)

from callstats_cli.errors import RequestError, quoted
from callstats_cli.request.filters import FILTER_FIELDS, CallFilter
from callstats_cli.request.metrics import (
    AGGREGATIONS,
    CALL_METRICS,
    ONE_NUMBER,
    USAGE_METRICS,
    unknown_metric,
    unknown_name,
)
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from callstats_cli.request.times import parse_body_instant
from callstats_cli.request.zones import load_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from callstats_cli.request.metrics import Family

if TYPE_CHECKING:
    UsageMetricName = str
    CallMetricName = str
    AggregationName = str
else:
    UsageMetricName = Literal[*USAGE_METRICS]
    CallMetricName = Literal[*CALL_METRICS]
    AggregationName = Literal[*AGGREGATIONS]


def _instant(value: object, info: ValidationInfo) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RequestError(
            f"{info.field_name} must be a date-time text, not {quoted(value)}",
            hint="for example '2026-03-01T00:00:00Z'",
        )
    try:
        return parse_body_instant(value)
    except RequestError as error:
        raise RequestError(f"{info.field_name}: {error.message}", hint=error.hint) from None


def _zone_name(value: str) -> str:
    load_zone(value)
    return value


def _utf8(value: str, info: ValidationInfo) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RequestError(f"{info.field_name}: {quoted(value)} is not UTF-8 text") from None
    return value


Text = Annotated[str, AfterValidator(_utf8)]
Instant = Annotated[int | None, BeforeValidator(_instant, json_schema_input_type=datetime | None)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Percentile = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class UsageMetricBody(_Document):
    """One usage metric, per call and model, and what is asked of it."""

    metric: UsageMetricName
    aggregations: list[AggregationName] | None = None
    percentiles: list[Percentile] | None = None


class CallMetricBody(_Document):
    """One call metric and what is asked of it."""

    metric: CallMetricName
    aggregations: list[AggregationName] | None = None
    percentiles: list[Percentile] | None = None


_FIELDS: dict[str, Any] = {
    field.name: (bool | None if field.matches == "root" else list[Text] | None, None)
    for field in FILTER_FIELDS.values()
}
CallFilterBody = create_model(
    "CallFilterBody",
    __base__=_Document,
    __doc__="Which calls are asked about; null or an empty list is no filter.",
    **_FIELDS,
)


class CallStatsBody(_Document):
    """The body. Here `project_id` and `start` may be absent: flags can give them."""

    project_id: Annotated[str, Field(min_length=1)] | None = None
    start: Instant = None
    end: Instant = None
    granularity: Annotated[int, Field(ge=1)] | None = None
    usage_metrics: list[UsageMetricBody] | None = None
    call_metrics: list[CallMetricBody] | None = None
    filter: CallFilterBody | None = None  # type: ignore[valid-type]
    timezone: ZoneName | None = None


def request_from_body(text: bytes) -> CallStatsRequest:
    """The request that a body asks; raises RequestError naming the first thing that is wrong."""
    document = _document(text)
    try:
        body = CallStatsBody.model_validate(document)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False)[0]) from None
    fields = dict(body) | {
        "usage_metrics": _metrics(body.usage_metrics),
        "call_metrics": _metrics(body.call_metrics),
        "filter": _filter(body.filter),
        "timezone": body.timezone or "UTC",
    }
    return CallStatsRequest(**fields)


def _metrics(asked: Sequence[UsageMetricBody | CallMetricBody] | None) -> tuple[MetricRequest, ...]:
    for item in asked or ():
        if item.metric in ONE_NUMBER and (item.aggregations, item.percentiles) != (None, None):
            raise RequestError(
                f"{item.metric} is one number: it has no aggregations", hint="name the metric alone"
            )
    return tuple(
        MetricRequest(
            item.metric,
            ("sum",) if item.aggregations is None else tuple(item.aggregations),
            tuple(item.percentiles or ()),
        )
        for item in asked or ()
    )


def _filter(asked: _Document | None) -> CallFilter:
    fields = asked or ()
    return CallFilter(
        **{name: tuple(value) if isinstance(value, list) else bool(value) for name, value in fields}
    )


def _document(text: bytes) -> dict[str, Any]:
    import json

    try:
        document = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise RequestError(f"the request body is not UTF-8 text: {error.reason}") from None
    except RecursionError:
        raise RequestError("the request body is nested too deeply") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RequestError(f"the request body is not JSON: {error.msg} ({place})") from None
    except ValueError as error:
        raise RequestError(f"the request body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise RequestError("the request body is not a JSON object")
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


_WANTED = {
    "model_type": "an object",
    "dict_type": "an object",
    "list_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
}
"""Pydantic's kind of finding → what should have stood there."""


def _explain(finding: ErrorDetails) -> RequestError:
    """One line for one of Pydantic's findings."""
    path = [part for part in finding["loc"] if part != "str"]
    value, kind = finding["input"], finding["type"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
    if kind == "extra_forbidden":
        return unknown_name("field", path[-1], _fields_beside(path))
    if path[0] == "granularity":
        return RequestError(
            f"granularity must be a whole number of seconds, 1 or more, not {quoted(value)}",
            hint="words such as '1d' or '1mo' go to --granularity" if isinstance(value, str) else None,
        )
    if kind == "literal_error" and path[-1] == "metric":
        family: Family = "usage" if path[0] == "usage_metrics" else "call"
        return unknown_metric(value, family, {"usage": "usage_metrics", "call": "call_metrics"})
    if kind == "literal_error":
        percentile = re.fullmatch(r"[pP]([0-9]+(?:\.[0-9]+)?)", str(value))
        if percentile is not None:
            return RequestError(
                f"{where}: {quoted(value)} is a percentile, no aggregation",
                hint=f'"percentiles": [{percentile[1]}] asks for it',
            )
        return unknown_name("aggregation", value, list(AGGREGATIONS))
    if kind in _WANTED:
        return RequestError(f"{where} must be {_WANTED[kind]}, not {quoted(value)}")
    if "percentiles" in path:
        return RequestError(f"{where} must be a number from 0 to 100, not {quoted(value)}")
    if kind == "missing":
        return RequestError(f"{where} is missing")
    message = finding["msg"][0].lower() + finding["msg"][1:]
    return RequestError(f"{where}: {message}, not {quoted(value)}")


def _fields_beside(path: list[int | str]) -> list[str]:
    if len(path) == 1:
        return list(CallStatsBody.model_fields)
    return list(CallFilterBody.model_fields if path[0] == "filter" else UsageMetricBody.model_fields)
