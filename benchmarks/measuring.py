"""Runs whole processes, and measures what each takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from limits import Figures

if TYPE_CHECKING:
    from cases import Case
    from limits import Measure

PER_MEGABYTE = 1_000_000 if sys.platform == "darwin" else 1_000_000 / 1_024


class Run(NamedTuple):
    """Seconds of all cores, seconds that passed, the peak in megabytes, and what was printed."""

    cpu: float
    wall: float
    memory: float
    output: bytes

    def taken(self, of: Measure) -> float:
        """What it took of one of the three."""
        return {"cpu": self.cpu, "wall": self.wall, "memory": self.memory}[of]


class UnfinishedError(Exception):
    """A command failed; its message says how."""


def run(command: list[str]) -> Run:
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed, stderr=said)  # noqa: S603 - our own commands
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said.seek(0)
        if process.returncode != 0:
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise UnfinishedError(f"exit code {process.returncode}: {' '.join(lines[-1:])}")
        output = printed.read()
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / PER_MEGABYTE, output)


def measure(case: Case, runs: int) -> Figures:
    """What both sides of a case take, run in turn."""
    figures = Figures([], [])
    for _ in range(runs):
        figures.ours.append(run(case.command))
        figures.theirs.append(run(case.against.command))
    return figures
