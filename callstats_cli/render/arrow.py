"""The answer as one Arrow table for usage and calls, written as Arrow IPC or as Parquet (spec 11).

PyArrow takes 0.3 s to import: this module is loaded only where one of its formats is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from callstats_cli.request.dimensions import USAGE_DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.rows import CallStats, Row
    from callstats_cli.request.output_columns import OutputColumn


def render_arrow(stats: CallStats, *, as_file: bool) -> memoryview:
    """The bytes of an IPC stream, or of an IPC file (what readers of `.arrow` expect)."""
    table = arrow_table(stats)
    sink = pa.BufferOutputStream()
    opened = pa.ipc.new_file if as_file else pa.ipc.new_stream
    with opened(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def render_parquet(stats: CallStats) -> memoryview:
    """The bytes of a Parquet file."""
    import pyarrow.parquet

    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(arrow_table(stats), sink, compression="zstd")
    return memoryview(sink.getvalue())


def arrow_table(stats: CallStats) -> Any:
    """Usage rows, then call rows; its types are the same whatever the data.

    `timestamp` is in microseconds with the zone of the request; `count` and the counting
    aggregations are int64, all other values double.
    """
    usage = rows_table(stats.usage, USAGE_DIMENSIONS, stats.usage_columns, stats.timezone)
    calls = rows_table(stats.calls, (), stats.call_columns, stats.timezone)
    kinds = pa.array(["usage"] * len(stats.usage) + ["call"] * len(stats.calls), pa.string())
    columns = [column.name for column in (*stats.usage_columns, *stats.call_columns)]
    both = pa.concat_tables([usage, calls], promote_options="default").combine_chunks()
    return both.select(["timestamp", *USAGE_DIMENSIONS, "count", *columns]).add_column(0, "kind", kinds)


def rows_table(
    rows: Sequence[Row], dimensions: Sequence[str], columns: Sequence[OutputColumn], timezone: str
) -> Any:
    """Rows of one family as a table: `timestamp`, the dimensions, the columns, `count`."""
    table = {
        "timestamp": pa.array([row.bucket for row in rows], pa.timestamp("us", tz=timezone)),
        **{name: pa.array([row.key[name] for row in rows], pa.string()) for name in dimensions},
    }
    for column in columns:
        values = [row.values[column.name] for row in rows]
        table[column.name] = pa.array(values, _type(column))
    return pa.table({**table, "count": pa.array([row.count for row in rows], pa.int64())})


def _type(column: OutputColumn) -> Any:
    return pa.int64() if column.is_count else pa.float64()
