"""Price cells as tests look them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.pricing.prices import DAY_US

if TYPE_CHECKING:
    from callstats_cli.pricing.prices import PriceCell


def cell_at(cells: tuple[PriceCell, ...], started_us: int, tokens: int) -> PriceCell:
    """The one cell that applies."""
    (cell,) = (
        cell
        for cell in cells
        if cell.from_us <= started_us < cell.until_us
        and cell.day_from_us <= started_us % DAY_US < cell.day_until_us
        and cell.tokens_above < tokens <= cell.tokens_up_to
    )
    return cell
