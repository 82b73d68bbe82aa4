"""The answer as Markdown tables, for `$GITHUB_STEP_SUMMARY` and pull requests (SPEC 11).

The rows are those of the terminal's tables: usage, then calls, each with its totals, which come from
the engine. GitHub drops a summary of more than 1 MiB whole: each table fills at most its share of
that, and a line says what was left out. Totals stay before rows of buckets, and those of all models
before those of one.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, Final

from callstats_cli.render.words import (
    ALL_MODELS,
    CACHE_NOTE,
    LONGEST_NAME,
    bucket_texts,
    model_text,
    number_columns,
    shortened,
    title_parts,
    without_empty_buckets,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.compiler import OutputColumn
    from callstats_cli.response import CallRow, CallStats, Totals, UsageRow

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
    families = bool(stats.usage_columns) + bool(stats.call_columns)
    parts: list[str] = []
    if stats.usage_columns:
        parts.append(_usage_part(stats, totals, MOST_BYTES // families, folds=not all_buckets))
        if note_input_excludes_cache:
            parts.append("_" + CACHE_NOTE[0] + "_\n")
    if stats.call_columns:
        parts.append(_call_part(stats, totals, MOST_BYTES // families, folds=not all_buckets))
    return "\n".join(parts) or "No metrics were asked for.\n"


def _usage_part(stats: CallStats, totals: Totals, room: int, *, folds: bool) -> str:
    rows, per_model = stats.usage, totals.usage
    if stats.granularity == "total":
        rows, per_model = (), stats.usage
    rows, gaps = without_empty_buckets(rows) if folds else (rows, {})
    of_all = () if totals.usage_of_all_models is None else (totals.usage_of_all_models,)
    named = [*rows, *per_model]
    names = {model: _model(model) for model in {row.model for row in named}}
    models = [*(names[row.model] for row in named), *(escaped(ALL_MODELS) for _ in of_all)]
    every = [*named, *of_all]
    buckets = _buckets(stats, rows, len(every) - len(rows))
    words = [f"{bucket} | {model}" for bucket, model in zip(buckets, models, strict=True)]
    title = title_parts("Usage", "model", stats)
    head = "bucket | model", "--- | ---"
    return _part(title, head, words, every, stats.usage_columns, len(rows), gaps, room)


def _call_part(stats: CallStats, totals: Totals, room: int, *, folds: bool) -> str:
    rows: Sequence[CallRow] = stats.calls
    of_all: Sequence[CallRow] = () if totals.calls is None else (totals.calls,)
    if stats.granularity == "total":
        rows, of_all = (), stats.calls
    rows, gaps = without_empty_buckets(rows) if folds else (rows, {})
    words = _buckets(stats, rows, len(of_all))
    title = title_parts("Calls", None, stats)
    head = "bucket", "---"
    return _part(title, head, words, [*rows, *of_all], stats.call_columns, len(rows), gaps, room)


def _buckets(stats: CallStats, rows: Sequence[UsageRow | CallRow], totals: int) -> list[str]:
    texts = bucket_texts((row.bucket for row in rows), stats.granularity, stats.timezone)
    return [*(texts[row.bucket] for row in rows), *repeat("**total**", totals)]


def _part(
    title: tuple[str, ...],
    head: tuple[str, str],
    words: Sequence[str],
    rows: Sequence[UsageRow | CallRow],
    columns: Sequence[OutputColumn],
    body: int,
    gaps: dict[int, int],
    room: int,
) -> str:
    """A heading, the range, and the table; `body` rows come before the totals, `gaps` says where empty
    buckets are not shown."""
    what, *where = title
    lines = [f"#### {what}", "", escaped(" · ".join(where)), ""]
    if not rows:
        return "\n".join([*lines, "No calls in this range."]) + "\n"
    numbers = number_columns(rows, columns[:_MOST_COLUMNS], for_reader=True, null="·")
    notes = []
    if len(columns) > _MOST_COLUMNS:
        notes.append(f"_{len(columns) - _MOST_COLUMNS:,} more columns are left out; JSON has them_")
    names, rule = head
    lines.append(f"| {names} | {' | '.join(name for name, _, _ in numbers)} |")
    lines.append(f"| {rule} | {' | '.join('---:' for _ in numbers)} |")
    cells = map(" | ".join, zip(*(texts for _, _, texts in numbers), strict=True))
    written = [f"| {word} | {cell} |" for word, cell in zip(words, cells, strict=True)]
    empty = " |" * (len(numbers) + names.count("|"))
    for position, count in gaps.items():
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
    return escaped(shortened(model_text(model), LONGEST_NAME, "…"))


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: what could begin a tag, a link or a cell is escaped."""
    return _ACTIVE.sub(r"\\\1", text)
