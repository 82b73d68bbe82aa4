"""The vocabulary as data: metrics, aggregations, and the counts of a usage entry (spec 2, 5, 8).

A new metric is one `Metric` row here, a line in the engine's template `usage/usage_counts` or
`answer/call_values` where no column has its values yet, and one case in `tests/plan/cases/`.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Literal, NamedTuple

from callstats_cli.chain.slots import Aggregate, Formula, Ratio
from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.request.token_counts import (
    CACHE_CREATION_COUNTS,
    CACHE_READ_COUNTS,
    COUNTS,
    INPUT_COUNTS,
    PRICED_BY,
    READINGS,
    TOTAL_COUNTS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Family = Literal["usage", "call"]
Unit = Literal["tokens", "dollars", "ms", "calls", "share", "rate"]


class Metric(NamedTuple):
    """One thing that can be asked of a call.

    `reads` names the columns of a call (spec 5) that its value is made of. `formula` is for metrics
    that are one number per row of an answer, with no aggregation: what is computed of the row's calls.
    """

    name: str
    unit: Unit
    reads: tuple[str, ...]
    formula: Formula | None = None

    @property
    def family(self) -> Family:
        """Whether it is of usage entries or of calls."""
        return "call" if self.name in CALL_METRICS else "usage"

    @property
    def scale(self) -> int:
        """The number that the engine's value is divided by: latencies are aggregated as integer
        microseconds and answered in milliseconds."""
        return 1_000 if self.unit == "ms" else 1

    @property
    def may_be_unknown(self) -> bool:
        """Whether a row of calls without a value has none, in place of the 0 of a row without calls."""
        return self.unit == "dollars" or "failed" in self.reads

    @property
    def is_integral(self) -> bool:
        """Whether sums, minima and maxima of whole values are whole numbers."""
        return self.unit in ("tokens", "calls")


USAGE_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("input_tokens", "tokens", INPUT_COUNTS),
        Metric("output_tokens", "tokens", TOTAL_COUNTS),
        Metric("total_tokens", "tokens", TOTAL_COUNTS),
        Metric("cache_read_input_tokens", "tokens", CACHE_READ_COUNTS),
        Metric("cache_creation_input_tokens", "tokens", CACHE_CREATION_COUNTS),
        Metric("input_cost", "dollars", PRICED_BY),
        Metric("output_cost", "dollars", PRICED_BY),
        Metric("total_cost", "dollars", PRICED_BY),
        Metric("tokens_per_call", "rate", TOTAL_COUNTS, formula=Aggregate("avg", "total_tokens")),
        Metric("cost_per_call", "dollars", PRICED_BY, formula=Aggregate("avg", "total_cost")),
        Metric(
            "cache_hit_rate",
            "share",
            (*COUNTS, *READINGS),
            formula=Ratio(
                Aggregate("sum", "cache_read_input_tokens", known="gross_tokens"),
                Aggregate("sum", "gross_tokens"),
            ),
        ),
        Metric(
            "output_tokens_per_second",
            "rate",
            (*TOTAL_COUNTS, "ended_at", "duration"),
            formula=Ratio(
                Aggregate("sum", "output_tokens", positive="latency_us"),
                Aggregate(
                    "sum", "latency_us", whole=True, known="output_tokens", positive="latency_us"
                ),
                times=1_000_000,
            ),
        ),
    )
}

CALL_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("latency_ms", "ms", ("ended_at", "duration")),
        Metric("call_count", "calls", ()),
        Metric("error_count", "calls", ("failed",)),
        Metric("error_rate", "share", ("failed",), formula=Aggregate("avg", "error_count", whole=True)),
        Metric("calls_per_second", "rate", (), formula=Aggregate("count", "*")),
    )
}

METRICS = ChainMap(USAGE_METRICS, CALL_METRICS)

ONE_NUMBER = frozenset(name for name, metric in METRICS.items() if metric.formula is not None)
"""Metrics that are one number per row: additions to the API's vocabulary, without aggregations."""

COST_METRICS = frozenset(name for name, metric in USAGE_METRICS.items() if metric.unit == "dollars")

AGGREGATIONS = ("sum", "avg", "min", "max", "count", "count_true", "count_false")

COUNTING: frozenset[str] = frozenset({"count", "count_true", "count_false"})
"""Aggregations that count values, whatever their unit."""


def unknown_metric(name: object, family: Family, where: Mapping[Family, str]) -> RequestError:
    """The error for an unknown metric of a family; one of the other family says where that one's
    metrics go, such as --calls."""
    own, other = USAGE_METRICS, CALL_METRICS
    place = where["call"]
    if family == "call":
        own, other, place = CALL_METRICS, USAGE_METRICS, where["usage"]
    if name in other:
        return RequestError(f"unknown metric {quoted(name)} here", hint=f"it goes to {place}")
    close = None if did_you_mean(str(name), list(own)) else did_you_mean(str(name), list(other))
    if close is None:
        return unknown_name("metric", name, list(own))
    return RequestError(f"unknown metric {quoted(name)}", hint=f"{close} It goes to {place}")


def unknown_name(what: str, name: object, known: list[str]) -> RequestError:
    """The error for a name outside a vocabulary, with the closest valid ones."""
    hint = did_you_mean(str(name), known) or "known: " + ", ".join(known)
    return RequestError(f"unknown {what} {quoted(name)}", hint=hint)
