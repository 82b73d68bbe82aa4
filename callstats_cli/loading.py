"""Sources that cannot be asked in place → temporary tables: each text is parsed once (SPEC 4, 5).

Every group has a table `loaded_N` with just the columns that the question reads. Lines that the engine
refuses get a second reading by Python and a table of their own; times in rarer writings are read once
all of a column is known.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.agreement import pair
from callstats_cli.calls import LOADED_COLUMNS, READ_LATE, TIMES
from callstats_cli.declared import declared_keys
from callstats_cli.errors import CallstatsError, OutOfMemoryError, SourceError
from callstats_cli.groups import PER_SECOND, Group
from callstats_cli.localtime import local_offsets
from callstats_cli.mapping import UNCLEAR_USAGE, lines_of
from callstats_cli.refused import refused_items, refused_lines
from callstats_cli.sniffing import ends_in_comma, open_text
from callstats_cli.statements import Statement, fill_slot
from callstats_cli.templates import template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.detection import ReadOptions
    from callstats_cli.engines.duckdb import DuckDBEngine
    from callstats_cli.refused import Malformed, RefusedLine
    from callstats_cli.statements import Value

FILE_PLACES = 1 << 40
"""How many places of the reading order each file has."""


class LoadedTable(NamedTuple):
    """A table of loaded lines, one row per line and model; of Parquet those of `span`."""

    name: str
    group: Group
    columns: tuple[str, ...]
    span: tuple[int, int] | None = None

    @property
    def read_late(self) -> tuple[str, ...]:
        """Its columns that may have texts left which could not be read."""
        return tuple(name for name in READ_LATE if name in self.columns)

    @property
    def times(self) -> list[str]:
        """Its time columns."""
        return [time for time in TIMES if time in self.columns]

    def fill(self, sql: str) -> str:
        """A template with its slots for the table, and for the columns it does not always have."""
        if "place" in self.columns:
            file = f"(place // {FILE_PLACES})"
        else:
            file = "file" if "file" in self.columns else str(self.group.numbers[0])
        place = "place" if "place" in self.columns else "null"
        for slot, content in (("table", self.name), ("file", file), ("place", place)):
            sql = sql.replace(f"/* {slot} */", content)
        return sql


class Rejected(NamedTuple):
    """A line or file that was skipped, or of which a column was nulled.

    `file` is the source's position in reading order. `place` counts the lines of JSON Lines that are
    not blank, the items of a document, the rows that were read of other files, from 1; refused rows of
    delimited text begin at the byte `start` instead, and `places` is how many rows were read. `text`
    is why a file was skipped.
    """

    file: int
    kind: str
    place: int | None = None
    column: str | None = None
    start: int | None = None
    text: str | None = None
    places: int | None = None


def loaded_table(name: str, group: Group, needed: set[str]) -> LoadedTable:
    """The table that a group is loaded into: no column that it cannot fill."""
    line_columns = group.format.line_columns
    kept = {name for name in needed | {*line_columns} if group.fills(name)}
    kept |= {"entry", "unread"}
    if len(group.files) > 1:
        kept.add("file")
    if group.kind == "lines":
        kept = kept - {"file"} | {"place"}
    known = (*LOADED_COLUMNS, *(own for own in line_columns if own not in LOADED_COLUMNS))
    return LoadedTable(name, group, tuple(column for column in known if column in kept))


def joined_table(name: str, group: Group, needed: set[str]) -> LoadedTable:
    """The table of the calls that the lines of a format make, each with its place."""
    kept = needed | {"entry", "place"}
    return LoadedTable(name, group, tuple(column for column in LOADED_COLUMNS if column in kept))


def load_statement(table: LoadedTable, **values: Value) -> Statement:
    """The statement that fills a table with the lines of its group, in reading order."""
    sql, parameters = lines_of(table.group, table.columns, table.span)
    return Statement(f"create or replace temp table {table.name} as\n{sql}", parameters | values)


class Loader:
    """Loads groups into `tables`; counts the lines and what was odd about them. `sizes` are the bytes
    of files when they were first looked at, `read_by_python` the numbers of those that Python read in
    the engine's place."""

    def __init__(
        self,
        engine: DuckDBEngine,
        options: ReadOptions,
        needed: set[str],
        sizes: Mapping[str, int],
        *,
        by_python: frozenset[int],
        skip_bad_files: bool,
    ) -> None:
        self.engine = engine
        self.options = options
        self.needed = needed
        self.sizes = sizes
        self.by_python = by_python
        self.skip_bad_files = skip_bad_files
        self.tables: list[LoadedTable] = []
        self.rejected: list[Rejected] = []
        self.read_by_python: set[int] = set()
        self.quality: Counter[str] = Counter()
        self.lines_read = 0

    def load(self, groups: Sequence[Group], span: tuple[int, int] | None) -> None:
        """Loads all groups; raises SourceError for a file that cannot be read to its end."""
        for group in groups:
            self._load_group(group, span)
        for table in tuple(self.tables):
            self._reread_refused(table)
        if any(table.group.kind == "csv" for table in self.tables):
            self._count_refused_rows()
        self._read_late_times()
        self._count_lines()

    def _add(self, group: Group, span: tuple[int, int] | None, **values: Value) -> None:
        table = loaded_table(f"loaded_{len(self.tables)}", group, self.needed)._replace(span=span)
        self.engine.run(load_statement(table, **values))
        self.tables.append(table)

    def _load_group(self, group: Group, span: tuple[int, int] | None) -> None:
        """Loads a group; lines longer than the engine expects make it try again with more room, a usage
        that may be no object with usages read as a whole."""
        if self.by_python.intersection(group.numbers):
            self._load_in_part_by_python(group, span)
            return
        try:
            _check_ends(group)
            self._add(group, span)
        except OutOfMemoryError:
            raise
        except CallstatsError as error:
            if "maximum_object_size" in error.message and group.largest_object < 1 << 32:
                self._load_group(group._replace(largest_object=group.largest_object * 8), span)
            elif UNCLEAR_USAGE in error.message:
                self._load_group(group._replace(usage_is_whole=True), span)
            elif len(group.files) > 1:
                for number in group.numbers:
                    self._load_group(group.only_file(number), span)
            elif group.kind == "json":
                self._load_document(group)
            elif self.skip_bad_files:
                self._skip_file(group, error.message)
            else:
                message = _naming(group.files[0], error.message)
                raise SourceError(message, hint=error.hint) from error

    def _load_in_part_by_python(self, group: Group, span: tuple[int, int] | None) -> None:
        for number in group.numbers:
            file = group.only_file(number)
            if number not in self.by_python:
                self._load_group(file, span)
            elif group.kind == "json":
                self._load_document(file)
            else:
                self._load_lines(file)

    def _load_document(self, group: Group) -> None:
        """Loads a JSON document that the engine refuses, item by item, as Python reads it."""
        try:
            items = self._items(group)
        except (ValueError, RecursionError) as error:
            if self.skip_bad_files:
                self._skip_file(group, str(error))
                return
            message = f"{group.files[0]!r} is not a whole JSON document: {error}"
            raise SourceError(message) from None
        self._load_by_python(group, items)

    def _skip_file(self, group: Group, reason: str) -> None:
        self.quality["skipped_files"] += 1
        self.rejected.append(Rejected(group.numbers[0], "skipped_files", text=reason))

    def _reread_refused(self, table: LoadedTable) -> None:
        """Tries the lines that the engine refused once with Python's json (SPEC 12); a file of which it
        is not sure which lines these are is read by Python as a whole."""
        if table.group.kind not in ("jsonl", "json"):
            return
        for number, _ in self.engine.run(Statement(table.fill(template("blank_files")))):
            group = table.group.only_file(number)
            rows = self.engine.run(Statement(table.fill(template("blank_rows")), {"file": number}))
            places = [row[0] for row in rows]
            if group.kind == "json":
                self._reread_document(table, group, places)
            else:
                self._reread_lines(table, group, places)

    def _reread_lines(self, table: LoadedTable, group: Group, places: Sequence[int]) -> None:
        paired = pair(self.engine, table, group.numbers[0])
        if paired is None or len(paired.blank) < len(places):
            self._forget(table, group)
            self._load_lines(group)
            return
        # A log that is still written may have grown since: what came later does not count.
        refused = paired.blank[: len(places)]
        keys = declared_keys(group, set(table.columns))
        again = refused_lines(group.files[0], group.compression, keys, places=set(refused))
        self._load_second_readings(group, list(again), places)

    def _forget(self, table: LoadedTable, group: Group) -> None:
        """Takes back what was loaded of a file."""
        sql = table.fill(template("forgotten_file"))
        self.engine.run(Statement(sql, {"file": group.numbers[0]}))

    def _reread_document(self, table: LoadedTable, group: Group, places: Sequence[int]) -> None:
        """Reads a document by Python; where Python cannot, its refused items are no JSON."""
        try:
            items = self._items(group)
        except (ValueError, RecursionError):
            for _ in places:
                self._reject(group.numbers[0], None, "not_json")
            return
        self._forget(table, group)
        self._load_by_python(group, items)

    def _items(self, group: Group) -> list[RefusedLine]:
        """The items of a document as Python reads them; raises as `items_of`."""
        with open_text(group.files[0], group.compression) as stream:
            return list(refused_items(stream.read(), declared_keys(group, self.needed)))

    def _load_lines(self, group: Group) -> None:
        """Loads JSON Lines as Python reads them, as far as the file went when it was looked at."""
        (path,) = group.files
        keys = declared_keys(group, self.needed)
        size = self.sizes.get(path)
        self._load_by_python(group, list(refused_lines(path, group.compression, keys, size=size)))

    def _load_by_python(self, group: Group, readings: Sequence[RefusedLine]) -> None:
        (number,) = group.numbers
        self.read_by_python.add(number)
        first = number * FILE_PLACES
        self._load_second_readings(group, readings, range(first, first + len(readings)))

    def _load_second_readings(
        self, group: Group, readings: Sequence[RefusedLine], places: Sequence[int]
    ) -> None:
        kept: list[tuple[str, int]] = []
        for reading, place in zip(readings, places, strict=False):
            if reading.record is not None:
                if not (group.shares_files and reading.record == "{}"):
                    kept.append((reading.record, place))
            elif reading.malformed is not None and not group.is_beside:
                self._reject(group.numbers[0], reading.place, reading.malformed)
        if kept:
            self._add(
                group._replace(kind="lines"),
                None,
                lines=tuple(record for record, _ in kept),
                places=tuple(place for _, place in kept),
            )

    def _reject(self, number: int, place: int | None, kind: Malformed) -> None:
        self.quality.update(("malformed", kind))
        self.rejected.append(Rejected(number, kind, place))

    def _count_refused_rows(self) -> None:
        """Delimited text: the rows that the engine left out."""
        numbers = {
            os.path.realpath(path): number
            for table in self.tables
            for path, number in zip(table.group.files, table.group.numbers, strict=True)
        }
        for path, start in self.engine.run(Statement(template("rejected_rows"))):
            self.quality.update(("malformed", "not_a_row"))
            self.rejected.append(Rejected(numbers[os.path.realpath(path)], "not_a_row", start=start))

    def _read_late_times(self) -> None:
        """Reads the times that loading left as text: their units are known only now (SPEC 5)."""
        zone = self.options.log_timezone
        edges, offsets = ((), ()) if zone == "UTC" else local_offsets(zone)
        for time, units in self._units().items():
            per_second = [PER_SECOND[units.get(n, "s")] for n in range(max(units) + 1)]
            for table in self.tables:
                if time not in table.times:
                    continue
                sql = fill_slot(template("late_times"), "time", time)
                self.engine.run(
                    Statement(
                        table.fill(fill_slot(sql, "position", position_of(time))),
                        {
                            "units": tuple(per_second),
                            "time_origin": self.options.time_origin or 0,
                            "local_edges": edges,
                            "local_offsets": offsets,
                        },
                    )
                )

    def _units(self) -> dict[str, dict[int, str]]:
        """The unit of each file's numbers, for the time columns with texts left to read."""
        largest: dict[str, dict[int, float]] = {}
        for table in self.tables:
            times = table.times
            if not times:
                continue
            columns = ",\n    ".join(_largest(time) for time in times)
            sql = fill_slot(template("largest_epoch"), "largest", columns)
            for number, *values in self.engine.run(Statement(table.fill(sql))):
                for time, value in zip(times, values, strict=True):
                    if value is not None:
                        known = largest.setdefault(time, {})
                        known[number] = max(known.get(number, value), value)
        return {
            time: {
                number: self._given_units(time).get(number) or unit_of(value)
                for number, value in by_file.items()
            }
            for time, by_file in largest.items()
        }

    def _given_units(self, time: str) -> dict[int, str]:
        return {
            number: reference.unit
            for table in self.tables
            for reference in table.group.found.get(time, ())
            if reference.unit is not None
            for number in table.group.numbers
        }

    def _count_lines(self) -> None:
        for table in self.tables:
            if table.group.format.tells:
                continue
            texts = ",\n    ".join(
                f"count(unread[{position_of(name)}]) filter (entry <= 1 and {name} is null) as {name}"
                for name in table.read_late
            )
            sql = table.fill(fill_slot(template("unreadable_times"), "texts", texts))
            ((lines, *unreadable),) = self.engine.run(Statement(sql))
            self.lines_read += lines
            self.quality["unreadable_times"] += sum(unreadable)
        if self.lines_read == 0 and self.quality["malformed"] > 0:
            raise SourceError("no line of the log could be read")


def unit_of(largest: float | None) -> str:
    """The unit of epoch numbers, by the largest of them (SPEC 5): seconds until the year 5138."""
    if largest is None or largest < 1e11:
        return "s"
    return "ms" if largest < 1e14 else "us" if largest < 1e17 else "ns"


def _largest(time: str) -> str:
    unread = f"unread[{position_of(time)}]"
    return f"max(if({unread} is null, null, coalesce(abs(read_epoch({unread})), -1)))::double as {time}"


def position_of(name: str) -> str:
    """Where in `unread` the text of a column is, as SQL counts."""
    return str(READ_LATE.index(name) + 1)


def _check_ends(group: Group) -> None:
    """Raises SourceError where a JSON document is cut short in a way that the engine does not see."""
    if group.kind == "json" and any(ends_in_comma(path, group.compression) for path in group.files):
        raise SourceError("a document ends in a comma")


def _naming(path: str, message: str) -> str:
    """The engine's words on a file, which it may have named itself."""
    return message if path in message else f"{path}: {message}"
