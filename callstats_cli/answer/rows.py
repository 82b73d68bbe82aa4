"""The answer: rows as the engine computed them, and the API's object made of them (SPEC 8, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from callstats_cli.request.output_columns import OutputColumn

Number = int | float | None


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One bucket and model. `bucket` is its first instant in microseconds since 1970; a log that
    names no model has a null one; `values` are in the order of the answer's usage columns; `without`
    says by cost metric how many calls have no such cost, none left out."""

    bucket: int
    model: str | None
    count: int
    values: tuple[Number, ...]
    without: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallRow:
    """One bucket. `values` are in the order of the answer's call columns."""

    bucket: int
    count: int
    values: tuple[Number, ...]


class CallStats(NamedTuple):
    """The answer to a request. Instants are microseconds since 1970-01-01T00:00:00Z; `quality` counts
    what was odd about the calls, by kind; `unpriced` are those of which an asked cost is not known."""

    start: int
    end: int
    granularity: int | str
    timezone: str
    usage_columns: tuple[OutputColumn, ...]
    usage: Sequence[UsageRow]
    call_columns: tuple[OutputColumn, ...]
    calls: Sequence[CallRow]
    quality: Mapping[str, int] = {}
    unpriced: Sequence[Unpriced] = ()


class Unpriced(NamedTuple):
    """Calls of a model without a cost, for one `reason` (SPEC 9); `tokens` is input and output."""

    model: str | None
    provider: str | None
    reason: str
    calls: int
    tokens: int


class Totals(NamedTuple):
    """The same question in one bucket: usage per model, usage of all models, calls. Null where not
    asked for or where nothing matched."""

    usage: Sequence[UsageRow]
    usage_of_all_models: UsageRow | None
    calls: CallRow | None


def number(value: Any, column: OutputColumn, *, whole: bool) -> Number:
    """An engine's value as JSON shows it (SPEC 8): without a point where all values that it is made of
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


def usage_objects(stats: CallStats) -> Iterator[dict[str, Any]]:
    """The rows of `usage_buckets`."""
    names = [column.name for column in stats.usage_columns]
    instants = _Instants(stats.timezone)
    for row in stats.usage:
        yield {
            "timestamp": instants[row.bucket],
            "model": row.model,
            **dict(zip(names, row.values, strict=True)),
            "count": row.count,
        }


def call_objects(stats: CallStats) -> Iterator[dict[str, Any]]:
    """The rows of `call_buckets`."""
    names = [column.name for column in stats.call_columns]
    instants = _Instants(stats.timezone)
    for row in stats.calls:
        yield {
            "timestamp": instants[row.bucket],
            **dict(zip(names, row.values, strict=True)),
            "count": row.count,
        }


class _Instants(dict[int, str]):
    """Instants as text, each written once."""

    def __init__(self, timezone: str) -> None:
        super().__init__()
        self._timezone = timezone

    def __missing__(self, instant_us: int) -> str:
        text = self[instant_us] = format_instant(instant_us, self._timezone)
        return text
