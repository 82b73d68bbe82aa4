"""Names do nothing to what shows them: no cursor moves, no GitHub runner takes a command (spec 13)."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from callstats_cli.harmless import harmless_json, printable_lines, without_commands

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

NAME = "a\x1b[31mred\x1b]0;title\x07\x9b2J\u202eb\u2066c\x7f"
SHOWN = r"a\x1b[31mred\x1b]0;title\x07\x9b2J\u202eb\u2066c\x7f"
HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
STYLE = re.compile(r"\x1b\[[0-9;]*m|\r\x1b\[K")
"""What callstats itself writes: colours, and the end of a line of progress, which long work shows."""


def log_of(folder: Path, *models: str, name: str = "log.jsonl") -> Path:
    """A log of calls whose models, ops, projects and threads have these names."""
    lines = [
        json.dumps(
            {
                "id": f"c{number}",
                "project_id": model,
                "op_name": model,
                "started_at": "2026-03-01T10:00:00Z",
                "ended_at": "2026-03-01T10:00:01Z",
                "summary": {"usage": {model: {"prompt_tokens": 5, model: 1}}},
            }
        )
        for number, model in enumerate(models)
    ]
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def on_a_terminal(words: list[str], folder: Path, **environment: str) -> str:
    """What a terminal gets of a run, stderr included."""
    mine, theirs = pty.openpty()
    running = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=folder,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "300"} | environment,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(mine, 65_536)
        except OSError:
            break
        seen += piece
    os.close(mine)
    running.wait(timeout=60)
    return seen.decode().replace("\r\n", "\n")


COMMANDS = [
    "query {log} -g total", "query {log} -g total --json --meta", "query {log} -g total -f jsonl",
    "query {log} -g total -f csv", "query {log} -g total -f markdown", "query {log} --show-sql",
    "query {log} -g total -f csv -o /dev/tty", "query {log} -g total --rejects /dev/stderr -o x.csv",
    "query {log} -g 1h --plot input_tokens", "query {log} -p {name}", "query {log} --op {name}",
    "query {name}", "query {log} --baseline {name}", "query {log} -z {name}", "inspect {log}",
    "inspect {log} --json", "prices {log}", "prices {log} --json", "prices {name}",
    "prices {log} --call {name}", "formats {name}", "compare {log} --with 2026-02-01",
    "compare {log} --baseline {name}", "check {log} --each-model --fail-if sum_input_tokens>1",
    "check {log} --each-model --fail-if sum_input_tokens>1 -f json", "config", "config --json",
    "query {log} --debug --prices {name}", "query @{name}",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_terminal_gets_no_control_characters(
    command: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = log_of(tmp_path, NAME, f"{NAME}2", name=f"{NAME}.jsonl")
    escaped = json.dumps(NAME)
    (tmp_path / "callstats.toml").write_text(
        f"project = {escaped}\n[requests.{escaped}]\nlast = {escaped}\n"
    )
    filled = [word.format(log=log.name, name=NAME) for word in command.split()]
    seen = on_a_terminal(run_cli.command(*filled), tmp_path, CALLSTATS_DEDUPE="auto")
    assert seen.strip()
    assert HARMFUL.findall(STYLE.sub("", seen)) == []
    assert "\x1b[31m" not in seen


def test_what_is_shown_of_such_a_name(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, NAME)
    words = run_cli.command("query", log, "-g", "total", "--usage", "input_tokens", "-f", "csv")
    row = on_a_terminal(words, tmp_path).splitlines()[1]
    assert row == f"usage,2026-03-01T10:00:00Z,{SHOWN},1,5"
    piped = run_cli("query", log, "-g", "total", "--usage", "input_tokens", "-f", "csv").stdout
    assert piped.splitlines()[1] == f"usage,2026-03-01T10:00:00Z,{NAME},1,5"
    answer = run_cli.query(log, "-g", "total", "--usage", "input_tokens")
    assert HARMFUL.findall(answer.stdout) == []
    assert answer.usage[0]["model"] == NAME


MODELS = (
    "::set-output name=deploy::yes", "##[error]gone", "a\n::error::gone", "b\r\n \t::warning::gone",
    "c ##[group]d", "\u00a0::debug::gone",
)  # fmt: skip
RUNS = [
    ("inspect", "{log}"), ("prices", "{log}"), ("prices", "{log}", "--json"),
    ("query", "{log}", "-g", "total"), ("query", "{log}", "-g", "total", "-f", "csv", "-q"),
    ("query", "{log}", "-g", "total", "-f", "markdown"), ("query", "{log}", "-g", "total", "--json"),
    ("query", "{log}", "--show-sql", "--op", MODELS[2], "--thread", MODELS[1]),
    ("check", "{log}", "--each-model", "--fail-if", "sum_input_tokens > 0"),
    ("check", "{log}", "--each-model", "--fail-if", "sum_total_cost > 1", "--no-data", "warn"),
    ("compare", "{log}", "--with", "2020-01-01"), ("query", MODELS[1]), ("query", "{log}", "-p", MODELS[4]),
    ("query", MODELS[1], "--json"), ("prices", MODELS[1]), ("config",), ("config", "--json"),
]  # fmt: skip


@pytest.mark.parametrize("words", RUNS, ids=lambda words: " ".join(words)[:30])
def test_a_github_runner_gets_no_commands(
    words: tuple[str, ...], run_cli: CommandLine, tmp_path: Path
) -> None:
    log_of(tmp_path, *MODELS)
    filled = [word.format(log="log.jsonl") for word in words]
    (tmp_path / "callstats.toml").write_text(f"project = {json.dumps(MODELS[1])}\n")
    project = MODELS[2] if words[0] == "config" else ""
    done = run_cli.separately(*filled, GITHUB_ACTIONS="true", CALLSTATS_PROJECT=project)
    assert done.stdout or done.stderr
    for text in (done.stdout, done.stderr):
        for line in re.split("[\r\n]+", text):
            assert "##[" not in line
            assert not line.lstrip().startswith("::") or line.startswith(("::error title=callstats", "::warning title=callstats"))  # fmt: skip


def test_a_command_is_broken_up_by_a_backslash(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(tmp_path, *MODELS[:3])
    words = ["query", log, "-g", "total", "--usage", "input_tokens", "-f", "csv", "-q"]
    as_it_is = run_cli(*words).stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run_cli(*words).stdout.splitlines()[1:] == [
        r"usage,2026-03-01T10:00:00Z,##\[error]gone,1,5",
        "usage,2026-03-01T10:00:00Z,::set-output name=deploy::yes,1,5",
        'usage,2026-03-01T10:00:00Z,"a',
        r'\::error::gone",1,5',
    ]
    # A file is data.
    run_cli(*words, "-o", tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_text() == as_it_is
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert run_cli(*words).stdout == as_it_is


def test_texts_that_are_harmless_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for text in ("a\nb\n", "x::y", "a #[b", "## [c]", "é · ≥ 🦆\n", "std::vector\n  a::b"):
        assert without_commands(printable_lines(text)) == text
    assert (
        printable_lines("\x1b[1mbold\x1b[0m \x1b[2J\t", styled=True) == "\x1b[1mbold\x1b[0m \\x1b[2J\\t"
    )
    assert without_commands("\x1b[1m ::x::\n\x1b[2m::y") == "\x1b[1m \\::x::\n\x1b[2m\\::y"


@pytest.mark.parametrize(
    "value", [NAME, *MODELS, "\U000e0001", {"##[a]": ["\u2028"]}, "é🦆", "\\u0023"]
)
def test_json_stays_the_same_value(value: object) -> None:
    text = harmless_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    assert HARMFUL.findall(text) == []
    assert "##[" not in text
