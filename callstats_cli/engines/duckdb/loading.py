"""Sources that cannot be asked in place → temporary tables: each text is parsed once (SPEC 4, 5).

Every group has a table `loaded_N` with just the columns that the question reads. Lines that the engine
refuses get a second reading by Python and a table of their own; times in rarer writings are read once
all of a column is known.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.agreement import pair
from callstats_cli.engines.duckdb.readers import UNCLEAR_USAGE, lines_of
from callstats_cli.engines.duckdb.second_readings import SecondReader
from callstats_cli.engines.duckdb.statements import Statement, fill_slot
from callstats_cli.errors import CallstatsError, OutOfMemoryError, SourceError
from callstats_cli.formats.groups import FILE_PLACES, PER_SECOND, Group
from callstats_cli.request.call_columns import LOADED_COLUMNS, READ_LATE, TIMES
from callstats_cli.request.metrics import AMOUNTS
from callstats_cli.request.zone_offsets import local_offsets
from callstats_cli.sources.damage import undamaged
from callstats_cli.sources.sniffing import ends_in_comma

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.engines.duckdb.refused import Malformed
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.formats.mapped import ReadOptions

YEAR_SECONDS = 31_536_000


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

    @property
    def slots(self) -> dict[str, str]:
        """What a template's slots hold for the table, and for the columns it does not always have."""
        if "place" in self.columns:
            file = f"(place // {FILE_PLACES})"
        else:
            file = "file" if "file" in self.columns else str(self.group.numbers[0])
        place = "place" if "place" in self.columns else "null"
        return {"table": self.name, "file": file, "place": place}

    def fill(self, sql: str) -> str:
        """A template with these slots filled."""
        for slot, content in self.slots.items():
            sql = sql.replace(f"/* {slot} */", content)
        return sql


class Rejected(NamedTuple):
    """A line or file that was skipped, or of which a column was nulled.

    `file` is the source's position in reading order. `place` counts the lines of JSON Lines that are
    not blank, the items of a document, the rows that were read of other files, from 1; refused rows of
    delimited text begin at the byte `start` instead, those that Python read in the line `line`. `text`
    is why a file was skipped.
    """

    file: int
    kind: str
    place: int | None = None
    column: str | None = None
    start: int | None = None
    text: str | None = None
    line: int | None = None


def loaded_table(name: str, group: Group, needed: set[str]) -> LoadedTable:
    """The table that a group is loaded into: no column that it cannot fill."""
    line_columns = group.format.line_columns
    kept = {name for name in needed | {*line_columns} if group.fills(name)}
    kept |= {"entry", "unread"}
    if group.says_zoneless:
        kept.add("zoneless")
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
    of files when they were first looked at. With `locate`, the rows of a file in which something is odd
    are its lines for certain. `near_zero` are the numbers of files that have starts as numbers within a
    year of 1970."""

    def __init__(
        self,
        engine: DuckDBEngine,
        options: ReadOptions,
        needed: set[str],
        sizes: Mapping[str, int],
        *,
        skip_bad_files: bool,
        locate: bool,
    ) -> None:
        self.engine = engine
        self.options = options
        self.needed = needed
        self.second = SecondReader(self, sizes)
        self.skip_bad_files = skip_bad_files
        self.locate = locate
        self.tables: list[LoadedTable] = []
        self.rejected: list[Rejected] = []
        self.near_zero: set[int] = set()
        self.quality: Counter[str] = Counter()
        self.lines_read = 0

    def load(self, groups: Sequence[Group], span: tuple[int, int] | None) -> None:
        """Loads groups beside those that are loaded; raises SourceError for a file that cannot be read
        to its end."""
        first = len(self.tables)
        for group in groups:
            self.load_group(group, span)
        added = tuple(self.tables[first:])
        for table in added:
            if table.group.kind in ("jsonl", "json"):
                self.second.reread(table)
        if any(table.group.kind == "csv" for table in added):
            self._count_refused_rows(added)
        if self.locate:
            self._make_sure(added)
        self._read_late_times(self.tables[first:])
        self._count_lines()

    def _make_sure(self, tables: Sequence[LoadedTable]) -> None:
        """Python reads the files of which odd rows may have to be found again, where it is not certain
        which lines these are."""
        for table in tables:
            if table.group.kind not in ("jsonl", "json", "csv"):
                continue
            for number in self._odd_files(table) - self.second.files:
                if not _is_paired(table, number, self.engine):
                    self.load_again(table, number)

    def _odd_files(self, table: LoadedTable) -> set[int]:
        """The numbers of the files of a table with a row of which something may be unreadable."""
        counts = [f"{name} < 0" for name in table.columns if name in AMOUNTS]
        odd = ["unread is not null", "started_at is null", *counts]
        odd += ["not usable"] if "usable" in table.columns else []
        sql = fill_slot(template("loading/odd_files"), "odd", " or ".join(odd))
        return {number for (number,) in self.engine.run(Statement(table.fill(sql)))}

    def add(self, group: Group, span: tuple[int, int] | None = None, **values: Value) -> None:
        """Loads a group into a table of its own; raises CallstatsError where the engine fails, and for
        a compressed file that is damaged."""
        table = loaded_table(f"loaded_{len(self.tables)}", group, self.needed)._replace(span=span)
        with undamaged(group.files if group.kind != "lines" else (), group.compression):
            self.engine.run(load_statement(table, **values))
        self.tables.append(table)

    def load_group(self, group: Group, span: tuple[int, int] | None) -> None:
        """Loads a group; lines longer than the engine expects make it try again with more room, a usage
        that may be no object with usages read as a whole. What the engine fails on, Python reads."""
        known = {number for number in group.numbers if self._is_for_python(group, number)}
        if known:
            for number in group.numbers:
                load = self._load_by_python if number in known else self.load_group
                load(group.only_file(number), span)
            return
        try:
            _check_ends(group)
            self.add(group, span)
        except OutOfMemoryError:
            raise
        except CallstatsError as error:
            if "maximum_object_size" in error.message and group.largest_object < 1 << 32:
                self.load_group(group._replace(largest_object=group.largest_object * 8), span)
            elif UNCLEAR_USAGE in error.message:
                self.load_group(group._replace(usage_is_whole=True), span)
            elif len(group.files) > 1:
                for number in group.numbers:
                    self.load_group(group.only_file(number), span)
            elif group.kind in ("json", "csv") and group.numbers[0] not in self.second.files:
                self._load_by_python(group, span)
            else:
                self._fail(group, error)

    def _is_for_python(self, group: Group, number: int) -> bool:
        """Is it known that the engine does not read a file, or not surely as its lines?"""
        has_broken_name = group.kind == "csv" and any(set("\r\n") & set(name) for name in group.header)
        return number not in self.second.files and (has_broken_name or group.wrapper is not None)

    def _load_by_python(self, group: Group, _: tuple[int, int] | None) -> None:
        try:
            self.second.load(group)
        except SourceError as error:
            self._fail(group, error)

    def load_again(self, table: LoadedTable, number: int) -> None:
        """Takes back what was loaded of a file and loads it as Python reads it."""
        self.forget(table, number)
        self._load_by_python(table.group.only_file(number), None)

    def forget(self, table: LoadedTable, number: int) -> None:
        """Takes back what was loaded of a file: its rows become blank."""
        self.engine.run(Statement(table.fill(template("loading/forgotten_file")), {"file": number}))

    def _fail(self, group: Group, error: CallstatsError) -> None:
        """Leaves out a file that cannot be read; raises SourceError unless that is allowed."""
        (path,), (number,) = group.files, group.numbers
        if not self.skip_bad_files:
            raise SourceError(_naming(path, error.message), hint=error.hint) from error
        self.quality["skipped_files"] += 1
        self.rejected.append(Rejected(number, "skipped_files", text=error.message))

    def reject(
        self,
        number: int,
        kind: Malformed,
        *,
        place: int | None = None,
        start: int | None = None,
        line: int | None = None,
    ) -> None:
        """Counts a line that was skipped."""
        self.quality.update(("malformed", kind))
        self.rejected.append(Rejected(number, kind, place, start=start, line=line))

    def _count_refused_rows(self, tables: Sequence[LoadedTable]) -> None:
        """Delimited text: the rows that the engine left out. Where the cause may be how lines end, or a
        column that came later, Python reads the file."""
        numbers = {number for table in tables for number in table.group.numbers}
        refused = self._refused_rows(numbers)
        unclear = {number for number, _, is_unclear in refused if is_unclear}
        for table in tables:
            for number in unclear.intersection(table.group.numbers):
                self.load_again(table, number)
        # The last first: what a copy holds afterwards are the rows that were loaded.
        for number, start, _ in reversed(self._refused_rows(numbers)):
            copy = self.second.rewritten.get(number)
            if copy is not None:
                self.reject(number, "not_a_row", line=copy.take_row_at(start))
            else:
                self.reject(number, "not_a_row", start=start)

    def _refused_rows(self, asked: set[int]) -> list[tuple[int, int, bool]]:
        """The number of its file, the first byte there or in its copy, and whether its cause is
        unclear, of each row of some files that the engine refused."""
        numbers: dict[str, int] = {}
        for table in self.tables:
            for path, number in zip(table.group.files, table.group.numbers, strict=True):
                copy = self.second.rewritten.get(number)
                if number in asked:
                    numbers[os.path.realpath(path if copy is None else copy.path)] = number
        rows = self.engine.run(Statement(template("loading/rejected_rows")))
        read = [(os.path.realpath(path), start, unclear) for path, start, unclear in rows]
        return [(numbers[path], start, unclear) for path, start, unclear in read if path in numbers]

    def _read_late_times(self, tables: Sequence[LoadedTable]) -> None:
        """Reads the times that loading left as text: their units are known only now (SPEC 5)."""
        zone = self.options.log_timezone or "UTC"
        edges, offsets = ((), ()) if zone == "UTC" else local_offsets(zone)
        for time, units in self._units(tables).items():
            per_second = [PER_SECOND[units.get(n, "s")] for n in range(max(units) + 1)]
            for table in tables:
                if time not in table.times:
                    continue
                sql = fill_slot(template("loading/late_times"), "time", time)
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

    def _units(self, tables: Sequence[LoadedTable]) -> dict[str, dict[int, str]]:
        """The unit of each file's numbers, for the time columns with texts left to read."""
        largest: dict[str, dict[int, float]] = {}
        for table in tables:
            times = table.times
            if not times:
                continue
            columns = ",\n    ".join(_largest(time) for time in times)
            sql = fill_slot(template("loading/largest_epoch"), "largest", columns)
            for number, *values in self.engine.run(Statement(table.fill(sql))):
                for time, value in zip(times, values, strict=True):
                    if value is not None:
                        known = largest.setdefault(time, {})
                        known[number] = max(known.get(number, value), value)
        units = {
            time: {
                number: self._given_units(time).get(number) or unit_of(value)
                for number, value in by_file.items()
            }
            for time, by_file in largest.items()
        }
        self.near_zero |= {
            number
            for number, value in largest.get("started_at", {}).items()
            if is_near_zero(value, units["started_at"][number])
        }
        return units

    def _given_units(self, time: str) -> dict[int, str]:
        return {
            number: reference.unit
            for table in self.tables
            for reference in table.group.found.get(time, ())
            if reference.unit is not None
            for number in table.group.numbers
        }

    def _count_lines(self) -> None:
        """Counts the lines of all that was loaded and their unreadable times; raises SourceError where
        none could be read."""
        self.lines_read = self.quality["unreadable_times"] = 0
        for table in self.tables:
            if table.group.format.tells:
                continue
            texts = ",\n    ".join(
                f"count(unread[{position_of(name)}]) filter (entry <= 1 and {name} is null) as {name}"
                for name in table.read_late
            )
            sql = table.fill(fill_slot(template("loading/unreadable_times"), "texts", texts))
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


def is_near_zero(largest: float | None, unit: str) -> bool:
    """Are epoch numbers all within a year of 1970, by the largest of them?"""
    return largest is not None and 0 <= largest < YEAR_SECONDS * PER_SECOND[unit]


def _largest(time: str) -> str:
    unread = f"unread[{position_of(time)}]"
    return f"max(if({unread} is null, null, coalesce(abs(read_epoch({unread})), -1)))::double as {time}"


def position_of(name: str) -> str:
    """Where in `unread` the text of a column is, as SQL counts."""
    return str(READ_LATE.index(name) + 1)


def _is_paired(table: LoadedTable, number: int, engine: DuckDBEngine) -> bool:
    """Is each row a line of its file? In a document that Python cannot read there are none to find."""
    try:
        return pair(engine, table, number) is not None
    except (ValueError, RecursionError):
        return True


def _check_ends(group: Group) -> None:
    """Raises SourceError where a JSON document is cut short in a way that the engine does not see."""
    if group.kind == "json" and any(ends_in_comma(path, group.compression) for path in group.files):
        raise SourceError("a document ends in a comma")


def _naming(path: str, message: str) -> str:
    """The engine's words on a file, which it may have named itself."""
    return message if path in message else f"{path}: {message}"
