"""Names by which columns of logs of one's own are recognised, and units in them (spec 5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import write_lines
from own_rows import STORAGES, store, write_csv, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

COUNTS = ("input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens")
ASKED = (*(word for name in COUNTS for word in ("--usage", name)), "-g", "total")
AT = "2026-06-03T12:00:00Z"


def counts(done: Outcome) -> list[float]:
    """Input, output, total, cache read of all models."""
    return [sum(row[f"sum_{name}"] for row in done.usage) for name in COUNTS]


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"in_tokens": 30, "out_tokens": 4, "tokens_used": 34}, [30, 4, 34, 0]),
        ({"promptTokenCount": 30, "candidatesTokenCount": 4, "totalTokenCount": 34}, [30, 4, 34, 0]),
        ({"promptTokenCount": 30, "cachedContentTokenCount": 10}, [30, 0, 30, 10]),
        ({"inputTokens": 30, "cachedInputTokens": 10, "outputTokens": 4}, [30, 4, 34, 10]),
        ({"Prompt Tokens": 30, "tokens_cached": 10}, [30, 0, 30, 10]),
        ({"input_tokens": 30, "cached_tokens": 10, "output_tokens": 4}, [30, 4, 34, 10]),
        ({"input_tokens": 30, "input_cached_tokens": 10}, [30, 0, 30, 10]),
    ],
)
def test_counts(
    row: dict[str, Any], expected: list[float], storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = store(storage, tmp_path, [{"ts": AT, "model": "m", **row}])
    assert counts(run_cli.query(log, *ASKED)) == expected


USAGES = [
    ({"usage": {"inputTokens": 30, "outputTokens": 4, "cachedInputTokens": 10}}, [30, 4, 34, 10]),
    ({"usage": {"prompt_tokens": 30, "completionTokens": 4}}, [30, 4, 34, 0]),
    (
        {"usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 4, "totalTokenCount": 34}},
        [30, 4, 34, 0],
    ),
    ({"usage": {"promptTokenCount": 30, "cachedContentTokenCount": 10}}, [30, 0, 30, 10]),
    ({"usage_metadata": {"input_tokens": 30, "output_tokens": 4}}, [30, 4, 34, 0]),
    (
        {"usage": {"promptTokens": 30, "promptTokensDetails": {"cachedTokens": 10}}},
        [30, 0, 30, 10],
    ),
]


@pytest.mark.parametrize("storage", ["json_lines", "json_array", "parquet"])
@pytest.mark.parametrize(("row", "expected"), USAGES)
def test_counts_in_objects(
    row: dict[str, Any], expected: list[float], storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = store(storage, tmp_path, [{"ts": AT, "model": "m", **row}])
    assert counts(run_cli.query(log, *ASKED)) == expected


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize(
    ("name", "usage", "expected"),
    [
        ("usage", {"prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34}, [30, 4, 34, 0]),
        ("usage", {"input_tokens": 30, "tokens_cached": 10}, [30, 0, 30, 10]),
        ("usageMetadata", {"promptTokenCount": 30, "cachedContentTokenCount": 10}, [30, 0, 30, 10]),
    ],
)
def test_counts_in_json_text(
    name: str,
    usage: dict[str, Any],
    expected: list[float],
    storage: str,
    run_cli: CommandLine,
    tmp_path: Path,
) -> None:
    rows = [{"ts": AT, "model": "m", name: json.dumps(usage)}]
    assert counts(run_cli.query(store(storage, tmp_path, rows), *ASKED)) == expected


def test_openais_names_for_cached_input_are_inside_it(run_cli: CommandLine, tmp_path: Path) -> None:
    # gpt-4o-mini at 2025 prices: 600 x 0.15 + 400 x 0.075 for a million; 1,000 x 0.15 where beside.
    for name, dollars in (("cached_tokens", 0.00012), ("cache_read_input_tokens", 0.00018)):
        row = {"ts": "2025-06-03T12:00:00Z", "model": "gpt-4o-mini", "input_tokens": 1000, name: 400}
        log = write_csv(tmp_path / "a.csv", [row])
        done = run_cli.query(log, "--usage", "input_cost", "-g", "total")
        assert done.usage[0]["sum_input_cost"] == pytest.approx(dollars, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", 2500), ("latency", 2500), ("elapsed", "2500"), ("Response Time", 2500.0),
        ("latency_ms", 2500), ("durationMs", 2500), ("latency_s", 2.5), ("elapsed_sec", "2.5"),
        ("elapsedSeconds", 2.5), ("response_time_seconds", 2.5), ("duration_us", 2_500_000),
        ("latency_ns", 2_500_000_000), ("duration_milliseconds", 2500),
    ],
)  # fmt: skip
@pytest.mark.parametrize("storage", ["json_lines", "csv", "parquet"])
def test_durations_in_the_unit_of_their_name(
    name: str, value: object, storage: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = store(storage, tmp_path, [{"ts": AT, name: value}])
    done = run_cli.query(log, "--calls", "latency_ms", "-g", "total")
    assert done.calls[0]["sum_latency_ms"] == 2500.0


def test_a_duration_that_names_its_unit_wins(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_csv(tmp_path / "a.csv", [{"ts": AT, "latency": 2, "latency_seconds": 2}])
    done = run_cli.query(log, "--calls", "latency_ms", "-g", "total")
    assert done.calls[0]["sum_latency_ms"] == 2000.0


def test_inspect_shows_the_unit(run_cli: CommandLine, tmp_path: Path) -> None:
    for name, unit in (("latency", "ms"), ("took_s", None), ("elapsed_s", "s")):
        log = write_csv(tmp_path / "a.csv", [{"ts": AT, name: 2}])
        (written,) = json.loads(run_cli("inspect", log, "--json").stdout)["formats"]
        assert written["units"] == ({} if unit is None else {"duration": unit})
        if unit is not None:
            assert f"duration = {name} in {unit}" in run_cli("inspect", log).stdout


@pytest.mark.parametrize("name", ["timestamp_utc", "datetime_utc", "usage_date_utc", "gmt_create"])
def test_names_of_starts(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [{name: "2026-06-03T12:00:00Z"}]
    for log in (write_csv(tmp_path / "a.csv", rows), write_lines(tmp_path / "a.jsonl", rows)):
        assert run_cli.query(log, "--calls", "call_count", "-g", "total").answer["start"] == AT


@pytest.mark.parametrize("name", ["estimated_cost_usd", "cost_total", "total_cost", "costUsd"])
def test_names_of_costs(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_csv(tmp_path / "a.csv", [{"ts": AT, "model": "m", "in_tokens": 1, name: 0.25}])
    done = run_cli.query(log, "--prices", "recorded", "--usage", "total_cost", "-g", "total")
    assert done.usage[0]["sum_total_cost"] == 0.25


@pytest.mark.parametrize("name", ["num_model_requests", "num_turns", "requests"])
def test_rows_of_several_requests(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    # gemini-2.5-pro costs more above 200,000 tokens: 300,000 in two requests are below.
    row = {"ts": AT, "model": "gemini-2.5-pro", "input_tokens": 300_000, name: 2}
    log = write_csv(tmp_path / "a.csv", [row])
    done = run_cli.query(log, "--usage", "input_cost", "-g", "total")
    assert done.usage[0]["sum_input_cost"] == pytest.approx(0.3 * 1.25, rel=1e-12)


def test_a_number_called_speed_is_no_price(run_cli: CommandLine, tmp_path: Path) -> None:
    row = {"ts": AT, "model": "gpt-4o", "input_tokens": 1000, "speed": 45.5}
    for log in (write_csv(tmp_path / "a.csv", [row]), write_parquet(tmp_path / "a.parquet", [row])):
        done = run_cli.query(log, "--usage", "input_cost", "-g", "total")
        assert done.usage[0]["sum_input_cost"] == pytest.approx(0.0025, rel=1e-12)
