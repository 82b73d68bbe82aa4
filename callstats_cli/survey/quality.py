"""Oddities of a log, as data (spec 12): the keys of `meta.quality` and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class OddKind(NamedTuple):
    """One kind of oddity. `is_strict` ones make `--strict` fail; `is_ordinary` ones alone are not
    worth a line on stderr; `is_said_apart` ones have a line of their own there; `is_rejected` ones are
    what `--rejects` writes, a line each; `part_of` names the kind that counts this one too."""

    name: str
    one: str
    many: str
    is_strict: bool = False
    is_ordinary: bool = False
    is_said_apart: bool = False
    is_rejected: bool = False
    part_of: str | None = None


def _malformed(name: str, one: str, many: str) -> OddKind:
    return OddKind(name, one, many, is_strict=True, is_rejected=True, part_of="malformed")


def _lost(name: str, one: str, many: str) -> OddKind:
    return OddKind(name, one, many, is_strict=True, is_rejected=True)


ODD_KINDS: tuple[OddKind, ...] = (
    OddKind("malformed", "malformed line skipped", "malformed lines skipped", is_strict=True),
    _malformed("not_json", "line that is not JSON", "lines that are not JSON"),
    _malformed("not_an_object", "line that is no object", "lines that are no objects"),
    _malformed("torn", "torn last line", "torn last lines"),
    _malformed("not_a_row", "row of a wrong shape", "rows of a wrong shape"),
    _lost("skipped_files", "unreadable file skipped", "unreadable files skipped"),
    _lost("undated", "call without a start left out", "calls without a start left out"),
    _lost("unreadable_times", "unreadable time", "unreadable times"),
    _lost("unreadable_counts", "unreadable token count", "unreadable token counts"),
    _lost("unusable_usage_entries", "unusable usage entry", "unusable usage entries"),
    OddKind("merged", "duplicate line merged", "duplicate lines merged"),
    OddKind("reused_ids", "id with several starts", "ids with several starts", is_strict=True),
    OddKind("running", "call still running", "calls still running", is_ordinary=True),
    OddKind("negative_latency", "negative latency", "negative latencies"),
    OddKind("in_the_future", "call in the future", "calls in the future"),
    OddKind("deleted", "deleted call left out", "deleted calls left out", is_ordinary=True),
    OddKind(
        "unexplained_totals",
        "total is more than its counts explain (its cost may be too low)",
        "totals are more than their counts explain (their cost may be too low)",
    ),
    OddKind(
        "unpriced", "call without a cost", "calls without a cost", is_strict=True, is_said_apart=True
    ),
)
REJECTED: frozenset[str] = frozenset(kind.name for kind in ODD_KINDS if kind.is_rejected)


def summary(counts: Mapping[str, int | None]) -> str | None:
    """The oddities in one line; None where none is worth one."""
    odd = [
        (kind, count)
        for kind in ODD_KINDS
        if (count := counts.get(kind.name)) and not kind.is_said_apart and kind.part_of is None
    ]
    if all(kind.is_ordinary for kind, _ in odd):
        return None
    return "; ".join(f"{n:,} {kind.one if n == 1 else kind.many}" for kind, n in odd)
