"""`callstats_cli.query`: the numbers of the command line, as Arrow tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import callstats_cli
from callstats_cli.errors import RequestError, SourceError

if TYPE_CHECKING:
    from conftest import CommandLine

LOG = Path(__file__).resolve().parents[2] / "sample_data" / "calls.jsonl"


def test_its_numbers_are_those_of_the_command_line(run_cli: CommandLine) -> None:
    answer = callstats_cli.query(str(LOG), granularity="1d", timezone="Europe/Berlin")
    printed = run_cli.query(LOG, "-g", "1d", "-z", "Europe/Berlin")
    for table, rows in ((answer.usage, printed.usage), (answer.calls, printed.calls)):
        found = table.to_pylist()
        texts = [row["timestamp"] for row in rows]
        assert [row.pop("timestamp").isoformat() for row in found] == [
            text.replace("Z", "+00:00") for text in texts
        ]
        assert found == [{name: row[name] for name in row if name != "timestamp"} for row in rows]
    assert answer.meta["matched_calls"] == printed.counted
    assert list(answer.notes) == [
        line.removeprefix("callstats: ") for line in printed.stderr.splitlines()
    ]


def test_a_request_body_and_its_fields_as_keywords() -> None:
    body = {"usage_metrics": [{"metric": "total_tokens"}], "granularity": 86400}
    whole = callstats_cli.query([str(LOG)], body)
    total = callstats_cli.query([str(LOG)], body, granularity="total", usage_scope="recorded")
    assert whole.calls.num_columns == 2
    assert total.usage.num_rows == total.totals.num_rows
    assert total.meta["usage_scope"]["used"] == "recorded"
    sums = {row["model"]: row["sum_total_tokens"] for row in whole.totals.to_pylist()}
    by_day: dict[str | None, int] = {}
    for row in whole.usage.to_pylist():
        by_day[row["model"]] = by_day.get(row["model"], 0) + row["sum_total_tokens"]
    assert by_day == sums


def test_two_questions_at_once_do_not_disturb_each_other() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(zone: str) -> list[object]:
        rows: list[object] = callstats_cli.query(
            str(LOG), granularity="1d", timezone=zone
        ).calls.to_pylist()
        return rows

    zones = ["UTC", "Asia/Kolkata", "America/New_York"]
    alone = [ask(zone) for zone in zones]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(ask, zones)) == alone


def test_errors_are_types() -> None:
    with pytest.raises(RequestError, match="unknown metric 'tokens'"):
        callstats_cli.query(str(LOG), usage_metrics=[{"metric": "tokens"}])
    with pytest.raises(RequestError, match="end is before start"):
        callstats_cli.query(str(LOG), start="2026-03-02T00:00:00Z", end="2026-03-01T00:00:00Z")
    with pytest.raises(SourceError, match="no-such-log"):
        callstats_cli.query("no-such-log.jsonl")
