"""The answer as the API's JSON object, and as JSON Lines; any other value as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callstats_cli.answer.rows import api_head, row_objects
from callstats_cli.harmless import harmless_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callstats_cli.answer.rows import CallStats

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _encode(value: object) -> str:
    return harmless_json(_encoder.encode(value))


def json_text(content: object) -> str:
    """One JSON value, indented."""
    return harmless_json(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)) + "\n"


def render_json(stats: CallStats, meta: dict[str, Any] | None = None) -> Iterator[str]:
    """One JSON object, exactly the API's, a row of buckets a line; `meta` is added where given."""
    head = ",\n".join(f"  {_encode(key)}: {_encode(value)}" for key, value in api_head(stats).items())
    yield f"{{\n{head},\n"
    yield from _rows("usage_buckets", row_objects(stats, stats.usage))
    yield ",\n"
    yield from _rows("call_buckets", row_objects(stats, stats.calls))
    if meta is not None:
        yield ',\n  "meta": ' + json_text(meta).rstrip().replace("\n", "\n  ")
    yield "\n}\n"


def _rows(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f"  {_encode(name)}: ["
    separator = "\n"
    for row in rows:
        yield f"{separator}    {_encode(row)}"
        separator = ",\n"
    yield "]" if separator == "\n" else "\n  ]"


def render_jsonl(stats: CallStats) -> Iterator[str]:
    """One line per row, its kind first: the usage rows, then the call rows."""
    for kind, rows in (("usage", stats.usage), ("call", stats.calls)):
        for row in row_objects(stats, rows):
            yield _encode({"kind": kind, **row}) + "\n"
