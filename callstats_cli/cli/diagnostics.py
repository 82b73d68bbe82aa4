"""Everything that is said on stderr; stdout is the answer's alone (spec 12)."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from callstats_cli.errors import shown
from callstats_cli.harmless import harmless_json, printable, printable_lines, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from callstats_cli.errors import CallstatsError


_PATIENCE_SECONDS: Final = 1.0

_held: ContextVar[list[str] | None] = ContextVar("held", default=None)
"""Notes that wait for the end of the run; null where they are written at once."""


@dataclass(slots=True)
class Diagnostics:
    """Writes messages. `quiet` keeps all but errors back; `as_json` writes errors as objects."""

    quiet: bool = False
    as_json: bool = False
    debug: bool = False

    def note(self, text: str) -> None:
        """One line that is good to know."""
        if self.quiet:
            return
        line, held = f"callstats: {one_line(text)}", _held.get()
        if held is None:
            _write(line)
        else:
            held.append(line)

    @contextmanager
    def notes_in_the_end(self) -> Iterator[None]:
        """Holds notes back where errors are JSON: an error is all that stderr has then."""
        if not self.as_json:
            yield
            return
        lines: list[str] = []
        token = _held.set(lines)
        try:
            yield
        finally:
            _held.reset(token)
        for line in lines:
            _write(line)

    def foreign_settings(self, files: Sequence[Path]) -> None:
        """A line for each configuration file that is not obeyed because somebody else owns it."""
        for path in files:
            self.note(f"not obeyed, since it belongs to somebody else: {str(path)!r}")

    @contextmanager
    def progress(self, doing: str) -> Iterator[None]:
        """Says on a terminal what is being done and for how long, once that takes over a second."""
        if self.quiet or not _is_lively_terminal():
            yield
            return
        done = Event()
        teller = Thread(target=_tell, args=(doing, done), daemon=True)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()

    def annotation(self, level: str, title: str, text: str) -> None:
        """A workflow command that GitHub shows beside the run; `level` is error or warning."""
        head = _escaped(title).replace(":", "%3A").replace(",", "%2C")
        command = shown(f"::{level} title={head}::{_escaped(text)}")
        _write_raw(printable(command).replace("##[", "##\\[") + "\n")

    def error(self, error: CallstatsError) -> None:
        """One line that says what, where and what to do; under --debug the traceback before it."""
        if self.debug:
            import traceback

            _write(traceback.format_exc().rstrip())
        if self.as_json:
            content = {"code": error.code, "message": error.message[:2_000], "hint": error.hint}
            _write(harmless_json(json.dumps({"error": content}, ensure_ascii=True)))
        else:
            hint = f"; {error.hint}" if error.hint else ""
            _write(f"callstats: error: {one_line(error.message + hint)}")


def one_line(text: str) -> str:
    """The text on one line, cut where it is long."""
    return printable(text if len(text) <= 2_000 else text[:1_999] + "…")


def _is_lively_terminal() -> bool:
    stream = sys.stderr
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def _tell(doing: str, done: Event) -> None:
    """Rewrites one line of stderr until it is done, then takes it away."""
    started = time.monotonic()
    if done.wait(_PATIENCE_SECONDS):
        return
    while True:
        _write_raw(f"\r{doing} … {time.monotonic() - started:.0f} s")
        if done.wait(0.5):
            _write_raw("\r\x1b[K")
            return


def _escaped(text: str) -> str:
    """Text inside a workflow command of GitHub Actions."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _write(text: str) -> None:
    _write_raw(without_commands(printable_lines(shown(text))) + "\n")


def _write_raw(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, UnicodeError):
        pass  # stderr is closed or cannot show the text: there is nowhere left to say so
