"""What can be odd about a log, as data (SPEC 12): the keys of `meta.quality` and their words."""

from __future__ import annotations

from typing import NamedTuple


class OddKind(NamedTuple):
    """One kind of oddity. `is_strict` ones make `--strict` fail; `is_ordinary` ones alone are not
    worth a line on stderr; `is_said_apart` ones have a line of their own there."""

    name: str
    one: str
    many: str
    is_strict: bool = False
    is_ordinary: bool = False
    is_said_apart: bool = False


ODD_KINDS: tuple[OddKind, ...] = (
    OddKind("malformed", "malformed line skipped", "malformed lines skipped", is_strict=True),
    OddKind("skipped_files", "unreadable file skipped", "unreadable files skipped", is_strict=True),
    OddKind(
        "undated",
        "call without a start left out",
        "calls without a start left out",
        is_strict=True,
    ),
    OddKind("unreadable_times", "unreadable time", "unreadable times", is_strict=True),
    OddKind("unreadable_counts", "unreadable token count", "unreadable token counts", is_strict=True),
    OddKind("unusable_usage_entries", "unusable usage entry", "unusable usage entries", is_strict=True),
    OddKind("merged", "duplicate line merged", "duplicate lines merged"),
    OddKind("reused_ids", "id with several starts", "ids with several starts", is_strict=True),
    OddKind("running", "call still running", "calls still running", is_ordinary=True),
    OddKind("negative_latency", "negative latency", "negative latencies"),
    OddKind("in_the_future", "call in the future", "calls in the future"),
    OddKind("deleted", "deleted call left out", "deleted calls left out", is_ordinary=True),
    OddKind(
        "unpriced",
        "call without a cost",
        "calls without a cost",
        is_strict=True,
        is_said_apart=True,
    ),
)
