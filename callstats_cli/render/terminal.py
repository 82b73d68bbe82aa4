"""The terminal or file that a text is laid out for, and styles for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_SIZE_UNKNOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Terminal:
    """The properties of a terminal, a pipe or a file that decide how a text looks."""

    is_terminal: bool
    """Whether a person reads it: fitted to the width, thousands separated, rules drawn."""
    width: int | None
    """Cells in a line; None where nothing limits them, as in a pipe or a file."""
    color: bool
    unicode: bool
    """Whether its encoding carries every character; else all output is ASCII."""

    @property
    def grouping(self) -> str:
        """The separator of thousands; none for programs."""
        return "," if self.is_terminal else ""

    @property
    def no_data(self) -> str:
        """The text of null."""
        return "·" if self.unicode else "-"

    @property
    def at_least(self) -> str:
        """The mark before a sum that leaves calls out."""
        return "≥" if self.unicode else ">="

    @property
    def ellipsis(self) -> str:
        """The mark in place of the middle of a shortened name."""
        return "…" if self.unicode else "..."


MARKDOWN: Final = Terminal(is_terminal=True, width=None, color=False, unicode=True)
"""Markdown is for people, like a terminal, and as wide as it needs."""
PLAIN: Final = Terminal(is_terminal=False, width=None, color=False, unicode=True)
"""A UTF-8 file."""


def terminal_of(stream: TextIO, *, no_color: bool) -> Terminal:
    """The terminal of a stream, from the stream and the environment.

    On a terminal COLUMNS overrides the size it reports; with neither it is 80 wide. A pipe has no
    width, whatever COLUMNS says. Colour is for terminals, but not under TERM=dumb; FORCE_COLOR
    gives it to pipes too; NO_COLOR and `no_color` take it from both.
    """
    is_terminal = stream.isatty()
    return Terminal(
        is_terminal=is_terminal,
        width=_reported_width(stream) if is_terminal else None,
        color=not no_color and _wants_color(is_terminal=is_terminal),
        unicode=_carries_unicode(stream),
    )


def _reported_width(stream: TextIO) -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or 0)
        if columns <= 0:
            columns = os.get_terminal_size(stream.fileno()).columns
        return columns or _SIZE_UNKNOWN
    except (OSError, ValueError):
        return _SIZE_UNKNOWN


def _wants_color(*, is_terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0", "false"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def _carries_unicode(stream: TextIO) -> bool:
    """Whether every character can be written, so that no model name can fail to be."""
    try:
        "─·…≥\U0010fffd".encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Paint:
    """Functions that make a text bold or faint."""

    strong: Callable[[str], str]
    faint: Callable[[str], str]


def painter(terminal: Terminal) -> Paint:
    """Weight, no hues: it reads the same on light and on dark."""
    if not terminal.color:
        return Paint(str, str)
    from rich.style import Style

    return Paint(Style(bold=True).render, Style(dim=True).render)


def folded(parts: tuple[str, ...], terminal: Terminal) -> list[str]:
    """Parts of a title or note in as few lines as the width allows, broken between parts first."""
    separator = f" {terminal.no_data} "
    if terminal.width is None:
        return [separator.join(parts)]
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1] + separator + part) <= terminal.width:
            lines[-1] += separator + part
        else:
            lines.append(part)
    if all(len(line) <= terminal.width for line in lines):
        return lines
    from textwrap import wrap

    return [piece for line in lines for piece in wrap(line, terminal.width, break_on_hyphens=False)]
