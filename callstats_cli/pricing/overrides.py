"""`--prices FILE`: prices of one's own, which stand before those of the price list (spec 9).

A TOML or JSON object of model → prices in dollars per million tokens, or a list of such, each with the
date from which it holds:

    ["my-model"]
    input = 0.5
    output = 2

    [["gpt-4o"]]
    effective_from = 2026-01-01
    input = 2
    output = 8
    cache_read = 0.5
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.pricing.prices import OPEN_END, PriceCell, Rates

TOKENS = (
    *("input", "output", "cache_read", "cache_write", "cache_write_1h"),
    *("input_audio", "input_image", "output_audio", "output_image"),
)
"""Tokens that a price can be given for. Without a price of their own cached tokens are charged as
`input`, those written for one hour as `cache_write`, audio and images as text; without `input` or
`output` such tokens have no price."""

SEARCHES = "web_search_per_thousand"
"""The key for dollars per thousand web searches; without it these have no price."""

_KEYS = (*TOKENS, SEARCHES, "effective_from")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_prices(path: str) -> dict[str, tuple[PriceCell, ...]]:
    """Model → its cells, by date. Raises RequestError, naming file and model, for a file that cannot be
    read, an unknown key, a price that is no number of at least 0, or a date given twice."""
    prices: dict[str, tuple[PriceCell, ...]] = {}
    for model, written in _content(path).items():
        where = f"--prices {path!r}: {quoted(model)}"
        entries = written if isinstance(written, list) else [written]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise RequestError(f"{where} is no table of prices", hint="such as input = 2.5")
        prices[model] = _cells(entries, where)
    return prices


def _content(path: str) -> dict[str, Any]:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise RequestError(f"cannot read the prices {path!r}: {reason}") from None
    try:
        content = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"--prices {path!r} is neither JSON nor TOML: {error}") from None
    if not isinstance(content, dict):
        raise RequestError(f"--prices {path!r} is no object of model and prices")
    return content


def _parsed(text: str) -> Any:
    if text.lstrip().startswith("{"):
        import json

        return json.loads(text)
    import tomllib

    return tomllib.loads(text)


def _cells(entries: list[dict[str, Any]], where: str) -> tuple[PriceCell, ...]:
    dated = sorted(
        ((_start(entry, where), _rates(entry, where)) for entry in entries), key=itemgetter(0)
    )
    starts = [start for start, _ in dated]
    if len(set(starts)) < len(starts):
        raise RequestError(f"{where} has two prices from the same day")
    ends = pairwise((*starts, OPEN_END))
    return tuple(
        PriceCell(rates, from_us=start, until_us=end)
        for (_, rates), (start, end) in zip(dated, ends, strict=True)
    )


def _rates(entry: dict[str, Any], where: str) -> Rates:
    for key in entry:
        if key not in _KEYS:
            hint = did_you_mean(str(key), list(_KEYS)) or "known: " + ", ".join(_KEYS)
            raise RequestError(f"{where}: unknown key {quoted(key)}", hint=hint)
    given = {
        kind: _dollars(entry[kind], f"{where}: {kind}") / (1_000 if kind == SEARCHES else 1_000_000)
        for kind in (*TOKENS, SEARCHES)
        if kind in entry
    }
    if not given:
        raise RequestError(f"{where} has no price", hint="such as input = 2.5; 0 is free")
    read = given.get("cache_read", given.get("input"))
    written = given.get("cache_write", given.get("input"))
    return Rates(
        input=given.get("input"),
        cache_read=read,
        cache_write=written,
        cache_write_1h=given.get("cache_write_1h", written),
        output=given.get("output"),
        input_audio=given.get("input_audio", given.get("input")),
        input_image=given.get("input_image", given.get("input")),
        cache_read_audio=read,
        cache_read_image=read,
        output_audio=given.get("output_audio", given.get("output")),
        output_image=given.get("output_image", given.get("output")),
        web_search=given.get(SEARCHES),
    )


def _dollars(written: Any, where: str) -> float:
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    if not is_number or not math.isfinite(written) or written < 0:
        raise RequestError(
            f"{where} is no price: {quoted(written)}", hint="dollars per million tokens, 0 or more"
        )
    return float(written)


def _start(entry: dict[str, Any], where: str) -> int:
    """The first instant at which a price holds: dates begin at midnight UTC."""
    written = entry.get("effective_from")
    if written is None:
        return -OPEN_END
    try:
        start = date.fromisoformat(written) if isinstance(written, str) else written
    except ValueError:
        try:
            start = datetime.fromisoformat(written)
        except ValueError:
            start = None
    if isinstance(start, datetime):
        instant = start if start.tzinfo else start.replace(tzinfo=UTC)
    elif isinstance(start, date):
        instant = datetime(start.year, start.month, start.day, tzinfo=UTC)
    else:
        raise RequestError(f"{where}: effective_from is no date: {quoted(written)}", hint="2026-01-31")
    return (instant - _EPOCH) // timedelta(microseconds=1)
