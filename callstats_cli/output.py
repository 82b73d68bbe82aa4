"""Where the answer goes: stdout, or a file that is replaced only when the work succeeded (SPEC 12)."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from callstats_cli.errors import OutputError, PipeClosedError, RequestError, did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from callstats_cli.sources import SourceFile

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
    to_stdout = output is None or output == "-"
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
    if output is None or output == "-":
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
def open_output(path: str | None, files: Iterable[SourceFile] = ()) -> Iterator[BinaryIO]:
    """A stream for the answer. A file is opened before the work and put in place after it.

    Raises RequestError where it is one of the log's `files`, OutputError where it cannot be written;
    PipeClosedError where nobody reads stdout any more.
    """
    if path is None or path == "-":
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
    if any(str(target) == os.path.realpath(file.path) for file in files):
        raise RequestError(f"cannot write {path!r}: it is one of the sources", hint="name another file")
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise OutputError(f"cannot write {path!r}: it is a folder")
        with _writing(path), target.open("wb") as stream:
            yield stream
        return
    import tempfile

    with _writing(path):
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with _writing(path), os.fdopen(handle, "wb") as stream:
            yield stream
        with _writing(path):
            _adopt_mode(Path(name), target)
            Path(name).replace(target)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def _abandon_stdout() -> None:
    """Points stdout elsewhere: exiting would try to write what is still buffered once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def open_rejects(
    path: str | None, output: str | None, files: Iterable[SourceFile]
) -> Iterator[BinaryIO | None]:
    """A stream for what was skipped or nulled, None without a path; replaced as an output is.

    Raises RequestError where the file is the answer's, and as `open_output` does.
    """
    if path is None:
        yield None
        return
    target = os.path.realpath(path)
    if path == "-" or (output is not None and target == os.path.realpath(output)):
        raise RequestError("--rejects wants a file of its own", hint="stdout is the answer's")
    with open_output(path, files) as stream:
        yield stream


@contextmanager
def _writing(path: str) -> Iterator[None]:
    try:
        yield
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
