"""Short lists of words and numbers, aligned for a terminal or a pipe, or as a Markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.render.markdown import escaped
from callstats_cli.render.terminal import folded
from callstats_cli.render.words import cell_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.render.terminal import Terminal

_GAP = "  "


def aligned_list(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: frozenset[str],
    terminal: Terminal,
    spare: Sequence[str] = (),
) -> str:
    """Lines of equal columns under a header; columns in `numbers` are aligned right.

    Where the terminal is too narrow, `spare` columns are left out in that order, and a line says so.
    """
    lines = [header, *rows]
    widths = {name: max(cell_width(line[at]) for line in lines) for at, name in enumerate(header)}
    left_out: list[str] = []
    for name in spare:
        if terminal.width is None or sum(widths.values()) + 2 * (len(widths) - 1) <= terminal.width:
            break
        left_out.append(name)
        del widths[name]
    shown = [(header.index(name), name, width) for name, width in widths.items()]
    text = ""
    for line in lines:
        cells = (_padded(line[at], width, left=name not in numbers) for at, name, width in shown)
        text += _GAP.join(cells).rstrip() + "\n"
    if left_out:
        note = f"Not shown: {', '.join(left_out)}; a wider terminal or --json shows them"
        text += "\n".join(folded((note,), terminal)) + "\n"
    return text


def _padded(text: str, width: int, *, left: bool) -> str:
    pad = " " * (width - cell_width(text))
    return text + pad if left else pad + text


def markdown_list(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[str]) -> str:
    """The same as a Markdown table; texts are escaped."""
    rules = ["---:" if name in numbers else "---" for name in header]
    lines = [header, rules, *([escaped(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
