"""Fixtures: the command line in this process or in one of its own, under a fixed environment."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from callstats_cli.cli import run

if TYPE_CHECKING:
    from pathlib import Path

# A zone that no test asks for, half an hour off and with clock changes: it must never show.
os.environ["TZ"] = "America/St_Johns"
time.tzset()

# The same examples in every run: what fails must fail again.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON object on stdout; fails, showing stderr, where the run did not answer."""
        assert self.code == 0, self.stderr
        answer: dict[str, Any] = json.loads(self.stdout)
        return answer

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The rows of `call_buckets`."""
        rows: list[dict[str, Any]] = self.answer["call_buckets"]
        return rows

    @property
    def usage(self) -> list[dict[str, Any]]:
        """The rows of `usage_buckets`."""
        rows: list[dict[str, Any]] = self.answer["usage_buckets"]
        return rows

    @property
    def meta(self) -> dict[str, Any]:
        """The `meta` object."""
        meta: dict[str, Any] = self.answer["meta"]
        return meta

    @property
    def quality(self) -> dict[str, int]:
        """What `meta` counts as odd; zeros left out."""
        return {kind: count for kind, count in self.meta["quality"].items() if count}

    @property
    def counted(self) -> int:
        """How many calls the answer is about."""
        return sum(row["count"] for row in self.calls)

    def error(self, code: int) -> str:
        """The one line of a run that failed with `code`, without its beginning."""
        assert (self.code, self.stdout) == (code, "")
        beginning = "callstats: error: "
        assert self.stderr.startswith(beginning), self.stderr
        assert self.stderr.count("\n") == 1, self.stderr
        return self.stderr.removeprefix(beginning).removesuffix("\n")


class CommandLine:
    """Runs `callstats`; called, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._folder = folder

    def __call__(self, *words: object, stdin: bytes = b"", now: str | None = None) -> Outcome:
        """Runs a command line in this process; `now` is the instant that it takes for now."""
        streams = [io.TextIOWrapper(io.BytesIO(content), "utf-8") for content in (stdin, b"", b"")]
        with self._monkeypatch.context() as patch:
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            if now is not None:
                nanoseconds = round(datetime.fromisoformat(now).timestamp()) * 1_000_000_000
                patch.setattr(time, "time_ns", lambda: nanoseconds)
            code = run([str(word) for word in words])
        return Outcome(code, *(_written(stream) for stream in streams[1:]))

    def query(self, *words: object, stdin: bytes = b"", now: str | None = None) -> Outcome:
        """Runs `callstats query … --json`."""
        return self("query", *words, "--json", stdin=stdin, now=now)

    def separately(self, *words: object, stdin: bytes = b"", **environment: str) -> Outcome:
        """Runs a command line in a process of its own."""
        done = subprocess.run(
            self.command(*words),
            input=stdin,
            capture_output=True,
            env=os.environ | environment,
            cwd=self._folder,
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    @staticmethod
    def command(*words: object) -> list[str]:
        """The words that start `callstats` as a process."""
        return [sys.executable, "-m", "callstats_cli", *(str(word) for word in words)]


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content = stream.detach()
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode()


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what is kept between runs goes; one for all tests, so that it is of use."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def fixed_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache_folder: Path) -> None:
    """No setting of this machine reaches a test."""
    for name in list(os.environ):
        if name.startswith("CALLSTATS_") or name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))


@pytest.fixture
def run_cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    """The command line."""
    return CommandLine(monkeypatch, tmp_path)


@pytest.fixture
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The `LOG` of the test's file, written down."""
    path = tmp_path / "log.jsonl"
    path.write_text(request.module.LOG, encoding="utf-8")
    return path
