"""Places, in their files, of the calls of which something was nulled or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.late_times import position_of
from callstats_cli.engines.duckdb.readers import lines_of
from callstats_cli.engines.duckdb.statements import Cte, Statement, fill_slot, join_steps, step
from callstats_cli.engines.loaded import Rejected
from callstats_cli.formats.groups import FILE_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.chain.chain import Chain
    from callstats_cli.engines.duckdb.loading import Loader
    from callstats_cli.engines.duckdb.second_readings import SecondReader
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.engines.loaded import LoadedTable


def nulled_values(loader: Loader, calls: Chain, engine: DuckDBEngine) -> list[Rejected]:
    """The values that were nulled or left out of loaded lines; `calls` finds them among the calls."""
    found: list[tuple[int, str, str | None]] = list(engine.run(calls))
    for table in loader.tables:
        for name in table.read_late:
            sql = fill_slot(template("loading/unread_rows"), "position", position_of(name))
            rows = engine.run(Statement(table.fill(fill_slot(sql, "time", name))))
            found += [(line, "unreadable_times", name) for (line,) in rows]
    lines = {line for line, _, _ in found}
    places = _places_of(lines, loader, engine)
    return [_rejected(line, kind, column, places.get(line), loader) for line, kind, column in found]


def _rejected(line: int, kind: str, column: str | None, place: int | None, loader: Loader) -> Rejected:
    number = line // FILE_PLACES
    copy = loader.second.rewritten.get(number)
    if copy is None or place is None:
        return Rejected(number, kind, place, column)
    return Rejected(number, kind, column=column, line=copy.lines[place - 1])


def _places_of(lines: Iterable[int], loader: Loader, engine: DuckDBEngine) -> dict[int, int]:
    """Lines of the reading order → the places that they have in their files, or in copies of these."""
    second = loader.second
    places: dict[int, int] = {}
    by_file: dict[int, dict[int, list[int]]] = {}
    for line, first in _first_calls(lines, loader, engine).items():
        number, row = divmod(first, FILE_PLACES)
        if number in second.files and number not in second.rewritten:
            places[line] = row + 1
        else:
            by_file.setdefault(number, {}).setdefault(row, []).append(line)
    for table in loader.tables:
        if table.group.kind == "repaired":
            continue
        for number, first in engine.run(Statement(table.fill(template("loading/first_rows")))):
            if number in second.files and not _is_copy(table, number, second):
                continue
            lines_by_row = by_file.pop(number, {})
            if lines_by_row:
                rows = [row - first for row in lines_by_row]
                for row, place, _ in engine.run(_places_statement(table, number, rows)):
                    for line in lines_by_row[first + row]:
                        places[line] = place
    return places


def _first_calls(lines: Iterable[int], loader: Loader, engine: DuckDBEngine) -> dict[int, int]:
    """Lines of the reading order → themselves; calls that share a line with others → the first."""
    first = {line: line for line in lines}
    for table in loader.tables:
        if first and table.group.kind == "repaired":
            statement = Statement(table.fill(template("loading/first_calls")), {"places": tuple(first)})
            first |= dict(engine.run(statement))
    return first


def _is_copy(table: LoadedTable, number: int, second: SecondReader) -> bool:
    """Whether the rows of a file are those of a copy of it."""
    copy = second.rewritten.get(number)
    return copy is not None and copy.path in table.group.only_file(number).files


def _places_statement(table: LoadedTable, number: int, rows: Sequence[int]) -> Statement:
    sql, parameters = lines_of(table.group.only_file(number), (*table.columns, "place"), table.span)
    return join_steps(
        (Cte("lines", sql, parameters),), step("loading/places_of_rows", rows=tuple(rows))
    )
