"""Outputs: stdout, or a file that is replaced only when the work succeeded (spec 12)."""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from callstats_cli.errors import OutputError, PipeClosedError, RequestError, did_you_mean, quoted
from callstats_cli.process import kept, new_file, remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from callstats_cli.sources.finding import SourceFile

_STDIN: Final = 0
_STDOUT: Final = 1
_MOST_LINKS: Final = 40

FORMATS = ("table", "json", "jsonl", "csv", "markdown", "parquet", "arrow")
BINARY = ("parquet", "arrow")
ENDINGS = {
    ".txt": "table",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
}


def format_of(
    asked: str | None, *, as_json: bool, output: str | None, known: Sequence[str] = FORMATS
) -> str:
    """The output format, one of `known`: as asked, else by the output file's ending, else a table.

    Raises RequestError for any other format or ending, and for binary matter on a terminal.
    """
    if as_json and asked not in (None, "json"):
        raise RequestError(f"--json and --format {asked} ask for two formats")
    to_stdout = _descriptor_of(output) == _STDOUT
    if as_json:
        return "json"
    if asked is not None:
        if asked not in known:
            hint = did_you_mean(asked, list(known)) or "known: " + ", ".join(known)
            raise RequestError(f"unknown format {quoted(asked)}", hint=hint)
        if asked in BINARY and to_stdout and sys.stdout is not None and sys.stdout.isatty():
            hint = "write a file with --output, or pipe it on"
            raise RequestError(f"{asked} is not for a terminal", hint=hint)
        return asked
    if to_stdout or output is None:
        return "table"
    return _format_by_ending(output, known)


def _format_by_ending(output: str, known: Sequence[str]) -> str:
    ending = Path(output).suffix.lower()
    found = ENDINGS.get(ending)
    if found is None or found not in known:
        endings = " ".join(ending for ending, name in ENDINGS.items() if name in known)
        raise RequestError(
            f"--output: no format goes with the ending {ending!r}",
            hint=f"end the name in one of {endings}, or give --format",
        )
    return found


@contextmanager
def open_output(path: str | None, files: Sequence[SourceFile] = ()) -> Iterator[BinaryIO]:
    """A stream for the answer. A regular file is opened before the work and replaced after it; anything
    else, and what a descriptor of this process is open for, is written into.

    Raises RequestError where it is one of the log's `files`, OutputError where it cannot be written;
    PipeClosedError where nobody reads it any more.
    """
    descriptor = _descriptor_of(path)
    _refuse_sources(path, descriptor, files)
    if descriptor == _STDOUT or path is None:
        if sys.stdout is None:
            raise OutputError("cannot write to stdout: it is closed")
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            _abandon_stdout()
            # Not passed on as it is: Typer would end the process with exit code 1.
            raise PipeClosedError from None
        except OSError as error:
            _abandon_stdout()
            raise OutputError(f"cannot write to stdout: {error.strerror}") from None
        return
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError(f"cannot write {path!r}: it is a folder")
    if descriptor is not None or (target.exists() and not target.is_file()):
        with _writing(path), _open_in_place(path, descriptor) as stream:
            yield stream
        return
    with _writing(path):
        handle, name = new_file(str(target.parent), f".{target.name[:100]}.")
    try:
        with _writing(path), os.fdopen(handle, "wb") as stream:
            yield stream
        with _writing(path):
            _adopt_mode(Path(name), target)
            Path(name).replace(target)
            kept(name)
    finally:
        remove(name)


def _open_in_place(path: str, descriptor: int | None) -> BinaryIO:
    if descriptor is None:
        return open(path, "wb")  # noqa: PTH123 - as the user wrote it; the caller closes it
    # Opened anew, a file would be written from its beginning.
    return os.fdopen(os.dup(descriptor), "wb")


def _descriptor_of(path: str | None) -> int | None:
    """The open descriptor that a path stands for, such as 1 for `-`, /dev/stdout and /dev/fd/1."""
    if path is None or path == "-":
        return _STDOUT
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
        folder = os.path.realpath(folder)
        own = rf"/dev/fd|/proc/{os.getpid()}(/task/\d+)?/fd"
        if name.isdecimal() and re.fullmatch(own, folder):
            return int(name)
        try:
            path = os.path.join(folder, os.readlink(path))  # noqa: PTH115, PTH118
        except OSError:
            return None
    return None


def _refuse_sources(path: str | None, descriptor: int | None, files: Sequence[SourceFile]) -> None:
    """Raises RequestError where what is written is one of the files that are read, by whatever name."""
    target = _identity(descriptor if descriptor is not None else str(path))
    if target is None:
        return
    name = "stdout" if descriptor == _STDOUT else repr(path)
    read = [_identity(file.path) for file in files if "://" not in file.path]
    if descriptor is None or any(file.copy_of == "-" for file in files):
        read.append(_identity(_STDIN))
    if target in read:
        raise RequestError(f"cannot write {name}: it is one of the sources", hint="name another file")


def _identity(file: str | int) -> tuple[int, int] | None:
    """The device and inode of a regular file, the same whatever its name; null for anything else."""
    try:
        found = os.stat(file)  # noqa: PTH116 - may be a descriptor
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def _abandon_stdout() -> None:
    """Points stdout elsewhere: exiting would try to write what is still buffered once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def open_beside(
    flag: str, path: str | None, output: str | None, files: Sequence[SourceFile]
) -> Iterator[BinaryIO | None]:
    """A stream for what a flag wants written beside the answer, None without a path; as `open_output`.

    Raises RequestError where the answer goes there, and as `open_output` does.
    """
    if path is None:
        yield None
        return
    if path == "-" or _destination(path) == _destination(output):
        raise RequestError(f"{flag} wants a file of its own", hint="stdout is the answer's")
    with open_output(path, files) as stream:
        yield stream


def _destination(path: str | None) -> object:
    """A value that is equal for two names of one file."""
    descriptor = _descriptor_of(path)
    return (
        _identity(descriptor if descriptor is not None else str(path))
        or descriptor
        or os.path.realpath(str(path))
    )


@contextmanager
def _writing(path: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise PipeClosedError from None
    except OSError as error:
        raise OutputError(f"cannot write {path!r}: {error.strerror or error}") from None


def _adopt_mode(written: Path, target: Path) -> None:
    """The file's permissions: those of the file it replaces, else what the umask leaves."""
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    written.chmod(mode)
