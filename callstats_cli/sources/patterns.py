"""Patterns and folders to the paths of files."""

from __future__ import annotations

import glob
import os
import re
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


GLOB = frozenset("*?[")


_ANY_FOLDERS = re.compile(r"(?:^|/)\*\*(?:/|$)")


def is_regular(path: str) -> bool:
    """Whether it is a file that can be read more than once. One that is gone is missed later."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - as the user wrote it
    except OSError:
        return True


def walked(
    top: str, skipped: tuple[str, ...], on_error: Callable[[OSError], None] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Each folder below one, itself included, once, with the names of its files; links to folders come
    last, so that a folder is found under its own name. Names that begin as told are skipped."""
    seen: set[str] = set()
    starts = [top]
    for start in starts:
        for parent, folders, names in os.walk(start, onerror=on_error):
            real = os.path.realpath(parent)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not name.startswith(skipped))
            inner = [os.path.join(parent, name) for name in folders]  # noqa: PTH118
            starts += [path for path in inner if os.path.islink(path)]  # noqa: PTH114
            yield parent, [name for name in names if not name.startswith(skipped)]


def paths_matching(pattern: str) -> Iterator[str]:
    """The paths that a glob matches. `**` is any folders, each once whatever links lead back to it."""
    any_folders = _ANY_FOLDERS.search(pattern)
    if any_folders is None:
        yield from glob.glob(pattern)  # noqa: PTH207 - Path.glob wants no absolute one
        return
    before, after = pattern[: any_folders.start()], pattern[any_folders.end() :]
    root = "/" if pattern.startswith("/") and not before else ""
    for top in glob.glob(before) if before else [root or "."]:  # noqa: PTH207
        for parent, names in walked(top, (".",)):
            folder = parent if before or root else parent[2:]
            if after:
                yield from paths_matching(os.path.join(glob.escape(folder), after))  # noqa: PTH118
            else:
                yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118
