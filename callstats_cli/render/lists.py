"""Short lists of words and numbers, aligned for a terminal or a pipe, or as a Markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.harmless import printable
from callstats_cli.render.markdown import escaped
from callstats_cli.render.terminal import folded
from callstats_cli.render.words import GAP, cell_width, padded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from callstats_cli.render.terminal import Terminal


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Lines of equal columns; those at the positions `right` are aligned right."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = _widths(rows)
    return [
        GAP.join(
            padded(cell, width, left=at not in right)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(cell_width, column)) for column in zip(*rows, strict=True)]


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
    table = [header, *([printable(cell) for cell in row] for row in rows)]
    widths = dict(zip(header, _widths(table), strict=True))
    left_out: list[str] = []
    for name in spare:
        taken = sum(widths.values()) + len(GAP) * (len(widths) - 1)
        if terminal.width is None or taken <= terminal.width:
            break
        left_out.append(name)
        del widths[name]
    shown = [header.index(name) for name in widths]
    right = {at for at, name in enumerate(widths) if name in numbers}
    lines = aligned([[row[at] for at in shown] for row in table], right)
    if left_out:
        note = f"Not shown: {', '.join(left_out)}; a wider terminal or --json shows them"
        lines += folded((note,), terminal)
    return "\n".join(lines) + "\n"


def markdown_list(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[str]) -> str:
    """The same as a Markdown table; texts are escaped."""
    rules = ["---:" if name in numbers else "---" for name in header]
    lines = [header, rules, *([escaped(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
