"""A saved answer as the side that an answer is compared with."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.answer.comparison import WHOLE, Measurement, Place
from callstats_cli.errors import RequestError
from callstats_cli.request.times import parse_body_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.answer.rows import Number
    from callstats_cli.request.output_columns import OutputColumn


class Baseline(NamedTuple):
    """A saved answer: its range (microseconds since 1970) and its rows."""

    path: str
    start_us: int
    end_us: int
    usage: list[dict[str, Any]]
    calls: list[dict[str, Any]]


def read_baseline(path: str) -> Baseline:
    """A JSON answer that `callstats query --json` wrote; raises RequestError for anything else."""
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise RequestError(f"cannot read the baseline {path!r}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the baseline {path!r} is not JSON: {error}", hint=_HOW) from None
    try:
        baseline = Baseline(
            path,
            parse_body_instant(content["start"]),
            parse_body_instant(content["end"]),
            [_row(row) for row in content["usage_buckets"]],
            [_row(row) for row in content["call_buckets"]],
        )
    except (AttributeError, KeyError, RequestError, TypeError, ValueError):
        raise RequestError(f"the baseline {path!r} is no saved answer", hint=_HOW) from None
    return baseline


_HOW = "save one with callstats query … -g total --json -o FILE"


def _row(row: dict[str, Any]) -> dict[str, Any]:
    for value in row.values():
        if isinstance(value, bool | list | dict) or value in (math.inf, -math.inf) or value != value:
            raise ValueError(value)
    return row | {"count": int(row["count"])}


def of_baseline(
    baseline: Baseline, usage: Sequence[OutputColumn], calls: Sequence[OutputColumn]
) -> Iterator[Measurement]:
    """The values of a saved answer over its whole range.

    Of several buckets or models together, sums and counts add up, minima and maxima are those of all;
    averages, percentiles and rates are null: they cannot be had from parts.
    """
    models = dict.fromkeys(row.get("model") for row in baseline.usage)
    for column in usage:
        for model in models:
            rows = [row for row in baseline.usage if row.get("model") == model]
            yield _combined(column, Place(None, model, of_all_models=False), rows)
        if models:
            yield _combined(column, WHOLE, baseline.usage)
    for column in calls:
        if baseline.calls:
            yield _combined(column, WHOLE, baseline.calls)


def _combined(column: OutputColumn, place: Place, rows: list[dict[str, Any]]) -> Measurement:
    count = sum(row["count"] for row in rows)
    filled = [row for row in rows if row["count"]] or rows[:1]
    values = [row.get(column.name) for row in filled]
    known = [value for value in values if isinstance(value, int | float)]
    value: Number = None
    if len(values) == 1:
        value = known[0] if known else None
    elif column.aggregation in ("min", "max"):
        value = (min if column.aggregation == "min" else max)(known, default=None)
    elif len(known) == len(values) and (column.is_count or column.aggregation == "sum"):
        value = sum(known)
    return Measurement(column, place, value, count, None if column.is_cost else 0)
