"""Which columns of a table fit a width."""

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
    """Which cells hold zero or nothing; None for a column of words, which is aligned left."""


@dataclass(frozen=True, slots=True)
class TableTexts:
    title: tuple[str, ...]
    buckets: ColumnTexts
    models: ColumnTexts | None
    numbers: list[ColumnTexts]
    """The number of calls, then the values in request order."""
    body: int
    """How many rows come before the totals."""
    gaps: dict[int, int]
    """Row of the answer → how many empty buckets before it are not shown."""
    if_empty: str


def word_column(title: str, cells: list[str]) -> ColumnTexts:
    return ColumnTexts(title, cells, max(map(cell_width, {title, *cells})))


def fitted(table: TableTexts, terminal: Terminal) -> tuple[int, int]:
    """How many number columns are shown, and in how many cells model names are.

    The narrowest that is possible, where even that is too wide for the terminal.
    """
    widest, least = 0, 0
    taken = table.buckets.width
    if table.models is not None:
        widest, least = table.models.width, _least_width(table.models, terminal)
        taken += len(GAP)
    if terminal.width is None:
        return len(table.numbers), widest
    for shown in range(len(table.numbers), 1, -1):
        numbers = sum(len(GAP) + column.width for column in table.numbers[:shown])
        room = terminal.width - taken - numbers
        if room >= least:
            return shown, min(room, widest)
    return min(2, len(table.numbers)), least


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
