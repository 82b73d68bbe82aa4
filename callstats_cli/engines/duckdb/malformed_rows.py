"""Rows of delimited text that the engine left out while loading."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.duckdb.loading import Loader
    from callstats_cli.engines.loaded import LoadedTable


def count_malformed_rows(tables: Sequence[LoadedTable], loader: Loader) -> None:
    """Counts the rows that the engine left out of the files of some tables. Where the cause may be how
    lines end, or a column that came later, Python reads the file."""
    asked = {number for table in tables for number in table.group.numbers}
    unclear = {number for number, _, is_unclear in _malformed_rows(asked, loader) if is_unclear}
    for table in tables:
        for number in unclear.intersection(table.group.numbers):
            loader.load_again(table, number)
    # The last first: what a copy holds afterwards are the rows that were loaded.
    for number, start, _ in reversed(_malformed_rows(asked, loader)):
        copy = loader.second.rewritten.get(number)
        if copy is not None:
            loader.reject(number, "not_a_row", line=copy.take_row_at(start))
        else:
            loader.reject(number, "not_a_row", start=start)


def _malformed_rows(asked: set[int], loader: Loader) -> list[tuple[int, int, bool]]:
    """Each row that the engine left out of some files: the number of its file, its first byte there or
    in the file's copy, and whether the cause is unclear."""
    numbers: dict[str, int] = {}
    for table in loader.tables:
        for path, number in zip(table.group.files, table.group.numbers, strict=True):
            copy = loader.second.rewritten.get(number)
            if number in asked:
                numbers[os.path.realpath(path if copy is None else copy.path)] = number
    rows = loader.engine.run(Statement(template("loading/rejected_rows")))
    read = [(os.path.realpath(path), start, unclear) for path, start, unclear in rows]
    return [(numbers[path], start, unclear) for path, start, unclear in read if path in numbers]
