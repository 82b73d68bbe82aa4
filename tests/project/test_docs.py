"""The pipelines in docs/ run as they stand, over a log of the last days."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml

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
    """A folder with logs of yesterday, the day before, and one more."""
    (tmp_path / "logs").mkdir()
    lines = []
    for hours in (60, 30, 5, 10):
        start = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        call = {"started_at": start, "duration_ms": 1000, "model": "gpt-4o-mini", "input_tokens": 1}
        call["status"] = "ok"
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


ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of action.yml, its inputs as the runner passes them."""
    step = ACTION["runs"]["steps"][-1]
    script = folder / "callstats"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m callstats_cli "$@"\n')
    script.chmod(0o755)
    environment = {
        "PATH": str(folder) + os.pathsep + os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    for name, expression in step["env"].items():
        found = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
        assert found is not None
        environment[name] = inputs.get(
            found[1].replace("-", "_"), ACTION["inputs"][found[1]].get("default", "")
        )
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_action_is_composite_and_its_inputs_are_documented() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert list(ACTION["inputs"]) == ["source", "fail-if", "args", "version", "python-version"]
    block = next(block for block in BLOCKS if "/callstats@" in block)
    assert list(yaml.safe_load(block)[1]["with"]) == ["source", "fail-if", "args"]


def test_action_passes_and_fails(folder: Path) -> None:
    block = next(block for block in BLOCKS if "/callstats@" in block)
    inputs = {name.replace("-", "_"): value for name, value in yaml.safe_load(block)[1]["with"].items()}
    done = run_action(folder, **inputs)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "2 checks passed"
    crossed = run_action(folder, source="logs/calls.jsonl\n", fail_if="call_count > 1")
    assert (crossed.returncode, crossed.stdout) == (2, "")
    crossed = run_action(folder, source="logs/\n", fail_if="\nsum_call_count > 3\n", args="-q --json")
    assert crossed.returncode == 99
    assert json.loads(crossed.stdout)["checks"][0]["breaches"] == [{"value": 4, "calls": 4}]
