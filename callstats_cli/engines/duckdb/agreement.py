"""Two readings of a text file, compared: the engine's rows and Python's lines.

A row is paired with its line by counting. That each row does stand for the line of its number is
checked here, by what was read of the row, which the line must hold; nothing is assumed of the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.by_python import texts_of
from callstats_cli.engines.duckdb.readers import lines_of, marked_step
from callstats_cli.engines.duckdb.statements import (
    Cte,
    Statement,
    fill_slot,
    join_steps,
    select_list,
    step,
)
from callstats_cli.request.call_columns import READ_LATE
from callstats_cli.request.token_counts import AMOUNTS
from callstats_cli.sources.sniffing import parse_line
from callstats_cli.sources.states import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.engines.loaded import LoadedTable
    from callstats_cli.formats.groups import Group


_NUMBERS = (b": %b,", b":%b,", b":%b}", b": %b}")


class Paired(NamedTuple):
    """The rows of a file, each the line or item of its number: how many, and in which of them, counted
    from 1, the engine found nothing."""

    rows: int
    blank: list[int]


def pair(engine: DuckDBEngine, table: LoadedTable, number: int) -> Paired | None:
    """The rows of one file of a loaded table; None where they are not its lines, one for one and in
    order, or not what was loaded.

    A log may grow meanwhile: lines that only Python finds, at its end, are later ones then. Raises
    ValueError or RecursionError for a document that Python cannot read.
    """
    group = table.group.only_file(number)
    if not _is_as_loaded(engine, table, group):
        return None
    (path,) = group.files
    size = size_of(path)
    chunks = engine.run(
        join_steps((marked_step(group, set(table.columns)),), step("loading/row_marks"))
    )
    lines = texts_of(group)
    for found, marks, _ in chunks:
        if not _hold(lines, marks.encode().split(b"\n"), found):
            return None
    if next(lines, None) is not None and size == size_of(path):
        return None
    blank = [place for _, _, places in chunks for place in places or ()]
    return Paired(sum(found for found, _, _ in chunks), blank)


def is_paired(table: LoadedTable, number: int, engine: DuckDBEngine) -> bool:
    """Whether each row is a line of its file; a document that Python cannot read has none to find."""
    try:
        return pair(engine, table, number) is not None
    except (ValueError, RecursionError):
        return True


def odd_files(table: LoadedTable, engine: DuckDBEngine) -> set[int]:
    """The numbers of the files of a table with a row of which something may be unreadable."""
    odd = ["unread is not null", "started_at is null"]
    odd += [f"{name} < 0" for name in table.columns if name in AMOUNTS]
    odd += ["not usable"] if "usable" in table.columns else []
    sql = fill_slot(template("loading/odd_files"), "odd", " or ".join(odd))
    return {number for (number,) in engine.run(Statement(table.fill(sql)))}


def _is_as_loaded(engine: DuckDBEngine, table: LoadedTable, group: Group) -> bool:
    """Whether the engine, reading a file again, finds the rows that were loaded of it."""
    columns = [name for name in table.columns if name not in (*READ_LATE, "unread")]
    sql = fill_slot(table.fill(template("loading/loaded_rows")), "columns", select_list(columns))
    loaded = Cte("lines", sql, {"file": group.numbers[0]})
    again = Cte("lines", *lines_of(group, columns, None))
    ((rows,),) = engine.run(join_steps((loaded,), step("loading/counted_rows")))
    first, second = (
        engine.run(join_steps((lines,), step("loading/hashed_rows", rows=rows)))
        for lines in (loaded, again)
    )
    return first == second


def _hold(lines: Iterator[bytes], marks: list[bytes], found: int) -> bool:
    """Whether the next lines hold these marks, one each."""
    return len(marks) == found and all(_holds(next(lines, None), mark) for mark in marks)


def _holds(line: bytes | None, mark: bytes) -> bool:
    """Whether a line holds the texts and numbers of a mark, in whatever way they are written."""
    if line is None:
        return False
    missed = [text for text in mark.split(b"\x1f") if text and not _is_written(text, line)]
    if not missed:
        return True
    scalars = set(_scalars(parse_line(line)))
    return all(text.decode() in scalars or _number(text) in scalars for text in missed)


def _is_written(text: bytes, line: bytes) -> bool:
    """Whether a text is a string or the number of a member, as most logs write them."""
    return b'"%b"' % text in line or any(form % text in line for form in _NUMBERS)


def _scalars(value: Any) -> Iterator[object]:
    """The texts and numbers in a JSON value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else value


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
