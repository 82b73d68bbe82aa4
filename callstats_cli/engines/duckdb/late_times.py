"""Times that loading left as text: they are read once the largest number of a file gives its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.statements import Statement, fill_slot
from callstats_cli.formats.groups import PER_SECOND
from callstats_cli.formats.time_units import is_near_zero, unit_of
from callstats_cli.request.call_columns import READ_LATE
from callstats_cli.request.zones import local_offsets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.mapped import ReadOptions


def read_late_times(
    tables: Sequence[LoadedTable], engine: DuckDBEngine, options: ReadOptions
) -> set[int]:
    """Reads the times of loaded tables; returns the numbers of the files whose starts are all numbers
    within a year of 1970."""
    zone = options.log_timezone or "UTC"
    edges, offsets = ((), ()) if zone == "UTC" else local_offsets(zone)
    largest = _largest_numbers(tables, engine)
    units = {time: _units(time, by_file, tables) for time, by_file in largest.items()}
    for time, by_file in units.items():
        values: dict[str, Value] = {
            "units": tuple(PER_SECOND[by_file.get(n, "s")] for n in range(max(by_file) + 1)),
            "time_origin": options.time_origin or 0,
            "local_edges": edges,
            "local_offsets": offsets,
        }
        sql = fill_slot(template("loading/late_times"), "time", time)
        sql = fill_slot(sql, "position", position_of(time))
        for table in tables:
            if time in table.times:
                engine.run(Statement(table.fill(sql), values))
    return {
        number
        for number, value in largest.get("started_at", {}).items()
        if is_near_zero(value, units["started_at"][number])
    }


def _largest_numbers(
    tables: Sequence[LoadedTable], engine: DuckDBEngine
) -> dict[str, dict[int, float]]:
    """The largest number of each file, for the time columns with texts left to read."""
    largest: dict[str, dict[int, float]] = {}
    for table in tables:
        times = table.times
        if not times:
            continue
        columns = ",\n    ".join(map(_largest, times))
        sql = fill_slot(template("loading/largest_epoch"), "largest", columns)
        for number, *found in engine.run(Statement(table.fill(sql))):
            for time, value in zip(times, found, strict=True):
                if value is not None:
                    known = largest.setdefault(time, {})
                    known[number] = max(known.get(number, value), value)
    return largest


def _units(time: str, largest: dict[int, float], tables: Sequence[LoadedTable]) -> dict[int, str]:
    """The unit of each file's numbers: the one that was given, else by the largest of them."""
    given = {
        number: reference.unit
        for table in tables
        for reference in table.group.found.get(time, ())
        if reference.unit is not None
        for number in table.group.numbers
    }
    return {number: given.get(number) or unit_of(value) for number, value in largest.items()}


def _largest(time: str) -> str:
    unread = f"unread[{position_of(time)}]"
    return f"max(if({unread} is null, null, coalesce(abs(read_epoch({unread})), -1)))::double as {time}"


def position_of(name: str) -> str:
    """The position in `unread` of the text of a column, as SQL counts."""
    return str(READ_LATE.index(name) + 1)
