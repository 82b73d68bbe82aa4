"""Which of the sources' files are read for a range (spec 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.sources.partitions import prune

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile


class Files(NamedTuple):
    """All files of the sources in reading order, and the positions of those that are read."""

    sources: tuple[SourceFile, ...]
    chosen: tuple[int, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files that are read."""
        return tuple(self.sources[number].path for number in self.chosen)


def files_of_range(
    sources: Sequence[SourceFile], request: CallStatsRequest, prunes: bool, until: int
) -> Files:
    """The files whose folders do not say that all of their calls lie outside the request's range, which
    goes on to `until`, in microseconds since 1970."""
    chosen = set(sources)
    if prunes and request.start is not None:
        chosen.intersection_update(prune(sources, request.start, until))
    return Files(tuple(sources), tuple(at for at, file in enumerate(sources) if file in chosen))


def with_later_files(files: Files, request: CallStatsRequest, until: int) -> Files:
    """The files that are read, and those which may hold calls from the range's end to `until`."""
    wider = files_of_range(files.sources, request, True, until)
    return files._replace(chosen=tuple(sorted({*files.chosen, *wider.chosen})))
