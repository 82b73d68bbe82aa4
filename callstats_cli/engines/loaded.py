"""Lines that an engine loaded from files, as tables, and the lines that it rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.formats.groups import FILE_PLACES
from callstats_cli.request.call_columns import LOADED_COLUMNS, READ_LATE, TIMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.mapped import ReadOptions


class LoadedTable(NamedTuple):
    """A table of loaded lines, one row per line and model; of Parquet those of `span`. Once it is
    counted: how many `lines` it has, which of its columns are null throughout (`empty`), the numbers of
    the files that have lines in which the engine found nothing (`blank`), and whether some times are
    still `unread`."""

    name: str
    group: Group
    columns: tuple[str, ...]
    span: tuple[int, int] | None = None
    lines: int = 0
    empty: frozenset[str] = frozenset()
    blank: tuple[int, ...] = ()
    unread: bool = True

    @property
    def held(self) -> list[str]:
        """Its columns that hold something. What no row has need not be read."""
        return [name for name in self.columns if name not in self.empty]

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
        """The contents of a template's slots: the table, and columns that it does not always have."""
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


def loaded_table(name: str, group: Group, needed: set[str]) -> LoadedTable:
    """The table that a group is loaded into: no column that it cannot fill."""
    line_columns = group.format.line_columns
    kept = {name for name in needed | {*line_columns} if group.fills(name)}
    kept |= {"entry", "unread"}
    if group.says_zoneless:
        kept.add("zoneless")
    if len(group.files) > 1:
        kept.add("file")
    if group.kind == "repaired":
        kept = kept - {"file"} | {"place"}
    known = (*LOADED_COLUMNS, *(own for own in line_columns if own not in LOADED_COLUMNS))
    return LoadedTable(name, group, tuple(column for column in known if column in kept))


def joined_table(name: str, group: Group, needed: set[str]) -> LoadedTable:
    """The table of the calls that the lines of a format make, each with its place."""
    kept = needed | {"entry", "place"}
    return LoadedTable(name, group, tuple(column for column in LOADED_COLUMNS if column in kept))


class Rejected(NamedTuple):
    """A line or file that was skipped, or of which a column was nulled.

    `file` is the source's position in reading order. `place` counts the lines of JSON Lines that are
    not blank, the items of a document, the rows that were read of other files, from 1; malformed rows
    of delimited text begin at the byte `start` instead, those that Python read in the line `line`.
    `text` is why a file was skipped.
    """

    file: int
    kind: str
    place: int | None = None
    column: str | None = None
    start: int | None = None
    text: str | None = None
    line: int | None = None


class Reading(NamedTuple):
    """How files are loaded: the columns of a call that are read of them, the `span` that is read of
    Parquet, half-open, in microseconds since 1970 (null: all), whether a file that cannot be read is
    left out, and whether it must be certain which line each odd row is (`locate`)."""

    options: ReadOptions
    columns: set[str]
    span: tuple[int, int] | None = None
    skip_bad_files: bool = False
    locate: bool = False


class Loaded(NamedTuple):
    """Files as they were loaded: `tables` with a row per line and model. `quality` counts what was odd,
    by kind, `rejected` are the lines and files that were skipped, `near_zero` the numbers of files
    whose starts are numbers within a year of 1970."""

    tables: tuple[LoadedTable, ...]
    rejected: tuple[Rejected, ...]
    quality: Mapping[str, int]
    near_zero: frozenset[int]
    lines_read: int
