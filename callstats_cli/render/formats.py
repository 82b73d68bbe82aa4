"""The report of `callstats formats` for people: each format, and its places of a call's columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 100


def formats_text(formats: Sequence[dict[str, Any]]) -> str:
    """A format's name, what it reads, and a line per column of a call."""
    return "\n".join(map(_format_text, formats))


def _format_text(entry: dict[str, Any]) -> str:
    width = max(map(len, entry["columns"]))
    lines = [f"{entry['name']}: {'; '.join(entry['reads'])}"]
    for column, places in entry["columns"].items():
        lines += textwrap.wrap(
            ", ".join(places),
            _WIDTH,
            initial_indent=f"  {column:<{width}}  ",
            subsequent_indent=" " * (width + 4),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines) + "\n"
