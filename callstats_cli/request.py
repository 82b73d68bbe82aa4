"""The validated question: the body of `POST /calls/stats` (SPEC 2).

A JSON body and flags fill the same document, which is validated here once. No I/O, no engine.
"""

from __future__ import annotations

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
)

from callstats_cli.buckets import load_zone
from callstats_cli.errors import RequestError, did_you_mean
from callstats_cli.metrics import AGGREGATIONS, CALL_METRICS, COST_METRICS, USAGE_METRICS
from callstats_cli.timerange import parse_body_instant

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

UsageMetricName = Literal[
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
]
CallMetricName = Literal["latency_ms", "call_count", "error_count"]
AggregationName = Literal["sum", "avg", "min", "max", "count", "count_true", "count_false"]
CalendarUnit = Literal["total", "1w", "1mo", "1q", "1y"]


def _instant(value: object, info: ValidationInfo) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RequestError(
            f"{info.field_name} must be a date-time text, not {_short(value)}",
            hint="for example '2026-03-01T00:00:00Z'",
        )
    try:
        return parse_body_instant(value)
    except RequestError as error:
        raise RequestError(f"{info.field_name}: {error.message}", hint=error.hint) from None


def _zone_name(value: str) -> str:
    load_zone(value)
    return value


Instant = Annotated[int | None, BeforeValidator(_instant, json_schema_input_type=datetime | None)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Percentile = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class UsageMetricRequest(_Document):
    """One usage metric, per call and model, and what is asked of it."""

    metric: UsageMetricName
    aggregations: list[AggregationName] = Field(default_factory=lambda: ["sum"])
    percentiles: list[Percentile] = Field(default_factory=list)


class CallMetricRequest(_Document):
    """One call metric and what is asked of it."""

    metric: CallMetricName
    aggregations: list[AggregationName] = Field(default_factory=lambda: ["sum"])
    percentiles: list[Percentile] = Field(default_factory=list)


class CallFilter(_Document):
    """Which calls are asked about; null or an empty list is no filter."""

    op_names: list[str] | None = None
    input_refs: list[str] | None = None
    output_refs: list[str] | None = None
    parent_ids: list[str] | None = None
    trace_ids: list[str] | None = None
    call_ids: list[str] | None = None
    thread_ids: list[str] | None = None
    turn_ids: list[str] | None = None
    trace_roots_only: bool | None = None
    wb_user_ids: list[str] | None = None
    wb_run_ids: list[str] | None = None

    def active(self) -> dict[str, list[str] | bool]:
        """The fields that restrict anything, in the order of SPEC 2."""
        return {name: value for name, value in self if value}


class CallStatsRequest(_Document):
    """The question. Instants are microseconds since 1970-01-01T00:00:00Z.

    `project_id` null means every project; `start` null means from the first call; `end` null means
    now, or one microsecond after the last call where `start` is null too; `granularity` null means
    auto, a word is a calendar unit or `total`.
    """

    project_id: Annotated[str, Field(min_length=1)] | None = None
    start: Instant = None
    end: Instant = None
    granularity: Annotated[int, Field(ge=1)] | CalendarUnit | None = None
    usage_metrics: list[UsageMetricRequest] | None = None
    call_metrics: list[CallMetricRequest] | None = None
    filter: CallFilter | None = None
    timezone: ZoneName = "UTC"

    @property
    def calls(self) -> CallFilter:
        """The filter, empty where none was given."""
        return self.filter or CallFilter()


def read_body(text: bytes) -> dict[str, Any]:
    """A request body as a document, not validated beyond being a JSON object.

    Raises RequestError where the text is not JSON, not an object, or has a granularity in words.
    """
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
    if isinstance(document.get("granularity"), str):
        raise RequestError(
            "granularity: a body takes whole seconds or null",
            hint="words such as '1d' or '1mo' go to --granularity",
        )
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def require_body_fields(document: dict[str, Any]) -> None:
    """Raises RequestError where a body, with the flags beside it, lacks a required field."""
    for name, flag in (("project_id", "--project"), ("start", "--start")):
        if document.get(name) is None:
            raise RequestError(
                f"the request body has no {name}", hint=f"add it to the body or give {flag}"
            )


def build_request(document: dict[str, Any]) -> CallStatsRequest:
    """The validated request; raises RequestError naming the first thing that is wrong."""
    try:
        request = CallStatsRequest.model_validate(document)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False)[0]) from None
    if request.start is not None and request.end is not None and request.end < request.start:
        raise RequestError("end is before start", hint="the range is [start, end)")
    return request


def unknown_name(what: str, name: object, known: list[str]) -> RequestError:
    """The error for a name outside a vocabulary, with the closest valid ones."""
    if name in COST_METRICS:
        return RequestError(
            f"{name}: cost metrics are not available yet",
            hint="this version answers tokens, latency and counts; it knows no prices",
        )
    hint = did_you_mean(str(name), known) or "known: " + ", ".join(known)
    return RequestError(f"unknown {what} {_short(name)}", hint=hint)


def _explain(finding: ErrorDetails) -> RequestError:
    """One line for one of Pydantic's findings."""
    path = [part for part in finding["loc"] if part != "str"]
    value, kind = finding["input"], finding["type"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
    if kind == "extra_forbidden":
        return unknown_name("field", path[-1], _fields_beside(path))
    if path[0] == "granularity":
        return RequestError(
            f"granularity must be a whole number of seconds, 1 or more, not {_short(value)}"
        )
    if kind == "literal_error" and path[-1] == "metric":
        known = USAGE_METRICS if path[0] == "usage_metrics" else CALL_METRICS
        return unknown_name("metric", value, list(known))
    if kind == "literal_error":
        return unknown_name("aggregation", value, list(AGGREGATIONS))
    if "percentiles" in path:
        return RequestError(f"{where} must be a number from 0 to 100, not {_short(value)}")
    if kind == "missing":
        return RequestError(f"{where} is missing")
    message = finding["msg"][0].lower() + finding["msg"][1:]
    return RequestError(f"{where}: {message}, not {_short(value)}")


def _fields_beside(path: list[int | str]) -> list[str]:
    if len(path) == 1:
        return list(CallStatsRequest.model_fields)
    return list(CallFilter.model_fields if path[0] == "filter" else UsageMetricRequest.model_fields)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
