"""What is measured: one row for each question, what it is measured against, and its limits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from limits import Limit, plus, times

if TYPE_CHECKING:
    from generate import Data, Sizes

CONTESTANTS = Path(__file__).parent / "contestants"
DAYS = ("-g", "1d")
HOUR = (*DAYS, "-s", "2026-01-02T10:00", "-u", "2026-01-02T11:00")
IN_3_GB = (*DAYS, "--memory-limit", "3GB")
WITHOUT_COSTS = (
    *DAYS,
    *("--usage", "input_tokens", "--usage", "output_tokens"),
    *("--usage", "cache_read_input_tokens", "--usage", "cache_creation_input_tokens"),
    *("--calls", "call_count", "--calls", "error_count", "--calls", "latency_ms:avg,p50,p95"),
)
"""The default question but for its costs."""


class Side(NamedTuple):
    """A command, and what the table calls it."""

    name: str
    command: list[str]


class Case(NamedTuple):
    """One row: a command of callstats, what it is measured against, the limits, and what of both
    answers must agree."""

    name: str
    command: list[str]
    against: Side
    limits: tuple[Limit, ...]
    agreement: Literal["all", "totals", "common columns", "nothing"] = "all"


def callstats(log: Path, *flags: str) -> list[str]:
    """The command as people type it."""
    return [sys.executable, "-m", "callstats_cli", "query", str(log), *(flags or DAYS)]


def script(name: str, *words: str | Path) -> list[str]:
    """The command that runs a script of `contestants/`."""
    return [sys.executable, str(CONTESTANTS / f"{name}.py"), *map(str, words)]


def by_hand(log: str, path: Path, *flags: str) -> Side:
    """The statements that somebody wrote for this log."""
    return Side("by hand", script("by_hand", log, path, *flags))


def clickhouse(log: str, path: Path) -> Side:
    """The same in embedded ClickHouse."""
    return Side("ClickHouse", script("clickhouse", log, path))


def count(files: Path) -> Side:
    """DuckDB counts the objects of files."""
    return Side("bare count", script("count_objects", files))


def cases_of(data: Data, sizes: Sizes) -> list[Case]:
    """All rows, in the order of the table."""
    flat = callstats(data.flat)
    days = Side("UTC days", flat)
    in_order = Side("the log in order", flat)
    imports = [sys.executable, "-c", "import duckdb, typer, pydantic"]
    per_file = 0.15 / 1_000
    faster = times(cpu=1, wall=1)
    return [
        Case("flat calls", flat, by_hand("flat", data.flat), times(cpu=1.3, wall=1.3, memory=1.3)),
        Case("flat calls", flat, clickhouse("flat", data.flat), faster),
        Case(
            "in New York", [*flat, "-z", "America/New_York"], days, times(cpu=1.1, wall=1.1), "totals"
        ),
        Case(
            "by the month", callstats(data.flat, "-g", "1mo"), days, times(cpu=1.1, wall=1.1), "totals"
        ),
        Case("in total", callstats(data.flat, "-g", "total"), days, times(cpu=1.1, wall=1.1), "totals"),
        Case(
            "as JSON",
            [*flat, "--json"],
            by_hand("flat", data.flat, "--json"),
            times(cpu=1.25, wall=1.25),
        ),
        Case("not sorted by start", callstats(data.unsorted), in_order, times(cpu=2)),
        Case("ids repeat", callstats(data.repeated), in_order, times(cpu=2)),
        Case("no ids", callstats(data.without_ids), in_order, times(cpu=2)),
        Case(
            "with prices",
            flat,
            Side("without prices", callstats(data.flat, *WITHOUT_COSTS)),
            times(cpu=1.25, wall=1.25),
            "common columns",
        ),
        Case(
            "one hour",
            callstats(data.flat, *HOUR),
            Side("an empty file", callstats(data.empty, *HOUR)),
            plus(cpu=0.05, wall=0.05),
            "nothing",
        ),
        Case(
            "ten times the calls",
            callstats(data.ten_times, *IN_3_GB),
            Side("flat calls", callstats(data.flat, *IN_3_GB)),
            (*times(cpu=11, wall=11), Limit("memory", "peak", 4_000)),
            "nothing",
        ),
        Case(
            "Weave, JSON Lines",
            callstats(data.weave),
            by_hand("weave_lines", data.weave),
            times(cpu=1.5, memory=1.5),
        ),
        Case("Weave, JSON Lines", callstats(data.weave), clickhouse("weave_lines", data.weave), faster),
        *(
            Case(
                f"Weave, Parquet with {kind}",
                callstats(path),
                by_hand(f"weave_{kind.split()[-1].lower()}", path),
                times(cpu=1.5, wall=1.5),
            )
            for kind, path in (
                ("JSON text", data.weave_text),
                ("MAP", data.weave_map),
                ("STRUCT", data.weave_struct),
            )
        ),
        *(
            Case(f"`{name}`", callstats(log), count(files), times(cpu=2.5, wall=2.5), "nothing")
            for name, log, files in (
                ("otel", data.otel, data.otel),
                ("claude-code", data.claude_code, data.claude_code),
                ("litellm", data.litellm, data.litellm),
                ("codex", data.codex, data.codex / "*.jsonl"),
            )
        ),
        Case(
            "many small files",
            callstats(data.many_files),
            Side("one file", callstats(data.one_file)),
            (*plus(cpu=round(sizes.files * per_file, 2)), *times(memory=1.3)),
        ),
        Case("12 lines", callstats(data.twelve), Side("imports", imports), times(cpu=1.6), "nothing"),
    ]
