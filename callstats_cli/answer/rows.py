"""The answer: rows as the engine computed them, and the API's object made of them (spec 8, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from callstats_cli.engines.engine import Rows
    from callstats_cli.request.output_columns import OutputColumn

Number = int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer: its bucket's first instant in microseconds since 1970, what its calls have
    in common by dimension (`key`), how many calls it counts, and its values by column. In a log that
    names no model the key has a null one. `without` says by cost metric how many calls have no such
    cost, none left out."""

    bucket: int
    key: Mapping[str, str | None]
    count: int
    values: Mapping[str, Number]
    without: Mapping[str, int] = field(default_factory=dict)

    @property
    def model(self) -> str | None:
        """Its model; null also where the calls of all models are together."""
        return self.key.get("model")


class CallStats(NamedTuple):
    """The answer to a request. Instants are microseconds since 1970-01-01T00:00:00Z; `quality` counts
    what was odd about the calls, by kind, null where it is not known; `unpriced` are those of which an
    asked cost is not known."""

    start: int
    end: int
    granularity: int | str
    timezone: str
    usage_columns: tuple[OutputColumn, ...]
    usage: Sequence[Row]
    call_columns: tuple[OutputColumn, ...]
    calls: Sequence[Row]
    quality: Mapping[str, int | None] = {}
    unpriced: Sequence[Unpriced] = ()


class Unpriced(NamedTuple):
    """Calls of a model without a cost, for one `reason` (spec 9); `tokens` is input and output."""

    model: str | None
    provider: str | None
    reason: str
    calls: int
    tokens: int


class Totals(NamedTuple):
    """The same question in one bucket: usage per model, usage of all models where there are several,
    calls. Null where not asked for or where nothing matched. `excludes_cached` says whether some input
    counts leave cached tokens out."""

    usage: Sequence[Row]
    usage_of_all_models: Row | None
    calls: Row | None
    excludes_cached: bool = False


def number(value: Any, column: OutputColumn, *, whole: bool) -> Number:
    """An engine's value as JSON shows it (spec 8): without a point where all values that it is made of
    are `whole`; averages, percentiles and latencies always with one."""
    if value is None:
        return None
    if column.is_count:
        return int(value)
    return float(value) if column.is_fractional or not whole else int(value)


def api_head(stats: CallStats) -> dict[str, Any]:
    """The fields of the API's object that stand before its buckets."""
    return {
        "start": format_instant(stats.start, "UTC"),
        "end": format_instant(stats.end, "UTC"),
        "granularity": stats.granularity,
        "timezone": stats.timezone,
    }


def rows_of(found: Rows, dimensions: Sequence[str], columns: Sequence[OutputColumn]) -> list[Row]:
    """The rows that an engine gave, with their numbers as JSON shows them."""
    names = [column.name for column in columns]
    costs = list(
        dict.fromkeys(column.metric.name for column in columns if column.metric.unit == "dollars")
    )
    keys: dict[tuple[str | None, ...], dict[str, str | None]] = {}
    rows: list[Row] = []
    for (bucket, count), group, values, without in zip(
        found.each("bucket", "count"),
        found.each(*dimensions),
        zip(*(_numbers(found, column) for column in columns), strict=True),
        found.each(*(f"without_{name}" for name in costs)),
        strict=True,
    ):
        key = keys.setdefault(group, dict(zip(dimensions, group, strict=True)))
        missing = {name: calls for name, calls in zip(costs, without, strict=True) if calls}
        rows.append(Row(bucket, key, count, dict(zip(names, values, strict=True)), missing))
    return rows


def _numbers(found: Rows, column: OutputColumn) -> list[Number]:
    """The values of a column; beside tokens the engine says of each row whether all are whole."""
    mark = f"whole_{column.metric.name}"
    if mark not in found.columns:
        return [number(value, column, whole=True) for (value,) in found.each(column.name)]
    return [number(value, column, whole=whole) for value, whole in found.each(column.name, mark)]


def row_objects(stats: CallStats, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Rows as the API's objects have them."""
    timestamp = cache(partial(format_instant, zone=stats.timezone))
    for row in rows:
        yield {"timestamp": timestamp(row.bucket), **row.key, **row.values, "count": row.count}
