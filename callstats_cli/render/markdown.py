"""The answer as Markdown tables, for `$GITHUB_STEP_SUMMARY` and pull requests (spec 11).

The rows are those of the terminal's tables: usage, then calls, each with its totals, which come from
the engine. GitHub drops a summary of more than 1 MiB whole: each table fills at most its share of
that, and a line says what was left out. Totals stay before rows of buckets, and those of all models
before those of one.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, Final

from callstats_cli.render.numbers import number_columns
from callstats_cli.render.rows import tables
from callstats_cli.render.terminal import MARKDOWN
from callstats_cli.render.words import CACHE_NOTE, model_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.answer.rows import CallStats, Totals
    from callstats_cli.render.rows import TableRows

MOST_BYTES: Final = 1_000_000
"""A little below the 1,048,576 bytes that GitHub takes."""
_MOST_COLUMNS: Final = 200

_ACTIVE: Final = re.compile(r"([\\`*_\[\]<>|~&$])")


def render_markdown(
    stats: CallStats,
    totals: Totals,
    *,
    note_input_excludes_cache: bool = False,
    all_buckets: bool = False,
) -> str:
    """The answer as one or two tables below headings of the fourth level.

    Runs of empty buckets are one row, unless `all_buckets` are wanted.
    """
    room = MOST_BYTES // (2 if stats.usage_columns and stats.call_columns else 1)
    parts: list[str] = []
    for table in tables(stats, totals, _model, folds=not all_buckets):
        parts.append(_part(table, room))
        if table.models is not None and note_input_excludes_cache:
            parts.append("_" + CACHE_NOTE[0] + "_\n")
    return "\n".join(parts) or "No metrics were asked for.\n"


def _part(table: TableRows, room: int) -> str:
    """A heading, the range, and the table, in at most `room` bytes."""
    columns, body = table.columns, len(table.buckets)
    words = [*table.buckets, *repeat("**total**", len(table.rows) - body)]
    head = "bucket", "---"
    if table.models is not None:
        words = [f"{bucket} | {model}" for bucket, model in zip(words, table.models, strict=True)]
        head = "bucket | model", "--- | ---"
    what, *where = table.title
    lines = [f"#### {what}", "", escaped(" · ".join(where)), ""]
    if not table.rows:
        return "\n".join([*lines, "No calls in this range."]) + "\n"
    numbers = number_columns(table.rows, columns[:_MOST_COLUMNS], MARKDOWN)
    notes = []
    if len(columns) > _MOST_COLUMNS:
        notes.append(f"_{len(columns) - _MOST_COLUMNS:,} more columns are left out; JSON has them_")
    names, rule = head
    lines.append(f"| {names} | {' | '.join(name for name, _, _ in numbers)} |")
    lines.append(f"| {rule} | {' | '.join('---:' for _ in numbers)} |")
    cells = map(" | ".join, zip(*(texts for _, _, texts in numbers), strict=True))
    written = [f"| {word} | {cell} |" for word, cell in zip(words, cells, strict=True)]
    empty = " |" * (len(numbers) + names.count("|"))
    for position, count in table.gaps.items():
        row = f"| … {count:,} empty buckets … |{empty}"
        at = position - 1 if position else 0
        written[at] = f"{row}\n{written[at]}" if not position else f"{written[at]}\n{row}"
    # The last row is the total of all: what has to go are rows of buckets, the latest first.
    room -= sum(map(_size, lines)) + 500
    totals = _fitting(reversed(written[body:]), room)[::-1]
    shown = _fitting(written[:body], room - sum(map(_size, totals)))
    left_out = len(written) - len(totals) - len(shown)
    if left_out:
        notes.append(f"_{left_out:,} more rows are left out to stay below 1 MiB; JSON has them_")
    return "\n".join([*lines, *shown, *totals, *(f"\n{note}" for note in notes)]) + "\n"


def _fitting(lines: Iterable[str], room: int) -> list[str]:
    """As many of the first lines as there is room for, in bytes."""
    fitting: list[str] = []
    for line in lines:
        room -= _size(line)
        if room < 0:
            break
        fitting.append(line)
    return fitting


def _size(line: str) -> int:
    return len(line.encode()) + 1


def _model(model: str | None) -> str:
    return escaped(model_name(model))


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: what could begin a tag, a link or a cell is escaped."""
    return _ACTIVE.sub(r"\\\1", text)
