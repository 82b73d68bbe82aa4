"""Logs at URLs: found, and read range by range, for Python and for the engine alike.

Every read goes through the fsspec library of its store, which finds credentials in the usual places;
nothing is read ahead and nothing is kept. Imported only where a source is a URL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from callstats_cli.errors import SourceError
from callstats_cli.sources.remote_errors import explaining, is_missing
from callstats_cli.sources.remote_files import opened_on_web
from callstats_cli.sources.stores import STORES, WEB, FileSystemMaker, file_system

if TYPE_CHECKING:
    from collections.abc import Callable


_GLOB_MARK = re.compile(r"[*?\[]")


def find_urls(
    word: str, is_log: Callable[[str], bool], fallback: FileSystemMaker | None = None
) -> list[str]:
    """The files that a URL names, by path: one, those of a glob, or a folder's whose names are logs'.

    Raises SourceError where there are none or the store does not let us see them.
    """
    scheme, _, rest = word.partition("://")
    if scheme not in STORES:
        known = " ".join(f"{name}://" for name in STORES)
        raise SourceError(f"{scheme}:// sources cannot be read", hint=f"known are paths and {known}")
    bucket = rest.split("/", 1)[0]
    if not bucket or _GLOB_MARK.search(bucket):
        raise SourceError(f"{word!r} names no {'server' if STORES[scheme] is WEB else 'bucket'}")
    with explaining(word):
        system = file_system(scheme, fallback)
        if STORES[scheme] is WEB:
            opened_on_web(word)
            return [word]
        system.invalidate_cache()
        if _GLOB_MARK.search(word):
            found = _matching(system, word, is_log)
        elif system.info(word)["type"] == "directory":
            found = _below(system, word, is_log)
        else:
            return [word]
    if not found:
        missing = is_missing(system, f"{scheme}://{bucket}")
        raise SourceError(f"no such bucket: {word!r}" if missing else f"no log files match {word!r}")
    return sorted((f"{scheme}://{name}" for name in found), key=str.encode)


def _matching(system: Any, pattern: str, is_log: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    fixed = len(_GLOB_MARK.split(pattern, maxsplit=1)[0].partition("://")[2])
    for name, details in system.glob(pattern, detail=True).items():
        if "/." in name[fixed - 1 :] and "/." not in pattern:
            continue
        if details["type"] == "directory":
            if not pattern.endswith("**"):
                found += _below(system, name, is_log)
        elif not pattern.endswith("**") or is_log(name):
            found.append(name)
    return found


def _below(system: Any, folder: str, is_log: Callable[[str], bool]) -> list[str]:
    """Log files anywhere below a folder, skipping names that start with a dot or an underscore."""
    top = system._strip_protocol(folder).rstrip("/")
    return [
        name
        for name in system.find(folder)
        if is_log(name)
        and not any(part.startswith((".", "_")) for part in name[len(top) + 1 :].split("/"))
    ]
