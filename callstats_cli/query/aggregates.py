"""The select lists of an answer: its metrics aggregated, then scaled and filled by bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.statements import Step, fill_slot, quote_identifier, select_list
from callstats_cli.chain.templates import template
from callstats_cli.request.metrics import AGGREGATIONS, FRACTIONAL_AGGREGATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.chain.statements import Value
    from callstats_cli.request.metrics import Metric
    from callstats_cli.request.output_columns import OutputColumn


def aggregate_step(name: str, columns: Sequence[OutputColumn]) -> Step:
    """The step of that template, which aggregates what the columns are made of."""
    values = _by_metric(columns)
    quantiles: dict[str, Value] = {
        f"percentiles_{metric.name}": tuple(
            column.percentile / 100 for column in asked if column.percentile is not None
        )
        for metric, asked in values
        if any(column.percentile is not None for column in asked)
    }
    sql = fill_slot(template(name), "aggregates", select_list(_aggregates(values)))
    return Step(name.rpartition("/")[2], sql, quantiles)


def _by_metric(columns: Iterable[OutputColumn]) -> list[tuple[Metric, list[OutputColumn]]]:
    grouped: dict[str, list[OutputColumn]] = {}
    for column in columns:
        grouped.setdefault(column.metric.name, []).append(column)
    return [(asked[0].metric, asked) for asked in grouped.values()]


def _aggregates(values: list[tuple[Metric, list[OutputColumn]]]) -> list[str]:
    """The select list of a metric's aggregations; all its percentiles are one list."""
    lines: list[str] = []
    for metric, asked in values:
        is_fractional = metric.unit in ("tokens", "dollars")
        aggregations = FRACTIONAL_AGGREGATIONS if is_fractional else AGGREGATIONS
        if metric.formula is not None:
            lines.append(f"{metric.formula} as {metric.name}")
            if metric.unit == "dollars":
                lines.append(f"count(*) - count(total_cost) as without_{metric.name}")
            continue
        for column in asked:
            if column.aggregation is not None:
                call = aggregations[column.aggregation].format(value=metric.name, one=metric.scale)
                lines.append(f"{call} as {quote_identifier(column.name)}")
        if metric.unit == "tokens":
            whole = f"bool_and({metric.name} = trunc({metric.name}))"
            lines.append(f"coalesce({whole}, true) as whole_{metric.name}")
        if metric.unit == "dollars":
            lines.append(f"count(*) - count({metric.name}) as without_{metric.name}")
        if any(column.percentile is not None for column in asked):
            name = metric.name
            lines.append(f"quantile_cont({name}, $percentiles_{name}) as percentiles_{name}")
    return lines


def filled(aggregates: str, columns: Sequence[OutputColumn], unknown: frozenset[str]) -> list[str]:
    """The select list of the answer: units scaled, empty buckets filled. Of metrics that are `unknown`
    of every call, nothing but counts of values is filled."""
    lines: list[str] = []
    seen: dict[str, int] = {}
    for column in columns:
        metric = column.metric
        if column.percentile is not None:
            position = seen[metric.name] = seen.get(metric.name, 0) + 1
            value = f"{aggregates}.percentiles_{metric.name}[{position}]"
        else:
            value = f"{aggregates}.{quote_identifier(column.name)}"
        if metric.name == "calls_per_second":
            value = f"coalesce({value}, 0) / seconds"
        if metric.scale != 1 and not column.is_count:
            value = f"{value} / {metric.scale}"
        is_unknown = metric.name in unknown and not column.is_count
        if metric.may_be_unknown and column.empty is not None and not is_unknown:
            value = f"if({aggregates}.count is null, {column.empty}, {value})"
        elif column.empty is not None and not is_unknown:
            value = f"coalesce({value}, {column.empty})"
        lines.append(f"{value} as {quote_identifier(column.name)}")
    for metric, _ in _by_metric(columns):
        if metric.unit == "tokens":
            lines.append(f"coalesce({aggregates}.whole_{metric.name}, true) as whole_{metric.name}")
        elif metric.unit == "dollars":
            lines.append(f"coalesce({aggregates}.without_{metric.name}, 0) as without_{metric.name}")
    return lines
