"""Whether a file is still the one that was begun to be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable


class FileState(NamedTuple):
    """The identity, size and time of a file when it was opened."""

    path: str
    may_grow: bool
    inode: int
    size: int
    changed_ns: int


def state_of(path: str, *, may_grow: bool) -> FileState | None:
    """The state of a file; None where it is gone. A text may grow: it is read once, to its end."""
    try:
        found = os.stat(path)  # noqa: PTH116 - the path is kept as the user wrote it
    except OSError:
        return None
    return FileState(path, may_grow, found.st_ino, found.st_size, found.st_mtime_ns)


def size_of(path: str) -> int | None:
    """The bytes that a file has now; None where the system cannot tell, as of a URL."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - the path is kept as the user wrote it
    except OSError:
        return None


def check_unchanged(states: Iterable[FileState]) -> None:
    """Raises SourceError for a file that is another one by now; one that is gone was read."""
    for before in states:
        now = state_of(before.path, may_grow=before.may_grow)
        if now is None or now == before:
            continue
        if not (before.may_grow and now.inode == before.inode and now.size > before.size):
            raise SourceError(
                f"{before.path!r} changed while it was read", hint="run again, or copy it first"
            )
