"""Prices for the models of a question: those of `--prices FILE` before those of the list (spec 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.pricing.prices import PriceCell, PricedModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.pricing.prices import Key

RECORDED = "recorded"
"""The value of `--prices` for the costs that the log itself recorded."""


class PriceBook(NamedTuple):
    """The source of costs: the log itself, or prices; `own` are those of a file, by model."""

    is_recorded: bool = False
    own: Mapping[str, tuple[PriceCell, ...]] = {}
    file: str | None = None


class Uses(NamedTuple):
    """The uncommon parts of a price that some call of the question needs."""

    modalities: bool = False
    web_searches: bool = False
    cache_hits: bool = False


class Pricing(NamedTuple):
    """The models of a question with their prices. Calls before `history_start_us` (microseconds since
    1970) are priced at the list's oldest; null where the list was not asked. `calls` has how many calls
    are of each of the models, where they were found in a log; none of them has more gross input tokens
    than `most_input`, null where some count cannot be read."""

    is_recorded: bool
    models: tuple[PricedModel, ...] = ()
    history_start_us: int | None = None
    calls: tuple[int, ...] = ()
    uses: Uses = Uses()
    most_input: float | None = None

    def within(self, start_us: int, end_us: int) -> Pricing:
        """The prices of calls of [start_us, end_us), microseconds since 1970, without what none of them
        needs: what the engine has not to compare is faster."""
        models = []
        for model in self.models:
            cells = (cell.within(start_us, end_us, self.most_input) for cell in model.cells)
            models.append(model._replace(cells=tuple(cell for cell in cells if cell is not None)))
        return self._replace(models=tuple(models))

    def by_key(self) -> dict[Key, PricedModel]:
        """The models by what their prices were looked up for."""
        return {model.key: model for model in self.models}


def open_book(prices: str | None) -> PriceBook:
    """The price book that `--prices` names; raises RequestError for a file that cannot be used."""
    if prices is None:
        return PriceBook()
    if prices == RECORDED:
        return PriceBook(is_recorded=True)
    from callstats_cli.pricing.overrides import read_prices

    return PriceBook(own=read_prices(prices), file=prices)


def price(book: PriceBook, named: Sequence[Key]) -> Pricing:
    """The prices of models, each named with the provider and price context that the log gives."""
    if book.is_recorded:
        return Pricing(is_recorded=True)
    listed = [key for key in named if not _covers_all_time(book.own.get(key[0] or "", ()))]
    if not listed:
        return Pricing(False, tuple(_own(book, key) for key in named))
    from callstats_cli.pricing.price_list import find_prices

    found = find_prices(listed)
    models = tuple(
        _own(book, key, found.models.get(key)) if key[0] in book.own else found.models[key]
        for key in named
    )
    return Pricing(False, models, found.history_start_us)


def _covers_all_time(cells: Sequence[PriceCell]) -> bool:
    return bool(cells) and cells[0].from_us == PriceCell(cells[0].rates).from_us


def _own(book: PriceBook, key: Key, listed: PricedModel | None = None) -> PricedModel:
    """A model with the file's prices, whatever its price context; before the first of them those of the
    list hold."""
    model = key[0]
    cells = book.own[model or ""]
    first_us = cells[0].from_us
    earlier = tuple(
        cell._replace(until_us=min(cell.until_us, first_us))
        for cell in (listed.cells if listed else ())
        if cell.from_us < first_us
    )
    return PricedModel(
        *key,
        cells=(*earlier, *cells),
        source=book.file,
        matched=model,
        match="exact",
        reason=None if _covers_all_time((*earlier, *cells)) else "no_price_yet",
    )
