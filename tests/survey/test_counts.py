"""Token counts as each instrumentation writes them, and totals that tell how they are meant (spec 5)."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callstats_cli.chain.chain import Chain
from callstats_cli.engines.duckdb.session import DuckDBEngine
from callstats_cli.formats.spans import ATTRIBUTES
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from callstats_cli.sources.finding import find_files
from callstats_cli.survey.options import SurveyOptions
from callstats_cli.survey.survey import survey_sources
from log_files import call, write_lines
from plain_logs import LANGFUSE_OBSERVATION, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import CommandLine, Outcome

TOKENS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
ASKED = [word for name in TOKENS for word in ("--usage", name)]
START = "2026-03-01T10:00:00Z"
START_NS = 1_772_359_200_000_000_000


def ask(run_cli: CommandLine, source: object, *words: object) -> Outcome:
    return run_cli.query(source, "-g", "total", "--meta", *ASKED, "--calls", "call_count", *words)


def by_model(done: Outcome) -> dict[str | None, list[int]]:
    """Model → input, output, total, read from a cache, written to one."""
    return {row["model"]: [row[f"sum_{name}"] for name in TOKENS] for row in done.usage}


def columns_of(path: Path, *names: str) -> list[tuple[Any, ...]]:
    """Columns of the calls of a log, in their order."""
    engine = DuckDBEngine(memory_limit=None, threads=None)
    asked = CallStatsRequest(usage_metrics=(MetricRequest("total_cost", ("sum",), ()),))
    survey = survey_sources(find_files([str(path)]).files, asked, SurveyOptions(), engine, 2**60)
    *before, calls = survey.relation.steps
    rows = engine.rows(Chain(tuple(before), calls))
    in_order = sorted(rows, key=lambda row: row["started_at"])
    return [tuple(row[name] for name in names) for row in in_order]


# Spans


def attributes(model: str, **counts: Any) -> dict[str, Any]:
    """The attributes of a call; `__` stands for a dot."""
    named = {name.replace("__", "."): value for name, value in counts.items()}
    return {"gen_ai.request.model": model, **named}


def span(number: int, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "traceId": f"{number + 1:032x}",
        "spanId": f"{number + 1:016x}",
        "name": "chat",
        "startTimeUnixNano": START_NS + number,
        "endTimeUnixNano": START_NS + 10**9,
        "attributes": found,
    }


def in_pairs(
    item: dict[str, Any], *, text: str = "stringValue", number: str = "intValue"
) -> dict[str, Any]:
    pairs = [
        {"key": key, "value": {text if isinstance(value, str) else number: value}}
        for key, value in item["attributes"].items()
    ]
    return item | {"attributes": pairs}


def in_snake_case(item: dict[str, Any]) -> dict[str, Any]:
    paired = in_pairs(item, text="string_value", number="int_value")
    return {
        "trace_id": item["traceId"],
        "span_id": item["spanId"],
        "name": "chat",
        "start_time_unix_nano": item["startTimeUnixNano"],
        "end_time_unix_nano": item["endTimeUnixNano"],
        "attributes": paired["attributes"],
    }


def in_phoenix_columns(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "context.trace_id": item["traceId"],
        "context.span_id": item["spanId"],
        "span_kind": "LLM",
        "name": "chat",
        "start_time": START,
        "end_time": START,
        **{f"attributes.{key}": value for key, value in item["attributes"].items()},
    }


SHAPES = {
    "pairs": lambda item: {"resourceSpans": [{"scopeSpans": [{"spans": [in_pairs(item)]}]}]},
    "mapped": lambda item: {"resourceSpans": [{"scopeSpans": [{"spans": [item]}]}]},
    "snake_case": lambda item: {
        "resource_spans": [{"scope_spans": [{"spans": [in_snake_case(item)]}]}]
    },
    "flat": lambda item: item,
    "flat_pairs": in_pairs,
    "flat_snake_case": in_snake_case,
    "phoenix": in_phoenix_columns,
}
CACHE_NAMES = (
    *(("cache_read_input_tokens", name) for name in ATTRIBUTES["cache_read_input_tokens"]),
    *(("cache_read_input_tokens", name) for name in ATTRIBUTES["prompt_cached_tokens"]),
    *(("cache_creation_input_tokens", name) for name in ATTRIBUTES["cache_creation_input_tokens"]),
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("as_text", [False, True], ids=["numbers", "texts"])
def test_cached_tokens_of_spans_under_every_name(
    shape: str, as_text: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    """Each model writes its cached tokens under one name: none is left out, none is added twice."""
    kind = str if as_text else int
    spans = [
        span(number, attributes(name, **{"gen_ai.usage.input_tokens": kind(900), name: kind(700)}))
        for number, (_, name) in enumerate(CACHE_NAMES)
    ]
    done = ask(run_cli, write(tmp_path / "spans.jsonl", *map(SHAPES[shape], spans)))
    expected = {
        name: [900, 0, 900, *((700, 0) if metric == "cache_read_input_tokens" else (0, 700))]
        for metric, name in CACHE_NAMES
    }
    assert len(expected) == len(CACHE_NAMES)
    assert by_model(done) == expected


def test_the_names_that_public_reports_ask_for_are_known() -> None:
    written = ATTRIBUTES["cache_creation_input_tokens"]
    read = ATTRIBUTES["cache_read_input_tokens"]
    assert {
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.input_tokens.cache_write",
        "ai.usage.inputTokenDetails.cacheWriteTokens",
    } <= set(written)
    assert {
        "gen_ai.usage.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.input_tokens.cached",
        "ai.usage.inputTokenDetails.cacheReadTokens",
    } <= set(read)


def test_two_names_of_cached_tokens_are_one_count(run_cli: CommandLine, tmp_path: Path) -> None:
    found = attributes(
        "m",
        gen_ai__usage__input_tokens=100,
        gen_ai__usage__cache_read__input_tokens=60,
        gen_ai__usage__details__cache_read_tokens=60,
        ai__usage__cachedInputTokens=60,
        gen_ai__usage__cache_write_tokens=9,
        gen_ai__usage__details__cache_write_tokens=9,
    )
    done = ask(run_cli, write(tmp_path / "a.jsonl", span(0, found)))
    assert by_model(done) == {"m": [100, 0, 100, 60, 9]}


@pytest.mark.parametrize("shape", SHAPES)
def test_tiers_of_spans(shape: str, tmp_path: Path) -> None:
    """The tier that served comes before the one that was asked for, under every name."""
    tiers: list[tuple[dict[str, Any], str | None]] = [
        (
            {"openai.request.service_tier": "auto", "openai.response.service_tier": "priority"},
            "priority",
        ),
        ({"gen_ai.openai.request.service_tier": "flex"}, "flex"),
        ({"gen_ai.openai.response.service_tier": "Flex"}, "flex"),
        ({"gen_ai.request.service_tier": "flex", "gen_ai.response.service_tier": "default"}, "default"),
        ({"gen_ai.request.service_tier": ""}, None),
        ({}, None),
    ]
    spans = [
        span(number * 1000, attributes("m", gen_ai__usage__input_tokens=1) | found)
        for number, (found, _) in enumerate(tiers)
    ]
    if shape == "phoenix":
        columns = [in_phoenix_columns(item) for item in spans]
        records = [row | {"start_time": f"2026-03-01T10:00:{n:02}Z"} for n, row in enumerate(columns)]
    else:
        records = [SHAPES[shape](item) for item in spans]
    read = columns_of(write_lines(tmp_path / "a.jsonl", records), "price_context")
    assert read == [(None if tier is None else f"service_tier={tier}",) for _, tier in tiers]


def test_audio_and_reasoning_of_spans(tmp_path: Path) -> None:
    found: list[dict[str, Any]] = [
        {"llm.token_count.prompt": 9, "llm.token_count.prompt_details.audio": 4,
         "llm.token_count.completion_details.audio": "2"},
        {"gen_ai.usage.input_tokens": 9, "gen_ai.usage.details.input_audio_tokens": 4,
         "gen_ai.usage.details.output_audio_tokens": 2,
         "gen_ai.usage.details.reasoning_tokens": 7},
        {"gen_ai.usage.output_tokens": 9, "gen_ai.usage.output_tokens.reasoning": 7},
        {"ai.usage.outputTokens": 9, "ai.usage.outputTokenDetails.reasoningTokens": 7},
    ]  # fmt: skip
    log = write(tmp_path / "a.jsonl", *(span(n * 1000, item) for n, item in enumerate(found)))
    names = ("input_audio_tokens", "output_audio_tokens", "reasoning_tokens")
    assert columns_of(log, *names) == [(4, 2, None), (4, 2, 7), (None, None, 7), (None, None, 7)]


@pytest.mark.parametrize("stored", ["jsonl", "array", "parquet"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_times_in_seconds_and_nanoseconds(
    stored: str, zone: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    """JavaScript's OpenTelemetry writes a time as a pair; such a time has a zone."""
    rows = [
        {
            "traceId": "a" * 32,
            "spanId": f"{number + 1:016x}",
            "parentSpanContext": {"spanId": f"{number:016x}"} if number else None,
            "name": "chat",
            "startTime": [1_772_359_200 + number, 5_999],
            "endTime": [1_772_359_201 + number, 250_000_000],
            "attributes": {"gen_ai.request.model": "m", "gen_ai.usage.output_tokens": 3},
        }
        for number in range(2)
    ]
    log = tmp_path / f"spans.{'json' if stored == 'array' else stored}"
    if stored == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), log)
    else:
        log.write_text(json.dumps(rows) if stored == "array" else "\n".join(map(json.dumps, rows)))
    done = run_cli.query(
        *(log, "-g", "total", "--usage", "output_tokens", "--calls", "latency_ms:sum,count"),
        *("--log-timezone", zone, "--usage-scope", "recorded", "--roots-only"),
    )
    assert done.answer["start"] == "2026-03-01T10:00:00.000005Z"
    assert done.calls == [
        {
            "timestamp": done.answer["start"],
            "sum_latency_ms": 1249.995,
            "count_latency_ms": 1,
            "count": 1,
        }
    ]


def test_pairs_that_are_no_times(run_cli: CommandLine, tmp_path: Path) -> None:
    good = span(0, {"gen_ai.usage.output_tokens": 1}) | {"startTime": [1_772_359_200, 0]}
    del good["startTimeUnixNano"]
    odd = [[1], [1, 2, 3], [-5, 0], ["a", "b"], [1.5, 2], []]
    log = write(tmp_path / "a.jsonl", good, *(good | {"spanId": f"{n:016x}", "startTime": pair}
                                              for n, pair in enumerate(odd, start=5)))  # fmt: skip
    done = ask(run_cli, log)
    assert (done.counted, done.quality["undated"]) == (1, 6)


# Langfuse


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        # Disjoint: the total is the sum of all keys.
        ({"input": 200, "input_cached_tokens": 800, "output": 50, "output_reasoning_tokens": 70,
          "total": 1120}, [1000, 120, 1120, 800, 0]),
        # Overlapping: the total is that of the plain keys.
        ({"input": 1000, "cache_read_input_tokens": 800, "output": 50, "total": 1050},
         [1000, 50, 1050, 800, 0]),
        ({"input": 1000, "input_cached_tokens": 800, "output": 120, "output_reasoning_tokens": 70,
          "total": 1120}, [1000, 120, 1120, 800, 0]),
        # One side overlaps, the other does not.
        ({"input": 1000, "input_cached_tokens": 800, "output": 50, "output_reasoning_tokens": 70,
          "total": 1120}, [1000, 120, 1120, 800, 0]),
        ({"input": 200, "input_cached_tokens": 800, "output": 120, "output_reasoning_tokens": 70,
          "total": 1120}, [1000, 120, 1120, 800, 0]),
        # Without a total, and with one that no sum has.
        ({"input": 200, "input_cached_tokens": 800, "output": 50}, [1000, 50, 1050, 800, 0]),
        ({"input": 200, "input_cached_tokens": 800, "output": 50, "total": 999}, [1000, 50, 999, 800, 0]),
        # Writes for each lifetime, under every name.
        ({"input": 10, "input_cache_read": 20, "input_cache_creation_5m": 30,
          "input_cache_creation_1h": 40, "output": 5, "total": 105}, [100, 5, 105, 20, 70]),
        ({"input": 10, "input_cache_creation": 30, "output": 5, "total": 45}, [40, 5, 45, 0, 30]),
        ({"input": 10, "input_cache_write_tokens": 30, "output": 5, "total": 45}, [40, 5, 45, 0, 30]),
        ({"input": 40, "input_cache_write_tokens": 30, "output": 5, "total": 45}, [40, 5, 45, 0, 30]),
        ({"input_tokens": 10, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 30,
          "output_tokens": 5, "total": 65}, [60, 5, 65, 20, 30]),
        # Counts of the prompt are parts of the input; reasoning beside the output is told by the total.
        ({"input": 100, "prompt_details.cache_read": 60, "prompt_details.cache_write": 10, "output": 5,
          "total": 105}, [100, 5, 105, 60, 10]),
        ({"input": 100, "output": 5, "completion_details.reasoning": 45, "total": 150},
         [100, 50, 150, 0, 0]),
        ({"input": "x", "input_cached_tokens": 8, "output": 5, "total": 13}, [0, 5, 13, 8, 0]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stored", ["jsonl", "csv"])
def test_keys_of_langfuse(
    details: dict[str, Any], expected: list[int], stored: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    row = LANGFUSE_OBSERVATION | {"usage_details": details}
    if stored == "jsonl":
        log = write(tmp_path / "a.jsonl", row)
    else:
        log = tmp_path / "a.csv"
        with log.open("w", newline="") as stream:
            table = csv.DictWriter(stream, list(row))
            table.writeheader()
            table.writerow(row | {"usage_details": json.dumps(details)})
    assert by_model(ask(run_cli, log)) == {"gpt-4o": expected}


def test_lifetimes_and_audio_of_langfuse(tmp_path: Path) -> None:
    details = {"input": 10, "input_cache_creation_5m": 3, "input_cache_creation_1h": 4,
               "input_audio_tokens": 5, "output": 1, "output_audio_tokens": 2, "total": 25}  # fmt: skip
    log = write(tmp_path / "a.jsonl", LANGFUSE_OBSERVATION | {"usage_details": details})
    names = ("gross_input_tokens", "cache_creation_5m_input_tokens", "cache_creation_1h_input_tokens")
    assert columns_of(log, *names, "input_audio_tokens", "output_audio_tokens") == [(22, 3, 4, 5, 2)]


# Gateways and proxies


def spend_row(usage: dict[str, Any], **columns: Any) -> dict[str, Any]:
    """A row of LiteLLM's SpendLogs."""
    return {
        "request_id": "a",
        "call_type": "acompletion",
        "spend": 0.1,
        "startTime": START,
        "endTime": START,
        "model": "gpt-4o",
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "total_tokens": 110,
        "metadata": {"usage_object": usage},
    } | columns


@pytest.mark.parametrize(
    ("details", "read", "written"),
    [
        ({"cached_tokens": 60, "cache_write_tokens": 20}, 60, 20),
        ({"cached_tokens": 60, "cache_creation_tokens": 20}, 60, 20),
        ({"cache_creation_token_details": {"ephemeral_5m_input_tokens": 5,
                                           "ephemeral_1h_input_tokens": 15}}, 0, 20),
        ({"cache_write_tokens": 0, "cache_creation_tokens": 20}, 0, 0),
        ({"cached_tokens": None, "cache_write_tokens": "20"}, 0, 20),
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_text", [False, True], ids=["object", "text"])
def test_details_of_litellm(
    details: dict[str, Any],
    read: int,
    written: int,
    as_text: bool,
    run_cli: CommandLine,
    tmp_path: Path,
) -> None:
    row = spend_row({"prompt_tokens_details": details})
    if as_text:
        row["metadata"] = json.dumps(row["metadata"])
    done = ask(run_cli, write(tmp_path / "a.jsonl", row))
    assert by_model(done) == {"gpt-4o": [100, 10, 110, read, written]}


def test_what_changes_the_price_of_litellm_calls(tmp_path: Path) -> None:
    prompt = {"audio_tokens": 70, "image_tokens": 5, "web_search_requests": 2}
    usage = {"prompt_tokens_details": prompt, "service_tier": "flex", "speed": "fast",
             "completion_tokens_details": {"audio_tokens": 3, "image_tokens": 4}}  # fmt: skip
    rows = [
        spend_row(usage),
        spend_row({}, request_id="b", startTime="2026-03-01T10:00:01Z", model_parameters={"service_tier": "batch"}),
    ]  # fmt: skip
    log = write_lines(tmp_path / "a.jsonl", rows)
    names = ("input_audio_tokens", "input_image_tokens", "output_audio_tokens", "output_image_tokens")
    assert columns_of(log, *names, "web_searches", "price_context") == [
        (70, 5, 3, 4, 2, "service_tier=flex&speed=fast"),
        (None, None, None, None, None, "service_tier=batch"),
    ]


@pytest.mark.parametrize(
    ("written", "is_hit"),
    [(True, True), ("True", True), ("true", True), (False, False), ("False", False), ("None", False),
     (None, False), ("", False)],
)  # fmt: skip
def test_cache_hits_of_litellm(
    written: Any, is_hit: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "a.jsonl", spend_row({}, cache_hit=written))
    assert columns_of(log, "cache_hit") == [(is_hit,)]
    assert by_model(ask(run_cli, log)) == {"gpt-4o": [100, 10, 110, 0, 0]}


def test_cache_hits_and_audio_of_helicone(tmp_path: Path) -> None:
    row = {
        "request_created_at": START,
        "response_status": 200,
        "model": "gpt-4o",
        "prompt_tokens": 9,
        "prompt_audio_tokens": 4,
        "completion_audio_tokens": 2,
    }
    kept = ("00000000-0000-0000-0000-000000000000", "5b1f6c0e-1d1c-4a53-8a3e-3c8a1f4c0d11", None)
    rows = [
        row | {"request_id": f"r{n}", "cache_reference_id": name, "request_created_at": f"2026-03-01T10:00:0{n}Z"}
        for n, name in enumerate(kept)
    ]  # fmt: skip
    log = write_lines(tmp_path / "a.jsonl", rows)
    names = ("cache_hit", "input_audio_tokens", "output_audio_tokens")
    assert columns_of(log, *names) == [(False, 4, 2), (True, 4, 2), (False, 4, 2)]


def test_tiers_of_openai_and_bedrock(tmp_path: Path) -> None:
    def exchange(number: int, request: Any, response: Any) -> dict[str, Any]:
        usage = {"usage": {"prompt_tokens": 1, **response.pop("usage", {})}}
        return {
            "ts": f"2026-03-01T10:00:0{number}Z",
            "request": {"model": "m", **request},
            "response": {"object": "chat.completion", **usage, **response},
        }

    log = write(
        tmp_path / "openai.jsonl",
        exchange(0, {"service_tier": "priority"}, {"service_tier": "default"}),
        exchange(1, {"service_tier": "flex"}, {}),
        exchange(
            2, {}, {"usage": {"service_tier": "standard", "speed": "fast", "inference_geo": "us"}}
        ),
        exchange(3, {}, {}),
    )
    assert columns_of(log, "price_context") == [
        ("service_tier=default",),
        ("service_tier=flex",),
        ("service_tier=standard&speed=fast&inference_geo=us",),
        (None,),
    ]
    invocation = {
        "schemaType": "ModelInvocationLog",
        "operation": "Converse",
        "modelId": "m",
        "input": {"inputTokenCount": 5},
        "output": {"outputTokenCount": 1},
    }
    served = {"outputBodyJson": {"serviceTier": {"type": "priority"}}, "outputTokenCount": 1}
    tiers: list[dict[str, Any]] = [
        {"serviceTier": "flex"},
        {"serviceTier": {"type": "flex"}},
        {"output": served, "input": {"inputTokenCount": 5, "inputBodyJson": {"service_tier": "flex"}}},
        {"input": {"inputTokenCount": 5, "inputBodyJson": {"service_tier": "flex"}}},
        {"output": {"outputTokenCount": 1, "outputBodyJson": [{"chunk": 1}]}},
    ]
    log = write(
        tmp_path / "bedrock.jsonl",
        *(
            invocation | {"requestId": f"r{n}", "timestamp": f"2026-03-01T10:00:0{n}Z"} | tier
            for n, tier in enumerate(tiers)
        ),
    )
    assert columns_of(log, "price_context", "output_tokens") == [
        ("service_tier=flex", 1),
        ("service_tier=flex", 1),
        ("service_tier=priority", 1),
        ("service_tier=flex", 1),
        (None, 1),
    ]


def test_web_searches_of_openai(tmp_path: Path) -> None:
    """A search is an item of the answer, unless the usage counts searches."""
    answers: list[dict[str, Any]] = [
        {"output": [{"type": "web_search_call"}, {"type": "message"}, {"type": "web_search_call"}]},
        {"output": [{"type": "message", "content": "web_search_call"}]},
        {"output": "web_search_call"},
        {"usage": {"input_tokens": 5, "server_tool_use": {"web_search_requests": 4}}},
    ]
    records = [
        {
            "ts": f"2026-03-01T10:00:0{number}Z",
            "request": {"model": "m"},
            "response": {"object": "response", "usage": {"input_tokens": 5}} | answer,
        }
        for number, answer in enumerate(answers)
    ]
    log = write_lines(tmp_path / "a.jsonl", records)
    assert columns_of(log, "web_searches", "input_tokens") == [(2, 5), (None, 5), (None, 5), (4, 5)]


@pytest.mark.parametrize("stored", ["jsonl", "csv", "parquet"])
def test_tiers_of_weave_entries(stored: str, tmp_path: Path) -> None:
    """A parent that sums tiers up has a list of them; the interface's CSV a column for each leaf."""
    row = {"id": "a", "op_name": "x", "project_id": "p", "started_at": START}
    usage = {"claude.x": {"input_tokens": 5, "service_tier": ["Priority"], "inference_geo": "us"}}
    log = tmp_path / f"a.{stored}"
    if stored == "jsonl":
        write_lines(log, [row | {"summary": {"usage": usage}}])
    elif stored == "parquet":
        pq.write_table(pa.Table.from_pylist([row | {"summary": {"usage": usage}}]), log)
    else:
        leaves = {"input_tokens": 5, "service_tier": '["Priority"]', "inference_geo": "us"}
        cells = row | {f"summary.usage.claude.x.{name}": value for name, value in leaves.items()}
        with log.open("w", newline="") as stream:
            csv.writer(stream).writerows([list(cells), list(cells.values())])
    assert columns_of(log, "model", "price_context", "input_tokens") == [
        ("claude.x", "service_tier=priority&inference_geo=us", 5)
    ]


# Totals

INPUT_OUTPUT = {"prompt_tokens": 100, "completion_tokens": 10}


@pytest.mark.parametrize(
    ("counts", "expected", "unexplained"),
    [
        ({"total_tokens": 110, "reasoning_tokens": 7}, [100, 10, 110], 0),
        ({"total_tokens": 117, "reasoning_tokens": 7}, [100, 17, 117], 0),
        ({"total_tokens": 117, "thoughts_tokens": 7}, [100, 17, 117], 0),
        ({"total_tokens": 150, "cache_read_input_tokens": 40, "reasoning_tokens": 7}, [100, 10, 150], 0),
        ({"total_tokens": 155, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 5},
         [100, 10, 155], 0),
        ({"total_tokens": 162, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 5,
          "reasoning_tokens": 7}, [100, 17, 162], 0),
        # None holds: the counts stay.
        ({"total_tokens": 163, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 5,
          "reasoning_tokens": 7}, [100, 10, 163], 1),
        ({"total_tokens": 111}, [100, 10, 111], 1),
        ({"total_tokens": 5, "reasoning_tokens": 7}, [100, 10, 5], 0),
        ({"total_tokens": 148, "cache_read_input_tokens": 40}, [100, 10, 148], 0),
        # The order of the sums decides where two hold.
        ({"total_tokens": 117, "cache_read_input_tokens": 7, "reasoning_tokens": 7}, [100, 17, 117], 0),
        # Unreadable counts explain nothing, nor are they said not to.
        ({"total_tokens": 500, "reasoning_tokens": "many"}, [100, 10, 500], 0),
        ({"total_tokens": 500, "cache_read_input_tokens": -1}, [100, 10, 500], 0),
        ({"total_tokens": "many"}, [100, 10, 110], 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", ["weave", "columns", "openai"])
def test_what_a_recorded_total_is_made_of(
    counts: dict[str, Any],
    expected: list[int],
    unexplained: int,
    written: str,
    run_cli: CommandLine,
    tmp_path: Path,
) -> None:
    usage = INPUT_OUTPUT | counts
    record: dict[str, Any] = {
        "weave": call("a", START, usage={"m": usage}),
        "columns": {"ts": START, "model": "m", **usage},
        "openai": {"ts": START, "request": {"model": "m"}, "response": {"object": "x", "usage": usage}},
    }[written]
    done = ask(run_cli, write(tmp_path / "a.jsonl", record))
    assert by_model(done)["m"][:3] == expected
    assert done.quality.get("unexplained_totals", 0) == unexplained


@pytest.mark.parametrize(
    ("usage", "total"),
    [
        ({"prompt_tokens": "x", "completion_tokens": 5}, None),
        ({"prompt_tokens": 5, "completion_tokens": -1}, None),
        ({"prompt_tokens": "x", "completion_tokens": 5, "total_tokens": 9}, 9),
        ({"prompt_tokens": "x", "input_tokens": 4, "completion_tokens": 5}, 9),
        ({"total_tokens": "x"}, None),
        ({"total_tokens": "x", "completion_tokens": 5}, 5),
        ({"completion_tokens": 5}, 5),
    ],
)
def test_totals_of_unreadable_parts(
    usage: dict[str, Any], total: int | None, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "a.jsonl", call("a", START, usage={"m": usage}))
    done = run_cli.query(log, "-g", "total", "--usage", "total_tokens:max,count")
    (row,) = done.usage
    assert row["max_total_tokens"] == total
    assert row["count_total_tokens"] == int(total is not None)


ROWS: Sequence[dict[str, Any]] = [
    {"ts": "2026-03-01T10:00:00Z", "model": "m", **INPUT_OUTPUT, "total_tokens": 900},
    {"ts": "2026-03-01T11:00:00Z", "model": "m", **INPUT_OUTPUT, "total_tokens": 110},
    {"ts": "2026-03-02T10:00:00Z", "model": "m", **INPUT_OUTPUT, "total_tokens": 901},
]


@pytest.mark.parametrize("stored", ["jsonl", "csv", "parquet"])
def test_unexplained_totals_are_counted_and_said(
    stored: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = tmp_path / f"a.{stored}"
    if stored == "jsonl":
        write_lines(log, ROWS)
    elif stored == "csv":
        with log.open("w", newline="") as stream:
            table = csv.DictWriter(stream, list(ROWS[0]))
            table.writeheader()
            table.writerows(ROWS)
    else:
        pq.write_table(pa.Table.from_pylist([dict(row) for row in ROWS]), log)
    for metric in ("output_tokens", "total_tokens", "total_cost"):
        done = run_cli.query(log, "--meta", "--usage", metric)
        assert done.quality["unexplained_totals"] == 2, metric
        said = "2 totals are more than their counts explain (their cost may be too low)"
        assert said in done.stderr, metric
    first = run_cli.query(log, "--meta", "--usage", "total_tokens", "-u", "2026-03-02")
    assert first.quality["unexplained_totals"] == 1
    assert "1 total is more than its counts explain (its cost may be too low)" in first.stderr
    # Only a question that reads totals counts them.
    for words in (("--usage", "cache_read_input_tokens"), ("--calls", "call_count")):
        done = run_cli.query(log, "--meta", *words)
        assert (done.quality, done.stderr) == ({}, ""), words


def test_reasoning_beside_the_output_of_rolled_up_usage(run_cli: CommandLine, tmp_path: Path) -> None:
    """A parent that sums its children up is read like them, and adds nothing of its own."""
    leaf = {"prompt_tokens": 100, "completion_tokens": 10, "reasoning_tokens": 7, "total_tokens": 117}
    log = write(
        tmp_path / "a.jsonl",
        call("top", START, ended_at="2026-03-01T11:00:00Z",
             usage={"m": {name: 2 * n for name, n in leaf.items()}}),
        call("one", "2026-03-01T10:10:00Z", parent_id="top", usage={"m": leaf}),
        call("two", "2026-03-01T10:20:00Z", parent_id="top", usage={"m": leaf}),
    )  # fmt: skip
    assert by_model(ask(run_cli, log)) == {"m": [200, 34, 234, 0, 0]}
    assert by_model(ask(run_cli, log, "--roots-only")) == {"m": [200, 34, 234, 0, 0]}
    assert by_model(ask(run_cli, log, "--usage-scope", "recorded")) == {"m": [400, 68, 468, 0, 0]}


# Entries


@pytest.mark.parametrize("stored", ["jsonl", "csv", "parquet"])
def test_a_line_with_any_count_is_an_entry_whatever_is_asked(
    stored: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    rows = [
        {"ts": f"2026-03-01T10:00:0{number}Z", "prompt_tokens": put_in, "completion_tokens": put_out}
        for number, (put_in, put_out) in enumerate(((9, None), (None, 3), (9, 3), (None, None)))
    ]
    log = tmp_path / f"a.{stored}"
    if stored == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), log)
    elif stored == "csv":
        text = [
            f"{row['ts']},{row['prompt_tokens'] or ''},{row['completion_tokens'] or ''}" for row in rows
        ]
        log.write_text("\n".join(["ts,prompt_tokens,completion_tokens", *text]))
    else:
        write_lines(log, rows)
    asked = ["--usage", "output_tokens:avg,count,min"]
    for beside in ((), ("--usage", "input_tokens:avg"), ("--usage", "cache_read_input_tokens")):
        (row,) = run_cli.query(log, "-g", "total", *asked, *beside).usage
        assert (row["avg_output_tokens"], row["count_output_tokens"], row["min_output_tokens"]) == (
            2,
            3,
            0,
        )
        assert row["count"] == 3
