"""Compressed files are read to their end by Python beside the engine, which overlooks damage: it checks
no sums, takes what a damaged gzip unpacks to for text, and a zstd that is cut for one that ends."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from callstats_cli.errors import SourceError
from callstats_cli.sources.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.sources.sniffing import Compression

_CHUNK = 1 << 20


@contextmanager
def undamaged(files: Sequence[str], compression: Compression) -> Iterator[None]:
    """Raises SourceError at its end for a file that cannot be unpacked to its end, in the place of any
    error that came of it. Files at URLs are not read twice."""
    checked = [path for path in files if "://" not in path]
    if compression == "none" or not checked:
        yield
        return
    found: list[SourceError] = []
    stopped = Event()
    checker = Thread(target=_check, args=(checked, compression, found, stopped), daemon=True)
    checker.start()
    try:
        yield
    except Exception:
        checker.join()
        if found:
            raise found[0] from None
        raise
    except BaseException:
        stopped.set()
        raise
    checker.join()
    if found:
        raise found[0]


def _check(
    files: Sequence[str], compression: Compression, found: list[SourceError], stopped: Event
) -> None:
    for path in files:
        try:
            with open_text(path, compression) as stream:
                while stream.read(_CHUNK) and not stopped.is_set():
                    pass
        except SourceError as error:
            found.append(error)
            return
