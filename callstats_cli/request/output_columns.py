"""The columns of an answer: each an aggregation, a percentile or the one number of a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.request.metrics import CALL_METRICS, COUNTING, USAGE_METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.request.metrics import Family, Metric
    from callstats_cli.request.request import MetricRequest


class OutputColumn(NamedTuple):
    """One column of an answer: an aggregation or a percentile of a metric."""

    name: str
    metric: Metric
    aggregation: str | None
    percentile: float | None

    @property
    def is_count(self) -> bool:
        """Whether it counts values, whatever their unit."""
        return self.aggregation in COUNTING

    @property
    def is_cost(self) -> bool:
        """Whether it is in dollars, so that it leaves out calls without a price."""
        return self.metric.unit == "dollars" and not self.is_count

    @property
    def is_fractional(self) -> bool:
        """Whether it is always a number with a fraction, also where the fraction is zero."""
        return self.percentile is not None or self.aggregation == "avg" or not self.metric.is_integral

    @property
    def empty(self) -> int | None:
        """Its value in an empty bucket: no data is not zero (spec 8)."""
        return 0 if self.is_count or self.aggregation == "sum" else None


def output_columns(family: Family, asked: Iterable[MetricRequest]) -> tuple[OutputColumn, ...]:
    """The columns of an answer in request order; one metric named twice merges its lists (spec 2)."""
    vocabulary = USAGE_METRICS if family == "usage" else CALL_METRICS
    merged: dict[str, list[MetricRequest]] = {}
    for item in asked:
        merged.setdefault(item.metric, []).append(item)
    columns: list[OutputColumn] = []
    for name, items in merged.items():
        metric = vocabulary[name]
        if metric.formula is not None:
            columns.append(OutputColumn(name, metric, None, None))
            continue
        columns += [
            OutputColumn(f"{aggregation}_{name}", metric, aggregation, None)
            for aggregation in dict.fromkeys(wanted for item in items for wanted in item.wanted)
        ]
        columns += [
            OutputColumn(f"p{shortest(value)}_{name}", metric, None, value)
            for value in dict.fromkeys(
                abs(float(value)) for item in items for value in item.percentiles
            )
        ]
    return tuple(columns)


def shortest(number: float) -> str:
    """A number as its shortest decimal, without an exponent: 99.9, 50."""
    from decimal import Decimal

    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
