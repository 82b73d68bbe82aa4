"""SOURCE words → files in reading order (SPEC 4)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.errors import COPY_OF_STDIN, RequestError, SourceError, quoted
from callstats_cli.process import new_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
ENDINGS = (
    ".parquet",
    *TEXT_ENDINGS,
    *(ending + packed for ending in TEXT_ENDINGS for packed in (".gz", ".zst")),
)
_GLOB = frozenset("*?[")


class SourceFile(NamedTuple):
    """One file of calls. `named` is false where a folder or a glob brought it."""

    path: str
    named: bool


def find_files(words: Sequence[str], *, allow_extension_install: bool = False) -> list[SourceFile]:
    """The files of all sources, each real path once: sources as given, files by path in bytes.

    The engine may install what it needs for a URL only where that is allowed.
    Raises RequestError without any source, SourceError for one that matches nothing.
    """
    if not words:
        raise RequestError(
            "no SOURCE given", hint="name a file, a folder or a glob: callstats query calls.jsonl"
        )
    found: dict[str, SourceFile] = {}
    for word in words:
        for path in _paths_of(word, allow_extension_install):
            named = word in (path, "-")
            if not path.isascii():
                _check_text(path)
            real = path if "://" in path else os.path.realpath(path)
            found.setdefault(real, SourceFile(path, named))
    return list(found.values())


def _check_text(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise SourceError(f"the file name {quoted(path)} is not UTF-8 text") from None


def _paths_of(word: str, allow_extension_install: bool) -> list[str]:
    if "://" in word:
        from callstats_cli.remote import find_urls

        return find_urls(word, ENDINGS, allow_extension_install=allow_extension_install)
    if word == "-":
        return [spool_stdin()]
    if not word:
        raise SourceError("a source's name is empty")
    if "\0" in word:
        raise SourceError("a source's name cannot hold a NUL character")
    path = Path(word)
    try:
        if path.is_dir():
            return _paths_below(path)
        if path.exists():
            return [word]
    except OSError as error:
        raise SourceError(f"cannot read {word!r}: {error.strerror}") from None
    if _GLOB.intersection(word):
        return _paths_matching(word)
    raise SourceError(f"no such file or folder: {word!r}")


def _paths_below(folder: Path) -> list[str]:
    """Log files anywhere below a folder, skipping names that start with a dot or an underscore."""
    found: list[str] = []
    seen: set[str] = set()

    def refuse(error: OSError) -> None:
        raise SourceError(f"cannot read {error.filename!r}: {error.strerror}")

    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        found += [
            os.path.join(parent, name)  # noqa: PTH118 - keeps './x' as the user wrote it
            for name in names
            if not name.startswith((".", "_")) and name.lower().endswith(ENDINGS)
        ]
    if not found:
        raise SourceError(
            f"no log files in the folder {str(folder)!r}",
            hint="files ending in " + " ".join(ENDINGS[:6]) + " (text also .gz .zst) are read",
        )
    return sorted(found, key=os.fsencode)


def _paths_matching(pattern: str) -> list[str]:
    import glob

    found: list[str] = []
    for path in glob.glob(pattern, recursive=True):  # noqa: PTH207 - Path.glob wants no absolute one
        if Path(path).is_dir():
            if not pattern.endswith("**"):
                found += _paths_below(Path(path))
        elif not pattern.endswith("**") or path.lower().endswith(ENDINGS):
            found.append(path)
    if not found:
        raise SourceError(f"nothing matches {pattern!r}")
    return sorted(found, key=os.fsencode)


def spool_stdin() -> str:
    """Standard input copied once to a temporary file, which goes when the process ends."""
    import shutil

    try:
        descriptor, path = new_file(private_folder(), COPY_OF_STDIN)
        with os.fdopen(descriptor, "wb") as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
    except OSError as error:
        raise SourceError(f"cannot keep a copy of stdin: {error.strerror or error}") from None
    return path
