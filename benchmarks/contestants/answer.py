"""The statements of a script written by hand, its answer, and how that is printed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

SQL = Path(__file__).parents[1] / "sql"

USAGE = ("calls", "input", "output", "cache read", "cache write", "cost $")
CALLS = ("calls", "errors", "latency avg ms", "latency p50 ms", "latency p95 ms")
USAGE_KEYS = (
    "count",
    "sum_input_tokens",
    "sum_output_tokens",
    "sum_cache_read_input_tokens",
    "sum_cache_creation_input_tokens",
    "sum_total_cost",
)
CALL_KEYS = ("count", "sum_error_count", "avg_latency_ms", "p50_latency_ms", "p95_latency_ms")


class Statements(NamedTuple):
    """The prices; what loads the log, null where it is asked in place; the questions of both families,
    with totals last where these are wanted."""

    rates: str
    load: str | None
    usage: str
    calls: str


def statements_of(engine: str, log: str, *, totals: bool) -> Statements:
    """The statements that an engine is asked about a log."""

    def read(name: str) -> str:
        return (SQL / engine / f"{name}.sql").read_text()

    family = log.partition("_")[0]
    by_model = "grouping sets ((bucket, model), (model), ())" if totals else "bucket, model"
    by_bucket = "grouping sets ((bucket), ())" if totals else "bucket"
    return Statements(
        read("rates"),
        read(log) if family == "weave" else None,
        f"{read(f'{family}_usage')} group by {by_model} order by bucket, model",
        f"{read(f'{family}_calls')} group by {by_bucket} order by bucket",
    )


class Answer(NamedTuple):
    """Rows of usage: day, model, calls, input, output, cache read, cache written, dollars. Rows of
    calls: day, calls, errors, mean milliseconds, [median, 95th percentile] in microseconds. A day is a
    number since 1970, and null in a total; so is the model in the total of all."""

    usage: list[tuple[Any, ...]]
    calls: list[tuple[Any, ...]]


def show(answer: Answer, *, as_json: bool) -> None:
    """Prints the answer as callstats does."""
    calls = [(*row, *(value / 1000 for value in percentiles)) for *row, percentiles in answer.calls]
    if as_json:
        document = {
            "usage_buckets": [
                {"timestamp": f"{date(day)}T00:00:00Z", "model": model}
                | dict(zip(USAGE_KEYS, numbers, strict=True))
                for day, model, *numbers in answer.usage
            ],
            "call_buckets": [
                {"timestamp": f"{date(day)}T00:00:00Z", "sum_call_count": numbers[0]}
                | dict(zip(CALL_KEYS, numbers, strict=True))
                for day, *numbers in calls
            ],
        }
        json.dump(document, sys.stdout)
        return
    usage = [
        (date(day), model or "(all models)", *counts, f"{cost:.4f}")
        for day, model, *counts, cost in answer.usage
    ]
    print_table(("bucket", "model", *USAGE), usage)
    print()  # noqa: T201 - a script's output
    by_day = [(date(row[0]), *row[1:3], *(f"{value:.3f}" for value in row[3:])) for row in calls]
    print_table(("bucket", *CALLS), by_day)


def date(day: int | None) -> str:
    """The date of a day since 1970; a total has none."""
    return "total" if day is None else time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))


def print_table(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Prints rows below their header, numbers to the right."""
    cells = [header, *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    texts = header.index("calls")
    for row in cells:
        words = [
            word.ljust(width) if place < texts else word.rjust(width)
            for place, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(words))  # noqa: T201 - a script's output
