"""The lines of a text file as they stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.sources.sniffing import open_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from callstats_cli.sources.sniffing import Compression


BOM = b"\xef\xbb\xbf"


def lines_of_text(
    path: str,
    compression: Compression,
    places: Collection[int] | None = None,
    *,
    size: int | None = None,
) -> Iterator[tuple[int, int, bytes]]:
    """The lines at some places among those that are not blank, all without any: place, number in the
    file, content. A byte order mark is blank."""
    last = None if places is None else max(places, default=0)
    with open_text(path, compression) as stream:
        place = 0
        lines = stream if size is None or compression != "none" else _until(stream, size)
        for number, line in enumerate(lines, start=1):
            if place == last:
                return
            if line.strip() and line.strip() != BOM:
                place += 1
                if places is None or place in places:
                    yield place, number, line


def _until(stream: Iterable[bytes], size: int) -> Iterator[bytes]:
    for line in stream:
        if line[:size]:
            yield line[:size]
        size -= len(line)
        if size <= 0:
            return


def without_lone_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair that stands alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
