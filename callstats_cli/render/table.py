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

from callstats_cli.render.fitting import ColumnTexts, fitted, narrowed, word_column
from callstats_cli.render.numbers import number_columns
from callstats_cli.render.rows import tables
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
    blocks: list[list[str]] = []
    folds = terminal.is_terminal and not all_buckets
    name = partial(model_name, ascii_only=not terminal.unicode)
    for table in tables(stats, totals, name, folds=folds):
        is_usage = table.models is not None
        notes = [CACHE_NOTE] if is_usage and note_input_excludes_cache else []
        if_empty = "No call in this range has usage." if is_usage else "No calls in this range."
        blocks.append(_block(table, if_empty, notes, terminal))
        if trends:
            blocks += _trends(stats.usage if is_usage else stats.calls, table.columns, terminal)
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


def _block(
    table: TableRows, if_empty: str, notes: Sequence[tuple[str, ...]], terminal: Terminal
) -> list[str]:
    """The lines of one table with its title and notes."""
    paint = painter(terminal)
    title = [paint.strong(line) for line in folded(table.title, terminal)]
    if not table.rows:
        return [*title, *folded((if_empty,), terminal)]
    buckets, numbers = _bucket_column(table, terminal), _number_columns(table, terminal)
    models = None if table.models is None else word_column("model", table.models)
    shown, name_width = fitted(buckets, models, numbers, terminal)
    columns = [buckets, *numbers[:shown]]
    if models is not None:
        columns.insert(1, narrowed(models, name_width, terminal))
    if shown < len(numbers):
        notes = [*notes, _left_out(numbers[shown:])]
    below = [paint.faint(line) for note in notes for line in folded(note, terminal)]
    return [*title, *_grid(columns, table, terminal, paint), *below]


def _bucket_column(table: TableRows, terminal: Terminal) -> ColumnTexts:
    """Start of each row's bucket; a terminal shows it once, a pipe in every line, for grep."""
    cells = [*table.buckets, *repeat("total", len(table.rows) - len(table.buckets))]
    if terminal.is_terminal:
        cells = [
            "" if text == before else text for before, text in zip(["", *cells], cells, strict=False)
        ]
    return word_column("bucket", cells)


def _number_columns(table: TableRows, terminal: Terminal) -> list[ColumnTexts]:
    return [
        ColumnTexts(title, cells, max(map(len, (title, *cells))), list(map(not_, values)))
        for title, values, cells in number_columns(table.rows, table.columns, terminal)
    ]


def _left_out(columns: Sequence[ColumnTexts]) -> tuple[str, ...]:
    titles = ", ".join(column.title for column in columns)
    return f"Not shown: {titles}", "a wider terminal or --json shows them"


def _grid(
    columns: Sequence[ColumnTexts], table: TableRows, terminal: Terminal, paint: Paint
) -> list[str]:
    """Header, rows and totals; on a terminal with rules between them."""
    padded = (_padded(column, paint) for column in columns)
    header, *lines = map(GAP.join, zip(*padded, strict=True))
    if not terminal.is_terminal:
        return [header, *lines]
    width = sum(column.width + len(GAP) for column in columns) - len(GAP)
    rule = paint.faint(("─" if terminal.unicode else "-") * width)
    body, totals = lines[: len(table.buckets)], lines[len(table.buckets) :]
    dots = terminal.ellipsis
    for position, count in reversed(table.gaps.items()):
        body.insert(position, paint.faint(f"{dots} {count:,} empty buckets {dots}"))
    between = [rule] if body and totals else []
    return [header, rule, *body, *between, *totals]


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
