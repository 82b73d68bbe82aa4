"""Sparklines: a line of text that shows how a value changes over the buckets of an answer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from callstats_cli.render.lists import aligned
from callstats_cli.render.words import GAP, cell_width, column_titles, model_text, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.rows import Number, Row
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.request.output_columns import OutputColumn

_BARS: Final = "▁▂▃▄▅▆▇█"
_FEWEST_BUCKETS: Final = 3
_LONGEST_NAME: Final = 30
_CALLS: Final = "all calls"


def sparkline(values: Sequence[Number]) -> str:
    """A bar per value, from 0 or the least below it to the largest; nothing where there is no data."""
    known = [value for value in values if value is not None]
    low, high = min([0, *known]), max([0, *known])
    span = (high - low) or 1
    top = len(_BARS) - 1
    return "".join(
        " " if value is None else _BARS[round((value - low) / span * top)] for value in values
    )


def trend_lines(rows: Sequence[Row], columns: Sequence[OutputColumn], terminal: Terminal) -> list[str]:
    """A header and a line per model, or one for calls, with a sparkline for each column that fits.

    Empty where there are too few buckets, or too many for the width.
    """
    buckets = len({row.bucket for row in rows})
    if buckets < _FEWEST_BUCKETS or not terminal.unicode or terminal.width is None:
        return []
    series: dict[str | None, list[Row]] = {}
    for row in rows:
        series.setdefault(row.model if row.key else _CALLS, []).append(row)
    names = {model: shortened(model_text(model), _LONGEST_NAME, "…") for model in series}
    taken = max(map(cell_width, ("trend", *names.values())))
    titles = column_titles(columns)
    header = ["trend"]
    for column in columns:
        taken += len(GAP) + max(buckets, len(titles[column.name]))
        if taken > terminal.width:
            break
        header.append(titles[column.name])
    if len(header) == 1:
        return []
    table = [header]
    for model, of_model in series.items():
        values = ([row.values[column.name] for row in of_model] for column in columns)
        table.append([names[model], *map(sparkline, islice(values, len(header) - 1))])
    return aligned(table)
