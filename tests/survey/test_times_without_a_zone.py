"""Times that name no zone, and times that count from the start of a trace, are said (spec 5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from log_files import call, write_lines
from own_rows import STORAGES, store, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

COUNT = ("--calls", "call_count", "--calls", "latency_ms:max", "-g", "total")


def zoneless(*names: str) -> str:
    """The line that names columns without a zone."""
    return (
        f"callstats: times without a zone in {' and '.join(map(repr, names))} are read as UTC; "
        "--log-timezone names another zone, or UTC to leave this out\n"
    )


def near_zero(name: str) -> str:
    """The line that names a column of times near 0."""
    return (
        f"callstats: times in {name!r} lie in 1970: where they count from the start of a trace, "
        "--time-origin says when that was\n"
    )


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("2026-05-02 07:30:00", True),
        ("2026-05-02T07:30:00.125", True),
        ("2026-05-02", True),
        ("20260502T073000", True),
        ("2026-05-02T07:30:00Z", False),
        ("2026-05-02T07:30:00.125+02:00", False),
        ("20260502T073000+0200", False),
        ("2026-05-02 07:30:00-07", False),
        ("1777707000", False),
    ],
)
def test_texts(text: str, is_said: bool, storage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = store(storage, tmp_path, [{"created_at": text, "input_tokens": 1}])
    for asked in (COUNT, ("--usage", "input_tokens", "-g", "total")):
        assert run_cli.query(log, *asked).stderr == (zoneless("created_at") if is_said else "")
    for zone in ("UTC", "Asia/Tokyo"):
        assert run_cli.query(log, *COUNT, "--log-timezone", zone).stderr == ""


def test_the_first_times_may_name_one(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [{"ts": "2026-05-02T07:30:00Z"}] * 400 + [{"ts": "2026-05-02 08:00:00"}]
    for storage in ("json_lines", "csv", "parquet"):
        assert run_cli.query(store(storage, tmp_path, rows), *COUNT).stderr == zoneless("ts")


def test_ends_are_named_too(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [
        {"start": "2026-05-02 07:30:00", "end": "2026-05-02 07:30:02"},
        {"start": "2026-05-02T07:30:00Z", "end": "2026-05-02 07:30:03"},
    ]
    done = run_cli.query(write_csv(tmp_path / "a.csv", rows), *COUNT)
    assert (done.calls[0]["max_latency_ms"], done.stderr) == (3000.0, zoneless("start", "end"))
    stored = [{name: datetime.fromisoformat(text) for name, text in row.items()} for row in rows[:1]]
    pq.write_table(pa.Table.from_pylist(stored), tmp_path / "a.parquet")
    done = run_cli.query(tmp_path / "a.parquet", *COUNT)
    assert (done.calls[0]["max_latency_ms"], done.stderr) == (2000.0, zoneless("start", "end"))


@pytest.mark.parametrize("name", ["timestamp_utc", "datetime_utc", "usage_date_utc", "TimestampUTC"])
def test_a_name_may_say_the_zone(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    for storage in ("json_lines", "csv", "parquet"):
        log = store(storage, tmp_path, [{name: "2026-05-02 07:30:00"}])
        done = run_cli.query(log, *COUNT)
        assert (done.answer["start"], done.stderr) == ("2026-05-02T07:30:00Z", "")
    pq.write_table(pa.table({name: [datetime(2026, 5, 2, 7, 30)]}), tmp_path / "b.parquet")
    assert run_cli.query(tmp_path / "b.parquet", *COUNT).stderr == ""


def test_known_formats_write_utc(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a", "2026-05-02 07:30:00", usage={})])
    assert run_cli.query(log, *COUNT).stderr == ""


def test_inspect_says_it(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_csv(tmp_path / "a.csv", [{"gmt_create": "2026-05-02 07:30:00", "in_tokens": 4}])
    assert run_cli("inspect", log).stderr == zoneless("gmt_create")
    assert run_cli("inspect", log, "--log-timezone", "UTC").stderr == ""


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("values", "is_said"),
    [
        ([0, 4.25, 9], True),
        ([0, 40, 86_399], True),
        (["0", "12.5"], True),
        ([0], True),
        ([5, 1_777_707_000], False),
        ([31_536_000], False),
    ],
)
def test_times_near_zero(
    values: list[Any], is_said: bool, storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    rows = [{"time": value, "input_tokens": 2} for value in values]
    log = store(storage, tmp_path, rows)
    done = run_cli.query(log, *COUNT)
    assert done.counted == len(values)
    assert done.stderr == near_zero("time") if is_said else "lie in 1970" not in done.stderr
    done = run_cli.query(log, *COUNT, "--time-origin", "2025-05-01")
    assert done.counted == len(values)
    assert "lie in 1970" not in done.stderr


def test_dates_of_1970_are_dates(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_csv(tmp_path / "a.csv", [{"time": "1970-01-01T00:00:05Z"}])
    assert run_cli.query(log, *COUNT).stderr == ""
