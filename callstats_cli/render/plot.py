"""One column of the answer as a chart in text: a line per model, or one for calls.

plotext draws; it is an extra, and is imported only here. Lines differ by their character, so that they
do without colours, too. Nothing is computed but the scale: each point is a value of a row, and where a
bucket has none the line is interrupted.
"""

from __future__ import annotations

from importlib.util import find_spec
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final

from callstats_cli.errors import RequestError
from callstats_cli.render.numbers import is_partial
from callstats_cli.render.terminal import folded
from callstats_cli.render.words import (
    LONGEST_NAME,
    bucket_texts,
    cell_width,
    column_titles,
    model_text,
    shortened,
    title_parts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.rows import CallStats, Row
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.request.output_columns import OutputColumn

    Series = dict[str, list[Row]]

_MARKERS: Final = "*+ox#@%&"
_COLORS: Final = (4, 2, 1, 6, 5, 3, 12, 10)
"""The terminal's own, of which each reads on light and on dark."""
_THEME: Final = "callstats"
_LINES: Final = 15
_NARROWEST: Final = 30
_WIDTH_UNKNOWN: Final = 80
_Y_STEPS: Final = 4
_ASCII: Final = str.maketrans("┌┐└┘┤├┬┴│─┼", "++++++++|-+")


def require_plotext() -> None:
    """Raises RequestError where the library that draws is not installed."""
    if find_spec("plotext") is None:
        raise RequestError(
            "--plot needs the Python library plotext", hint="pip install 'callstats-cli[plot]'"
        )


def render_plot(stats: CallStats, terminal: Terminal) -> str:
    """The one column of an answer as a chart, ending in one newline."""
    family, by, rows, columns = (
        ("Usage", "model", stats.usage, stats.usage_columns)
        if stats.usage_columns
        else ("Calls", None, stats.calls, stats.call_columns)
    )
    (column,) = columns
    title = column_titles(columns)[column.name]
    lines = folded((title, *title_parts(family, by, stats)), terminal)
    if all(row.values[column.name] is None for row in rows):
        return "\n".join([*lines, "No data in this range."]) + "\n"
    series = _series(rows, terminal)
    names = list(series)
    drawn = {name: series[name] for name in names[: len(_MARKERS)]}
    lines += _chart(drawn, column.name, stats, terminal)
    if by is not None:
        lines += _legend(drawn, column, terminal)
    if len(names) > len(drawn):
        lines.append(f"Not shown: {len(names) - len(drawn)} models; --top 7 puts them in one line")
    return "\n".join(lines) + "\n"


def _series(rows: Sequence[Row], terminal: Terminal) -> Series:
    """Name of a line → its rows."""
    series: dict[str | None, list[Row]] = {}
    for row in rows:
        series.setdefault(row.model, []).append(row)
    return {model_text(model, ascii_only=not terminal.unicode): of for model, of in series.items()}


def _legend(series: Series, column: OutputColumn, terminal: Terminal) -> list[str]:
    """A line per model: its character and name, and whether its values leave calls out."""
    lines = []
    for index, (name, rows) in enumerate(series.items()):
        marker = _MARKERS[index]
        if terminal.color:
            from rich.style import Style

            marker = Style(color=f"color({_COLORS[index]})").render(marker)
        at_least = terminal.at_least if any(is_partial(row, column) for row in rows) else ""
        room = min(LONGEST_NAME, (terminal.width or LONGEST_NAME) - 4)
        lines.append(f"{marker} {at_least}{shortened(name, room, terminal.ellipsis)}")
    return lines


def _chart(series: Series, name: str, stats: CallStats, terminal: Terminal) -> list[str]:
    """The lines of the chart, as wide as the terminal."""
    import plotext

    width = max(_NARROWEST, terminal.width or _WIDTH_UNKNOWN)
    starts = sorted({row.bucket for rows in series.values() for row in rows})
    place = {start: index for index, start in enumerate(starts)}
    known = [
        value for rows in series.values() for row in rows if (value := row.values[name]) is not None
    ]
    low, high = min([0, *known]), max([0, *known])
    heights, texts = _scale(low, high)
    ticks = _ticks(starts, stats, width - max(map(len, texts)))

    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    plotext.add_theme(_THEME, sequence=list(_COLORS))
    figure.theme(_THEME)
    figure.plot_size(width, _LINES)
    figure.ruler("x").lim(0, max(1, len(starts) - 1)).ticks(
        [place[at] for at in ticks], list(ticks.values())
    )
    figure.ruler("y").lim(min(low, heights[0]), max(high, heights[-1])).ticks(heights, texts)
    for marker, rows in zip(_MARKERS, series.values(), strict=False):
        figure.draw(_line(figure, marker, rows, name, place))
    text: str = figure.build().string(not terminal.color)
    if not terminal.unicode:
        text = text.translate(_ASCII)
    return [line.rstrip() for line in text.splitlines()]


def _line(figure: Any, marker: str, rows: Sequence[Row], name: str, place: dict[int, int]) -> Any:
    """The points of one line, joined where no bucket without a value is between them."""
    points = [(place[row.bucket], value) for row in rows if (value := row.values[name]) is not None]
    xs = [x for x, _ in points]
    signal = figure.signal(xs, [y for _, y in points], marker=marker)
    for index in range(1, len(xs)):
        signal.line(index, xs[index] - xs[index - 1] == 1)
    return signal


def _scale(low: float, high: float) -> tuple[list[float], list[str]]:
    """Round heights from below the least value to above the largest, and their texts."""
    high = high if high > low else low + 1
    step = (high - low) / _Y_STEPS
    power = floor(log10(step))
    step = next(size * 10.0**power for size in (1, 2, 2.5, 5, 10) if size * 10.0**power >= step)
    decimals = max(0, -power + (1 if step / 10.0**power == 2.5 else 0))
    heights = [step * index for index in range(floor(low / step), ceil(high / step) + 1)]
    return heights, [f"{height:,.{decimals}f}" for height in heights]


def _ticks(starts: Sequence[int], stats: CallStats, width: int) -> dict[int, str]:
    """Buckets, evenly spaced, with as many of their times as there is room for."""
    texts = bucket_texts(starts, stats.granularity, stats.timezone)
    room = max(1, width // (max(map(cell_width, texts.values())) + 3))
    every = ceil(len(starts) / room)
    return {start: texts[start] for start in starts[::every]}
