"""The committed sample log is what its script writes, and holds what its README says."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
import pytest

SAMPLE_DATA = Path(__file__).resolve().parents[2] / "sample_data"
REQUESTS = ("request_week.json", "request_slow_afternoon.json")
WRITTEN = ("calls.jsonl", "calls.parquet", *REQUESTS)
WEEK = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
JSON_COLUMNS = ("attributes", "inputs", "output", "summary")
TIME_COLUMNS = ("started_at", "ended_at", "deleted_at", "expire_at")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample_data")
    script = SAMPLE_DATA / "make_sample_data.py"
    subprocess.run([sys.executable, str(script), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def calls() -> list[Json]:
    text = (SAMPLE_DATA / "calls.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", ["calls.jsonl", *REQUESTS])
def test_script_writes_the_committed_text(rebuilt: Path, name: str) -> None:
    assert (rebuilt / name).read_bytes() == (SAMPLE_DATA / name).read_bytes()


def test_script_writes_the_committed_parquet_rows(rebuilt: Path) -> None:
    """Rows, not bytes: those differ between versions of pyarrow."""
    committed = pq.read_table(SAMPLE_DATA / "calls.parquet")
    assert pq.read_table(rebuilt / "calls.parquet").equals(committed)


def test_script_writes_nothing_else(rebuilt: Path) -> None:
    assert {path.name for path in rebuilt.iterdir()} == set(WRITTEN)


def test_sample_is_small() -> None:
    assert sum((SAMPLE_DATA / name).stat().st_size for name in WRITTEN) < 2_000_000


def test_parquet_holds_the_same_calls(calls: list[Json]) -> None:
    expected = []
    for call in calls:
        row = dict(call)
        for name in TIME_COLUMNS:
            row[name] = row[name] and datetime.fromisoformat(row[name])
        expected.append(row)
    rows = pq.read_table(SAMPLE_DATA / "calls.parquet").to_pylist()
    for row in rows:
        for name in JSON_COLUMNS:
            row[name] = row[name] and json.loads(row[name])
    assert rows == expected


def test_parquet_has_several_row_groups_in_start_order() -> None:
    file = pq.ParquetFile(SAMPLE_DATA / "calls.parquet")
    groups = [
        file.read_row_group(number, columns=["started_at"])["started_at"].to_pylist()
        for number in range(file.num_row_groups)
    ]
    assert [len(group) for group in groups] == [200, 200, 200, 200, 66]
    starts = [start for group in groups for start in group]
    assert starts == sorted(starts)


def test_counts(calls: list[Json]) -> None:
    assert Counter(call["project_id"] for call in calls) == {
        "acme/support-bot": 782,
        "acme/docs-search": 84,
    }
    assert len({call["id"] for call in calls}) == 866
    assert sum(call["exception"] is not None for call in calls) == 28
    assert sum(call["ended_at"] is None for call in calls) == 6
    assert sum(call["deleted_at"] is not None for call in calls) == 1
    assert sum(call["parent_id"] is None for call in calls) == 164
    assert len({call["trace_id"] for call in calls}) == 164
    assert len({call["thread_id"] for call in calls} - {None}) == 58
    assert len({call["turn_id"] for call in calls} - {None}) == 125
    assert len({call["wb_user_id"] for call in calls}) == 5
    assert Counter(call["wb_run_id"] for call in calls if call["wb_run_id"]) == {
        "acme/support-bot/k3v9x2qa": 56,
        "acme/support-bot/p8t41mzd": 56,
    }
    assert Counter(call["summary"]["weave"]["status"] for call in calls) == {
        "success": 815,
        "error": 28,
        "descendant_error": 17,
        "running": 6,
    }


def test_calls_lie_in_the_week_in_start_order(calls: list[Json]) -> None:
    starts = [datetime.fromisoformat(call["started_at"]) for call in calls]
    assert starts == sorted(starts)
    assert WEEK[0] <= starts[0]
    assert starts[-1] < WEEK[1]


def test_ids_hold_the_start_time(calls: list[Json]) -> None:
    for call in calls:
        milliseconds = int(call["id"].replace("-", "")[:12], 16)
        started_at = datetime.fromisoformat(call["started_at"])
        assert milliseconds == int(started_at.timestamp() * 1000)


def test_tokens_of_the_llm_calls(calls: list[Json]) -> None:
    """Calls, input, output, total, cache read and cache write, each token counted once."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for call in calls:
        if call["attributes"]["weave"].get("kind") != "llm" or call["deleted_at"]:
            continue
        for model, usage in call["summary"].get("usage", {}).items():
            input_tokens = usage.get("prompt_tokens", 0) + usage.get("input_tokens", 0)
            output_tokens = usage.get("completion_tokens", 0) + usage.get("output_tokens", 0)
            counts = (
                1,
                input_tokens,
                output_tokens,
                usage.get("total_tokens", input_tokens + output_tokens),
                usage.get("cache_read_input_tokens") or 0,
                usage.get("cache_creation_input_tokens") or 0,
            )
            row = sums[call["project_id"], model]
            row[:] = [total + count for total, count in zip(row, counts, strict=True)]
    assert sums == {
        ("acme/docs-search", "gemini-2.5-flash"): [20, 72350, 609, 75281, 0, 0],
        ("acme/docs-search", "gpt-4o-mini-2024-07-18"): [20, 25443, 560, 26003, 12288, 0],
        ("acme/support-bot", "claude-sonnet-4-5-20250929"): [
            90,
            61770,
            26863,
            88633,
            170160,
            80920,
        ],
        ("acme/support-bot", "gemini-2.5-flash"): [35, 59789, 2880, 72902, 12277, 0],
        ("acme/support-bot", "gpt-4.1-2025-04-14"): [46, 161205, 14229, 175434, 98432, 0],
        ("acme/support-bot", "gpt-4o-mini-2024-07-18"): [74, 35232, 884, 36116, 0, 0],
    }


def numbers(usage: Json, path: tuple[str, ...] = ()) -> Counter[tuple[str, ...]]:
    """The numeric leaves of a usage block by their path."""
    found: Counter[tuple[str, ...]] = Counter()
    for key, value in usage.items():
        if isinstance(value, dict):
            found.update(numbers(value, (*path, key)))
        elif isinstance(value, int):
            found[*path, key] = value
    return found


def test_usage_of_a_parent_is_the_sum_of_its_children(calls: list[Json]) -> None:
    children = defaultdict(list)
    for call in calls:
        children[call["parent_id"]].append(call)
    parents = [call for call in calls if children[call["id"]] and call["ended_at"]]
    assert len(parents) == 428
    for parent in parents:
        usage: Counter[tuple[str, ...]] = Counter()
        tiers: dict[str, list[str]] = defaultdict(list)
        status_counts = Counter({"error": 1} if parent["exception"] else {"success": 1})
        for child in children[parent["id"]]:
            usage.update(numbers(child["summary"].get("usage", {})))
            status_counts.update(child["summary"]["status_counts"])
            for model, counts in child["summary"].get("usage", {}).items():
                tier = counts.get("service_tier", [])
                tiers[model] += [tier] if isinstance(tier, str) else tier
        recorded = parent["summary"].get("usage", {})
        assert numbers(recorded) == usage
        assert status_counts == Counter(parent["summary"]["status_counts"])
        assert {
            model: counts["service_tier"]
            for model, counts in recorded.items()
            if "service_tier" in counts
        } == {model: tier for model, tier in tiers.items() if tier}


def test_a_trace_is_one_tree(calls: list[Json]) -> None:
    by_id = {call["id"]: call for call in calls}
    for call in calls:
        if call["parent_id"] is not None:
            parent = by_id[call["parent_id"]]
            assert parent["started_at"] < call["started_at"]
            assert parent["ended_at"] is None or parent["ended_at"] > call["ended_at"]
            for key in ("trace_id", "project_id", "thread_id", "turn_id", "wb_user_id"):
                assert parent[key] == call[key]
        elif call["thread_id"] is not None:
            assert call["turn_id"] == call["id"]


def test_claude_is_slow_on_thursday_afternoon(calls: list[Json]) -> None:
    slow = [datetime(2026, 3, 5, 18, 30, tzinfo=UTC), datetime(2026, 3, 5, 21, 30, tzinfo=UTC)]
    latencies: dict[bool, list[float]] = {False: [], True: []}
    errors: Counter[bool] = Counter()
    for call in calls:
        if "/anthropic.Messages.create:" in call["op_name"] and call["ended_at"]:
            started_at = datetime.fromisoformat(call["started_at"])
            is_slow = slow[0] <= started_at < slow[1]
            ended_at = datetime.fromisoformat(call["ended_at"])
            latencies[is_slow].append((ended_at - started_at).total_seconds())
            errors[is_slow] += call["exception"] is not None
    assert {key: len(values) for key, values in latencies.items()} == {False: 72, True: 33}
    assert errors == {False: 1, True: 14}
    assert median(latencies[True]) > 5 * median(latencies[False])
