"""Pages of calls: JSON objects that hold calls in a list, as APIs answer (spec 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from callstats_cli.formats.log_file import LogFile
    from callstats_cli.formats.mapped import ReadOptions

_KEYS = ("data", "calls", "spans", "results", "items", "runs", "messages", "resourceSpans")


def unwrapped(file: LogFile, read: ReadOptions, fits: Callable[[LogFile], bool]) -> LogFile:
    """A file of pages with the calls in them as its records; empty where none of them lists anything;
    any other file as it is.

    Objects that a format claims as a whole are calls, whatever lists they have: `fits` says of a file
    whether some format does.
    """
    records = file.sniffed.records
    if file.sniffed.kind not in ("json", "jsonl") or not records or _is_known(file, read, fits):
        return file
    for key in _KEYS:
        lists = [record.get(key) for record in records]
        if not all(isinstance(listed, list) for listed in lists):
            continue
        if not any(lists):
            return file._replace(sniffed=file.sniffed._replace(kind="empty"))
        calls = [call for listed in lists for call in listed or () if isinstance(call, dict)]
        page = file.sniffed._replace(kind="json", wrapper=key, records=calls)
        if calls and _is_known(file._replace(sniffed=page), read, fits):
            return file._replace(sniffed=page)
    return file


def _is_known(file: LogFile, read: ReadOptions, fits: Callable[[LogFile], bool]) -> bool:
    """Whether it is of a format, or has a column that the user names."""
    named = [path for item in read.mapped for path in ((item.path,), tuple(item.path.split(".")))]
    return fits(file) or any(file.type_of(path) is not None for path in named)
