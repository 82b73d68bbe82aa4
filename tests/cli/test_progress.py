"""Long work is told on a terminal, and only there."""

from __future__ import annotations

import io
import re
import sys
import time
from typing import TYPE_CHECKING

import pytest

from callstats_cli.cli import diagnostics
from callstats_cli.cli.diagnostics import Diagnostics

if TYPE_CHECKING:
    from pathlib import Path


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def told(
    monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool = True, quiet: bool = False,
    patience: float = 0.0, term: str = "xterm",
) -> str:  # fmt: skip
    """What stderr holds after some work."""
    screen = Screen(is_terminal=is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(diagnostics, "_PATIENCE_SECONDS", patience)
    monkeypatch.setenv("TERM", term)
    with Diagnostics(quiet=quiet).progress("Reading"):
        time.sleep(0.1)
    return screen.getvalue()


def test_a_terminal_is_told_and_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"(\rReading … 0 s)+\r\x1b\[K", told(monkeypatch))


def test_nobody_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, is_terminal=False) == ""
    assert told(monkeypatch, quiet=True) == ""
    assert told(monkeypatch, term="dumb") == ""
    assert told(monkeypatch, patience=60) == ""


def test_an_error_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(diagnostics, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setenv("TERM", "xterm")

    def work() -> None:
        with Diagnostics().progress("Reading"):
            time.sleep(0.1)
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        work()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_it_says_what_is_read_how_much_of_it_and_how_long_that_may_take(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    screen = Screen(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(diagnostics, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    log = tmp_path / "a\x1blog.jsonl"
    log.write_bytes(b" " * 2_000_000)
    for files, share in (([str(log)], 0.5), ([str(log)] * 2, None), ([str(tmp_path / "gone")], 0.01)):
        with Diagnostics().progress("Reading", files, lambda share=share: share):  # type: ignore[misc]
            time.sleep(0.1)
    assert re.findall(r"\rReading[^\r]*", screen.getvalue()) == [
        "\rReading a\\x1blog.jsonl, 2 MB … 0 s (50% of this step, about 0 s left)\x1b[K",
        "\rReading 2 files, 4 MB … 0 s\x1b[K",
        "\rReading gone … 0 s\x1b[K",
    ]
