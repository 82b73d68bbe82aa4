"""How two answers are compared: whole numbers and texts exactly, floats to 1e-9."""

from __future__ import annotations

import math
from typing import Any


def disagreement(found: Any, expected: Any, path: str = "answer", *, kinds: bool = True) -> str | None:
    """Where two JSON values differ first; None where they agree. With `kinds`, 1 and 1.0 differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if list(found) != list(expected):
            return f"{path} has the keys {list(found)}, expected are {list(expected)}"
        pairs = [(f"{path}.{key}", found[key], expected[key]) for key in found]
    elif isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            return f"{path} has {len(found)} items, expected are {len(expected)}"
        both = zip(found, expected, strict=True)
        pairs = [(f"{path}[{place}]", one, other) for place, (one, other) in enumerate(both)]
    elif _are_numbers(found, expected, kinds=kinds):
        close = math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
        return None if close else f"{path} is {found!r}, expected is {expected!r}"
    else:
        same = type(found) is type(expected) and found == expected
        return None if same else f"{path} is {found!r}, expected is {expected!r}"
    differing = (disagreement(one, other, place, kinds=kinds) for place, one, other in pairs)
    return next((text for text in differing if text), None)


def _are_numbers(one: Any, other: Any, *, kinds: bool) -> bool:
    """Are they floats, or without `kinds` one float and one integer?"""
    found = {type(one), type(other)}
    return found == {float} or (not kinds and found == {int, float})
