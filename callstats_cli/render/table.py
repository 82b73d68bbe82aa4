"""The answer as tables to read: aligned in a pipe, fitted and styled on a terminal (spec 11).

Both are one layout. Rich gives the widths of wide characters and the styles, and is imported only
where one of them is needed. Its Table is not used: it cuts what does not fit, and takes a
millisecond per row. Nothing is computed here: totals, too, come from the engine.

Where a terminal is too narrow, model names are shortened in the middle first; then value columns
are left out, the last requested first. Bucket, model, calls and the first value column stay.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, repeat
from operator import not_
from typing import TYPE_CHECKING

from callstats_cli.render.fitting import ColumnTexts, TableTexts, fitted, narrowed, word_column
from callstats_cli.render.numbers import number_columns
from callstats_cli.render.rows import call_rows, usage_rows
from callstats_cli.render.terminal import folded, painter
from callstats_cli.render.words import CACHE_NOTE, GAP, model_name, padded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.answer.rows import CallStats, Row, Totals
    from callstats_cli.render.rows import TableRows
    from callstats_cli.render.terminal import Paint, Terminal
    from callstats_cli.request.output_columns import OutputColumn


def render_table(
    stats: CallStats,
    totals: Totals,
    terminal: Terminal,
    *,
    note_input_excludes_cache: bool = False,
    all_buckets: bool = False,
    trends: bool = False,
) -> str:
    """The answer as a usage table and a call table, ending in one newline.

    A family that was not asked for is left out. Null prints as `·`, a null model as `(no model)`.
    `sum_call_count` is the column `calls` and not shown twice. Under `-g total` the rows of the
    answer are the totals rows. On a terminal runs of empty buckets are one line, unless `all_buckets`
    are wanted. `note_input_excludes_cache` adds a line under the usage table, `trends` sparklines below
    each table of a terminal that has room for them.
    """
    paint = painter(terminal)
    blocks: list[list[str]] = []
    folds = terminal.is_terminal and not all_buckets
    if stats.usage_columns:
        notes = [CACHE_NOTE] if note_input_excludes_cache else []
        name = partial(model_name, ascii_only=not terminal.unicode)
        usage = usage_rows(stats, totals, name, folds=folds)
        table = _table(usage, terminal, "No call in this range has usage.")
        blocks.append(_block(table, notes, terminal, paint))
        blocks += _trends(stats.usage, stats.usage_columns, terminal) if trends else []
    if stats.call_columns:
        calls = call_rows(stats, totals, folds=folds)
        table = _table(calls, terminal, "No calls in this range.")
        blocks.append(_block(table, [], terminal, paint))
        blocks += _trends(stats.calls, stats.call_columns, terminal) if trends else []
    if not blocks:
        blocks.append(["No metrics were asked for."])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _trends(
    rows: Sequence[Row], columns: Sequence[OutputColumn], terminal: Terminal
) -> list[list[str]]:
    """A block of sparklines, where they fit."""
    if not terminal.is_terminal:
        return []
    from callstats_cli.render.sparklines import trend_lines

    lines = trend_lines(rows, columns, terminal)
    return [lines] if lines else []


# What the tables hold


def _table(shown: TableRows, terminal: Terminal, if_empty: str) -> TableTexts:
    return TableTexts(
        title=shown.title,
        buckets=_bucket_column(shown, terminal),
        models=None if shown.models is None else word_column("model", shown.models),
        numbers=_number_columns(shown.rows, shown.columns, terminal),
        body=len(shown.buckets),
        gaps=shown.gaps,
        if_empty=if_empty,
    )


def _bucket_column(shown: TableRows, terminal: Terminal) -> ColumnTexts:
    """Start of each row's bucket; a terminal shows it once, a pipe in every line, for grep."""
    cells = [*shown.buckets, *repeat("total", len(shown.rows) - len(shown.buckets))]
    if terminal.is_terminal:
        cells = [
            "" if text == before else text for before, text in zip(["", *cells], cells, strict=False)
        ]
    return word_column("bucket", cells)


def _number_columns(
    rows: Sequence[Row], columns: Sequence[OutputColumn], terminal: Terminal
) -> list[ColumnTexts]:
    numbers = number_columns(
        rows,
        columns,
        for_reader=terminal.is_terminal,
        null=terminal.no_data,
        at_least=terminal.at_least,
    )
    return [
        ColumnTexts(title, cells, max(map(len, (title, *cells))), list(map(not_, values)))
        for title, values, cells in numbers
    ]


# Laying out


def _block(
    table: TableTexts, notes: Sequence[tuple[str, ...]], terminal: Terminal, paint: Paint
) -> list[str]:
    """The lines of one table with its title and notes."""
    title = [paint.strong(line) for line in folded(table.title, terminal)]
    if not table.buckets.cells:
        return [*title, *folded((table.if_empty,), terminal)]
    shown, name_width = fitted(table, terminal)
    columns = [table.buckets, *table.numbers[:shown]]
    if table.models is not None:
        columns.insert(1, narrowed(table.models, name_width, terminal))
    if shown < len(table.numbers):
        notes = [*notes, _left_out(table.numbers[shown:])]
    grid = _grid(columns, table, terminal, paint)
    return [
        *title, *grid, *(paint.faint(line) for note in notes for line in folded(note, terminal))
    ]  # fmt: skip


def _left_out(columns: Sequence[ColumnTexts]) -> tuple[str, ...]:
    titles = ", ".join(column.title for column in columns)
    return f"Not shown: {titles}", "a wider terminal or --json shows them"


def _grid(
    columns: Sequence[ColumnTexts], table: TableTexts, terminal: Terminal, paint: Paint
) -> list[str]:
    """Header, rows and totals; on a terminal with rules between them."""
    padded = (_padded(column, paint) for column in columns)
    header, *lines = map(GAP.join, zip(*padded, strict=True))
    if not terminal.is_terminal:
        return [header, *lines]
    width = sum(column.width + len(GAP) for column in columns) - len(GAP)
    rule = paint.faint(("─" if terminal.unicode else "-") * width)
    body: list[str] = []
    for position in range(table.body + 1):
        if position in table.gaps:
            dots, count = terminal.ellipsis, table.gaps[position]
            body.append(paint.faint(f"{dots} {count:,} empty buckets {dots}"))
        body += lines[position : position + 1] if position < table.body else []
    between = [rule] if body and table.body < len(lines) else []
    return [header, rule, *body, *between, *lines[table.body :]]


def _padded(column: ColumnTexts, paint: Paint) -> Iterable[str]:
    """The title and the cells of a column, all of one width."""
    width = column.width
    if column.faint is None:
        texts = {text: padded(text, width) for text in {column.title, *column.cells}}
        return [paint.strong(texts[column.title]), *map(texts.__getitem__, column.cells)]
    cells: Iterable[str] = map(str.rjust, column.cells, repeat(width))
    if paint.faint is not str:
        cells = [
            paint.faint(text) if faint else text
            for text, faint in zip(cells, column.faint, strict=True)
        ]
    return chain((paint.strong(column.title.rjust(width)),), cells)
