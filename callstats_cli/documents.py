"""The values of JSON text as Python reads them, each with its place: for what the engine refuses."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_BLANKS = re.compile(r"[ \t\n\r]*")
_LONGEST_INTEGER = 4_000
"""Digits up to which Python reads an integer as one."""


class Item(NamedTuple):
    """One value of a document: where its text begins and ends, counted in characters from 0."""

    start: int
    end: int
    value: Any


def parse_json(text: str) -> Any:
    """A JSON value, lone surrogates and all; a number that Python cannot hold stays text.

    Raises ValueError where it is none, RecursionError where it is nested too deeply.
    """
    return _DECODER.decode(text)


def items_of(text: str) -> Iterator[Item]:
    """The items of arrays and the values beside them; raises as `parse_json` where one is broken."""
    position = _skip_blanks(text, 0)
    while position < len(text):
        if text[position] == "[":
            position = yield from _items_of_array(text, position)
        else:
            item = _item(text, position)
            yield item
            position = item.end
        position = _skip_blanks(text, position)


def _items_of_array(text: str, opening: int) -> Generator[Item, None, int]:
    position = _skip_blanks(text, opening + 1)
    if text[position : position + 1] == "]":
        return position + 1
    while True:
        item = _item(text, position)
        yield item
        position = _skip_blanks(text, item.end)
        mark = text[position : position + 1]
        if mark == "]":
            return position + 1
        if mark != ",":
            raise ValueError(f"the array that begins at character {opening} is broken or cut short")
        position = _skip_blanks(text, position + 1)


def _item(text: str, position: int) -> Item:
    value, end = _DECODER.raw_decode(text, position)
    return Item(position, end, value)


def _skip_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < _LONGEST_INTEGER else digits


def _fraction(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


_DECODER = json.JSONDecoder(parse_constant=str, parse_int=_integer, parse_float=_fraction)
