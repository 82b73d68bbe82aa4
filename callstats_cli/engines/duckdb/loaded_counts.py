"""Counts of what was loaded: lines, columns that hold nothing, times that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.late_times import position_of
from callstats_cli.engines.duckdb.statements import Statement, fill_slot, select_list
from callstats_cli.request.call_columns import COLUMNS, CONSTANTS, READ_LATE

if TYPE_CHECKING:
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.engines.loaded import LoadedTable


def counted(table: LoadedTable, engine: DuckDBEngine) -> LoadedTable:
    """The table with what it holds."""
    kept = {*CONSTANTS, *READ_LATE, *table.group.format.line_columns}
    optional = [name for name in table.columns if name in COLUMNS and name not in kept]
    columns = "".join(f",\n    count({name}) as {name}" for name in optional)
    sql = table.fill(fill_slot(template("loading/loaded_counts"), "columns", columns))
    found = engine.answer(Statement(sql))
    return table._replace(
        lines=sum(row["lines"] for row in found),
        empty=frozenset(name for name in optional if not any(row[name] for row in found)),
        blank=tuple(row["file"] for row in found if row["blank"]),
        unread=any(row["unread"] for row in found),
    )


def unreadable_times(table: LoadedTable, engine: DuckDBEngine) -> int:
    """How many times of a table could not be read."""
    if table.group.format.tells:
        return 0
    texts = select_list(
        f"count(unread[{position_of(name)}]) filter (entry <= 1 and {name} is null) as {name}"
        for name in table.read_late
    )
    sql = table.fill(fill_slot(template("loading/unreadable_times"), "texts", texts))
    (unreadable,) = engine.run(Statement(sql))
    return sum(unreadable)
