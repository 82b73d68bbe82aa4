"""Writes docs/screenshot.svg: what a terminal of 100 columns shows of the sample log."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "screenshot.svg"
WIDTH = 100
COMMAND = (
    "callstats query sample_data/calls.jsonl -g 1d -z America/New_York -s 2026-03-04 -u 2026-03-08 "
    "--top 2 --usage total_cost --usage total_tokens --calls error_rate --calls latency_ms:p50,p95"
)


def printed() -> str:
    """What the command prints on a terminal, with its styles."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "callstats_cli", *COMMAND.split()[1:], "-q"]
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    text = b""
    with subprocess.Popen(words, stdout=theirs, cwd=ROOT, env=environment):
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:
                break
            if not piece:
                break
            text += piece
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


def svg() -> str:
    """The command and what it prints, as a picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {COMMAND}", style="bold"))
    console.print(Text.from_ansi(printed()), end="")
    return console.export_svg(title="callstats", theme=DIMMED_MONOKAI, unique_id="callstats")


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
