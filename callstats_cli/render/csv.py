"""The answer as CSV: one table for usage and calls, as spec 11 has it.

UTF-8, a comma between fields, one `\\n` after each line, RFC 4180's quotes. Null is empty; an empty
text, such as a model of that name, is `""`. Numbers are those of the JSON answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.answer.rows import row_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.answer.rows import CallStats

_QUOTED = frozenset('",\n\r')


def render_csv(stats: CallStats) -> Iterator[str]:
    """A line of names, the usage rows, the call rows: one line each, `kind` first."""
    keys = ("timestamp", "model", "count")
    usage = [column.name for column in stats.usage_columns]
    calls = [column.name for column in stats.call_columns]
    yield _line(["kind", *keys, *usage, *calls])
    for row in row_objects(stats, stats.usage):
        yield _line(["usage", *(row[key] for key in (*keys, *usage)), *(None for _ in calls)])
    for row in row_objects(stats, stats.calls):
        values = (row[key] for key in calls)
        yield _line(["call", row["timestamp"], None, row["count"], *(None for _ in usage), *values])


def _line(values: Sequence[str | int | float | None]) -> str:
    return ",".join(map(_field, values)) + "\n"


def _field(value: str | float | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    if value and value == value.strip() and _QUOTED.isdisjoint(value):
        return value
    return '"' + value.replace('"', '""') + '"'
