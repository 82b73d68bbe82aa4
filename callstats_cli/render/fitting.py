"""Fits the columns of a table into a width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from callstats_cli.render.words import GAP, cell_width, shortened

if TYPE_CHECKING:
    from callstats_cli.render.terminal import Terminal


_SHORTEST_NAME: Final = 12


_TOLD_APART_BY: Final = 40  # cells in which names should differ; beyond, columns matter more


@dataclass(frozen=True, slots=True)
class ColumnTexts:
    """One column as texts: the rows of the answer, then those of the totals."""

    title: str
    cells: list[str]
    width: int
    faint: list[bool] | None = None
    """True for each cell of zero or null; None for a column of words, which is aligned left."""


def word_column(title: str, cells: list[str]) -> ColumnTexts:
    return ColumnTexts(title, cells, max(map(cell_width, {title, *cells})))


def fitted(
    buckets: ColumnTexts, models: ColumnTexts | None, numbers: list[ColumnTexts], terminal: Terminal
) -> tuple[int, int]:
    """The number of columns of numbers to show, and the cells that model names get.

    The narrowest that is possible, where even that is too wide for the terminal.
    """
    widest, least = 0, 0
    taken = buckets.width
    if models is not None:
        widest, least = models.width, _least_width(models, terminal)
        taken += len(GAP)
    if terminal.width is None:
        return len(numbers), widest
    for shown in range(len(numbers), 1, -1):
        room = terminal.width - taken - sum(len(GAP) + column.width for column in numbers[:shown])
        if room >= least:
            return shown, min(room, widest)
    return min(2, len(numbers)), least


def _least_width(models: ColumnTexts, terminal: Terminal) -> int:
    """The cells that names are never shortened below: enough to tell them apart, if that can be."""
    if models.width <= _SHORTEST_NAME:
        return models.width
    names = set(models.cells)
    for width in range(_SHORTEST_NAME, min(models.width, _TOLD_APART_BY) + 1):
        if len({shortened(name, width, terminal.ellipsis) for name in names}) == len(names):
            return width
    return _SHORTEST_NAME


def narrowed(models: ColumnTexts, width: int, terminal: Terminal) -> ColumnTexts:
    if width >= models.width:
        return models
    texts = {text: shortened(text, width, terminal.ellipsis) for text in set(models.cells)}
    return word_column(models.title, [texts[text] for text in models.cells])
