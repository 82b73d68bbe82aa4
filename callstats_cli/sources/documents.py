"""The values of JSON text as Python reads them, each with its place, where the engine cannot."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_BLANKS = re.compile(r"[ \t\n\r]*")
_CUT_WORD = re.compile(r"[\\\w-]{0,8}")
"""The rest of a word or an escape that the end of a text cuts."""
_LONGEST_INTEGER = 4_000
"""Digits up to which Python reads an integer as one."""


class Item(NamedTuple):
    """One value of a document: where its text begins and ends, counted in characters from 0."""

    start: int
    end: int
    value: Any


def parse_json(text: str) -> Any:
    """A JSON value, lone surrogates and all; a number that Python cannot hold stays text.

    Raises ValueError for text that is not JSON, RecursionError where it is nested too deeply.
    """
    return _DECODER.decode(text)


def items_of(text: str, wrapper: str | None = None) -> Iterator[Item]:
    """The items of arrays and the values beside them; of objects that have a list under the key
    `wrapper`, the items of that. Raises as `parse_json` where one is broken."""
    position = _skip_blanks(text, 0)
    while position < len(text):
        if text[position] == "[":
            position = yield from _items_of_array(text, position, wrapper)
        else:
            position = yield from _items_of_value(text, position, wrapper)
        position = _skip_blanks(text, position)


def _items_of_array(text: str, opening: int, wrapper: str | None) -> Generator[Item, None, int]:
    position = _skip_blanks(text, opening + 1)
    if text[position : position + 1] == "]":
        return position + 1
    while True:
        position = yield from _items_of_value(text, position, wrapper)
        position = _skip_blanks(text, position)
        mark = text[position : position + 1]
        if mark == "]":
            return position + 1
        if mark != ",":
            raise ValueError(f"the array that begins at character {opening} is broken or cut short")
        position = _skip_blanks(text, position + 1)


def _items_of_value(text: str, position: int, wrapper: str | None) -> Generator[Item, None, int]:
    """The items of a page, else the value itself."""
    if wrapper is not None and text[position : position + 1] == "{":
        listed, end = _list_in(text, position, wrapper)
        if listed is not None:
            yield from _items_of_array(text, listed, None)
            return end
    item = _item(text, position)
    yield item
    return item.end


def _list_in(text: str, opening: int, key: str) -> tuple[int | None, int]:
    """The begin of the list under a key of an object, None without one, and the end of the object."""
    found: int | None = None
    position = _skip_blanks(text, opening + 1)
    while text[position : position + 1] != "}":
        name, position = _DECODER.raw_decode(text, position)
        position = _skip_blanks(text, position)
        if not isinstance(name, str) or text[position : position + 1] != ":":
            raise ValueError(f"the object that begins at character {opening} is broken")
        position = _skip_blanks(text, position + 1)
        if name == key and text[position : position + 1] == "[":
            found = position
        _, position = _DECODER.raw_decode(text, position)
        position = _skip_blanks(text, position)
        if text[position : position + 1] == ",":
            position = _skip_blanks(text, position + 1)
        elif text[position : position + 1] != "}":
            raise ValueError(f"the object that begins at character {opening} is broken or cut short")
    return found, position + 1


def spans_lines(text: str) -> bool:
    """Whether a text begins with a JSON value that goes on in further lines, perhaps beyond its end."""
    if "\n" not in text.strip():
        return False
    try:
        _, end = _DECODER.raw_decode(text, _skip_blanks(text, 0))
    except json.JSONDecodeError as error:
        is_cut = _CUT_WORD.fullmatch(text.rstrip(), error.pos)
        return is_cut is not None or error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return "\n" in text[:end].strip()


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
