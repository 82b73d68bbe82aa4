"""The names that the columns of a SELECT are made of, found in its text.

Templates that map a format are the one place that says which raw columns a column of a call needs: a
list of them kept beside the SQL could disagree with it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"""--[^\n]*|'(?:[^']|'')*'|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*|[(),]|[^\s]""")
_ENDS_LIST = frozenset({"from", "where", "group", "window", "union", "order", "qualify"})
_OPENS, _CLOSES = frozenset("([{"), frozenset(")]}")
_ENDS_CONDITION = frozenset({"group", "window", "union", "order", "qualify", "select"})


class Lineage(NamedTuple):
    """For each name that a select list of a text defines, all names that it is made of, at whatever
    depth; `rows` are the names that decide which rows there are. Names of types are among them."""

    columns: dict[str, frozenset[str]]
    rows: frozenset[str]

    def behind(self, column: str) -> frozenset[str]:
        """The names that a column is made of; itself where nothing defines it."""
        return self.columns.get(column, frozenset({column}))


@cache
def lineage(*texts: str) -> Lineage:
    """The lineage of the select lists and conditions of some texts, read as one."""
    direct: dict[str, set[str]] = {}
    conditions: set[str] = set()
    for text in texts:
        _read([word for word in _WORD.findall(text) if word[0] not in "-'"], direct, conditions)
    return Lineage({name: _closure({name}, direct) for name in direct}, _closure(conditions, direct))


def _closure(names: set[str], direct: dict[str, set[str]]) -> frozenset[str]:
    known: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        known.add(name)
        waiting |= direct.get(name, set()) - known
    return frozenset(known)


def _read(words: list[str], direct: dict[str, set[str]], conditions: set[str]) -> None:
    for position, word in enumerate(words):
        rest = words[position + 1 :]
        if word in ("select", "replace"):
            for *expression, name in _items(rest, in_brackets=word == "replace"):
                used = _names(expression) - {"as"} if expression else {name}
                direct.setdefault(name, set()).update(used)
        elif word in ("where", "qualify"):
            conditions |= _names(_condition(rest))


def _items(words: list[str], *, in_brackets: bool) -> list[list[str]]:
    """The named items of the select list, or the bracket, that the words begin with."""
    items: list[list[str]] = [[]]
    depth = -1 if in_brackets else 0
    for word in words:
        if depth == 0 and (word in _ENDS_LIST or word == ")"):
            break
        if depth == 0 and word == ",":
            items.append([])
        elif not (depth == -1 and word == "("):
            items[-1].append(word)
        depth += (word in _OPENS) - (word in _CLOSES)
    return [item for item in items if _is_named(item)]


def _is_named(item: list[str]) -> bool:
    return (len(item) == 1 and item[0].isidentifier()) or (len(item) > 2 and item[-2] == "as")


def _condition(words: list[str]) -> list[str]:
    """The words up to the end of the condition that they begin with."""
    depth = 0
    for position, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth < 0 or (depth == 0 and word in _ENDS_CONDITION):
            return words[:position]
    return words


def _names(words: list[str]) -> set[str]:
    """The identifiers that are not called as functions."""
    return {word for word, after in pairwise((*words, "")) if word.isidentifier() and after != "("}
