"""Matches a model's name to an entry of the price list, and says how sure that is.

A name is tried with the provider that the log names, then as the way it is written tells. The tail of
a name is never tried without its prefix: `my-proxy/gpt-4o` may be anything.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from genai_prices import Usage, calc_price
from genai_prices.types import ClauseAnd, ClauseEquals, ClauseOr

from callstats_cli.pricing.prices import BEDROCK_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genai_prices.types import MatchLogic, ModelInfo, Provider

    from callstats_cli.pricing.prices import Match

_OTHER_NAMES = {
    "aws": "amazon_bedrock bedrock bedrock_converse",
    "azure": "az.ai.inference az.ai.openai azure.ai.inference azure.ai.openai azure_ai azure_openai",
    "fireworks": "fireworks_ai",
    "google": "gcp.gemini gcp.gen_ai gcp.vertex_ai gemini google_genai vertex_ai",
    "mistral": "mistral_ai",
    "moonshotai": "moonshot",
    "together": "together_ai",
    "x-ai": "x_ai xai",
}
"""Provider of the price list → names that gateways and tracing tools have for it."""
_PROVIDERS = {name: provider for provider, names in _OTHER_NAMES.items() for name in names.split()}
_FOR_OPENAI = ("text-embedding-", "chatgpt-", "codex-", "ft:")
_GOOGLE_PATH = re.compile(r"((projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/)?models/")
_VERSION = re.compile(
    r"(-?\d{8}|[-@]\d{4}-\d\d-\d\d|@\d{8}|@default|@latest|-v\d+|:\d+|-latest|-preview(-\d\d-\d{4}|-\d\d-\d\d)?"
    r"|-\d{3,4})*"
)
_REGION = re.compile(r"^(regional|global|us-gov|us|eu|apac|au|jp|ca|sa)\.")
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """A model of the price list that a name was matched to."""

    provider: Provider
    model: ModelInfo
    match: Match

    @property
    def name(self) -> str:
        """The entry as the price list names it: provider and model."""
        return f"{self.provider.id}:{self.model.id}"


@lru_cache(maxsize=4_096)
def find_entry(model: str, provider: str | None) -> Entry | None:
    """The entry that a log's model and provider mean; null where the price list has none."""
    for name, provider_id in _attempts(model.strip(), provider):
        try:
            found = calc_price(
                Usage(), name, provider_id=provider_id, genai_request_timestamp=_SOME_TIME
            )
        except LookupError:
            continue
        return Entry(found.provider, found.model, _how(name, found.model))
    return None


def _attempts(model: str, provider: str | None) -> Iterator[tuple[str, str | None]]:
    """Names and providers to try, in order; `litellm` reads the provider off the name's beginning."""
    if not model:
        return
    known = _provider_id(provider)
    if known is not None:
        yield _bedrock_name(model) if known == "aws" else model, known
    if model.lower().startswith("arn:"):
        yield model.rsplit("/", 1)[-1], "aws"
        return
    google = _GOOGLE_PATH.match(model)
    if google:
        yield model[google.end() :], "google"
        return
    if "/" in model:
        yield model, "litellm"
    elif re.fullmatch(BEDROCK_ID, model):
        yield model, "aws"
    else:
        yield model, None
        if model.startswith(_FOR_OPENAI):
            yield model, "openai"


def _bedrock_name(model: str) -> str:
    return model.rsplit("/", 1)[-1] if model.lower().startswith(("arn:", "bedrock/")) else model


def _provider_id(provider: str | None) -> str | None:
    from genai_prices.data import providers

    name = (provider or "").strip().lower()
    if name.startswith(("aws", "bedrock", "amazon")):
        return "aws"
    if name in _PROVIDERS:
        return _PROVIDERS[name]
    return name if any(known.id == name for known in providers) else None


def _how(name: str, model: ModelInfo) -> Match:
    """By which of its rules the entry was matched, and what of the name that left over."""
    written = name.lower()
    tails = {written, written.split("/", 1)[-1]}
    if model.id.lower() in tails or tails & set(_equal_names(model.match)):
        return "exact"
    known = _plain(model.id)
    for tail in (*tails, written.rsplit("/", 1)[-1]):
        rest = _plain(tail).removeprefix(known)
        if _plain(tail).startswith(known) and _VERSION.fullmatch(rest):
            return "version"
    return "pattern"


def _plain(name: str) -> str:
    """A name without region and vendor, dots in versions as dashes: as spellings differ."""
    name = _REGION.sub("", name.lower().rsplit("/", 1)[-1])
    name = re.sub(r"^[a-z0-9]+\.(?=[a-z])", "", name)
    return name.replace(".", "-")


def _equal_names(rule: MatchLogic) -> Iterator[str]:
    if isinstance(rule, ClauseEquals):
        yield rule.equals.lower()
    elif isinstance(rule, ClauseOr | ClauseAnd):
        for part in rule.or_ if isinstance(rule, ClauseOr) else rule.and_:
            yield from _equal_names(part)
