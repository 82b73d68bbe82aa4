"""`callstats schema`, and what shells are offered to complete."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from callstats_cli.cli import completion
from callstats_cli.formats.registry import FAMILIES
from callstats_cli.request.filters import FILTER_FIELDS
from callstats_cli.request.metrics import AGGREGATIONS, CALL_METRICS, USAGE_METRICS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import CommandLine


def test_request(run_cli: CommandLine) -> None:
    schema = json.loads(run_cli("schema", "request").stdout)
    assert schema["required"] == ["project_id", "start"]
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == [
        "project_id", "start", "end", "granularity", "usage_metrics", "call_metrics", "filter", "timezone",
    ]  # fmt: skip
    parts = schema["$defs"]
    assert list(parts["CallFilterBody"]["properties"]) == list(FILTER_FIELDS)
    assert parts["UsageMetricBody"]["properties"]["metric"]["enum"] == list(USAGE_METRICS)
    assert parts["CallMetricBody"]["properties"]["metric"]["enum"] == list(CALL_METRICS)


def fits(row: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Has a row the required keys, and none that the schema does not know?"""
    (pattern,) = schema["patternProperties"]
    known = [key in schema["properties"] or re.search(pattern, key) for key in row]
    return set(schema["required"]) <= row.keys() and all(known)


def test_response(run_cli: CommandLine, tmp_path: Path) -> None:
    schema = json.loads(run_cli("schema", "response").stdout)
    log = tmp_path / "log.jsonl"
    log.write_text('{"started_at": "2026-03-01T10:00:00Z", "model": "gpt-4o", "input_tokens": 1}\n')
    words: list[str] = []
    for flag, metrics in (("--usage", USAGE_METRICS), ("--calls", CALL_METRICS)):
        for name, metric in metrics.items():
            words += [flag, name if metric.formula else f"{name}:{','.join(AGGREGATIONS)},p0,p99.9"]
    answer = run_cli.query(log, "-g", "1d", *words).answer
    assert list(answer) == schema["required"]
    usage, calls = (schema["properties"][key]["items"] for key in ("usage_buckets", "call_buckets"))
    assert fits(answer["usage_buckets"][0], usage)
    assert fits(answer["call_buckets"][0], calls)
    assert not fits(answer["usage_buckets"][0], calls)
    assert not fits({**answer["call_buckets"][0], "sum_latency": 1}, calls)


def test_formats(run_cli: CommandLine) -> None:
    formats = json.loads(run_cli("schema", "formats").stdout)
    assert formats["logs"] == list(FAMILIES)
    assert formats["columns_of_a_call"]["started_at"] == "TIMESTAMPTZ"
    assert formats["answers"] == {
        "table": [".txt"],
        "json": [".json"],
        "jsonl": [".jsonl", ".ndjson"],
        "csv": [".csv"],
        "markdown": [".md"],
        "parquet": [".parquet"],
        "arrow": [".arrow", ".arrows"],
    }


def test_an_unknown_schema(run_cli: CommandLine) -> None:
    assert run_cli("schema", "respons").error(2) == (
        "schema: unknown value 'respons'; did you mean 'response'?"
    )


@pytest.mark.parametrize(
    ("complete", "incomplete", "offered"),
    [
        (completion.usage_metrics, "input", ["input_tokens", "input_cost"]),
        (completion.usage_metrics, "total_cost:p9", ["total_cost:p95", "total_cost:p99"]),
        (completion.usage_metrics, "total_cost:sum,av", ["total_cost:sum,avg"]),
        (completion.usage_metrics, "cost_per_call:", []),
        (completion.usage_metrics, "nothing:", []),
        (completion.call_metrics, "latency_ms:count", [f"latency_ms:count{end}" for end in ("", "_true", "_false")]),
        (completion.call_metrics, "e", ["error_count", "error_rate"]),
        (completion.output_formats, "j", ["json", "jsonl"]),
        (completion.log_formats, "wea", ["weave"]),
        (completion.zones, "Europe/Berl", ["Europe/Berlin"]),
    ],
)  # fmt: skip
def test_completion(complete: Callable[[str], list[str]], incomplete: str, offered: list[str]) -> None:
    assert complete(incomplete) == offered


def test_a_shell_is_offered_metrics(run_cli: CommandLine) -> None:
    done = run_cli.separately(
        _CALLSTATS_COMPLETE="complete_bash", COMP_WORDS="callstats query --calls err", COMP_CWORD="3"
    )
    assert done.stdout.split() == ["error_count", "error_rate"]
