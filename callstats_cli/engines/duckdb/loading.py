"""Sources that cannot be asked in place → temporary tables: each text is parsed once.

Every group has a table `loaded_N` with just the columns that the question reads. Lines that are
malformed to the engine are read by Python and get a table of their own; times in rarer writings are
read once all of a column is known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.agreement import is_paired, odd_files
from callstats_cli.engines.duckdb.failures import ObjectTooLargeError, UnclearUsageError
from callstats_cli.engines.duckdb.late_times import read_late_times
from callstats_cli.engines.duckdb.loaded_counts import counted, unreadable_times
from callstats_cli.engines.duckdb.malformed_rows import count_malformed_rows
from callstats_cli.engines.duckdb.readers import gathering_of, lines_of
from callstats_cli.engines.duckdb.second_readings import SecondReader
from callstats_cli.engines.duckdb.statements import Statement
from callstats_cli.engines.loaded import Loaded, LoadedTable, Rejected, loaded_table
from callstats_cli.errors import CallstatsError, OutOfMemoryError, SourceError
from callstats_cli.sources.damage import undamaged
from callstats_cli.sources.sniffing import ends_in_comma

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.chain.chain import Value
    from callstats_cli.engines.duckdb.by_python import Malformed
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.engines.loaded import Reading
    from callstats_cli.formats.groups import Group


SCATTERED_FILES, SCATTERED_BYTES = 50, 100_000
"""More files than these, on average smaller, are gathered before anything else is done with them."""


def load_statement(
    table: LoadedTable, values: Mapping[str, Value], *, gathered: bool = False
) -> Statement:
    """The statement that fills a table with the lines of its group, in reading order; `values` are
    parameters of its reader."""
    sql, parameters = lines_of(table.group, table.columns, table.span, gathered=gathered)
    return Statement(f"create or replace temp table {table.name} as\n{sql}", {**parameters, **values})


class Loader:
    """Loads groups into `tables`; counts the lines and what was odd about them. With `locate`, the rows
    of a file in which something is odd are its lines for certain. `near_zero` are the numbers of files
    that have starts as numbers within a year of 1970."""

    def __init__(self, engine: DuckDBEngine, reading: Reading) -> None:
        self.engine = engine
        self.options, self.needed, self.span, self.skip_bad_files, self.locate = reading
        self.second = SecondReader(self)
        self.tables: list[LoadedTable] = []
        self.rejected: list[Rejected] = []
        self.near_zero: set[int] = set()
        self.quality: Counter[str] = Counter()

    def load(self, groups: Sequence[Group], sizes: Mapping[str, int]) -> Loaded:
        """All that is loaded once these groups are, too; raises SourceError for a file that cannot be
        read to its end."""
        first = len(self.tables)
        self.second.sizes.update(sizes)
        for group in groups:
            self.load_group(group)
        added = self._counted(first)
        for table in added:
            if table.group.kind in ("jsonl", "json"):
                self.second.reread(table)
        if any(table.group.kind == "csv" for table in added):
            count_malformed_rows(added, self)
        if self.locate:
            self._make_sure(added)
        if self.locate or len(self.tables) > first + len(added) or any(table.blank for table in added):
            added = self._counted(first)
        late = [table for table in added if table.unread]
        self.near_zero |= read_late_times(late, self.engine, self.options)
        self.quality["unreadable_times"] += sum(unreadable_times(table, self.engine) for table in late)
        lines_read = sum(table.lines for table in self.tables if not table.group.format.tells)
        if lines_read == 0 and self.quality["malformed"] > 0:
            raise SourceError("no line of the log could be read")
        tables, rejected = tuple(self.tables), tuple(self.rejected)
        return Loaded(tables, rejected, dict(self.quality), frozenset(self.near_zero), lines_read)

    def _counted(self, first: int) -> list[LoadedTable]:
        """Counts what the tables from `first` on hold."""
        self.tables[first:] = [counted(table, self.engine) for table in self.tables[first:]]
        return self.tables[first:]

    def _make_sure(self, tables: Sequence[LoadedTable]) -> None:
        """Python reads the files of which odd rows may have to be found again, where it is not certain
        which lines these are."""
        for table in tables:
            if table.group.kind in ("jsonl", "json", "csv"):
                for number in odd_files(table, self.engine) - self.second.files:
                    if not is_paired(table, number, self.engine):
                        self.load_again(table, number)

    def add(self, group: Group, **values: Value) -> None:
        """Loads a group into a table of its own; raises CallstatsError where the engine fails, and for
        a compressed file that is damaged."""
        table = loaded_table(f"loaded_{len(self.tables)}", group, self.needed)
        table = table._replace(span=self.span)
        with undamaged(group.files, group.compression):
            if self._is_scattered(group):
                # The engine takes twice the room of the longest line for each file.
                largest = max(self.second.sizes.get(path, 0) for path in group.files)
                room = min(group.largest_object, max(largest, 1 << 16))
                lines = gathering_of(group._replace(largest_object=room), table.columns)
                create = f"create or replace temp table gathered as\n{lines.sql}"
                self.engine.run(Statement(create, lines.parameters))
                self.engine.run(load_statement(table, values, gathered=True))
                self.engine.run(Statement("drop table gathered"))
            else:
                self.engine.run(load_statement(table, values))
        self.tables.append(table)

    def _is_scattered(self, group: Group) -> bool:
        """Whether its lines stand in many small files, each a call."""
        size = sum(self.second.sizes.get(path, 0) for path in group.files)
        return (
            group.kind == "jsonl"
            and group.compression == "none"
            and group.format.nesting is None
            and len(group.files) > SCATTERED_FILES
            and size < SCATTERED_BYTES * len(group.files)
        )

    def load_group(self, group: Group) -> None:
        """Loads a group; lines longer than the engine expects make it try again with more room, a usage
        that may be no object with usages read as a whole. What the engine fails on, Python reads."""
        known = {number for number in group.numbers if self._is_for_python(group, number)}
        if known:
            for number in group.numbers:
                load = self._load_by_python if number in known else self.load_group
                load(group.only_file(number))
            return
        try:
            _check_ends(group)
            self.add(group)
        except OutOfMemoryError:
            raise
        except CallstatsError as error:
            otherwise = _read_otherwise(group, error)
            if otherwise:
                for part in otherwise:
                    self.load_group(part)
            elif group.kind in ("json", "csv") and group.numbers[0] not in self.second.files:
                self._load_by_python(group)
            else:
                self._fail(group, error)

    def _is_for_python(self, group: Group, number: int) -> bool:
        """Whether it is known that the engine does not read a file, or not surely as its lines."""
        has_broken_name = group.kind == "csv" and any(set("\r\n") & set(name) for name in group.header)
        return number not in self.second.files and (has_broken_name or group.wrapper is not None)

    def _load_by_python(self, group: Group) -> None:
        try:
            self.second.load(group)
        except SourceError as error:
            self._fail(group, error)

    def load_again(self, table: LoadedTable, number: int) -> None:
        """Takes back what was loaded of a file and loads it as Python reads it."""
        self.forget(table, number)
        self._load_by_python(table.group.only_file(number))

    def forget(self, table: LoadedTable, number: int) -> None:
        """Takes back what was loaded of a file: its rows become blank."""
        self.engine.run(Statement(table.fill(template("loading/forgotten_file")), {"file": number}))

    def _fail(self, group: Group, error: CallstatsError) -> None:
        """Leaves out a file that cannot be read; raises SourceError unless that is allowed."""
        (path,), (number,) = group.files, group.numbers
        original = self.engine.copies.get(path, path)
        message = error.message.replace(path, original)
        if not self.skip_bad_files:
            raise SourceError(_naming(original, message), hint=error.hint) from error
        self.quality["skipped_files"] += 1
        self.rejected.append(Rejected(number, "skipped_files", text=message))

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


def _read_otherwise(group: Group, error: CallstatsError) -> list[Group]:
    """The groups to read in the place of one that failed: with more room for an object, with usages
    read whole, file by file; empty where there is no other way."""
    match error:
        case ObjectTooLargeError() if group.largest_object < 1 << 32:
            return [group._replace(largest_object=group.largest_object * 8)]
        case UnclearUsageError():
            return [group._replace(usage_is_whole=True)]
        case _ if len(group.files) > 1:
            return [group.only_file(number) for number in group.numbers]
    return []


def _check_ends(group: Group) -> None:
    """Raises SourceError where a JSON document is cut short in a way that the engine does not see."""
    if group.kind == "json" and any(ends_in_comma(path, group.compression) for path in group.files):
        raise SourceError("a document ends in a comma")


def _naming(path: str, message: str) -> str:
    """The engine's words on a file, which it may have named itself."""
    return message if path in message else f"{path}: {message}"
