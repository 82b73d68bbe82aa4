"""What the models of a question cost, and which of its calls have no cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.answer.rows import Unpriced
from callstats_cli.plan import compiler
from callstats_cli.pricing.book import Uses, price
from callstats_cli.pricing.prices import LIST_NAME, OPEN_END

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.answer.rows import Row
    from callstats_cli.engines.engine import Engine
    from callstats_cli.pricing.book import PriceBook, Pricing
    from callstats_cli.pricing.prices import Key, PricedModel


def priced(question: Question, book: PriceBook, engine: Engine) -> Pricing:
    """The models of the question's calls with their prices."""
    if book.is_recorded or question.is_empty:
        return price(book, ())
    rows = engine.rows(compiler.models_chain(question.basis))
    pricing = price(book, list(rows.each("model", "provider", "price_context")))
    used = Uses(*(any(row[f"has_{name}"] for row in rows) for name in Uses._fields))
    inputs = [row["most_input"] for row in rows]
    return pricing._replace(
        calls=tuple(row["calls"] for row in rows),
        uses=used,
        most_input=None if None in inputs else max(inputs, default=None),
    )


def unpriced_calls(question: Question, usage: Sequence[Row], engine: Engine) -> list[Unpriced]:
    """The calls of which an asked cost is not known, by model and reason."""
    if question.pricing is None or not any(row.without for row in usage):
        return []
    models = question.pricing.by_key()
    found: dict[tuple[str | None, str | None, str], tuple[int, int]] = {}
    for row in engine.rows(compiler.unpriced_chain(question.basis)):
        model, provider, why = row["model"], row["provider"], row["why_unpriced"]
        priced_as = models.get((model, provider, row["price_context"]))
        item = (model, provider, priced_as.why(why) if priced_as else why)
        calls, tokens = found.get(item, (0, 0))
        found[item] = (calls + row["calls"], tokens + row["tokens"])
    return [Unpriced(*item, *counts) for item, counts in found.items()]


def calls_before_price_history(question: Question, engine: Engine) -> int:
    """How many calls are priced at the list's oldest prices, being older than its history."""
    start_us = question.pricing.history_start_us if question.pricing else None
    if start_us is None:
        return 0
    return _calls_before(question, engine, {model.key: start_us for model in _listed_models(question)})


def calls_before_context_prices(question: Question, engine: Engine) -> int:
    """How many calls are priced at the first rates that the list has for their service tier, speed or
    batch processing, being older than these."""
    starts = {model.key: model.context_start_us for model in _listed_models(question)}
    return _calls_before(
        question, engine, {key: start for key, start in starts.items() if start is not None}
    )


def _listed_models(question: Question) -> list[PricedModel]:
    """The models that are priced by the list."""
    models = question.pricing.models if question.pricing else ()
    return [model for model in models if model.cells and model.source == LIST_NAME]


def _calls_before(question: Question, engine: Engine, starts: Mapping[Key, int]) -> int:
    """How many calls have a price though they started before the instant given for their model."""
    if question.is_empty or question.plan.start_us >= max(starts.values(), default=-OPEN_END):
        return 0
    (found,) = engine.rows(compiler.calls_before_chain(question.basis, starts))
    return int(found["calls"])
