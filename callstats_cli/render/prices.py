"""The report of `callstats prices` for people: a line per price, or the price of one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.pricing.prices import REASONS
from callstats_cli.render.lists import aligned
from callstats_cli.render.words import model_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
_FURTHER = {
    "input_audio": "input",
    "input_image": "input",
    "cache_read_audio": "cache_read",
    "cache_read_image": "cache_read",
    "output_audio": "output",
    "output_image": "output",
}
"""Kinds of tokens that seldom have a price of their own → whose price they have then."""


def models_text(models: Sequence[dict[str, Any]]) -> str:
    """One line per model and price, in US dollars per million tokens, with notes below."""
    has_contexts = any(model["price_context"] for model in models)
    has_calls = bool(models) and "calls" in models[0]
    titles = ["model", *(["context"] if has_contexts else []), *(["calls"] if has_calls else [])]
    titles += ["matched", "how", "when", "request"]
    rows = [
        [
            model_text(model["model"]),
            *([model["price_context"] or "·"] if has_contexts else []),
            *([f"{model['calls']}"] if has_calls else []),
            *cells,
        ]
        for model in models
        for cells in _price_lines(model)
    ]
    titles += [kind.replace("_", " ").replace("cache ", "") for kind in _KINDS]
    return "\n".join([*aligned([[*titles, "per call"], *rows]), *dict.fromkeys(_notes(models))]) + "\n"


def call_text(call_id: str, priced: Sequence[dict[str, Any]]) -> str:
    """The counts, the price and the costs of one call, a line each."""
    text: list[str] = []
    for entry in priced:
        text.append(f"call {call_id} · {model_text(entry['model'])} · {entry['started_at']}")
        price = entry["price"]
        lines = [("price context", entry["price_context"])] if entry["price_context"] else []
        if entry["cache_hit"]:
            lines.append(("answered by", "a gateway's cache, which costs nothing"))
        lines += [
            ("input as logged", _number(entry["input_tokens"])),
            ("includes cached", entry["input_includes_cached_tokens"]),
        ]
        for kind, count in entry["priced_tokens"].items():
            rate = price[kind] if price else None
            at = "" if rate is None else f" at $ {rate:.10g} per million"
            lines.append((kind.replace("_", " "), f"{_number(count)}{at}"))
        if entry["web_searches"] != 0:
            rate = price["per_web_search"] if price else None
            at = "" if rate is None else f" at $ {rate:.10g} each"
            lines.append(("web searches", f"{_number(entry['web_searches'])}{at}"))
        if price:
            gross = _number(entry["gross_input_of_one_request"])
            matched = f"{entry['matched']} ({entry['match']}), {entry['source']}"
            lines += [
                ("price", f"{matched}, {_when(price)}"),
                ("tier", f"{_size(price)}; one request of {_number(entry['requests'])} has {gross}"),
            ]
        for name in ("input_cost", "output_cost", "total_cost"):
            cost = entry[name]
            lines.append((name.replace("_", " "), "·" if cost is None else f"$ {cost:.10g}"))
        if entry["no_cost_because"]:
            lines.append(("no cost because", entry["no_cost_because"]))
        text += [f"  {line}" for line in aligned(lines)]
    return "\n".join(text) + "\n"


def _price_lines(model: dict[str, Any]) -> Iterator[list[str]]:
    matched = [model["matched"] or "·", model["match"] or "·"]
    if not model["prices"]:
        why = REASONS[model["reason"]] if model["reason"] else "no price then"
        yield [*matched, why, "·", *("" for _ in _KINDS), ""]
    for price in model["prices"]:
        rates = [price[kind] for kind in _KINDS]
        yield [
            *matched,
            _when(price),
            _size(price),
            *("·" if rate is None else f"{rate:.10g}" for rate in rates),
            f"{price['per_request']:.10g}",
        ]


def _when(price: dict[str, Any]) -> str:
    begin, end = price["from"], price["until"]
    days = f"since {begin[:10]}" if begin else "always" if not end else ""
    if end:
        days = f"{days} until {end[:10]}".strip()
    return f"{days}, {price['hours']}" if price["hours"] else days


def _size(price: dict[str, Any]) -> str:
    above, up_to = price["request_tokens_above"], price["request_tokens_up_to"]
    if above is None:
        return "any size" if up_to is None else f"up to {up_to:,}"
    return f"over {above:,}" if up_to is None else f"over {above:,} up to {up_to:,}"


def _notes(models: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Notes on the prices: loose matches, further prices, the list's comments."""
    yield "US dollars per million tokens; request: gross input tokens of one request"
    for model in models:
        name = model_text(model["model"])
        if model["match"] == "pattern":
            yield f"{name}: matched by a pattern that leaves more than a version over: check it"
        for text in dict.fromkeys(_further(price) for price in model["prices"]):
            if text:
                yield f"{name}: {text}"
        if model["comment"]:
            yield f"{name}: {' '.join(model['comment'].split())}"


def _further(price: dict[str, Any]) -> str:
    """The rates that have no column."""
    rates = [
        f"{kind.replace('_', ' ')} {price[kind]:.10g}"
        for kind, general in _FURTHER.items()
        if price[kind] is not None and price[kind] != price[general]
    ]
    if price["per_web_search"] is not None:
        rates.append(f"a web search $ {price['per_web_search']:.10g}")
    return ", ".join(rates)


def _number(value: float | None) -> str:
    return "unreadable" if value is None else f"{value:,.10g}"
