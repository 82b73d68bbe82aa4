"""SOURCE words → files in reading order."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import CallstatsError, RequestError, SourceError, counted, quoted
from callstats_cli.sources.copies import compressed_copies
from callstats_cli.sources.patterns import GLOB, is_regular, paths_matching, walked
from callstats_cli.sources.pipes import copied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callstats_cli.sources.stores import FileSystemMaker

ENDINGS = (".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
_LATER = r"(?:\.gz|\.zst|[.-](?:\d{1,3}|\d{4}-?\d\d-?\d\d[\dT_:]*)){0,5}"
"""Endings that compression adds to the name of a text, and rotation under numbers or dates."""
_LOG_NAME = re.compile(rf".*\.(?:parquet|(?:jsonl|ndjson|json|csv|tsv){_LATER})", re.I | re.S)
_TEXT_NAME = re.compile(rf".*\.(?:log|txt){_LATER}", re.I | re.S)


class SourceFile(NamedTuple):
    """One file of calls. `named` is false where a folder or a glob brought it. Of one that `must_show`
    it the name does not say that it is a call log: what it holds has to. `copy_of` is what the user
    typed, `-` for standard input, where the path is that of a temporary copy of what can be read only
    once, such as a pipe."""

    path: str
    named: bool
    must_show: bool = False
    copy_of: str | None = None


class Found(NamedTuple):
    """Files in reading order, each real path once, and sentences on what was left out."""

    files: list[SourceFile]
    notes: list[str]


def typed_names(files: Iterable[SourceFile]) -> dict[str, str]:
    """The paths of temporary copies → what the user typed."""
    return {file.path: file.copy_of for file in files if file.copy_of is not None}


@contextmanager
def named_as_typed(files: Sequence[SourceFile]) -> Iterator[None]:
    """Errors that are raised meanwhile name what the user typed, not its temporary copy."""
    try:
        yield
    except CallstatsError as error:
        error.rename(typed_names(files))
        raise


def find_files(words: Sequence[str], fallback: FileSystemMaker | None = None) -> Found:
    """The files of all sources: sources as given, files by path in bytes.

    `fallback` makes the file system of a URL whose Python library is missing.
    Raises RequestError without any source, SourceError for one that matches nothing.
    """
    if not words:
        raise RequestError(
            "no SOURCE given", hint="name a file, a folder or a glob: callstats query calls.jsonl"
        )
    finder = _Finder(fallback)
    found: dict[str, SourceFile] = {}
    for word in words:
        for file in finder.files_of(word):
            if not file.path.isascii():
                _check_text(file.path)
            found.setdefault(_real(file.path), file)
    copies = list(compressed_copies(found))
    for real, _ in copies:
        del found[real]
    return Found(list(found.values()), [*finder.notes(), *(note for _, note in copies)])


def _real(path: str) -> str:
    return path if "://" in path else os.path.realpath(path)


def _check_text(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise SourceError(f"the file name {quoted(path)} is not UTF-8 text") from None


class _Finder:
    """Finds the files of one source after the other, and remembers what it left out."""

    def __init__(self, fallback: FileSystemMaker | None) -> None:
        self.fallback = fallback
        self.kept: dict[str, str] = {}
        self.other_endings: list[str] = []
        self.not_regular: list[str] = []

    def notes(self) -> Iterator[str]:
        """A sentence on each kind of what was left out."""
        if self.not_regular:
            yield f"no regular files, left out: {counted(self.not_regular)}"
        if self.other_endings:
            yield f"files of other endings, not looked at: {counted(self.other_endings)}"

    def files_of(self, word: str) -> list[SourceFile]:
        """The files that a word names."""
        if "://" in word:
            return self._urls(word)
        if word == "-":
            return [SourceFile(copied(sys.stdin.buffer, word), named=True, copy_of=word)]
        if not word:
            raise SourceError("a source's name is empty")
        if "\0" in word:
            raise SourceError("a source's name cannot hold a NUL character")
        path = Path(word)
        try:
            if path.is_dir():
                return self._below(word)
            if path.is_file():
                return [SourceFile(word, named=True)]
            if path.exists():
                return [SourceFile(self._kept(word), named=True, copy_of=word)]
        except OSError as error:
            raise SourceError(f"cannot read {word!r}: {error.strerror}") from None
        if GLOB.intersection(word):
            return self._matching(word)
        raise SourceError(f"no such file or folder: {word!r}")

    def _urls(self, word: str) -> list[SourceFile]:
        from callstats_cli.sources.remote import find_urls

        urls = find_urls(word, _may_be_log, self.fallback)
        by_glob = bool(GLOB.intersection(word))
        return [
            SourceFile(url, url == word, url != word and not by_glob and not is_log_name(url))
            for url in urls
        ]

    def _kept(self, word: str) -> str:
        """A copy of what can be read only once: a pipe, a device."""
        real = os.path.realpath(word)
        if real not in self.kept:
            with open(word, "rb") as stream:  # noqa: PTH123 - as the user wrote it
                self.kept[real] = copied(stream, word)
        return self.kept[real]

    def _below(self, folder: str) -> list[SourceFile]:
        """Log files anywhere below a folder, skipping names that start with a dot or an underscore."""

        def refuse(error: OSError) -> None:
            raise SourceError(f"cannot read {error.filename!r}: {error.strerror}")

        looked_at: list[str] = []
        others: list[str] = []
        for parent, names in walked(folder, (".", "_"), refuse):
            for name in names:
                path = os.path.join(parent, name)  # noqa: PTH118 - keeps './x' as the user wrote it
                (looked_at if _may_be_log(name) else others).append(path)
        self.other_endings += sorted(others, key=os.fsencode)
        found = self._regular(looked_at)
        if not found:
            raise SourceError(
                f"no log files in the folder {folder!r}",
                hint="files ending in " + " ".join(ENDINGS) + " (text also .gz .zst) are read",
            )
        return [SourceFile(path, named=False, must_show=not is_log_name(path)) for path in found]

    def _matching(self, pattern: str) -> list[SourceFile]:
        everything = pattern.endswith("**")
        paths: list[str] = []
        files: list[SourceFile] = []
        for path in paths_matching(pattern):
            if Path(path).is_dir():
                files += self._below(path)
            elif not everything or _may_be_log(path):
                paths.append(path)
        files += [
            SourceFile(path, named=False, must_show=everything and not is_log_name(path))
            for path in self._regular(paths)
        ]
        if not files:
            raise SourceError(f"nothing{' but pipes' if paths else ''} matches {pattern!r}")
        return sorted(files, key=lambda file: os.fsencode(file.path))

    def _regular(self, paths: Iterable[str]) -> list[str]:
        """The paths in order but for pipes, sockets and devices, which could be waited for for ever."""
        kept: list[str] = []
        for path in sorted(paths, key=os.fsencode):
            (kept if is_regular(path) else self.not_regular).append(path)
        return kept


def is_log_name(path: str) -> bool:
    """Whether the name says that it is a log."""
    return _LOG_NAME.fullmatch(path) is not None


def _may_be_log(path: str) -> bool:
    return is_log_name(path) or _TEXT_NAME.fullmatch(path) is not None
