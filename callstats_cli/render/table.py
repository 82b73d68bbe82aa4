"""The answer as tables to read: aligned in a pipe, fitted and styled on a terminal (SPEC 11).

Both are one layout. Rich gives the widths of wide characters and the styles, and is imported only
where one of them is needed. Its Table is not used: it cuts what does not fit, and takes a
millisecond per row. Nothing is computed here: totals, too, come from the engine.

Where a terminal is too narrow, model names are shortened in the middle first; then value columns
are left out, the last requested first. Bucket, model, calls and the first value column stay.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from math import floor, log10
from operator import not_
from typing import TYPE_CHECKING, Final

from callstats_cli.buckets import DAY_US, SECOND_US, first_instant, load_zone, wall_midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from callstats_cli.compiler import OutputColumn
    from callstats_cli.metrics import Unit
    from callstats_cli.response import CallRow, CallStats, Number, Totals, UsageRow

_CACHE_NOTE: Final = ("Note: input excludes cached tokens for some models (Anthropic-style logs)",)
NO_MODEL: Final = "(no model)"
ALL_MODELS: Final = "(all models)"

_GAP: Final = "  "
_SIZE_UNKNOWN: Final = 80
_SHORTEST_NAME: Final = 12
_TOLD_APART_BY: Final = 40  # cells in which names should differ; beyond, columns matter more
_LONGEST_NAME: Final = 200  # cells; one absurd name must not pad every row to its length

_METRIC_TITLES: Final = {
    "input_tokens": "input",
    "output_tokens": "output",
    "total_tokens": "total",
    "cache_read_input_tokens": "cache read",
    "cache_creation_input_tokens": "cache write",
    "input_cost": "input $",
    "output_cost": "output $",
    "total_cost": "cost $",
    "latency_ms": "latency",
    "call_count": "calls",
    "error_count": "errors",
}
_AGGREGATION_TITLES: Final = {"count_true": "= 1", "count_false": "= 0"}
_DECIMALS: Final[dict[Unit, tuple[int, int]]] = {"tokens": (1, 3), "ms": (1, 3), "calls": (3, 6)}
"""Unit → the most decimals on a terminal, in a pipe. A mean of errors is a rate: it needs more."""
_FEWEST_CENTS: Final = 2
_MOST_CENTS: Final = 12

_SPAN_WORDS: Final = {86_400: "day", 3_600: "hour", 60: "minute", 1: "second"}
_CALENDAR_WORDS: Final = {"1w": "week", "1mo": "month", "1q": "quarter", "1y": "year"}
_PRECISIONS: Final = ("minutes", "seconds", "milliseconds", "microseconds")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the text goes to."""

    is_terminal: bool
    """Whether a person reads it: fitted to the width, thousands separated, rules drawn."""
    width: int | None
    """Cells in a line; None where nothing limits them, as in a pipe or a file."""
    color: bool
    unicode: bool
    """Whether its encoding carries every character; else all output is ASCII."""

    @property
    def no_data(self) -> str:
        """What null prints as."""
        return "·" if self.unicode else "-"

    @property
    def at_least(self) -> str:
        """What stands before a sum that leaves calls out."""
        return "≥" if self.unicode else ">="

    @property
    def ellipsis(self) -> str:
        """What stands for the middle of a name."""
        return "…" if self.unicode else "..."


def terminal_of(stream: TextIO, *, no_color: bool) -> Terminal:
    """What a stream goes to, from the stream and the environment.

    On a terminal COLUMNS overrides the size it reports; with neither it is 80 wide. A pipe has no
    width, whatever COLUMNS says. Colour is for terminals, but not under TERM=dumb; FORCE_COLOR
    gives it to pipes too; NO_COLOR and `no_color` take it from both.
    """
    is_terminal = stream.isatty()
    return Terminal(
        is_terminal=is_terminal,
        width=_reported_width(stream) if is_terminal else None,
        color=not no_color and _wants_color(is_terminal=is_terminal),
        unicode=_carries_unicode(stream),
    )


def _reported_width(stream: TextIO) -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or 0)
        if columns <= 0:
            columns = os.get_terminal_size(stream.fileno()).columns
        return columns or _SIZE_UNKNOWN
    except (OSError, ValueError):
        return _SIZE_UNKNOWN


def _wants_color(*, is_terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0", "false"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def _carries_unicode(stream: TextIO) -> bool:
    """Whether every character can be written, so that no model name can fail to be."""
    try:
        "─·…≥\U0010fffd".encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def render_table(
    stats: CallStats,
    totals: Totals,
    terminal: Terminal,
    *,
    note_input_excludes_cache: bool = False,
) -> str:
    """The answer as a usage table and a call table, ending in one newline.

    A family that was not asked for is left out. Null prints as `·`, a null model as `(no model)`.
    `sum_call_count` is the column `calls` and not shown twice. Under `-g total` the rows of the
    answer are the totals rows. `note_input_excludes_cache` adds a line under the usage table.
    """
    paint = _painter(terminal)
    blocks: list[list[str]] = []
    if stats.usage_columns:
        notes = [_CACHE_NOTE] if note_input_excludes_cache else []
        blocks.append(_block(_usage_table(stats, totals, terminal), notes, terminal, paint))
    if stats.call_columns:
        blocks.append(_block(_call_table(stats, totals, terminal), [], terminal, paint))
    if not blocks:
        blocks.append(["No metrics were asked for."])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


# What the tables hold


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as texts: the rows of the answer, then those of the totals."""

    title: str
    cells: list[str]
    width: int
    faint: list[bool] | None = None
    """Which cells hold zero or nothing; None for a column of words, which is aligned left."""


@dataclass(frozen=True, slots=True)
class _Table:
    title: tuple[str, ...]
    buckets: _Column
    models: _Column | None
    numbers: list[_Column]
    """The number of calls, then the values in request order."""
    body: int
    """How many rows come before the totals."""
    if_empty: str


def _usage_table(stats: CallStats, totals: Totals, terminal: Terminal) -> _Table:
    rows, per_model = stats.usage, totals.usage
    if stats.granularity == "total":
        rows, per_model = (), stats.usage
    of_all = () if totals.usage_of_all_models is None else (totals.usage_of_all_models,)
    named = [*rows, *per_model]
    names = _model_texts({row.model for row in named}, terminal)
    models = [*(names[row.model] for row in named), *(ALL_MODELS for _ in of_all)]
    return _Table(
        title=_title("Usage", "model", stats),
        buckets=_bucket_column(stats, rows, len(models) - len(rows), terminal),
        models=_words("model", models),
        numbers=_number_columns([*named, *of_all], stats.usage_columns, terminal),
        body=len(rows),
        if_empty="No call in this range has usage.",
    )


def _call_table(stats: CallStats, totals: Totals, terminal: Terminal) -> _Table:
    rows: Sequence[CallRow] = stats.calls
    of_all: Sequence[CallRow] = () if totals.calls is None else (totals.calls,)
    if stats.granularity == "total":
        rows, of_all = (), stats.calls
    return _Table(
        title=_title("Calls", None, stats),
        buckets=_bucket_column(stats, rows, len(of_all), terminal),
        models=None,
        numbers=_number_columns([*rows, *of_all], stats.call_columns, terminal),
        body=len(rows),
        if_empty="No calls in this range.",
    )


def _bucket_column(
    stats: CallStats, rows: Sequence[UsageRow | CallRow], totals: int, terminal: Terminal
) -> _Column:
    """Start of each row's bucket; a terminal shows it once, a pipe in every line, for grep."""
    starts = [row.bucket for row in rows]
    texts = bucket_texts(starts, stats.granularity, stats.timezone)
    cells = [*(texts[start] for start in starts), *repeat("total", totals)]
    if terminal.is_terminal:
        cells = [
            "" if text == before else text for before, text in zip(["", *cells], cells, strict=False)
        ]
    return _words("bucket", cells)


def _words(title: str, cells: list[str]) -> _Column:
    return _Column(title, cells, max(map(_cell_width, {title, *cells})))


def _number_columns(
    rows: Sequence[UsageRow | CallRow], columns: Sequence[OutputColumn], terminal: Terminal
) -> list[_Column]:
    titles = column_titles(columns)
    numbers = [_numbers("calls", [row.count for row in rows], 0, terminal)]
    for index, column in enumerate(columns):
        if column.name != "sum_call_count":
            values = [row.values[index] for row in rows]
            if column.metric.unit == "dollars" and not column.is_count:
                without = [_is_partial(row, column) for row in rows]
                numbers.append(_dollars(titles[column.name], values, without, terminal))
                continue
            on_terminal, in_pipe = _DECIMALS.get(column.metric.unit, (0, 0))
            decimals = on_terminal if terminal.is_terminal else in_pipe
            numbers.append(_numbers(titles[column.name], values, decimals, terminal))
    return numbers


def _numbers(title: str, values: Sequence[Number], decimals: int, terminal: Terminal) -> _Column:
    cells = _number_texts(values, decimals, terminal)
    width = max(len(title), max(map(len, cells), default=0))
    return _Column(title, cells, width, list(map(not_, values)))


def _is_partial(row: UsageRow | CallRow, column: OutputColumn) -> bool:
    """Does the row's value leave calls out because they have no price?"""
    return column.metric.name in getattr(row, "without", ())


def _dollars(
    title: str, values: Sequence[Number], partial: Sequence[bool], terminal: Terminal
) -> _Column:
    """Dollars, all with the decimals that show two digits of the smallest; `≥` where calls are left
    out."""
    sizes = [abs(value) for value in values if value]
    digits = 1 - floor(log10(min(sizes))) if sizes else 0
    decimals = max(_FEWEST_CENTS, min(digits, _MOST_CENTS))
    grouping = "," if terminal.is_terminal else ""
    least = terminal.at_least
    cells = [
        terminal.no_data
        if value is None
        else f"{least if left_out else ''}{value:{grouping}.{decimals}f}"
        for value, left_out in zip(values, partial, strict=True)
    ]
    width = max(len(title), max(map(len, cells), default=0))
    return _Column(title, cells, width, list(map(not_, values)))


def _number_texts(values: Sequence[Number], decimals: int, terminal: Terminal) -> list[str]:
    """Numbers with as many decimals as one of them needs, no more than given; no exponents."""
    grouping = "," if terminal.is_terminal else ""
    whole, fractional = f"{grouping}d", f"z{grouping}.{decimals}f"
    null = terminal.no_data
    if float not in set(map(type, values)):
        return [null if value is None else f"{value:{whole}}" for value in values]
    zeros = "." + "0" * decimals
    texts = [
        null
        if value is None
        else f"{value:{fractional}}"
        if isinstance(value, float)
        else f"{value:{whole}}{zeros}"
        for value in values
    ]
    spare = min(len(text) - len(text.rstrip("0")) for text in texts if text != null)
    cut = spare + 1 if spare == decimals else spare
    return [text if text == null else text[:-cut] for text in texts] if cut else texts


# The words in them


def _title(family: str, by: str | None, stats: CallStats) -> tuple[str, ...]:
    """What a table is of, the range, and the zone of its times."""
    per = " and ".join(word for word in (span_words(stats.granularity), by) if word)
    what = f"{family} per {per}" if per else family
    if stats.granularity == "total":
        what += " in total"
    return what, range_text(stats), stats.timezone


def span_words(granularity: int | str) -> str | None:
    """A granularity as one says it after 'per': hour, 15 minutes, week; null for `total`."""
    if isinstance(granularity, str):
        return _CALENDAR_WORDS.get(granularity)
    seconds, word = next(item for item in _SPAN_WORDS.items() if granularity % item[0] == 0)
    return word if granularity == seconds else f"{granularity // seconds} {word}s"


def range_text(stats: CallStats) -> str:
    """The range on the clocks of its zone, widened to whole seconds.

    A default range ends a microsecond after the last call: no reader wants all of its digits.
    """
    start_us = stats.start - stats.start % SECOND_US
    end_us = stats.end + -stats.end % SECOND_US if stats.end > stats.start else start_us
    start, end = _clock_texts([start_us, end_us], stats.timezone)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end}"


def column_titles(columns: Sequence[OutputColumn]) -> dict[str, str]:
    """Column name → title, with the unit where that is milliseconds.

    A sum goes without saying where nothing else is asked of its metric, but not for a latency.
    `= 1` and `= 0` count the calls whose value is that.
    """
    asked = [column.metric.name for column in columns]
    titles: dict[str, str] = {}
    for column in columns:
        name, unit = column.metric.name, column.metric.unit
        words = [_METRIC_TITLES.get(name, name.replace("_", " "))]
        if column.aggregation != "sum" or unit == "ms" or asked.count(name) > 1:
            aggregation = column.name.removesuffix(f"_{name}")
            words.append(_AGGREGATION_TITLES.get(aggregation, aggregation))
        if unit == "ms" and not column.is_count:
            words.append(unit)
        titles[column.name] = " ".join(words)
    return titles


def bucket_texts(starts: Iterable[int], granularity: int | str, timezone: str) -> dict[int, str]:
    """First instant of a bucket (microseconds since 1970) → its local time.

    Dates alone where buckets are days or longer and each begins with a day; else minutes, and as
    much more as one of them needs. A time that the clocks show twice has its offset.
    """
    instants = list(dict.fromkeys(starts))
    clocks = _clocks(instants, timezone)
    if _is_whole_days(granularity):
        zone = load_zone(timezone)
        days = [time.date() for time in clocks]
        begins = (first_instant(wall_midnight(day), zone) for day in days)
        if all(begin == instant for begin, instant in zip(begins, instants, strict=True)):
            return dict(zip(instants, map(str, days), strict=True))
    return dict(zip(instants, _clock_texts(instants, timezone), strict=True))


def _is_whole_days(granularity: int | str) -> bool:
    if isinstance(granularity, str):
        return granularity in _CALENDAR_WORDS
    return granularity * SECOND_US % DAY_US == 0


def _clocks(instants: Iterable[int], timezone: str) -> list[datetime]:
    zone = load_zone(timezone)
    return [(_EPOCH + timedelta(microseconds=instant)).astimezone(zone) for instant in instants]


def _clock_texts(instants: Iterable[int], timezone: str) -> list[str]:
    """Local times, all as precise as one of them needs."""
    clocks = _clocks(instants, timezone)
    precision = max(map(_precision, clocks), default="minutes", key=_PRECISIONS.index)
    return [
        (time if _is_repeated(time) else time.replace(tzinfo=None)).isoformat(" ", precision)
        for time in clocks
    ]


def _precision(time: datetime) -> str:
    if time.microsecond:
        return "microseconds" if time.microsecond % 1_000 else "milliseconds"
    return "seconds" if time.second else "minutes"


def _is_repeated(time: datetime) -> bool:
    """Whether the clocks show this time twice. An instant is never in a gap, so folds tell."""
    return time.replace(fold=1 - time.fold).utcoffset() != time.utcoffset()


def model_text(model: str | None, *, ascii_only: bool = False) -> str:
    r"""A model's name, harmless and visible; null is `(no model)`.

    What does not print, such as control and bidirectional characters, becomes an escape (`\n`,
    `\x1b`, `\u202e`). A name that could be taken for another, or for none, is quoted.
    """
    if model is None:
        return NO_MODEL
    text = model
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
        )
    if ascii_only:
        text = text.encode("ascii", "backslashreplace").decode()
    return f'"{text}"' if text[:1] in ("", "(", '"') or text != text.strip() else text


def _model_texts(models: Iterable[str | None], terminal: Terminal) -> dict[str | None, str]:
    ascii_only = not terminal.unicode
    return {
        model: _shortened(model_text(model, ascii_only=ascii_only), _LONGEST_NAME, terminal)
        for model in models
    }


# Laying out


@dataclass(frozen=True, slots=True)
class _Paint:
    strong: Callable[[str], str]
    faint: Callable[[str], str]


def _painter(terminal: Terminal) -> _Paint:
    """Weight, no hues: it reads the same on light and on dark."""
    if not terminal.color:
        return _Paint(str, str)
    from rich.style import Style

    return _Paint(Style(bold=True).render, Style(dim=True).render)


def _block(
    table: _Table, notes: Sequence[tuple[str, ...]], terminal: Terminal, paint: _Paint
) -> list[str]:
    """The lines of one table with its title and notes."""
    title = [paint.strong(line) for line in _folded(table.title, terminal)]
    if not table.buckets.cells:
        return [*title, *_folded((table.if_empty,), terminal)]
    shown, name_width = _fit(table, terminal)
    columns = [table.buckets, *table.numbers[:shown]]
    if table.models is not None:
        columns.insert(1, _narrowed(table.models, name_width, terminal))
    if shown < len(table.numbers):
        notes = [*notes, _left_out(table.numbers[shown:])]
    grid = _grid(columns, table.body, terminal, paint)
    return [
        *title, *grid, *(paint.faint(line) for note in notes for line in _folded(note, terminal))
    ]  # fmt: skip


def _left_out(columns: Sequence[_Column]) -> tuple[str, ...]:
    titles = ", ".join(column.title for column in columns)
    return f"Not shown: {titles}", "a wider terminal or --json shows them"


def _grid(columns: Sequence[_Column], body: int, terminal: Terminal, paint: _Paint) -> list[str]:
    """Header, rows and totals; on a terminal with rules between them."""
    padded = (_padded(column, paint) for column in columns)
    header, *lines = map(_GAP.join, zip(*padded, strict=True))
    if not terminal.is_terminal:
        return [header, *lines]
    width = sum(column.width + len(_GAP) for column in columns) - len(_GAP)
    rule = paint.faint(("─" if terminal.unicode else "-") * width)
    between = [rule] if 0 < body < len(lines) else []
    return [header, rule, *lines[:body], *between, *lines[body:]]


def _padded(column: _Column, paint: _Paint) -> Iterable[str]:
    """The title and the cells of a column, all of one width."""
    width = column.width
    if column.faint is None:
        texts = {text: _left_aligned(text, width) for text in {column.title, *column.cells}}
        return [paint.strong(texts[column.title]), *map(texts.__getitem__, column.cells)]
    cells: Iterable[str] = map(str.rjust, column.cells, repeat(width))
    if paint.faint is not str:
        cells = [
            paint.faint(text) if faint else text
            for text, faint in zip(cells, column.faint, strict=True)
        ]
    return chain((paint.strong(column.title.rjust(width)),), cells)


def _left_aligned(text: str, width: int) -> str:
    return text + " " * (width - _cell_width(text))


def _fit(table: _Table, terminal: Terminal) -> tuple[int, int]:
    """How many number columns are shown, and in how many cells model names are.

    The narrowest that is possible, where even that is too wide for the terminal.
    """
    widest, least = 0, 0
    taken = table.buckets.width
    if table.models is not None:
        widest, least = table.models.width, _least_width(table.models, terminal)
        taken += len(_GAP)
    if terminal.width is None:
        return len(table.numbers), widest
    for shown in range(len(table.numbers), 1, -1):
        numbers = sum(len(_GAP) + column.width for column in table.numbers[:shown])
        room = terminal.width - taken - numbers
        if room >= least:
            return shown, min(room, widest)
    return min(2, len(table.numbers)), least


def _least_width(models: _Column, terminal: Terminal) -> int:
    """The cells that names are never shortened below: enough to tell them apart, if that can be."""
    if models.width <= _SHORTEST_NAME:
        return models.width
    names = set(models.cells)
    for width in range(_SHORTEST_NAME, min(models.width, _TOLD_APART_BY) + 1):
        if len({_shortened(name, width, terminal) for name in names}) == len(names):
            return width
    return _SHORTEST_NAME


def _narrowed(models: _Column, width: int, terminal: Terminal) -> _Column:
    if width >= models.width:
        return models
    texts = {text: _shortened(text, width, terminal) for text in set(models.cells)}
    return _words(models.title, [texts[text] for text in models.cells])


def _shortened(text: str, width: int, terminal: Terminal) -> str:
    """Text in at most `width` cells, without its middle where it is longer."""
    if _cell_width(text) <= width:
        return text
    room = width - len(terminal.ellipsis)
    # A wide character fills two cells: cut by characters, then drop what is still too much.
    head, tail = text[: room - room // 2], text[-(room // 2) :]
    while _cell_width(head) > room - room // 2:
        head = head[:-1]
    while _cell_width(tail) > room // 2:
        tail = tail[1:]
    return head + terminal.ellipsis + tail


def _cell_width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _folded(parts: tuple[str, ...], terminal: Terminal) -> list[str]:
    """Parts of a title or note in as few lines as the width allows, broken between parts first."""
    separator = f" {terminal.no_data} "
    if terminal.width is None:
        return [separator.join(parts)]
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1] + separator + part) <= terminal.width:
            lines[-1] += separator + part
        else:
            lines.append(part)
    if all(len(line) <= terminal.width for line in lines):
        return lines
    from textwrap import wrap

    return [piece for line in lines for piece in wrap(line, terminal.width, break_on_hyphens=False)]
