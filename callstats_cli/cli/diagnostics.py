"""Everything that is said on stderr; stdout is the answer's alone (spec 12)."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from callstats_cli.errors import shown
from callstats_cli.harmless import harmless_json, printable, printable_lines, without_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callstats_cli.errors import CallstatsError


_PATIENCE_SECONDS: Final = 1.0
_LEAST_SHARE: Final = 0.05
"""Of less than this share of a step it is not said how long the rest may take."""

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
    def progress(
        self, doing: str, files: Sequence[str] = (), share: Callable[[], float | None] | None = None
    ) -> Iterator[None]:
        """Says on a terminal what is being done, with which files, and for how long, once that takes
        over a second; with `share` how much of the step is done, and how long the rest may take."""
        if self.quiet or not _is_lively_terminal():
            yield
            return
        done = Event()
        teller = Thread(target=_tell, args=(doing, files, share, done), daemon=True)
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


def _tell(
    doing: str, files: Sequence[str], share: Callable[[], float | None] | None, done: Event
) -> None:
    """Rewrites one line of stderr until it is done, then takes it away."""
    started = step_started = time.monotonic()
    if done.wait(_PATIENCE_SECONDS):
        return
    doing += _named_and_sized(files)
    before = 0.0
    while True:
        now, part = time.monotonic(), (share() if share else None) or 0.0
        if part < before:  # another step has begun
            step_started = now
        before, rest = part, ""
        if _LEAST_SHARE <= part < 1:
            left = (now - step_started) * (1 - part) / part
            rest = f" ({part:.0%} of this step, about {left:.0f} s left)"
        _write_raw(f"\r{doing} … {now - started:.0f} s{rest}" + ("\x1b[K" if share else ""))
        if done.wait(0.5):
            _write_raw("\r\x1b[K")
            return


def _named_and_sized(files: Sequence[str]) -> str:
    """The name of one file, the number of several, and how large they are, as far as that is known."""
    if not files:
        return ""
    size = 0
    for path in files:
        with suppress(OSError):
            size += Path(path).stat().st_size
    name = printable(Path(files[0]).name[:40]) if len(files) == 1 else f"{len(files):,} files"
    return f" {name}" + (f", {size / 1_000_000:,.0f} MB" if size else "")


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
