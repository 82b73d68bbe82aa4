"""Measures whole processes: callstats, and scripts written by hand for the same questions; for other
formats than Weave's, a script that only counts the file's lines.

Every contestant is run once to see that all give the same answer, then `--runs` times in turn. The
times are medians; the ratio is the median of the runs' ratios, so that what disturbs the machine
disturbs both sides. Memory is the largest peak of a process. Embedded ClickHouse takes part where
the package `chdb` is installed. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from importlib.metadata import version
from itertools import starmap
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from generate import data_in, with_sizes

HERE = Path(__file__).parent
FLAT = (
    "-g", "1h",
    "--usage", "input_tokens:sum,avg,min,max,p50,p95,p99",
    "--calls", "latency_ms:sum,avg,min,max,p50,p95,p99",
    "--dedupe", "never", "--usage-scope", "recorded",
)  # fmt: skip
WEAVE = (
    "-g", "1d",
    "--usage", "input_tokens", "--usage", "output_tokens", "--usage", "cache_read_input_tokens",
    "--calls", "error_count", "--calls", "latency_ms:avg,p50,p95",
)  # fmt: skip


COUNT = "count_objects.py"


class Case(NamedTuple):
    """One question about one file, and the script to compare with."""

    name: str
    path: Path
    flags: tuple[str, ...]
    script: str

    @property
    def only_counts(self) -> bool:
        """Does the script count the file's lines, instead of answering the question?"""
        return self.script == COUNT


class Run(NamedTuple):
    """What one process took, and what it printed."""

    seconds: float
    megabytes: float
    output: bytes


def run(command: list[str]) -> Run:
    """Runs a command to its end; exits where it fails."""
    with tempfile.TemporaryFile() as printed:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed)  # noqa: S603 - our own commands
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
        printed.seek(0)
        output = printed.read()
    per_megabyte = 1_000_000 if sys.platform == "darwin" else 1_000_000 / 1_024
    return Run(seconds, used.ru_maxrss / per_megabyte, output)


def commands_of(case: Case, *, with_chdb: bool) -> dict[str, list[str]]:
    """Contestant → the command that answers the case."""
    path = str(case.path)
    query = [sys.executable, "-m", "callstats_cli", "query", path, *case.flags, "--json", "--quiet"]
    script = [sys.executable, str(HERE / case.script), path]
    if case.only_counts:
        return {"callstats": query, "bare count": script}
    commands = {"callstats": query, "by hand": script}
    if with_chdb:
        commands["chdb"] = [sys.executable, str(HERE / "hand_chdb.py"), path]
    return commands


def rows_of(contestant: str, output: bytes) -> list[list[Any]]:
    """An answer's rows that are not empty, flat and in one form, whoever gave it."""
    document = json.loads(output)
    if contestant != "callstats":
        return [flat(row) for family in document for row in family]
    return [
        [microseconds(row["timestamp"]), *([row["model"]] if "model" in row else []), row["count"]]
        + [value for name, value in row.items() if name not in ("timestamp", "model", "count")]
        for row in (*document["usage_buckets"], *document["call_buckets"])
        if row["count"]
    ]


def flat(row: list[Any]) -> list[Any]:
    """A row with its lists of percentiles spread out."""
    return [item for value in row for item in (value if isinstance(value, list) else [value])]


def microseconds(timestamp: str) -> int:
    """An instant of a JSON answer, since 1970."""
    return round(datetime.fromisoformat(timestamp).timestamp()) * 1_000_000


def check_same(case: Case, answers: dict[str, list[list[Any]]]) -> None:
    """Exits where two contestants disagree: their times would mean nothing."""
    expected = answers["callstats"]
    for contestant, rows in answers.items():
        if len(rows) != len(expected) or not all(starmap(is_same, zip(rows, expected, strict=True))):
            sys.exit(f"{case.name}: callstats and {contestant} give different answers")


def is_same(row: list[Any], expected: list[Any]) -> bool:
    """Are two rows equal, floats to nine digits?"""
    return len(row) == len(expected) and all(
        math.isclose(one, other, rel_tol=1e-9)
        if isinstance(one, float) and isinstance(other, int | float)
        else one == other
        for one, other in zip(row, expected, strict=True)
    )


def measure(case: Case, runs: int, *, with_chdb: bool) -> list[str]:
    """The cells of one row of the table."""
    commands = commands_of(case, with_chdb=with_chdb)
    printed = {name: run(command).output for name, command in commands.items()}
    if not case.only_counts:
        check_same(case, {name: rows_of(name, output) for name, output in printed.items()})
    taken: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(run(command))
    cells = [case.name, f"{case.path.stat().st_size / 1_000_000:,.1f} MB"]
    for name, results in taken.items():
        seconds = median(result.seconds for result in results)
        cells += [f"{seconds:.2f} s", f"{max(result.megabytes for result in results):,.0f} MB"]
        if name != "callstats":
            ratios = [
                ours.seconds / theirs.seconds
                for ours, theirs in zip(taken["callstats"], results, strict=True)
            ]
            cells.append(f"{median(ratios):.2f}")
    return cells


def header(*contestants: str) -> list[str]:
    """The first two lines of a table, whose columns after those of callstats are these."""
    names = ["log", "size", "callstats", "peak", *contestants]
    return [row(names), f"|---|{'---:|' * (len(names) - 1)}"]


def row(cells: list[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def make_data(folder: Path, calls: int, lines: int) -> None:
    """Generates the logs in another process: no peak that is measured is below that of this one."""
    sizes = ["--folder", str(folder), "--calls", str(calls), "--lines", str(lines)]
    command = [sys.executable, str(HERE / "generate.py"), *sizes]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own script


def main() -> None:
    """Measures all cases and prints the table."""
    parser = with_sizes(argparse.ArgumentParser(description=__doc__))
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each")
    options = parser.parse_args()
    make_data(options.folder, options.calls, options.lines)
    data = data_in(options.folder, options.calls, options.lines)
    with_chdb = importlib.util.find_spec("chdb") is not None
    cases = (
        Case(f"{options.calls:,} flat calls, Parquet", data.flat, FLAT, "hand_parquet.py"),
        Case(f"{options.lines:,} Weave calls, JSON Lines", data.weave, WEAVE, "hand_jsonl.py"),
        Case("no call, Parquet", data.empty, FLAT, "hand_parquet.py"),
        Case("10 Weave calls, JSON Lines", data.ten, WEAVE, "hand_jsonl.py"),
    )
    formats = [Case(f"`{name}`, JSON Lines", path, WEAVE, COUNT) for name, path in data.formats.items()]
    chdb = ["chdb", "peak", "ratio"] if with_chdb else []
    packages = ["callstats-cli", "duckdb", *(["chdb"] if with_chdb else [])]
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    lines = [
        f"{versions}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"medians of {options.runs} runs.",
        "",
        *header("by hand", "peak", "ratio", *chdb),
        *(row(measure(case, options.runs, with_chdb=with_chdb)) for case in cases),
        "",
        *header("bare count", "peak", "ratio"),
        *(row(measure(case, options.runs, with_chdb=False)) for case in formats),
    ]
    print("\n".join(lines))  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
