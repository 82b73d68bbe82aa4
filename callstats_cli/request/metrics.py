"""The vocabulary as data: metrics, aggregations, and the counts of a usage entry (spec 2, 5, 8).

A new metric is one `Metric` row here, a line in the engine's template `usage/usage_counts` or
`answer/call_values` where no column has its values yet, and one case in `tests/plan/cases/`.
"""

from __future__ import annotations

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

    `reads` names the columns of a call (spec 5) that its value is made of. `scale` divides the
    engine's value: latencies are aggregated as integer microseconds and answered in milliseconds.
    `integral` is true where sums, minima and maxima of whole values are whole numbers. `formula` is for
    metrics that are one number per row of an answer, with no aggregation: what is computed of the
    row's calls. Where it `may_be_unknown`, a row of calls without a value has none, in place of the 0
    of a row without calls.
    """

    name: str
    family: Family
    unit: Unit
    reads: tuple[str, ...]
    description: str
    scale: int = 1
    integral: bool = True
    formula: Formula | None = None
    may_be_unknown: bool = False


USAGE_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("input_tokens", "usage", "tokens", INPUT_COUNTS, "tokens sent to the model"),
        Metric("output_tokens", "usage", "tokens", TOTAL_COUNTS, "tokens the model wrote"),
        Metric(
            "total_tokens",
            "usage",
            "tokens",
            TOTAL_COUNTS,
            "the recorded total, else input and output",
        ),
        Metric(
            "cache_read_input_tokens",
            "usage",
            "tokens",
            CACHE_READ_COUNTS,
            "input tokens read from a prompt cache",
        ),
        Metric(
            "cache_creation_input_tokens",
            "usage",
            "tokens",
            CACHE_CREATION_COUNTS,
            "input tokens written to a prompt cache",
        ),
        Metric(
            "input_cost",
            "usage",
            "dollars",
            PRICED_BY,
            "US dollars for input, cached or not",
            integral=False,
            may_be_unknown=True,
        ),
        Metric(
            "output_cost",
            "usage",
            "dollars",
            PRICED_BY,
            "US dollars for output",
            integral=False,
            may_be_unknown=True,
        ),
        Metric(
            "total_cost",
            "usage",
            "dollars",
            PRICED_BY,
            "US dollars for input, output and the request itself",
            integral=False,
            may_be_unknown=True,
        ),
        Metric(
            "tokens_per_call",
            "usage",
            "rate",
            TOTAL_COUNTS,
            "total tokens of a call, on average",
            integral=False,
            formula=Aggregate("avg", "total_tokens"),
        ),
        Metric(
            "cost_per_call",
            "usage",
            "dollars",
            PRICED_BY,
            "US dollars of a call, on average over those with a price",
            integral=False,
            formula=Aggregate("avg", "total_cost"),
        ),
        Metric(
            "cache_hit_rate",
            "usage",
            "share",
            (*COUNTS, *READINGS),
            "share of the input tokens that were read from a prompt cache, 0 to 1",
            integral=False,
            formula=Ratio(
                Aggregate("sum", "cache_read_input_tokens", known="gross_tokens"),
                Aggregate("sum", "gross_tokens"),
            ),
        ),
        Metric(
            "output_tokens_per_second",
            "usage",
            "rate",
            (*TOTAL_COUNTS, "ended_at", "duration"),
            "output tokens per second of latency, over the calls that have one",
            integral=False,
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
        Metric(
            "latency_ms",
            "call",
            "ms",
            ("ended_at", "duration"),
            "end minus start, in milliseconds",
            scale=1000,
            integral=False,
        ),
        Metric("call_count", "call", "calls", (), "1 for every call"),
        Metric(
            "error_count",
            "call",
            "calls",
            ("failed",),
            "1 for a call that failed, null where nothing tells",
            may_be_unknown=True,
        ),
        Metric(
            "error_rate",
            "call",
            "share",
            ("failed",),
            "share of the calls that failed, 0 to 1, of those that tell",
            integral=False,
            formula=Aggregate("avg", "error_count", whole=True),
        ),
        Metric(
            "calls_per_second",
            "call",
            "rate",
            (),
            "calls per second of the bucket's part of the range",
            integral=False,
            formula=Aggregate("count", "*"),
        ),
    )
}

ONE_NUMBER: frozenset[str] = frozenset(
    name for name, metric in (USAGE_METRICS | CALL_METRICS).items() if metric.formula is not None
)
"""Metrics that are one number per row: additions to the API's vocabulary, without aggregations."""

COST_METRICS = frozenset(name for name, metric in USAGE_METRICS.items() if metric.unit == "dollars")

AGGREGATIONS = ("sum", "avg", "min", "max", "count", "count_true", "count_false")

COUNTING: frozenset[str] = frozenset({"count", "count_true", "count_false"})
"""Aggregations that count values, whatever their unit."""


def unknown_metric(name: object, family: Family, where: Mapping[Family, str]) -> RequestError:
    """The error for a name that is no metric of a family; one of the other family says where that one's
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
