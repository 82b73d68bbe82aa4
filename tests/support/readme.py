"""The commands in README.md and what they print; run as a script, writes down what they print now."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
ANY_LINES = ("…", "...")


class Command(NamedTuple):
    """One `$ callstats …` of a console block and the lines below it; a line `…` stands for any."""

    text: str
    expected: list[str]

    def is_answered_by(self, printed: list[str]) -> bool:
        """Are these the expected lines?"""
        first, last = self._shown()
        if first + last == len(self.expected):
            return printed == self.expected
        return len(printed) >= first + last and self._cut(printed) == self.expected

    def _shown(self) -> tuple[int, int]:
        """How many lines are shown before and after the one that stands for any; all, without one."""
        at = next((n for n, line in enumerate(self.expected) if line in ANY_LINES), None)
        return (len(self.expected), 0) if at is None else (at, len(self.expected) - at - 1)

    def _cut(self, printed: list[str]) -> list[str]:
        first, last = self._shown()
        return [*printed[:first], *self.expected[first : first + 1], *printed[len(printed) - last :]]

    def rewritten(self, printed: list[str]) -> str:
        """The command as README.md has it, above what it prints now, cut where it was."""
        first, last = self._shown()
        lines = printed if first + last == len(self.expected) else self._cut(printed)
        return "\n".join([f"$ {self.text}", *lines])


def commands_in(text: str) -> list[Command]:
    """The commands of all console blocks, in order."""
    blocks = re.findall(r"(?ms)^```console\n(.*?)^```", text)
    pieces = [piece for block in blocks for piece in re.split(r"(?m)^\$ ", block) if piece.strip()]
    return [_command(piece) for piece in pieces]


def _command(piece: str) -> Command:
    """A command goes on where a line ends in a backslash."""
    match = re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", piece, re.DOTALL)
    assert match is not None
    return Command(match[1], match[2].splitlines())


def printed_by(command: Command) -> list[str]:
    """What a command prints, stdout and stderr, in the repository's folder and a bare environment."""
    with tempfile.TemporaryDirectory() as folder:
        for name, words in (
            ("callstats", [sys.executable, "-m", "callstats_cli"]),
            ("python3", [sys.executable]),
        ):
            script = Path(folder) / name
            script.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
            script.chmod(0o755)
        environment = {
            "PATH": folder + os.pathsep + os.defpath,
            "HOME": folder,
            "LC_ALL": "C.UTF-8",
            "TZ": "Pacific/Chatham",
        }
        done = subprocess.run(
            command.text,
            shell=True,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
    return done.stdout.splitlines()


def main() -> None:
    """Writes README.md again, every command above what it prints now."""
    text = README.read_text(encoding="utf-8")
    for command in commands_in(text):
        before = "\n".join([f"$ {command.text}", *command.expected]) + "\n"
        assert text.count(before) == 1, command.text
        text = text.replace(before, command.rewritten(printed_by(command)) + "\n")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
