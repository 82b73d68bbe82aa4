"""One range against another: what every asked metric was, what it is, and by how much it changed.

Both sides are answers over whole ranges, computed by the engine; the other side may also be an answer
that was saved as JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import RequestError
from callstats_cli.request.times import parse_instant
from callstats_cli.request.zones import first_instant, is_supported, load_zone, utc_offset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callstats_cli.answer.rows import CallStats, Number, Row, Totals
    from callstats_cli.request.output_columns import OutputColumn


class Place(NamedTuple):
    """Where in an answer a value stands. A null `bucket` is the whole range; `of_all_models` is
    also true for calls, which have no model."""

    bucket: int | None
    model: str | None
    of_all_models: bool


WHOLE = Place(None, None, of_all_models=True)


class Measurement(NamedTuple):
    """One value of an answer and the number of calls that it is of; `unpriced` are those of them that a
    value in dollars leaves out, null where that is not known."""

    column: OutputColumn
    place: Place
    value: Number
    calls: int
    unpriced: int | None = 0


class Change(NamedTuple):
    """A metric on both sides."""

    old: Measurement
    new: Measurement

    @property
    def difference(self) -> Number:
        """New less old; null where a side has no value."""
        old, new = self.old.value, self.new.value
        return None if new is None or old is None else new - old

    @property
    def percent(self) -> float | None:
        """The difference in percent of the old value; null also where that is 0."""
        difference, old = self.difference, self.old.value
        return None if difference is None or not old else difference / abs(old) * 100


def whole_range(stats: CallStats, totals: Totals) -> Iterator[Measurement]:
    """The values of an answer in one bucket: per model, of all models, of calls; in request order."""
    of_all = totals.usage_of_all_models or (totals.usage[0] if len(totals.usage) == 1 else None)
    for column in stats.usage_columns:
        for row in totals.usage:
            yield _measured(row, column, Place(None, row.model, of_all_models=False))
        if of_all is not None:
            yield _measured(of_all, column, WHOLE)
    if totals.calls is not None:
        yield from _of_row(WHOLE, totals.calls, stats.call_columns)


def of_rows(
    rows: Iterable[Row], columns: Sequence[OutputColumn], *, by_bucket: bool, by_model: bool
) -> Iterator[Measurement]:
    """The values of rows, each at its own place."""
    for row in rows:
        model = row.model if by_model else None
        place = Place(row.bucket if by_bucket else None, model, of_all_models=not by_model)
        yield from _of_row(place, row, columns)


def _of_row(place: Place, row: Row, columns: Sequence[OutputColumn]) -> Iterator[Measurement]:
    for column in columns:
        yield _measured(row, column, place)


def _measured(row: Row, column: OutputColumn, place: Place) -> Measurement:
    unpriced = row.without.get(column.metric.name, 0) if column.is_cost else 0
    return Measurement(column, place, row.values[column.name], row.count, unpriced)


def changes(old: Iterable[Measurement], new: Iterable[Measurement]) -> list[Change]:
    """Both sides joined, in the order of the columns, models by name, all of them last.

    What only one side has is as in an empty bucket on the other: sums and counts are 0, all else null.
    """
    before = {(item.column.name, item.place): item for item in old}
    after = {(item.column.name, item.place): item for item in new}
    columns = {item.column.name: item.column for item in (*after.values(), *before.values())}
    order = list(columns)
    joined = []
    for key in sorted(
        after.keys() | before.keys(), key=lambda key: (order.index(key[0]), _model_order(key[1]))
    ):
        column = columns[key[0]]
        absent = Measurement(column, key[1], column.empty, 0)
        joined.append(Change(before.get(key, absent), after.get(key, absent)))
    return joined


def _model_order(place: Place) -> tuple[bool, bool, str]:
    return place.of_all_models, place.model is None, place.model or ""


class Side(NamedTuple):
    """One side's range (microseconds since 1970), and the file of a saved answer, else null."""

    start_us: int
    end_us: int
    baseline: str | None = None


class Comparison(NamedTuple):
    """The two sides, and the changes in the order of the request."""

    new: Side
    old: Side
    timezone: str
    changes: list[Change]


def range_before(start_us: int, end_us: int, timezone: str) -> tuple[int, int]:
    """The range of the same length that ends where this one starts; its length is that of the clocks,
    so that seven days are seven days when the clocks change."""
    zone = load_zone(timezone)
    start_wall = start_us + utc_offset(start_us, zone)
    end_wall = end_us + utc_offset(end_us, zone)
    before_us = min(first_instant(2 * start_wall - end_wall, zone), start_us)
    if not is_supported(before_us):
        raise RequestError("the range before this one begins too early", hint="give --with START..END")
    return before_us, start_us


def parse_range(text: str, timezone: str, now_us: int) -> tuple[int, int | None]:
    """The range that `--with` names: `START..END`, times as of --start, or `START` alone, with a null
    end."""
    start, dots, end = text.partition("..")
    start_us = parse_instant(start, zone=timezone, now_us=now_us).us
    end_us = parse_instant(end, zone=timezone, now_us=now_us).us if dots else None
    if end_us is not None and end_us < start_us:
        raise RequestError("--with: end is before start", hint="the range is START..END")
    return start_us, end_us
