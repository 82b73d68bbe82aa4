"""What `callstats formats` prints for people: each format, and where it has a call's columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

_WIDTH = 100


def print_formats(formats: Sequence[dict[str, Any]], stream: TextIO) -> None:
    """A format's name, what it reads, and a line per column of a call."""
    for position, entry in enumerate(formats):
        stream.write("\n" if position else "")
        stream.write(f"{entry['name']}: {'; '.join(entry['reads'])}\n")
        width = max(len(column) for column in entry["columns"])
        for column, places in entry["columns"].items():
            indent = " " * (width + 4)
            first = f"  {column:<{width}}  "
            stream.write(
                textwrap.fill(
                    ", ".join(places),
                    _WIDTH,
                    initial_indent=first,
                    subsequent_indent=indent,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
                + "\n"
            )
