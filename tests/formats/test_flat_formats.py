"""Logs of gateways and proxies, a line a call: LiteLLM, Helicone, Bedrock, Envoy, OpenAI-style."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from log_files import shared
from plain_logs import ASKED_TOKENS, NO_USAGE, UNUSABLE, rejected_lines, tokens, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

QUESTION = (
    *ASKED_TOKENS,
    *("--calls", "call_count", "--calls", "error_count", "--calls", "latency_ms:sum"),
    *("-g", "total"),
)


def calls(outcome: Outcome) -> tuple[int, int, float]:
    """Calls, errors, milliseconds in all."""
    (row,) = outcome.calls
    return row["sum_call_count"], row["sum_error_count"], row["sum_latency_ms"]


@pytest.mark.parametrize(
    ("name", "log_format", "expected_tokens", "expected_calls"),
    [
        # The second copy of one id has no cached tokens: a usage merges as a whole, the last counts.
        ("litellm_payload", "litellm", [19549, 870, 18000, 0], (6, 1, 36854.0)),
        ("litellm_spendlogs", "litellm-spend", [1400, 200, 512, 0], (3, 1, 31504.0)),
        ("helicone", "helicone", [720, 740, 18512, 0], (5, 1, 13951.0)),
        ("bedrock_invocation", "bedrock", [29, 640, 18000, 0], (3, 1, 3250.0)),
        ("envoy_ai_gateway", "envoy", [820, 130, 0, 0], (3, 1, 3412.0)),
        ("openai_proxy", "openai", [879, 199, 512, 0], (5, 1, 8800.0)),
    ],
)
def test_samples(
    name: str,
    log_format: str,
    expected_tokens: list[int],
    expected_calls: tuple[int, int, float],
    run_cli: CommandLine,
) -> None:
    done = run_cli.query(shared(f"samples/{name}.jsonl"), *QUESTION, "--meta")
    assert done.meta["formats"] == {log_format: 1}
    assert tokens(done) == expected_tokens
    assert calls(done) == expected_calls


@pytest.mark.parametrize(
    ("name", "dollars"),
    [("litellm_payload", 0.01582618), ("litellm_spendlogs", 0.000126), ("helicone", 0.015226)],
)
def test_costs_that_samples_recorded(name: str, dollars: float, run_cli: CommandLine) -> None:
    words = ("--usage", "total_cost", "--prices", "recorded", "-g", "total")
    done = run_cli.query(shared(f"samples/{name}.jsonl"), *words)
    total = sum(row["sum_total_cost"] or 0 for row in done.usage)
    assert total == pytest.approx(dollars, rel=1e-12)


def test_litellm_cost_in_parts(run_cli: CommandLine, tmp_path: Path) -> None:
    parts = {"input_cost": 0.125, "cache_read_cost": 0.25, "output_cost": 0.5, "total_cost": 0.875}
    log = write(tmp_path / "a.jsonl", {**PAYLOAD, "response_cost": None, "cost_breakdown": parts})
    words = [word for name in parts if name != "cache_read_cost" for word in ("--usage", name)]
    (row,) = run_cli.query(log, *words, "--prices", "recorded", "-g", "total").usage
    assert [row[f"sum_{name}"] for name in ("input_cost", "output_cost", "total_cost")] == [
        0.375,
        0.5,
        0.875,
    ]


PAYLOAD: dict[str, Any] = {
    "id": "a",
    "trace_id": "t",
    "session_id": "s",
    "litellm_call_id": "l",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "anthropic",
    "model": "claude-sonnet-4-5",
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "startTime": 1772359200.1234567,
    "endTime": 1772359201.623456,
    "response_cost": "0.5",
    "end_user": "e",
    "metadata": {
        "user_api_key_user_id": "u",
        "usage_object": {
            "prompt_tokens_details": {
                "cached_tokens": 60,
                "cache_creation_token_details": {"ephemeral_1h_input_tokens": 7},
            },
            "cache_read_input_tokens": 60,
            "cache_creation_input_tokens": 10,
        },
    },
}
ROW: dict[str, Any] = {
    "request_id": "a",
    "call_type": "acompletion",
    "spend": 0.5,
    "total_tokens": 120,
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "startTime": "2026-03-01T10:00:00.123456",
    "endTime": "2026-03-01 10:00:01.623456",
    "model": "claude-sonnet-4-5",
    "custom_llm_provider": "anthropic",
    "user": "u",
    "end_user": "",
    "session_id": "s",
    "status": "success",
    "metadata": PAYLOAD["metadata"],
}


@pytest.mark.parametrize("record", [PAYLOAD, ROW], ids=["payload", "row"])
def test_litellm_call(record: dict[str, Any], run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", record)
    done = run_cli.query(log, *QUESTION)
    assert tokens(done) == [100, 20, 60, 10]
    assert calls(done) == (1, 0, 1500.0)
    assert done.answer["start"] == "2026-03-01T10:00:00.123456Z"
    assert done.usage[0]["model"] == "claude-sonnet-4-5"
    for flag, value in (("--op", "acompletion"), ("--thread", "s"), ("--user", "u"), ("--call", "a")):
        assert run_cli.query(log, *QUESTION, flag, value).counted == 1, flag


def test_litellm_one_payload_a_file_and_batches(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "2026-03-01").mkdir()
    one = tmp_path / "2026-03-01" / "time-2026-03-01T10-00-00-123456_a.json"
    one.write_text(json.dumps(PAYLOAD, indent=2), encoding="utf-8")
    batch = tmp_path / "2026-03-01" / "batch_10-00-00_b.jsonl"
    batch.write_text(
        "\n".join(json.dumps(PAYLOAD | {"id": name}) for name in ("b", "c", "a")), encoding="utf-8"
    )
    done = run_cli.query(tmp_path, *QUESTION, "--meta")
    assert tokens(done) == [300, 60, 180, 30]
    assert done.quality == {"merged": 1}


def test_litellm_metadata_is_an_object_or_its_text(run_cli: CommandLine, tmp_path: Path) -> None:
    text = json.dumps(ROW["metadata"])
    objects = [ROW | {"request_id": f"o{number}"} for number in range(300)]
    log = write(tmp_path / "a.jsonl", *objects, ROW | {"metadata": text})
    assert tokens(run_cli.query(log, *QUESTION)) == [30100, 6020, 18060, 3010]


def test_litellm_failures_and_rows_without_a_status(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        ROW | {"request_id": "1", "status": "failure"},
        ROW | {"request_id": "2", "status": None, "metadata": '{"status":"failure"}'},
        ROW | {"request_id": "3", "status": None, "metadata": {}},
        ROW | {"request_id": "4", "user": "", "end_user": "e", "metadata": {}},
    )
    assert calls(run_cli.query(log, *QUESTION))[:2] == (4, 2)
    assert run_cli.query(log, *QUESTION, "--user", "e").counted == 1


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
def test_litellm_rows_of_other_kinds(kind: str, run_cli: CommandLine, tmp_path: Path) -> None:
    row = ROW | {"metadata": json.dumps(ROW["metadata"])}
    path = tmp_path / f"rows.{kind}"
    if kind == "parquet":
        lines = write(tmp_path / "rows.txt", row, row | {"request_id": "b", "status": "failure"})
        duckdb.sql(
            f'copy (select * replace ("startTime"::timestamp as "startTime") '
            f"from read_json('{lines}', format = 'newline_delimited')) to '{path}' (format parquet)"
        )
        lines.unlink()
    else:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(row), delimiter="\t" if kind == "tsv" else ",")
            writer.writeheader()
            writer.writerows([row, row | {"request_id": "b", "status": "failure"}])
    done = run_cli.query(path, *QUESTION, "--meta")
    assert done.meta["formats"] == {"litellm-spend": 1}
    assert tokens(done) == [200, 40, 120, 20]
    assert calls(done) == (2, 1, 3000.0)


def test_litellm_odd_lines_are_counted(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        PAYLOAD,
        PAYLOAD | {"id": "b", "startTime": "soon"},
        PAYLOAD | {"id": "c", "prompt_tokens": "many"},
        PAYLOAD | {"id": "d", "startTime": "2026-03-01T10:00:00Z", "endTime": None},
        '{"id": "e", "startTime": 17723',
        '{"id": "f", "startTime": 1772359200, "prompt_tokens": 1, "model": "cut \\ud83d"}',
        "[1]",
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert tokens(done) == [100 + 100 + 1, 60, 180, 30]
    assert calls(done)[0] == 4
    assert done.quality == {
        "malformed": 2,
        "not_json": 1,
        "not_an_object": 1,
        "running": 2,
        "undated": 1,
        "unreadable_counts": 1,
        "unreadable_times": 1,
    }


@pytest.mark.parametrize(
    ("start", "read"),
    [
        (1772359200, "10:00:00"),
        (1772359200.5, "10:00:00.500000"),
        ("1772359200.2500009", "10:00:00.250000"),
    ],
)
def test_litellm_seconds(start: object, read: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", PAYLOAD | {"startTime": start})
    done = run_cli.query(log, "--calls", "call_count")
    assert done.answer["start"] == f"2026-03-01T{read}Z"


def test_litellm_milliseconds_are_no_start(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", PAYLOAD | {"startTime": 1772359200000})
    assert run_cli("query", log).error(1) == "none of the 1 calls has a readable start"


HELICONE: dict[str, Any] = {
    "request_id": "a",
    "request_created_at": "2026-03-01 10:00:00.000",
    "response_created_at": "2026-03-01T10:00:02Z",
    "response_status": 200,
    "request_model": "asked",
    "response_model": "answered",
    "model": "resolved",
    "provider": "OPENAI",
    "request_user_id": "u",
    "request_properties": {"Helicone-Session-Id": "s"},
    "properties": {},
    "delay_ms": 9,
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_cache_read_tokens": 60,
    "prompt_cache_write_tokens": 10,
    "costUSD": 0.5,
}


def test_helicone_call(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        HELICONE,
        HELICONE | {"request_id": "b", "response_created_at": None, "response_status": "429"},
        HELICONE | {"request_id": "c", "response_model": None, "model": "unknown"},
        HELICONE | {"request_id": "d", "request_properties": '{"Helicone-Session-Id": "s2"}'},
    )
    done = run_cli.query(log, *QUESTION)
    assert [(row["model"], row["count"]) for row in done.usage] == [("answered", 3), ("asked", 1)]
    assert tokens(done) == [400, 80, 240, 40]
    assert calls(done) == (4, 1, 6009.0)
    assert run_cli.query(log, *QUESTION, "--thread", "s").counted == 3
    assert run_cli.query(log, *QUESTION, "--thread", "s2").counted == 1
    assert run_cli.query(log, *QUESTION, "--user", "u").counted == 4


@pytest.mark.parametrize("key", ["costUSD", "costUsd", "cost"])
def test_helicone_recorded_cost(key: str, run_cli: CommandLine, tmp_path: Path) -> None:
    record = {name: value for name, value in HELICONE.items() if name != "costUSD"} | {key: 0.25}
    log = write(tmp_path / "a.jsonl", record)
    done = run_cli.query(log, "--usage", "total_cost", "--prices", "recorded", "-g", "total")
    assert [row["sum_total_cost"] for row in done.usage] == [0.25]


def test_helicone_as_csv_and_array(run_cli: CommandLine, tmp_path: Path) -> None:
    row = HELICONE | {"request_properties": '{"Helicone-Session-Id": "s"}', "properties": "{}"}
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)
    array = tmp_path / "b.json"
    array.write_text(json.dumps([HELICONE | {"request_id": "b"}], indent=1), encoding="utf-8")
    done = run_cli.query(tmp_path, *QUESTION, "--thread", "s")
    assert tokens(done) == [200, 40, 120, 20]
    assert calls(done) == (2, 0, 4000.0)


BEDROCK: dict[str, Any] = {
    "schemaType": "ModelInvocationLog",
    "timestamp": "2026-03-01T10:00:00Z",
    "requestId": "a",
    "operation": "Converse",
    "modelId": "anthropic.claude",
    "identity": {"arn": "arn:u"},
    "input": {"inputTokenCount": 5, "cacheReadInputTokenCount": 50, "cacheWriteInputTokenCount": 3},
    "output": {"outputTokenCount": 7, "outputBodyJson": {"metrics": {"latencyMs": 250}}},
}


def test_bedrock_call(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        BEDROCK,
        BEDROCK | {"requestId": "b", "errorCode": "ThrottlingException", "input": {}, "output": {}},
    )
    done = run_cli.query(log, *QUESTION)
    assert [(row["model"], row["count"]) for row in done.usage] == [("anthropic.claude", 1)]
    assert tokens(done) == [5, 7, 50, 3]
    assert calls(done) == (2, 1, 250.0)
    assert run_cli.query(log, *QUESTION, "--user", "arn:u", "--op", "Converse").counted == 2


ENVOY: dict[str, Any] = {
    "x-request-id": "a",
    "start_time": "2026-03-01T10:00:00.000Z",
    "duration": "250",
    "response_code": "200",
    "session.id": "s",
    "gen_ai.request.model": "asked",
    "gen_ai.response.model": "-",
    "gen_ai.usage.input_tokens": "100",
    "gen_ai.usage.output_tokens": 20,
    "gen_ai.usage.cached_input_tokens": 60,
}


def test_envoy_call(run_cli: CommandLine, tmp_path: Path) -> None:
    nothing = {key: "-" for key in ENVOY if key.startswith("gen_ai")}
    log = write(
        tmp_path / "a.jsonl",
        ENVOY,
        ENVOY | nothing | {"x-request-id": "b", "response_code": 503},
        ENVOY | {"x-request-id": "c", "gen_ai.usage.input_tokens": "?"},
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert [(row["model"], row["count"]) for row in done.usage] == [("asked", 2)]
    assert tokens(done) == [100, 40, 120, 0]
    assert calls(done) == (3, 1, 750.0)
    assert done.quality == {"unreadable_counts": 1}
    assert run_cli.query(log, *QUESTION, "--thread", "s").counted == 3


EXCHANGE: dict[str, Any] = {
    "request_id": "a",
    "started_at": "2026-03-01T10:00:00+00:00",
    "ts": 5,
    "elapsed_seconds": 1.5,
    "http_status": 200,
    "request": {"model": "asked", "user": "u"},
    "response": {
        "id": "r",
        "object": "response",
        "model": "answered",
        "usage": {
            "input_tokens": 100,
            "output_tokens": 20,
            "total_tokens": 120,
            "input_tokens_details": {"cached_tokens": 60},
        },
    },
}


def test_openai_call(run_cli: CommandLine, tmp_path: Path) -> None:
    chat = {
        "model": "m",
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 6},
        },
    }
    log = write(
        tmp_path / "a.jsonl",
        EXCHANGE,
        EXCHANGE | {"request_id": "b", "response": chat, "finished_at": "2026-03-01T10:00:02Z"},
        EXCHANGE | {"request_id": "c", "response": {"error": {"code": "429"}}},
        EXCHANGE | {"request_id": "d", "response": None, "http_status": 502},
    )
    done = run_cli.query(log, *QUESTION)
    assert [(row["model"], row["count"]) for row in done.usage] == [("answered", 1), ("m", 1)]
    assert tokens(done) == [110, 22, 66, 0]
    assert calls(done) == (4, 2, 6500.0)
    assert done.answer["start"] == "2026-03-01T10:00:00Z"
    assert run_cli.query(log, *QUESTION, "--user", "u", "--op", "response").counted == 1


@pytest.mark.parametrize("as_array", [False, True], ids=["lines", "array"])
def test_openai_usage_that_is_no_object(as_array: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    odd = [
        EXCHANGE | {"request_id": str(number), "response": EXCHANGE["response"] | {"usage": usage}}
        for number, usage in enumerate((*UNUSABLE, *NO_USAGE, {"other": 5}))
    ]
    records = [EXCHANGE, *odd]
    log = write(tmp_path / "a.jsonl", *([json.dumps(records)] if as_array else records))
    done = run_cli.query(log, *QUESTION, "--meta", "--rejects", tmp_path / "rejects")
    assert calls(done)[0] == 10
    assert tokens(done) == [100, 20, 60, 0]
    assert done.usage[0]["count"] == 1
    assert done.quality == {"unusable_usage_entries": 4}
    of_kind = "unusable_usage_entries"
    lines = (1, 1, 1, 1) if as_array else (2, 3, 4, 5)
    assert rejected_lines(tmp_path / "rejects") == [(number, of_kind) for number in lines]


def test_mixed_folder(run_cli: CommandLine, tmp_path: Path) -> None:
    for name, record in {
        "litellm": PAYLOAD,
        "spend": ROW | {"request_id": "row"},
        "helicone": HELICONE | {"request_id": "h"},
        "bedrock": BEDROCK | {"requestId": "b"},
        "envoy": ENVOY | {"x-request-id": "e"},
        "openai": EXCHANGE | {"request_id": "o"},
        "own": {"time": "2026-03-01T10:00:00Z", "model": "mine", "input_tokens": 1},
    }.items():
        write(tmp_path / "logs" / f"{name}.jsonl", record)
    done = run_cli.query(tmp_path / "logs", *QUESTION, "--meta")
    assert done.meta["formats"] == {
        "bedrock": 1,
        "envoy": 1,
        "helicone": 1,
        "litellm": 1,
        "openai": 1,
        "columns": 1,
        "litellm-spend": 1,
    }
    assert calls(done)[0] == 7
    assert tokens(done)[0] == 100 + 100 + 100 + 5 + 100 + 100 + 1
    assert_the_script_answers_the_same(run_cli, tmp_path / "logs", *QUESTION, "--thread", "s")


def test_a_log_of_another_format_is_read_as_told(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", {"startTime": 1772359200, "prompt_tokens": 3, "model": "m"})
    done = run_cli.query(log, *QUESTION, "--log-format", "litellm")
    assert tokens(done) == [3, 0, 0, 0]
