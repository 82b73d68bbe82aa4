"""Statistics over LLM call logs, answered on one's own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.interface import Tables

_FIELDS = frozenset(
    "project_id start end granularity usage_metrics call_metrics filter timezone".split()
)


def query(
    sources: str | Sequence[str], request: Mapping[str, Any] | None = None, **given: Any
) -> Tables:
    """The statistics of the calls in sources, as Arrow tables; see `callstats_cli.interface.query`.

    What is asked is a request body, or its fields as keywords; other keywords say how to read.
    """
    from callstats_cli import interface

    fields = {name: value for name, value in given.items() if name in _FIELDS}
    options = {name: value for name, value in given.items() if name not in _FIELDS}
    words = [sources] if isinstance(sources, str) else sources
    return interface.query(words, {**(request or {}), **fields}, options)
