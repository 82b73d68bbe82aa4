"""The reports of `callstats prices`: on models, on the models of a log, on one call (spec 9).

Everything is plain objects as JSON has them: instants are texts in UTC, prices US dollars per million
tokens, null where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.answer.meta import matched_entry
from callstats_cli.plan import compiler
from callstats_cli.pricing.book import price
from callstats_cli.pricing.prices import DAY_US, OPEN_END, REASONS, PriceCell, Rates
from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.answer.question import Question
    from callstats_cli.engines.engine import Engine
    from callstats_cli.pricing.book import PriceBook
    from callstats_cli.pricing.prices import Key, PricedModel

MODALITIES = {
    "input_audio": "uncached_audio_tokens",
    "input_image": "uncached_image_tokens",
    "cache_read_audio": "cached_audio_tokens",
    "cache_read_image": "cached_image_tokens",
    "output_audio": "written_audio_tokens",
    "output_image": "written_image_tokens",
}
"""Rates of tokens other than text, which are also their keys in a report → the column of the template
`prices/explained_call` that counts such tokens."""

_TEXT = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
"""Rates of tokens of text, and their keys in a report."""

CACHE_RULES: dict[int | None, str] = {
    None: "no tokens were cached",
    1: "no: the recorded total is input + output + cached tokens",
    2: "no: the count is smaller than the cached tokens",
    3: "yes: gross_input_tokens, …_details.cached_tokens or another name of OpenAI's is recorded",
    4: "no: input_tokens stands beside cache counts of its own",
    5: "no: the model is named as Amazon Bedrock does",
    6: "yes: nothing says otherwise",
    7: "no: the log counts them beside it",
    8: "yes: the log counts them inside it",
}
"""Rule of spec 9 → whether input includes cached tokens, and why."""


def prices_of_models(
    names: Sequence[str], provider: str | None, book: PriceBook
) -> list[dict[str, Any]]:
    """The prices of each model, in all periods."""
    priced = price(book, [(name, provider, None) for name in names])
    return [_model(model, model.cells) for model in priced.models]


def prices_of_log(question: Question) -> list[dict[str, Any]]:
    """Every model of the log's calls, with how many calls and the prices in force in their range."""
    pricing, plan = question.pricing, question.plan
    if pricing is None:
        return []
    listed: dict[Key, dict[str, Any]] = {}
    for model, calls in zip(pricing.models, pricing.calls, strict=True):
        in_range = [
            cell for cell in model.cells if cell.from_us < plan.end_us and cell.until_us > plan.start_us
        ]
        key = (model.model, model.provider, model.modifiers)
        listed.setdefault(key, {"calls": 0, **_model(model, in_range)})["calls"] += calls
    return list(listed.values())


def price_of_call(question: Question, call_id: str, engine: Engine) -> list[dict[str, Any]]:
    """How a call was priced, one object per model that it used."""
    if question.is_empty or question.pricing is None:
        return []
    chain = compiler.explained_call_chain(question.basis, question.pricing, call_id)
    matched = question.pricing.by_key()
    return [
        _explained(used, matched[(used["model"], used["provider"], used["price_context"])])
        for used in engine.rows(chain)
    ]


def _model(model: PricedModel, cells: Sequence[PriceCell]) -> dict[str, Any]:
    return {
        **matched_entry(model),
        "reason": None if model.cells else model.reason,
        "charged_as_other_tokens": list(model.assumed),
        "comment": model.comment,
        "prices": [_cell(cell) for cell in cells],
    }


def _cell(cell: PriceCell) -> dict[str, Any]:
    """A price; null where it is not bounded, and where there is none."""
    rates = cell.rates
    all_day = (cell.day_from_us, cell.day_until_us) == (0, DAY_US)
    return {
        "from": None if cell.from_us <= -OPEN_END else format_instant(cell.from_us, "UTC"),
        "until": None if cell.until_us >= OPEN_END else format_instant(cell.until_us, "UTC"),
        "hours": None if all_day else f"{_clock(cell.day_from_us)}-{_clock(cell.day_until_us)} UTC",
        "request_tokens_above": None if cell.tokens_above < 0 else cell.tokens_above,
        "request_tokens_up_to": None if cell.tokens_up_to >= OPEN_END else cell.tokens_up_to,
        **{name: _per_million(getattr(rates, name)) for name in _TEXT},
        "per_request": rates.request,
        **{name: _per_million(getattr(rates, name)) for name in MODALITIES},
        "per_web_search": rates.web_search,
    }


def _explained(used: Mapping[str, Any], model: PricedModel) -> dict[str, Any]:
    """One model's usage of a call: what was counted, what was charged for it, and why. `used` is a row
    of the template `prices/explained_call`, whose bounds and rates are null where no price applied."""
    by_modality = {name: used[column] for name, column in MODALITIES.items() if used[column] != 0}
    why = used["why_unpriced"]
    return {
        "model": used["model"],
        "provider": used["provider"],
        "price_context": used["price_context"],
        "cache_hit": used["cache_hit"],
        "started_at": format_instant(used["started_us"], "UTC"),
        "input_tokens": used["input_tokens"],
        "input_includes_cached_tokens": CACHE_RULES[used["cache_rule"]],
        "priced_tokens": {
            "input": used["uncached_text_tokens"],
            "cache_read": used["cached_text_tokens"],
            "cache_write": used["cache_write_5m_tokens"],
            "cache_write_1h": used["cache_write_1h_tokens"],
            "output": used["written_text_tokens"],
            **by_modality,
        },
        "web_searches": used["web_searches"],
        "requests": used["requests"],
        "gross_input_of_one_request": used["request_tokens"],
        "source": model.source,
        "matched": model.matched,
        "match": model.match,
        "price": None if used["request_rate"] is None else _cell(_applied(used)),
        "input_cost": used["input_cost"],
        "output_cost": used["output_cost"],
        "total_cost": used["total_cost"],
        "no_cost_because": REASONS[model.why(why)] if why else None,
    }


def _applied(used: Mapping[str, Any]) -> PriceCell:
    """The price that applied."""
    rates = Rates(**{name: used[f"{name}_rate"] for name in Rates._fields})
    return PriceCell(rates, **{name: used[name] for name in PriceCell._fields if name != "rates"})


def _clock(us: int) -> str:
    minutes = us // 60_000_000
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _per_million(rate: float | None) -> float | None:
    """Dollars per million tokens, without what binary fractions add."""
    return None if rate is None else float(f"{rate * 1_000_000:.12g}")
