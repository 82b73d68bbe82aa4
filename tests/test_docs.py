"""The pipelines in docs/ run as they stand, over a log of the last two days."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from readme import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```yaml\n(.*?)^```", TEXT)


def commands_of(block: str) -> list[str]:
    """The `callstats …` commands of a pipeline, with the lines that they go on."""
    found = re.findall(r"(?m)^ *(?:- |run: |- run: )?(callstats (?:[^\n]*\\\n)*[^\n]*)", block)
    return [re.sub(r"\\\n *", "", command) for command in found]


COMMANDS = [command for block in BLOCKS for command in commands_of(block)]


def test_all_commands_are_found() -> None:
    assert [command.split()[1] for command in COMMANDS] == [
        "query", "check", "check", "query", "check", "compare",
    ]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with logs of yesterday and the day before."""
    (tmp_path / "logs").mkdir()
    lines = []
    for hours in (30, 40, 5, 10):
        start = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        call = {"started_at": start, "duration_ms": 1000, "model": "gpt-4o-mini", "input_tokens": 1}
        lines.append(json.dumps(call) + "\n")
    (tmp_path / "logs" / "calls.jsonl").write_text("".join(lines))
    return tmp_path


def test_commands_run_one_after_the_other(folder: Path) -> None:
    for command in COMMANDS:
        done = subprocess.run(
            command.replace("callstats", f"{sys.executable} -m callstats_cli", 1),
            shell=True,
            cwd=folder,
            env=os.environ | {"GITHUB_STEP_SUMMARY": "summary.md", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
    assert (folder / "summary.md").read_text().startswith("#### Usage per day and model\n")
    assert 'tests="2" failures="0"' in (folder / "callstats.xml").read_text()
