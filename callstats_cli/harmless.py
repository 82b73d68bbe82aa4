"""Texts that do nothing to whoever shows them: a terminal, or the log of a GitHub action."""

from __future__ import annotations

import json
import os
import re
from typing import Final

_STYLE: Final = r"(\x1b\[[0-9;]*m)"
"""The escapes of bold, dim and colours."""
_COMMAND: Final = r"((?:^|[\n\r])(?:\s|\x1b\[[0-9;]*m)*)::"


def printable(text: str, *, keep: str = "") -> str:
    r"""The text with an escape (`\n`, `\x1b`, `\u202e`) for each character that does not print: control
    characters, and those that turn a line's direction; `keep` are the characters that stay."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in keep
        else character.encode("unicode_escape").decode()
        for character in text
    )


def printable_lines(text: str, *, styled: bool = False) -> str:
    """The same for a text of several lines; one that is `styled` keeps its own bold and colours."""
    if not styled:
        return printable(text, keep="\n")
    pieces = re.split(_STYLE, text)
    pieces[::2] = (printable(piece, keep="\n") for piece in pieces[::2])
    return "".join(pieces)


def without_commands(text: str) -> str:
    r"""The text with a backslash in what GitHub's runner takes for a command: `::` at the beginning of
    a line and `##[` anywhere; as it is where this is no GitHub action."""
    if os.environ.get("GITHUB_ACTIONS") != "true" or ("::" not in text and "##[" not in text):
        return text
    return re.sub(_COMMAND, r"\1\\::", text).replace("##[", "##\\[")


def harmless_json(text: str) -> str:
    """JSON text of the same value in which nothing needs the above: such characters are escaped."""
    if not text.isprintable():
        text = "".join(
            character if character.isprintable() or character in "\n\t" else json.dumps(character)[1:-1]
            for character in text
        )
    return text.replace("##[", "#\\u0023[") if "##[" in text else text
