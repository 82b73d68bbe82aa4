"""Compressed files that hold what another file beside them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callstats_cli.sources.finding import SourceFile

_CHUNK = 1 << 20


def compressed_copies(found: dict[str, SourceFile]) -> Iterator[tuple[str, str]]:
    """The files that hold what another one beside them holds uncompressed, or compressed otherwise,
    each with a sentence on it."""
    for real, file in found.items():
        for packed, others in ((".gz", ("",)), (".zst", ("", ".gz"))):
            if "://" in real or not real.lower().endswith(packed):
                continue
            stem = real[: -len(packed)]
            for other in (found.get(stem + ending) for ending in others):
                if other is not None and _hold_the_same(file.path, other.path):
                    yield real, f"{file.path} holds what {other.path} holds: counted once"
                    break


def _hold_the_same(one: str, other: str) -> bool:
    """Whether two files hold the same bytes once decompressed; false where one cannot be read."""
    from callstats_cli.sources.sniffing import open_any

    try:
        with open_any(one) as first, open_any(other) as second:
            while True:
                chunk, same = first.read(_CHUNK), second.read(_CHUNK)
                if chunk != same or not chunk:
                    return chunk == same
    except SourceError:
        return False
