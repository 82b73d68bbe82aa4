"""What a run leaves behind: nothing, however it ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callstats_cli import process
from callstats_cli.engines.duckdb.session import DuckDBEngine
from callstats_cli.engines.duckdb.statements import Statement
from log_files import call, write_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import CommandLine

ENDING = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
LONG = [
    "-s", "2026-03-01T10:00:00", "-u", "2026-03-01T12:46:40", "-g", "1",
    "--usage", "input_tokens:sum,p50,p99",
]  # fmt: skip
"""A question over many models that takes the engine very long."""


def heed_all() -> None:
    """What a shell starts in the background ignores interrupts, and so would what is started by that."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


def start(
    words: Sequence[object], folder: Path, run_cli: CommandLine, *, stdin: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """A run in a folder, with a folder `tmp` there for what is temporary."""
    (folder / "tmp").mkdir(parents=True)
    return subprocess.Popen(
        run_cli.command(*words),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder / "tmp")},
        preexec_fn=heed_all,
    )


def wait_until(folder: Path, pattern: str) -> None:
    """Waits until something of that name is there."""
    for _ in range(600):
        if any(folder.glob(pattern)):
            return
        time.sleep(0.05)
    raise AssertionError(f"no {pattern} in {list(folder.rglob('*'))}")


def files_in(folder: Path) -> list[str]:
    """What lies in a folder, its empty `tmp` aside."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != "tmp")


@pytest.fixture
def many_models(tmp_path: Path) -> Path:
    """A log over which `LONG` takes very long."""
    models = {f"m{number}": {"input_tokens": 1} for number in range(199)}
    return write_lines(tmp_path / "log.jsonl", [call("a", usage=models)])


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_while_standard_input_is_read(
    number: signal.Signals, run_cli: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    running = start(["query", "-", "-o", "answer.json"], folder, run_cli)
    assert running.stdin is not None
    running.stdin.write(b'{"ts": "2026-03-01T10:00:00Z"}\n')
    running.stdin.flush()
    wait_until(folder, "tmp/callstats-*/source-*")
    running.send_signal(number)
    _, stderr = running.communicate(timeout=30)
    assert (running.returncode, stderr, files_in(folder)) == (128 + number, b"", [])


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_while_the_engine_works(
    number: signal.Signals, many_models: Path, run_cli: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    running = start(["query", many_models, *LONG, "-o", "answer.json"], folder, run_cli)
    wait_until(folder, ".answer.json.*")
    time.sleep(0.5)
    running.send_signal(number)
    _, stderr = running.communicate(timeout=30)
    assert (running.returncode, stderr, files_in(folder)) == (128 + number, b"", [])


@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2, 0.3])
def test_a_signal_at_any_time(
    after: float, many_models: Path, run_cli: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    running = start(["query", many_models, *LONG, "-o", "answer.json"], folder, run_cli)
    time.sleep(after)
    running.send_signal(signal.SIGTERM)
    _, stderr = running.communicate(timeout=30)
    # Before Python runs a line of ours, the system ends it.
    assert running.returncode in (128 + signal.SIGTERM, -signal.SIGTERM)
    assert (stderr, files_in(folder)) == (b"", [])


def test_a_hangup_that_is_ignored_stays_ignored(run_cli: CommandLine, tmp_path: Path) -> None:
    running = subprocess.Popen(
        run_cli.command("query", "-", "--calls", "call_count", "-g", "total", "-f", "csv"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    wait_until(tmp_path, "callstats-*/source-*")
    running.send_signal(signal.SIGHUP)
    stdout, _ = running.communicate(b'{"ts": 1772359200}', timeout=60)
    assert (running.returncode, stdout.splitlines()[1:]) == (0, [b"call,2026-03-01T10:00:00Z,,1,1"])


def test_the_folder_is_private_and_goes(tmp_path: Path) -> None:
    code = "from callstats_cli.process import private_folder\nprint(private_folder())\ninput()"
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert running.stdout is not None
    folder = Path(running.stdout.readline().strip())
    assert (folder.parent, stat.S_IMODE(folder.stat().st_mode)) == (tmp_path, 0o700)
    running.communicate("\n")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_used_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file"))
    monkeypatch.setenv("TEMP", str(tmp_path))
    monkeypatch.setattr(process, "_folder", None)
    folder = process.private_folder()
    assert Path(folder).parent == tmp_path
    process.remove(folder)
    assert files_in(tmp_path) == ["file"]


@pytest.mark.parametrize("there", ["nothing", "a file", "a folder", "a link"])
def test_the_engine_spills_into_the_private_folder(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    victim = tmp_path / "victim"
    for folder in (here, victim):
        folder.mkdir()
    match there:
        case "a file":
            (here / ".tmp").write_text("mine")
        case "a folder":
            (here / ".tmp").mkdir()
        case "a link":
            (here / ".tmp").symlink_to(victim)
    before = files_in(here)
    monkeypatch.chdir(here)
    engine = DuckDBEngine(memory_limit="60MB", threads=1)
    engine.open([])
    sql = "create temp table t as select range as n, hash(range)::varchar as h from range(3_000_000)"
    engine.run(Statement(sql))
    spilled = list(Path(process.private_folder()).glob("spill-*/*"))
    assert spilled
    ((count,),) = engine.run(Statement("select count(distinct h) from t"))
    assert (count, files_in(here), files_in(victim)) == (3_000_000, before, [])


def test_too_little_memory_says_so(run_cli: CommandLine, log: Path) -> None:
    for words in ([], ["--skip-bad-files"], ["--json"]):
        done = run_cli("query", log, "--memory-limit", "1MB", *words)
        assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "out of memory: " in done.stderr
        assert "--memory-limit allows more, fewer --threads need less" in done.stderr


LOG = '{"started_at": "2026-03-01T10:00:00Z", "model": "m", "input_tokens": 1}\n'
