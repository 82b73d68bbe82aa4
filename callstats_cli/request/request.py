"""The validated question (spec 2): values only, no I/O. Flags and bodies both end as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import RequestError
from callstats_cli.request.filters import CallFilter

if TYPE_CHECKING:
    from callstats_cli.request.granularity import Granularity


class MetricRequest(NamedTuple):
    """One metric and what is asked of it. Percentiles lie in 0..100; both lists empty means `sum`."""

    metric: str
    aggregations: tuple[str, ...] = ("sum",)
    percentiles: tuple[float, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The aggregations that it comes to."""
        return self.aggregations or (() if self.percentiles else ("sum",))


DEFAULT_USAGE = (
    MetricRequest("input_tokens"),
    MetricRequest("output_tokens"),
    MetricRequest("cache_read_input_tokens"),
    MetricRequest("cache_creation_input_tokens"),
    MetricRequest("total_cost"),
)
DEFAULT_CALLS = (
    MetricRequest("call_count"),
    MetricRequest("error_count"),
    MetricRequest("latency_ms", ("avg",), (50, 95)),
)
"""The metrics that are asked for where neither a body nor a flag names a metric."""


class CallStatsRequest(NamedTuple):
    """The question. Instants are microseconds since 1970-01-01T00:00:00Z.

    `project_id` null means every project; `start` null means from the first call; `end` null means
    now, or one microsecond after the last call where `start` is null too; `granularity` null means
    auto, a word is a calendar unit or `total`.
    """

    project_id: str | None = None
    start: int | None = None
    end: int | None = None
    granularity: Granularity | None = None
    usage_metrics: tuple[MetricRequest, ...] = ()
    call_metrics: tuple[MetricRequest, ...] = ()
    filter: CallFilter = CallFilter()
    timezone: str = "UTC"


def check_range(request: CallStatsRequest, now_us: int) -> None:
    """Raises RequestError where the range ends before it starts; null `end` is now."""
    if request.start is None:
        return
    if request.end is None and request.start > now_us:
        raise RequestError("start lies in the future, and no end is given", hint="give an end")
    if request.end is not None and request.end < request.start:
        raise RequestError("end is before start", hint="the range is [start, end)")
