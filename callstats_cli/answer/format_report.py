"""The report of `callstats formats`: the formats, and where each finds the columns of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.chain.lineage import lineage
from callstats_cli.chain.templates import template
from callstats_cli.errors import RequestError, did_you_mean, quoted
from callstats_cli.formats.registry import FAMILIES, FORMATS
from callstats_cli.request.call_columns import BEYOND, COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callstats_cli.formats.log_format import LogFormat

_INTERNAL = frozenset({"id_scope", "entry", "usable", "part", "unread", "file", "place"})
_SHOWN_AS = {"failed": "error"}


def report(name: str | None) -> list[dict[str, Any]]:
    """The formats, or the one of that name, with where each column of a call is found.

    Raises RequestError for an unknown format.
    """
    if name is not None and name not in FAMILIES:
        hint = did_you_mean(name, list(FAMILIES)) or "formats: " + ", ".join(FAMILIES)
        raise RequestError(f"unknown format {quoted(name)}", hint=hint)
    return [_entry(family) for family in FAMILIES if name in (None, family)]


def _entry(family: str) -> dict[str, Any]:
    members = [log_format for log_format in FORMATS if log_format.family == family]
    members.sort(key=lambda member: bool(member.tells))
    of_calls = [member for member in members if not member.tells]
    return {
        "name": family,
        "reads": list(dict.fromkeys(member.about for member in members)),
        "columns": {
            _SHOWN_AS.get(column, column): places
            for column in _columns(of_calls)
            if (places := _places(of_calls, column))
        },
    }


def _columns(members: Iterable[LogFormat]) -> list[str]:
    """The columns of a call that any of them gives, in the order of `COLUMNS`, then those beyond it."""
    beyond = [name for member in members for name in member.lineage.columns if name in BEYOND]
    return [name for name in dict.fromkeys([*COLUMNS, *beyond]) if name not in _INTERNAL]


def _places(members: Iterable[LogFormat], column: str) -> list[str]:
    """Where a column is found, as dotted paths in order; one inside an envelope is not said twice."""
    paths = [
        path
        for member in members
        for raw in member.raw
        if raw in _raw_of(member, column)
        for path in member.raw[raw].paths
    ]
    known = set(paths)
    return list(
        dict.fromkeys(
            ".".join(path)
            for path in paths
            if not any(path[start:] in known for start in range(1, len(path)))
        )
    )


def _raw_of(member: LogFormat, column: str) -> frozenset[str]:
    """The raw columns that a line's value is made of; where a line has none by itself, those that are
    read to make one of several lines."""
    in_a_line = lineage(template(member.template)).behind(column) & member.raw.keys()
    return in_a_line or member.raw_of(column)
