"""Python reads in the engine's place: lines that are malformed to the engine, and files whose rows it
may have mistaken. What Python read then comes back to the engine in the types of its own readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.agreement import pair
from callstats_cli.engines.duckdb.by_python import items_by_python, lines_by_python
from callstats_cli.engines.duckdb.declared import declared_keys
from callstats_cli.engines.duckdb.statements import Statement
from callstats_cli.errors import SourceError
from callstats_cli.formats.groups import FILE_PLACES
from callstats_cli.sources.delimited import rewrite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.duckdb.by_python import PythonLine
    from callstats_cli.engines.duckdb.loading import Loader
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.sources.delimited import Rewritten


class SecondReader:
    """Loads what Python reads, into tables of the loader. `files` are the numbers of files that Python
    read as a whole, `rewritten` those of delimited text that it wrote anew for the engine."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.sizes: dict[str, int] = {}
        self.files: set[int] = set()
        self.rewritten: dict[int, Rewritten] = {}

    def load(self, group: Group) -> None:
        """Loads a group's one file as Python reads it; raises SourceError where it cannot be read."""
        if group.kind == "csv":
            self._load_rows(group)
        elif group.kind == "json":
            try:
                items = self._items(group)
            except (ValueError, RecursionError) as error:
                message = f"{group.files[0]!r} is not a whole JSON document: {error}"
                raise SourceError(message) from None
            self._load_whole(group, items)
        else:
            self._load_lines(group)

    def reread(self, table: LoadedTable) -> None:
        """Reads the lines that are malformed to the engine with Python's json; where it is not certain
        which lines these are, the whole file."""
        for number in table.blank:
            sql = table.fill(template("loading/blank_rows"))
            rows = self.loader.engine.run(Statement(sql, {"file": number}))
            places = [row[0] for row in rows]
            if table.group.kind == "json":
                self._reread_document(table, number, places)
            else:
                self._reread_lines(table, number, places)

    def _reread_lines(self, table: LoadedTable, number: int, places: Sequence[int]) -> None:
        paired = pair(self.loader.engine, table, number)
        if paired is None or len(paired.blank) < len(places):
            self.loader.load_again(table, number)
            return
        # A log that is still written may have grown since: what came later does not count.
        blank = paired.blank[: len(places)]
        group = table.group.only_file(number)
        keys = declared_keys(group, set(table.columns))
        again = lines_by_python(group, keys, places=set(blank))
        self._load(group, list(again), places)

    def _reread_document(self, table: LoadedTable, number: int, places: Sequence[int]) -> None:
        """Reads a document by Python; where Python cannot, its blank items are malformed."""
        group = table.group.only_file(number)
        try:
            items = self._items(group)
        except (ValueError, RecursionError):
            for _ in places:
                self.loader.reject(number, "not_json")
            return
        self.loader.forget(table, number)
        self._load_whole(group, items)

    def _items(self, group: Group) -> list[PythonLine]:
        """The items of a document as Python reads them; raises as `items_of`."""
        return list(items_by_python(group, declared_keys(group, self.loader.needed)))

    def _load_lines(self, group: Group) -> None:
        """Loads JSON Lines as Python reads them, as far as the file went when it was looked at."""
        keys = declared_keys(group, self.loader.needed)
        size = self.sizes.get(group.files[0])
        self._load_whole(group, list(lines_by_python(group, keys, size=size)))

    def _load_whole(self, group: Group, readings: Sequence[PythonLine]) -> None:
        (number,) = group.numbers
        self.files.add(number)
        first = number * FILE_PLACES
        self._load(group, readings, range(first, first + len(readings)))

    def _load(self, group: Group, readings: Sequence[PythonLine], places: Sequence[int]) -> None:
        kept: list[tuple[str, int]] = []
        for reading, place in zip(readings, places, strict=False):
            if reading.record is not None:
                if not (group.shares_files and reading.record == "{}"):
                    kept.append((reading.record, place))
            elif reading.malformed is not None and not group.is_beside:
                self.loader.reject(group.numbers[0], reading.malformed, place=reading.place)
        if kept:
            self.loader.add(
                group._replace(kind="repaired", compression="none", usage_is_whole=True),
                lines=tuple(record for record, _ in kept),
                places=tuple(place for _, place in kept),
            )

    def _load_rows(self, group: Group) -> None:
        """Loads a copy of delimited text in which line ends and lengths of rows are in order."""
        (number,) = group.numbers
        copy = rewrite(group)
        self.files.add(number)
        self.rewritten[number] = copy
        self.loader.engine.copies[copy.path] = group.files[0]
        for line in copy.malformed:
            self.loader.reject(number, "not_a_row", line=line)
        self.loader.load_group(group._replace(files=(copy.path,), compression="none"))
