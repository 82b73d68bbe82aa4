"""The price list that comes with genai-prices: models → prices, kept in a cache between runs.

Importing the list takes longer than answering a question over a small log. So what was found for a
model is kept in `$XDG_CACHE_HOME/callstats`, under a key that changes with the list; a cache that
cannot be read or written is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.errors import did_you_mean
from callstats_cli.pricing.prices import LIST_NAME, Key, PriceCell, PricedModel, Rates
from callstats_cli.process import kept, new_file, remove

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORM = 2
"""Changes with what is kept, or with how it is found."""
_MOST_KEPT = 5_000
_CHECKSUM = "checksum"


class FoundPrices(NamedTuple):
    """The prices of some models; `history_start_us` is the first date on which any price of the list
    changed, in microseconds since 1970."""

    models: dict[Key, PricedModel]
    history_start_us: int


def find_prices(keys: Sequence[Key]) -> FoundPrices:
    """The prices of models, each with the provider and price context that the log names."""
    path = _cache_path()
    cached = _read_cache(path)
    digests = {key: _digest(key) for key in keys}
    entries = cached.get("models", {})
    if all(digest in entries for digest in digests.values()):
        found = {key: _restored(key, entries[digest]) for key, digest in digests.items()}
        return FoundPrices(found, cached["history_start_us"])
    found = {key: find_price(*key) for key in keys}
    from callstats_cli.pricing.extraction import history_start_us

    start = history_start_us()
    models = {**entries, **{digests[key]: _written(model) for key, model in found.items()}}
    if len(models) <= _MOST_KEPT:
        _write_cache(path, {"history_start_us": start, "models": models})
    return FoundPrices(found, start)


def find_price(
    model: str | None, provider: str | None, price_context: str | None = None
) -> PricedModel:
    """The price of one model, from the list itself."""
    key = (model, provider, price_context)
    if model is None:
        return PricedModel(*key, reason="no_model")
    from callstats_cli.pricing.contexts import context_start, listed_context
    from callstats_cli.pricing.extraction import (
        UnsupportedPriceRuleError,
        assumed_units,
        cells_of,
        date_us,
    )
    from callstats_cli.pricing.matching import find_entry

    entry = find_entry(model, provider)
    if entry is None:
        return PricedModel(*key, reason="unknown_model")
    matched = PricedModel(
        *key,
        source=LIST_NAME,
        matched=entry.name,
        match=entry.match,
        comment=entry.model.price_comments,
    )
    context = listed_context(entry, price_context)
    if context is None:
        return matched._replace(reason="no_price_for_tier", modifiers=price_context)
    matched = matched._replace(
        modifiers="&".join(f"{name}={value}" for name, value in context.items()) or None
    )
    try:
        cells = cells_of(entry.model, context)
    except UnsupportedPriceRuleError:
        return matched._replace(reason="unsupported_price_rule")
    if not cells:
        return matched._replace(reason="no_price")
    start = context_start(entry.model, context)
    return matched._replace(
        cells=cells,
        assumed=assumed_units(entry.model),
        context_start_us=None if start is None else date_us(start),
    )


def close_model(name: str, own: Sequence[str] = ()) -> str | None:
    """A hint naming the model of the list, or of one's `own` prices, that is written most like this
    one; None where none is."""
    from genai_prices.data import providers

    known = [*own, *(model.id for provider in providers for model in provider.models)]
    bare = _letters_and_digits(name)
    same = [model for model in known if bare and _letters_and_digits(model) == bare]
    return did_you_mean(name, sorted(same or known), cutoff=0.7)


def _letters_and_digits(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


# The cache


def _cache_path() -> Path | None:
    """A file whose name changes with the list; null where the list cannot be told apart."""
    from importlib.util import find_spec

    spec = find_spec("genai_prices")
    if spec is None or not spec.submodule_search_locations:
        return None
    try:
        data = (Path(spec.submodule_search_locations[0]) / "data.py").stat()
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except (OSError, RuntimeError):
        return None
    return Path(base) / "callstats" / f"prices-{_FORM}-{data.st_size}-{data.st_mtime_ns}.json"


def _read_cache(path: Path | None) -> dict[str, Any]:
    """The content of the cache; empty where it is not exactly as it was written."""
    try:
        content = json.loads(path.read_bytes()) if path else {}
        checksum = content.pop(_CHECKSUM, None)
        return content if checksum == _digest(content) else {}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def _digest(value: object) -> str:
    """The hash of a value: names may hold account ids, so that only their hash is kept."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _write_cache(path: Path | None, content: dict[str, Any]) -> None:
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = new_file(str(path.parent), f"{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(content | {_CHECKSUM: _digest(content)}, stream)
            Path(temporary).replace(path)
            kept(temporary)
        finally:
            remove(temporary)


def _written(model: PricedModel) -> list[Any]:
    """A model without what it was looked up for, as JSON has it."""
    return list(model[len(model.key) :])


def _restored(key: Key, written: list[Any]) -> PricedModel:
    model = PricedModel(*key, *written)
    return model._replace(
        cells=tuple(PriceCell(Rates(*rates), *bounds) for rates, *bounds in written[0]),
        assumed=tuple(model.assumed),
    )
