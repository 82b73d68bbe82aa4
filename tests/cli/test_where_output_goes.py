"""An output never overwrites what is read, and is written into what is no regular file (spec 12, 13)."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import CommandLine

LOG = """\
{"started_at": "2026-03-01T10:00:00Z", "model": "m", "input_tokens": 1}
{"started_at": "torn
"""
COUNT = ["--calls", "call_count", "-g", "total", "-f", "csv", "-q"]
ANSWER = "kind,timestamp,model,count,sum_call_count\ncall,2026-03-01T10:00:00Z,,1,1\n"
REFUSED = "it is one of the sources; name another file"


def in_shell(
    script: str, words: Sequence[object], run_cli: CommandLine, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs a shell script that has `callstats …` as `"$@"`."""
    return subprocess.run(
        ["bash", "-c", script, "bash", *run_cli.command(*words)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("flag", ["-o", "--rejects"])
@pytest.mark.parametrize(
    "name", ["log.jsonl", "./log.jsonl", "hard.jsonl", "soft.jsonl", "f/../log.jsonl"]
)
def test_a_source_is_not_written_under_any_name(
    flag: str, name: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    (tmp_path / "hard.jsonl").hardlink_to(log)
    (tmp_path / "soft.jsonl").symlink_to(log)
    (tmp_path / "f").mkdir()
    message = run_cli("query", log, *COUNT, flag, f"{tmp_path}/{name}").error(2)
    assert message == f"cannot write '{tmp_path}/{name}': {REFUSED}"
    assert log.read_text() == LOG


def test_a_report_is_not_written_over_a_source(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    hard = tmp_path / "hard.jsonl"
    hard.hardlink_to(log)
    checked = ["check", log, "--fail-if", "sum_call_count > 5"]
    assert run_cli(*checked, "--junit", hard).error(2) == f"cannot write '{hard}': {REFUSED}"
    assert run_cli("inspect", log, "--rejects", hard).error(2) == f"cannot write '{hard}': {REFUSED}"
    assert log.read_text() == LOG


@pytest.mark.parametrize("flag", ["-o", "--rejects"])
def test_what_standard_input_reads_is_not_written(
    flag: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    (tmp_path / "hard.jsonl").hardlink_to(log)
    for name in ("log.jsonl", "hard.jsonl"):
        words = ["query", "-", *COUNT, flag, name]
        done = in_shell('"$@" < log.jsonl', words, run_cli, tmp_path)
        assert (done.returncode, done.stderr) == (
            2,
            f"callstats: error: cannot write '{name}': {REFUSED}\n",
        )
        assert log.read_text() == LOG


@pytest.mark.parametrize(
    "script", ['"$@" log.jsonl >> log.jsonl', '"$@" - < log.jsonl >> log.jsonl', '"$@" log.jsonl -o /dev/fd/3 3>> log.jsonl']
)  # fmt: skip
def test_an_answer_is_not_appended_to_its_log(
    script: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    done = in_shell(script, ["query", *COUNT], run_cli, tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith(f": {REFUSED}\n")
    assert log.read_text() == LOG


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "out", "-"])
def test_stdout_is_appended_to(name: str, run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/dev/stdout")
    (tmp_path / "all.txt").write_text("before\n")
    words = ["query", log, *COUNT, "-o", name]
    done = in_shell('{ "$@"; echo after; } >> all.txt', words, run_cli, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "all.txt").read_text() == f"before\n{ANSWER}after\n"


@pytest.mark.parametrize("flag", ["-o", "--junit"])
def test_another_descriptor_is_written_where_it_stands(
    flag: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    words = ["check", log, "--fail-if", "sum_call_count > 5", "-f", "json", "-q", flag, "/dev/fd/3"]
    script = 'exec 3> beside.txt; echo first >&3; "$@"; echo last >&3'
    done = in_shell(script, words, run_cli, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    written = (tmp_path / "beside.txt").read_text()
    assert written.startswith("first\n{" if flag == "-o" else "first\n<?xml")
    assert written.endswith("last\n")


def test_a_pipe_is_written_into(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    script = 'mkfifo pipe; cat pipe > copy.txt & "$@" -o pipe; wait; test -p pipe'
    done = in_shell(script, ["query", log, *COUNT], run_cli, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "copy.txt").read_text() == ANSWER
    done = in_shell(
        '"$@" --rejects >(cat > lines.txt); sleep 0.5', ["query", log, *COUNT], run_cli, tmp_path
    )
    assert (done.stdout, (tmp_path / "lines.txt").read_text().count('"torn"')) == (ANSWER, 1)


def test_a_device_stays_a_device(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    (tmp_path / "null.csv").symlink_to(os.devnull)
    assert run_cli("query", log, *COUNT, "-o", tmp_path / "null.csv", "--rejects", os.devnull).code == 2
    done = run_cli("query", log, *COUNT, "-o", tmp_path / "null.csv")
    assert (done.code, done.stdout, (tmp_path / "null.csv").is_symlink()) == (0, "", True)


def test_a_link_to_another_file_stays_a_link(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert run_cli("query", log, *COUNT, "-o", tmp_path / "link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == ANSWER


@pytest.mark.parametrize(
    ("command", "flag"), [(["query"], "--rejects"), (["check", "--fail-if", "sum_call_count > 5"], "--junit")]
)  # fmt: skip
def test_what_stands_beside_the_answer_wants_a_file_of_its_own(
    command: list[str], flag: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    (tmp_path / "there.json").write_text("old")
    (tmp_path / "link.json").symlink_to("there.json")
    for words in (
        [flag, "-"],
        [flag, "/dev/stdout"],
        [flag, tmp_path / "new.json", "-o", tmp_path / "new.json"],
        [flag, tmp_path / "link.json", "-o", tmp_path / "there.json"],
    ):
        message = run_cli(*command, log, *words).error(2)
        assert message == f"{flag} wants a file of its own; stdout is the answer's"
    assert (tmp_path / "there.json").read_text() == "old"
