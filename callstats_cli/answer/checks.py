"""Thresholds such as `p95_latency_ms > 2000` or `delta(sum_total_tokens) > 20%`: read, and judged.

A threshold says when to fail. It stands over the whole range, or over each bucket or model of it. What
has no value, or none of a call, is no data: never a pass by itself. Nor is a cost that leaves calls out
because they have no price, where it may not be above a limit: all that is known is a lower bound.
"""

from __future__ import annotations

import math
import operator
import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.request.metrics import AGGREGATIONS, CALL_METRICS, METRICS, ONE_NUMBER, USAGE_METRICS
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callstats_cli.answer.comparison import Change, Measurement, Place
    from callstats_cli.answer.rows import Number
    from callstats_cli.request.output_columns import OutputColumn

Status = Literal["ok", "failed", "no data", "lower bound"]

_CHECK: Final = (
    r"(?P<delta>delta\s*\()?\s*(?P<name>[a-z_][a-z0-9_.]*)\s*(?(delta)\))\s*"
    r"(?P<operator>[<>]=?)\s*(?P<limit>-?[0-9]+(?:\.[0-9]+)?)\s*(?P<percent>%?)"
)
_OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_OF_NO_CALLS: Final = frozenset({"sum_call_count", "calls_per_second"})
"""Columns that say something where there is no call: that there is none."""


class Check(NamedTuple):
    """One threshold. A `limit` in percent is of 100; `request` is what must be asked for its column."""

    text: str
    column: OutputColumn
    request: MetricRequest
    is_delta: bool
    operator: str
    limit: float
    is_percent: bool

    def is_crossed_by(self, value: float) -> bool:
        """Whether the value crosses the limit. It is in percent where the limit is."""
        return _OPERATORS[self.operator](value, self.limit)


class Finding(NamedTuple):
    """One value that was looked at: as the limit is written, in percent where that is."""

    place: Place
    value: float
    calls: int
    unpriced: int = 0


class Verdict(NamedTuple):
    """The outcome of a check: all that crosses the limit, else all that may cross it, else the value
    nearest to it. `unpriced` is how many calls have no price at the places that were looked at."""

    check: Check
    status: Status
    breaches: tuple[Finding, ...] = ()
    bounds: tuple[Finding, ...] = ()
    nearest: Finding | None = None
    unpriced: int = 0

    @property
    def is_undecided(self) -> bool:
        """Whether neither a pass nor a breach is known."""
        return self.status in ("no data", "lower bound")


def parse_check(text: str) -> Check:
    """One `--fail-if`: `COLUMN OP NUMBER[%]` or `delta(COLUMN) OP NUMBER[%]`; OP is > >= < or <=.

    Raises RequestError saying what is wrong with it.
    """
    match = re.fullmatch(_CHECK, text.strip())
    if match is None:
        raise RequestError(
            f"unreadable check {quoted(text)}",
            hint="such as 'p95_latency_ms > 2000', 'error_rate > 1%' or 'delta(avg_latency_ms) > 20%'",
        )
    limit = float(match["limit"])
    if math.isinf(limit):
        raise RequestError(f"--fail-if {quoted(text.strip())}: the limit is too large")
    request = parse_column(match["name"])
    (column,) = output_columns(METRICS[request.metric].family, [request])
    is_delta, is_percent = match["delta"] is not None, match["percent"] == "%"
    if is_percent and not is_delta and column.metric.unit != "share":
        raise RequestError(
            f"--fail-if {text.strip()}: {column.name} is no share",
            hint=f"% goes with rates of calls and with delta({column.name})",
        )
    return Check(text.strip(), column, request, is_delta, match["operator"], limit, is_percent)


def parse_column(name: str, where: str = "a check") -> MetricRequest:
    """A column's name, as JSON answers have it → what to ask to get it."""
    if name in ONE_NUMBER:
        return MetricRequest(name, ())
    for metric in METRICS.keys() - ONE_NUMBER:
        word = name.removesuffix(f"_{metric}")
        if word in AGGREGATIONS:
            return MetricRequest(metric, (word,))
        if re.fullmatch(r"p[0-9]+(\.[0-9]+)?", word) and float(word[1:]) <= 100:
            return MetricRequest(metric, (), (float(word[1:]),))
    raise RequestError(f"unknown metric {quoted(name)} in {where}", hint=_hint(name))


def plotted_column(name: str) -> MetricRequest:
    """The same, where a metric's name alone is its sum, as in --usage and --calls."""
    if name in METRICS and name not in ONE_NUMBER:
        return MetricRequest(name)
    return parse_column(name, "--plot")


def _hint(name: str) -> str:
    if name in METRICS:
        return f"say of which aggregation, such as sum_{name}, avg_{name} or p95_{name}"
    return did_you_mean(name, column_names()) or "such as p95_latency_ms or error_rate"


def column_names() -> list[str]:
    """The columns that JSON answers can have; of percentiles those that are usual."""
    words = (*AGGREGATIONS, "p50", "p95", "p99")
    return [
        column
        for name in (*USAGE_METRICS, *CALL_METRICS)
        for column in ([name] if name in ONE_NUMBER else [f"{word}_{name}" for word in words])
    ]


def metrics_of(
    requests: Sequence[MetricRequest],
) -> tuple[tuple[MetricRequest, ...], tuple[MetricRequest, ...]]:
    """The usage and the call metrics among them."""
    usage = tuple(request for request in requests if request.metric in USAGE_METRICS)
    return usage, tuple(request for request in requests if request.metric in CALL_METRICS)


def judge(check: Check, measured: Sequence[Measurement], changes: Sequence[Change]) -> Verdict:
    """The verdict over every place where the check's column was measured, or was on both sides."""
    name = check.column.name
    if check.is_delta:
        changed = [change for change in changes if change.new.column.name == name]
        items = [change.new for change in changed]
        found = [_of_change(check, change) for change in changed]
    else:
        items = [item for item in measured if item.column.name == name]
        found = [_of_measurement(check, item) for item in items]
    unpriced = sum(item.unpriced or 0 for item in items)
    findings = [finding for finding in found if finding is not None]
    if not findings:
        return Verdict(check, "no data", unpriced=unpriced)
    breaches = tuple(finding for finding in findings if check.is_crossed_by(finding.value))
    if breaches:
        return Verdict(check, "failed", breaches, unpriced=unpriced)
    is_upper = check.operator.startswith(">")
    bounds = tuple(finding for finding in findings if finding.unpriced)
    # Where no call has a price, their cost is 0 or more.
    bounds += tuple(
        Finding(item.place, 0, item.calls, item.unpriced)
        for item in items
        if item.value is None and item.unpriced and not check.is_delta
    )
    if bounds and is_upper:
        return Verdict(check, "lower bound", bounds=bounds, unpriced=unpriced)
    nearest = (max if is_upper else min)(findings, key=lambda finding: finding.value)
    return Verdict(check, "ok", nearest=nearest, unpriced=unpriced)


def _of_measurement(check: Check, item: Measurement) -> Finding | None:
    if item.value is None or not (item.calls or item.column.name in _OF_NO_CALLS):
        return None
    value = item.value * 100 if check.is_percent else item.value
    return Finding(item.place, value, item.calls, item.unpriced or 0)


def _of_change(check: Check, change: Change) -> Finding | None:
    """A metric that is 0 on both sides has not changed; from 0 to more is no percentage."""
    new = change.new
    if not (change.old.calls and new.calls) and new.column.name not in _OF_NO_CALLS:
        return None
    value: Number = change.difference
    if check.is_percent and value:
        value = change.percent
    if value is None:
        return None
    return Finding(new.place, value, new.calls, new.unpriced or 0)
