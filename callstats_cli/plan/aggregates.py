"""The select lists of an answer: its metrics aggregated, then scaled and filled by bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Step
from callstats_cli.chain.slots import Aggregate, Aggregated, AreWhole, Named, Percentiles, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.chain.slots import Slot
    from callstats_cli.request.metrics import Family, Metric
    from callstats_cli.request.output_columns import OutputColumn


OF_BUCKET, OF_MODEL, OF_ALL = 0, 2, 3
"""The levels of rows: of one bucket (and model), of a model over the range, of all calls of it, as
`grouping` numbers them."""


class AnswerRows(NamedTuple):
    """Which rows an answer has: those of its buckets, those of the whole range, or both, which are
    computed in one pass."""

    buckets: bool = True
    totals: bool = False

    @property
    def slots(self) -> dict[str, Slot]:
        """The slots that say so in the templates of aggregates and buckets."""
        return {
            **self._asdict(),
            "both": self.buckets and self.totals,
            "alone": self.totals and not self.buckets,
        }


BUCKETS, TOTALS = AnswerRows(), AnswerRows(buckets=False, totals=True)


def aggregate_step(family: Family, columns: Sequence[OutputColumn], rows: AnswerRows) -> Step:
    """The step that aggregates what the columns of a family are made of, for some rows."""
    asked = _by_metric(columns)
    fractions: dict[str, Value] = {
        f"percentiles_{metric.name}": tuple(
            column.percentile / 100 for column in of_metric if column.percentile is not None
        )
        for metric, of_metric in asked
        if any(column.percentile is not None for column in of_metric)
    }
    aggregates = tuple(item for metric, of_metric in asked for item in _aggregates(metric, of_metric))
    return Step(
        f"{family}_aggregates",
        f"answer/{family}_aggregates",
        fractions,
        {"aggregates": aggregates, **rows.slots},
        shared=True,
    )


def _by_metric(columns: Iterable[OutputColumn]) -> list[tuple[Metric, list[OutputColumn]]]:
    grouped: dict[str, list[OutputColumn]] = {}
    for column in columns:
        grouped.setdefault(column.metric.name, []).append(column)
    return [(asked[0].metric, asked) for asked in grouped.values()]


def _aggregates(metric: Metric, asked: Sequence[OutputColumn]) -> Iterator[Named]:
    """A metric's aggregations, with what has to be known of its values; all its percentiles are one
    list."""
    name = metric.name
    if metric.formula is not None:
        yield Named(metric.formula, name)
        if metric.unit == "dollars":
            yield Named(Unknown("total_cost"), f"without_{name}")
        return
    whole = metric.unit not in ("tokens", "dollars")
    for column in asked:
        if column.aggregation is not None:
            yield Named(Aggregate(column.aggregation, name, whole, metric.scale), column.name)
    if metric.unit == "tokens":
        yield Named(AreWhole(name), f"whole_{name}")
    if metric.unit == "dollars":
        yield Named(Unknown(name), f"without_{name}")
    if any(column.percentile is not None for column in asked):
        yield Named(Percentiles(name, f"percentiles_{name}"), f"percentiles_{name}")


def filled_columns(
    step: str, columns: Sequence[OutputColumn], unknown: frozenset[str]
) -> tuple[Aggregated, ...]:
    """The columns of the answer: units scaled, empty buckets filled. Of metrics that are `unknown` of
    every call, nothing but counts of values is filled."""
    items: list[Aggregated] = []
    seen: dict[str, int] = {}
    for column in columns:
        metric, of, position = column.metric, column.name, None
        if column.percentile is not None:
            of = f"percentiles_{metric.name}"
            position = seen[metric.name] = seen.get(metric.name, 0) + 1
        is_filled = column.is_count or metric.name not in unknown
        items.append(
            Aggregated(
                step,
                of,
                column.name,
                position,
                scale=1 if column.is_count else metric.scale,
                per_second=metric.name == "calls_per_second",
                empty=column.empty if is_filled else None,
                null_with_calls=metric.may_be_unknown,
            )
        )
    for metric, _ in _by_metric(columns):
        if metric.unit == "tokens":
            items.append(Aggregated(step, of := f"whole_{metric.name}", of, empty=True))
        elif metric.unit == "dollars":
            items.append(Aggregated(step, of := f"without_{metric.name}", of, empty=0))
    return tuple(items)
