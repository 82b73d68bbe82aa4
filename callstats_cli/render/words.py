"""Numbers, times, zones, models and metrics as the words of tables, in a terminal or in Markdown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from callstats_cli.harmless import printable
from callstats_cli.request.zones import DAY_US, SECOND_US, first_instant, load_zone, wall_midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callstats_cli.answer.rows import CallStats
    from callstats_cli.request.output_columns import OutputColumn

NO_MODEL: Final = "(no model)"
ALL_MODELS: Final = "(all models)"
GAP: Final = "  "
"""The blanks between columns."""
LONGEST_NAME: Final = 200  # cells; one absurd name must not pad every row to its length
CACHE_NOTE: Final = ("Note: input excludes cached tokens for some models (Anthropic-style logs)",)

_METRIC_TITLES: Final = {
    "input_tokens": "input",
    "output_tokens": "output",
    "total_tokens": "total",
    "cache_read_input_tokens": "cache read",
    "cache_creation_input_tokens": "cache write",
    "input_cost": "input $",
    "output_cost": "output $",
    "total_cost": "cost $",
    "cost_per_call": "$ per call",
    "latency_ms": "latency",
    "call_count": "calls",
    "error_count": "errors",
}
_AGGREGATION_TITLES: Final = {"count_true": "= 1", "count_false": "= 0"}


_SPAN_WORDS: Final = {86_400: "day", 3_600: "hour", 60: "minute", 1: "second"}
_CALENDAR_WORDS: Final = {"1w": "week", "1mo": "month", "1q": "quarter", "1y": "year"}
_PRECISIONS: Final = ("minutes", "seconds", "milliseconds", "microseconds")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def title_parts(family: str, by: str | None, stats: CallStats) -> tuple[str, ...]:
    """The title of a table in parts: its subject, its range, and the zone of its times."""
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
    """The range of an answer on the clocks of its zone."""
    return span_text(stats.start, stats.end, stats.timezone)


def span_text(start_us: int, end_us: int, timezone: str) -> str:
    """A range on the clocks of a zone, widened to whole seconds.

    A default range ends a microsecond after the last call: no reader wants all of its digits.
    """
    is_empty = end_us <= start_us
    start_us -= start_us % SECOND_US
    end_us = start_us if is_empty else end_us + -end_us % SECOND_US
    start, end = _clock_texts([start_us, end_us], timezone)
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
        if column.metric.formula is not None:
            titles[column.name] = words[0]
            continue
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
    text = printable(model)
    if ascii_only:
        text = text.encode("ascii", "backslashreplace").decode()
    return f'"{text}"' if text[:1] in ("", "(", '"') or text != text.strip() else text


def model_name(model: str | None, *, ascii_only: bool = False) -> str:
    """The same, in no more cells than a table has for it."""
    text = model_text(model, ascii_only=ascii_only)
    return shortened(text, LONGEST_NAME, "..." if ascii_only else "…")


def shortened(text: str, width: int, ellipsis: str) -> str:
    """Text in at most `width` cells, without its middle where it is longer."""
    if cell_width(text) <= width:
        return text
    room = width - len(ellipsis)
    # A wide character fills two cells: cut by characters, then drop what is still too much.
    head, tail = text[: room - room // 2], text[-(room // 2) :]
    while cell_width(head) > room - room // 2:
        head = head[:-1]
    while cell_width(tail) > room // 2:
        tail = tail[1:]
    return head + ellipsis + tail


def cell_width(text: str) -> int:
    """The cells that a text fills: two for a wide character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int, *, left: bool = True) -> str:
    """Text in `width` cells, at their left or at their right."""
    pad = " " * (width - cell_width(text))
    return text + pad if left else pad + text
