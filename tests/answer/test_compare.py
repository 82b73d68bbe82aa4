"""`callstats compare`: both sides, their difference, and saved answers."""

from __future__ import annotations

import os
import pty
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from log_files import write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

LOG = """\
{"started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-03-01T10:00:01Z", "model": "a", "input_tokens": 10}
{"started_at": "2026-03-01T11:00:00Z", "ended_at": "2026-03-01T11:00:03Z", "model": "gone", "input_tokens": 5}
{"started_at": "2026-03-02T10:00:00Z", "ended_at": "2026-03-02T10:00:03Z", "model": "a", "input_tokens": 15}
{"started_at": "2026-03-02T11:00:00Z", "error": "boom"}
"""
DAY = ["-s", "2026-03-02", "-u", "2026-03-03T00:00"]
ASKED = ["--usage", "input_tokens:sum,avg", "--calls", "error_count", "--calls", "latency_ms:p50"]


def change(
    metric: str, old: float | None, new: float | None, percent: float | None, calls: tuple[int, int],
    **model: str,
) -> dict[str, Any]:  # fmt: skip
    difference = None if old is None or new is None else new - old
    return {
        "metric": metric, **model, "old": old, "new": new, "difference": difference,
        "percent": percent, "old_calls": calls[0], "new_calls": calls[1],
    }  # fmt: skip


def test_the_range_before(run_cli: CommandLine, log: Path) -> None:
    assert run_cli("compare", log, *DAY, *ASKED, "--json").answer == {
        "new": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z", "baseline": None},
        "old": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z", "baseline": None},
        "timezone": "UTC",
        "usage": [
            change("sum_input_tokens", 10, 15, 50.0, (1, 1), model="a"),
            change("sum_input_tokens", 5, 0, -100.0, (1, 0), model="gone"),
            change("avg_input_tokens", 10.0, 15.0, 50.0, (1, 1), model="a"),
            change("avg_input_tokens", 5.0, None, None, (1, 0), model="gone"),
        ],
        "usage_of_all_models": [
            change("sum_input_tokens", 15, 15, 0.0, (2, 1)),
            change("avg_input_tokens", 7.5, 15.0, 100.0, (2, 1)),
        ],
        "calls": [
            change("sum_error_count", 0, 1, None, (2, 2)),
            change("p50_latency_ms", 2000.0, 3000.0, 50.0, (2, 2)),
        ],
    }


def test_as_a_table_and_as_markdown(run_cli: CommandLine, log: Path) -> None:
    words = ["compare", log, *DAY, "--usage", "input_tokens", "--calls", "latency_ms:p50"]
    assert run_cli(*words).stdout == (
        "New: 2026-03-02 00:00 to 2026-03-03 00:00 · old: 2026-03-01 00:00 to 2026-03-02 00:00 · UTC\n"
        "metric          model          old   new  difference  percent  old calls  new calls\n"
        "input           a               10    15           5   +50.0%          1          1\n"
        "input           gone             5     0          -5  -100.0%          1          0\n"
        "input           (all models)    15    15           0    +0.0%          2          1\n"
        "latency p50 ms                2000  3000        1000   +50.0%          2          2\n"
    )
    assert run_cli(*words, "-f", "markdown").stdout.splitlines()[4:] == [
        "| metric | model | old | new | difference | percent | old calls | new calls |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| input | a | 10 | 15 | 5 | +50.0% | 1 | 1 |",
        "| input | gone | 5 | 0 | -5 | -100.0% | 1 | 0 |",
        "| input | (all models) | 15 | 15 | 0 | +0.0% | 2 | 1 |",
        "| latency p50 ms |  | 2,000 | 3,000 | 1,000 | +50.0% | 2 | 2 |",
    ]


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        (["--with", "2026-03-01T10:30..2026-03-01T12:00"], "2026-03-01T10:30:00Z", "2026-03-01T12:00:00Z"),
        (["--with", "2026-03-01T11:00"], "2026-03-01T11:00:00Z", "2026-03-02T11:00:00Z"),
        (["-z", "Europe/Berlin", "--with", "2026-03-01"], "2026-02-28T23:00:00Z", "2026-03-01T23:00:00Z"),
    ],
)  # fmt: skip
def test_with_another_range(
    words: list[str], start: str, end: str, run_cli: CommandLine, log: Path
) -> None:
    answer = run_cli("compare", log, *DAY, *words, "--calls", "call_count", "--json").answer
    assert answer["old"] == {"start": start, "end": end, "baseline": None}


def test_days_before_are_days_when_the_clocks_change(run_cli: CommandLine, log: Path) -> None:
    words = ["-z", "America/New_York", "-s", "2026-03-08", "-u", "2026-03-10", "--json"]
    answer = run_cli("compare", log, *words, "-q", "--calls", "call_count").answer
    assert answer["new"]["start"] == "2026-03-08T05:00:00Z"
    assert answer["new"]["end"] == "2026-03-10T04:00:00Z"
    assert answer["old"]["start"] == "2026-03-06T05:00:00Z"


def test_with_a_saved_answer(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    one_day = ["-s", "2026-03-01", "-u", "2026-03-02T00:00"]
    run_cli("query", log, *one_day, *ASKED, "-g", "total", "-o", saved)
    of_range = run_cli("compare", log, *DAY, *ASKED, "--json").answer
    of_file = run_cli("compare", log, *DAY, *ASKED, "--json", "--baseline", saved).answer
    assert of_file["old"] == of_range["old"] | {"baseline": str(saved)}
    assert (of_file["usage"], of_file["calls"]) == (of_range["usage"], of_range["calls"])
    assert of_file["usage_of_all_models"] == [
        change("sum_input_tokens", 15, 15, 0.0, (2, 1)),
        change("avg_input_tokens", None, 15.0, None, (2, 1)),
    ]


def test_a_saved_answer_in_buckets_has_sums_but_no_averages(
    run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    asked = ["--calls", "latency_ms:sum,avg,min,max,count,p50"]
    run_cli("query", log, *asked, "-g", "1h", "-o", saved)
    answer = run_cli("compare", log, *asked, "--json", "--baseline", saved).answer
    assert [(row["metric"], row["old"]) for row in answer["calls"]] == [
        ("sum_latency_ms", 7000.0), ("avg_latency_ms", None), ("min_latency_ms", 1000.0),
        ("max_latency_ms", 3000.0), ("count_latency_ms", 3), ("p50_latency_ms", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the baseline 'saved.json': No such file or directory"),
        ("{", "the baseline 'saved.json' is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1); "),
        ('{"start": 5, "end": "", "usage_buckets": [], "call_buckets": []}', "the baseline 'saved.json' is no saved answer; "),
        ('{"start": "2026-03-01", "end": "2026-03-02", "usage_buckets": [], "call_buckets": [{"count": 1, "x": NaN}]}', "the baseline 'saved.json' is no saved answer; "),
        ('{"start": "2026-03-01", "end": "2026-03-02", "usage_buckets": [], "call_buckets": [{"count": 1, "x": 1e999}]}', "the baseline 'saved.json' is no saved answer; "),
        ("[]", "the baseline 'saved.json' is no saved answer; "),
        ('{"start": "2026-03-01", "end": "2026-03-02", "usage_buckets": []}', "the baseline 'saved.json' is no saved answer; "),
        ('{"start": "2026-03-01", "end": "2026-03-02", "usage_buckets": [{}], "call_buckets": []}', "the baseline 'saved.json' is no saved answer; "),
        ('{"start": "2026-03-01", "end": "2026-03-02", "usage_buckets": [5], "call_buckets": []}', "the baseline 'saved.json' is no saved answer; "),
    ],
)  # fmt: skip
def test_a_baseline_that_is_none(
    content: str | None, message: str, run_cli: CommandLine, log: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "saved.json").write_text(content)
    how = "save one with callstats query … -g total --json -o FILE" if content is not None else ""
    assert run_cli("compare", log, "--baseline", "saved.json").error(2) == message + how


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing lies before the whole log; give --last or --start, or what to compare with: --with or --baseline"),
        ([*DAY, "--with", "x", "--baseline", "y"], "--with and --baseline both say what to compare with"),
        ([*DAY, "-g", "1h"], "compare is about whole ranges: --granularity has no place in it"),
        ([*DAY, "--with", "2026-03-02..2026-03-01"], "--with: end is before start; the range is START..END"),
        ([*DAY, "-f", "csv"], "unknown format 'csv'; known: table, json, markdown"),
        ([*DAY, "-o", "x.csv"], "--output: no format goes with the ending '.csv'; end the name in one of .txt .json .md, or give --format"),
        (["-s", "1900-01-01", "-u", "2000-01-01T00:00"], "the range before this one begins too early; give --with START..END"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared(
    words: list[str], message: str, run_cli: CommandLine, log: Path
) -> None:
    assert run_cli("compare", log, *words).error(2) == message


def test_stdin_is_read_once_for_both_sides(run_cli: CommandLine) -> None:
    done = run_cli("compare", "-", *DAY, "--calls", "call_count", "--json", stdin=LOG.encode())
    assert done.answer["calls"] == [change("sum_call_count", 2, 2, 0.0, (2, 2))]


def test_columns_that_a_narrow_terminal_lacks_room_for_are_named(
    run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    main, terminal = pty.openpty()
    words = run_cli.command("compare", log, *DAY, "--usage", "input_tokens", "--no-color")
    environment = os.environ | {"COLUMNS": "66"}
    done = subprocess.run(words, stdout=terminal, env=environment, cwd=tmp_path, timeout=60)
    os.close(terminal)
    written = os.read(main, 10_000).decode().splitlines()
    os.close(main)
    assert done.returncode == 0
    assert written[1:] == [
        "old: 2026-03-01 00:00 to 2026-03-02 00:00 · UTC",
        "metric  model         old  new  difference  percent  new calls",
        "input   a              10   15           5   +50.0%          1",
        "input   gone            5    0          -5  -100.0%          0",
        "input   (all models)   15   15           0    +0.0%          1",
        "Not shown: old calls; a wider terminal or --json shows them",
    ]


def test_an_encoding_without_dots_gets_dashes(run_cli: CommandLine, log: Path) -> None:
    words = ["-s", "2026-03-02", "-u", "2026-03-03T00:00", "--calls", "error_count"]
    done = run_cli.separately("compare", log, *words, PYTHONIOENCODING="ascii")
    assert done.stdout == (
        "New: 2026-03-02 00:00 to 2026-03-03 00:00 - old: 2026-03-01 00:00 to 2026-03-02 00:00 - UTC\n"
        "metric  old  new  difference  percent  old calls  new calls\n"
        "errors    0    1           1        -          2          2\n"
    )
    done = run_cli.separately("check", log, "--fail-if", "error_rate > 50%", PYTHONIOENCODING="ascii")
    assert done.stdout.splitlines()[0] == "Checked 2026-03-01 10:00:00 to 2026-03-02 11:00:01 - UTC"


# Where the log begins

DAYS = ["01", "02", "03", "04", "05", "06"]


def days(folder: Path, kind: str) -> Path:
    """A log of a call a day from 2 March on, of another project a day earlier."""
    rows = [
        {
            "started_at": f"2026-03-{day}T08:00:00Z", "project_id": "other" if day == "01" else "mine",
            "model": "gpt-4o", "input_tokens": 1000,
        }
        for day in DAYS
    ]  # fmt: skip
    if kind == "partitions":
        for row in rows:
            write_lines(folder / "lake" / f"date={row['started_at'][:10]}" / "a.jsonl", [row])  # type: ignore[index]
        return folder / "lake"
    if kind == "parquet":
        starts = [datetime.fromisoformat(str(row["started_at"])) for row in rows]
        table = pa.Table.from_pylist(
            [row | {"started_at": at} for row, at in zip(rows, starts, strict=True)]
        )
        pq.write_table(table, folder / "a.parquet")
        return folder / "a.parquet"
    return write_lines(folder / "a.jsonl", rows)


BEGINS = (
    "callstats: the log begins {} the range that this one is compared with: its first call is at {}\n"
)


@pytest.mark.parametrize("kind", ["lines", "parquet", "partitions"])
@pytest.mark.parametrize(
    ("words", "where", "first"),
    [
        (["-s", "2026-03-04", "-u", "2026-03-07T00:00"], "inside", "2026-03-01T08:00:00Z"),
        (["-s", "2026-03-03", "-u", "2026-03-05T00:00", "-p", "mine"], "inside", "2026-03-02T08:00:00Z"),
        (["-s", "2026-03-05", "--with", "2026-01-01..2026-02-01", "-u", "2026-03-06T00:00"], "after", "2026-03-01T08:00:00Z"),
        (["-s", "2026-03-05", "-u", "2026-03-06T00:00"], None, None),
        (["-s", "2026-03-04T00:00", "-u", "2026-03-06T00:00", "-p", "mine", "--with", "2026-03-02T08:00"], None, None),
    ],
)  # fmt: skip
def test_a_log_that_begins_after_the_older_range_is_said(
    kind: str, words: list[str], where: str | None, first: str | None, run_cli: CommandLine, tmp_path: Path
) -> None:  # fmt: skip
    log = days(tmp_path, kind)
    said = BEGINS.format(where, first) if where else ""
    if (kind, where) == ("partitions", "after"):
        said = said.replace(f": its first call is at {first}", "")  # those between were not read
    assert run_cli("compare", log, *words, "--usage", "input_tokens").stderr.endswith(said)
    assert ("log begins" in run_cli("compare", log, *words).stderr) == bool(where)
    if "--with" not in words:
        check = ["check", log, *words, "--fail-if", "delta(sum_input_tokens) > 900%"]
        assert run_cli(*check).stderr.endswith(said)


def test_earlier_partitions_that_are_not_read_are_known(run_cli: CommandLine, tmp_path: Path) -> None:
    log = days(tmp_path, "partitions")
    done = run_cli(
        "compare", log, "-s", "2026-03-06", "-u", "2026-03-06T12:00", "--calls", "call_count"
    )
    assert "log begins" not in done.stderr


def test_lower_bounds_are_marked(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [
        {"ts": f"2026-03-0{day}T08:00:00Z", "model": model, "prompt_tokens": 100_000}
        for day, model in (
            (1, "gpt-4o"),
            (1, "own"),
            (2, "gpt-4o"),
            (3, "gpt-4o"),
            (3, "own"),
            (3, "own"),
        )
    ]
    log = write_lines(tmp_path / "a.jsonl", rows)
    asked = ["--usage", "total_cost", "--usage", "input_tokens", "-q"]
    for first, old, new in ((2, 1, 0), (3, 0, 2)):
        words = ["-s", f"2026-03-0{first}", "-u", f"2026-03-0{first + 1}T00:00", *asked]
        whole = run_cli("compare", log, *words, "--json").answer["usage_of_all_models"]
        assert (whole[0]["old_unpriced_calls"], whole[0]["new_unpriced_calls"]) == (old, new)
        assert "old_unpriced_calls" not in whole[1]
        table = run_cli("compare", log, *words).stdout.splitlines()
        (row,) = (line.split() for line in table if line.startswith("cost $  (all models)"))
        assert row[4:6] == [f"{'≥' * bool(old)}0.25", f"{'≥' * bool(new)}0.25"]
    saved = tmp_path / "saved.json"
    run_cli(
        "query", log, "-g", "total", "-s", "2026-03-01", "-u", "2026-03-02T00:00", *asked, "-o", saved
    )
    words = ["-s", "2026-03-03", "-u", "2026-03-04T00:00", *asked, "--json"]
    (whole, _) = run_cli("compare", log, *words, "--baseline", saved).answer["usage_of_all_models"]
    assert whole["old_unpriced_calls"] is None
