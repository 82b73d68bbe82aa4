"""Numbers as people read them: decimals, thousands, dollars, and what a value leaves out."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Final

from callstats_cli.render.words import column_titles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.rows import Number, Row
    from callstats_cli.render.terminal import Terminal
    from callstats_cli.request.metrics import Unit
    from callstats_cli.request.output_columns import OutputColumn


_DECIMALS: Final[dict[Unit, tuple[int, int]]] = {
    "tokens": (1, 3),
    "ms": (1, 3),
    "calls": (3, 6),
    "dollars": (0, 0),
    "share": (4, 6),
    "rate": (4, 6),
}
"""Unit → the most decimals on a terminal, in a pipe. A mean of errors is a rate: it needs more."""


_FEWEST_CENTS: Final = 2


_MOST_CENTS: Final = 12


def number_columns(
    rows: Sequence[Row], columns: Sequence[OutputColumn], terminal: Terminal
) -> list[tuple[str, list[Number], list[str]]]:
    """Title, values and texts of the number of calls, then of each column but `sum_call_count`.

    A terminal gets thousands separators and fewer decimals, a pipe plain digits. A mark stands before
    dollars that leave calls out because they have no price.
    """
    titles = column_titles(columns)
    counts: list[Number] = [row.count for row in rows]
    numbers = [("calls", counts, _number_texts(counts, 0, terminal))]
    for column in columns:
        if column.name != "sum_call_count":
            values = [row.values[column.name] for row in rows]
            texts = value_texts(column, values, terminal)
            if column.is_cost:
                texts = [
                    terminal.at_least + text if is_partial(row, column) and value is not None else text
                    for row, value, text in zip(rows, values, texts, strict=True)
                ]
            numbers.append((titles[column.name], values, texts))
    return numbers


def value_texts(column: OutputColumn, values: Sequence[Number], terminal: Terminal) -> list[str]:
    """Values of one column, all with as many decimals as one of them needs."""
    if column.is_cost:
        return _dollar_texts(values, terminal)
    return _number_texts(values, _DECIMALS[column.metric.unit][not terminal.is_terminal], terminal)


def is_partial(row: Row, column: OutputColumn) -> bool:
    """Whether the row's value leaves calls out because they have no price."""
    return column.metric.name in row.without


def _dollar_texts(values: Sequence[Number], terminal: Terminal) -> list[str]:
    """Dollars, all with the decimals that show two digits of the smallest."""
    sizes = [abs(value) for value in values if value]
    digits = 1 - floor(log10(min(sizes))) if sizes else 0
    decimals = max(_FEWEST_CENTS, min(digits, _MOST_CENTS))
    style = f"{terminal.grouping}.{decimals}f"
    return [terminal.no_data if value is None else f"{value:{style}}" for value in values]


def _number_texts(values: Sequence[Number], decimals: int, terminal: Terminal) -> list[str]:
    """Numbers with as many decimals as one of them needs, no more than given; no exponents."""
    grouping, null = terminal.grouping, terminal.no_data
    whole, fractional = f"{grouping}d", f"z{grouping}.{decimals}f"
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
