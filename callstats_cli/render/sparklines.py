"""How values go up and down over the buckets of an answer, in one line of text each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callstats_cli.render.words import cell_width, column_titles, model_text, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.compiler import OutputColumn
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.response import CallRow, Number, UsageRow

_BARS: Final = "▁▂▃▄▅▆▇█"
_FEWEST_BUCKETS: Final = 3
_LONGEST_NAME: Final = 30
_CALLS: Final = "all calls"
_GAP: Final = "  "


def sparkline(values: Sequence[Number]) -> str:
    """A bar per value, from 0 or the least below it to the largest; nothing where there is no data."""
    known = [value for value in values if value is not None]
    low, high = min([0, *known]), max([0, *known])
    span = (high - low) or 1
    top = len(_BARS) - 1
    return "".join(
        " " if value is None else _BARS[round((value - low) / span * top)] for value in values
    )


def trend_lines(
    rows: Sequence[UsageRow | CallRow], columns: Sequence[OutputColumn], terminal: Terminal
) -> list[str]:
    """A header and a line per model, or one for calls, with a sparkline for each column that fits.

    Empty where there are too few buckets, or too many for the width.
    """
    buckets = len({row.bucket for row in rows})
    if buckets < _FEWEST_BUCKETS or not terminal.unicode or terminal.width is None:
        return []
    series: dict[str | None, list[UsageRow | CallRow]] = {}
    for row in rows:
        series.setdefault(getattr(row, "model", _CALLS), []).append(row)
    names = {model: shortened(model_text(model), _LONGEST_NAME, "…") for model in series}
    widest = max(map(cell_width, ("trend", *names.values())))
    titles = column_titles(columns)
    shown: list[tuple[int, str, int]] = []
    taken = widest
    for index, column in enumerate(columns):
        width = max(buckets, len(titles[column.name]))
        if taken + len(_GAP) + width > terminal.width:
            break
        taken += len(_GAP) + width
        shown.append((index, titles[column.name], width))
    if not shown:
        return []
    header = _GAP.join(["trend".ljust(widest), *(title.ljust(width) for _, title, width in shown)])
    lines = [header.rstrip()]
    for model, of_model in series.items():
        cells = [names[model] + " " * (widest - cell_width(names[model]))]
        for index, _, width in shown:
            cells.append(sparkline([row.values[index] for row in of_model]).ljust(width))
        lines.append(_GAP.join(cells).rstrip())
    return lines
