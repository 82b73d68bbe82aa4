"""The end of the process: what it made for itself goes with it, also where a signal ends it.

Temporary files lie in one private folder below TMPDIR, or beside the file that they are to replace.
Nothing heavy is imported here: the signals are heeded before anything else is loaded.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

_made: set[str] = set()
"""Paths of files and folders that go when the process ends."""
_folder: str | None = None
_received: int | None = None
_is_held = False


def heed_signals() -> None:
    """Lets signals end the process in order; those that its parent wants ignored stay ignored."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end_by)


def _end_by(number: int, _: FrameType | None) -> None:
    """Ends the process at once: an exception could get lost, in a callback of an import or in the
    engine, which may also take long to notice."""
    global _received
    _received = number
    if not _is_held:
        end(128 + number)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Signals that come meanwhile end the process only afterwards: nothing is made and not known."""
    global _is_held
    _is_held = True
    try:
        yield
    finally:
        _is_held = False
    if _received is not None:
        end(128 + _received)


def end(code: int) -> NoReturn:
    """Removes what is left, and ends the process: in order, or at once where a signal ends it."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    remove_all()
    if _received is not None:
        os._exit(code)
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


def remove_all() -> None:
    """Removes the temporary files and folders that were made."""
    global _folder
    _folder = None
    while _made:
        remove(next(iter(_made)))


def remove(path: str) -> None:
    """Removes a temporary file or folder; one that is gone is no error."""
    if os.path.isdir(path):
        import shutil

        # Under another name first: an engine that is still at work makes no more files in it.
        gone = f"{path}.gone"
        try:
            os.rename(path, gone)
        except OSError:
            gone = path
        shutil.rmtree(gone, ignore_errors=True)
    else:
        with suppress(OSError):
            os.unlink(path)
    _made.discard(path)


def kept(path: str) -> None:
    """A temporary file has become one that stays."""
    _made.discard(path)


def new_file(folder: str, prefix: str) -> tuple[int, str]:
    """A new file of a name that nothing has, for its owner alone: its descriptor and path.

    It goes when the process ends, unless it is `kept`. Raises OSError where it cannot be made.
    """
    path = os.path.join(folder, f"{prefix}{_token()}")
    with _uninterrupted():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _made.add(path)
    return descriptor, path


def private_folder() -> str:
    """The process's own folder below TMPDIR, which nobody else can look into; made on first use.

    Raises OSError where there is no place for one.
    """
    global _folder
    if _folder is None:
        _folder = _new_folder()
        atexit.register(remove_all)
    return _folder


def private_path(prefix: str) -> str:
    """A path in the private folder that nothing has; raises as `private_folder`."""
    return os.path.join(private_folder(), f"{prefix}{_token()}")


def _new_folder() -> str:
    places = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    for place in (*places, "/tmp", "/var/tmp", "/usr/tmp"):  # noqa: S108 - the folder is private
        if not place:
            continue
        path = os.path.join(os.path.abspath(place), f"callstats-{_token()}")
        with suppress(OSError), _uninterrupted():
            os.mkdir(path, 0o700)
            _made.add(path)
            return path
    raise OSError("no folder for temporary files can be written")


def _token() -> str:
    return os.urandom(6).hex()
