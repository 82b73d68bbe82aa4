"""The formats with parents: OpenTelemetry, OpenInference, Langfuse (spec 5, 6, 10).

What is expected was counted by hand, or stands in the notes beside the data.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callstats_cli.answer.format_report import report
from callstats_cli.formats.notions import has_notion
from callstats_cli.formats.registry import FORMATS
from callstats_cli.request.filters import FILTER_FIELDS
from log_files import as_text, shared
from plain_logs import LANGFUSE_OBSERVATION, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from callstats_cli.formats.log_format import LogFormat
    from conftest import CommandLine, Outcome

ROOT = Path(__file__).resolve().parents[2]
TOKENS = ("input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens")
START = 1_772_359_200_000_000_000  # 2026-03-01T10:00:00Z
TRACE, OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"
PARENT, CHILD = "b7ad6b7169203331", "00f067aa0ba902b7"


def ask(run_cli: CommandLine, source: object, *words: object) -> Outcome:
    """Tokens per model and calls with errors, in one bucket."""
    metrics = [word for name in TOKENS for word in ("--usage", name)]
    calls = ["--calls", "error_count", "--calls", "latency_ms:avg"]
    return run_cli.query(source, "-g", "total", "--meta", *metrics, *calls, *words)


def tokens(done: Outcome) -> dict[str | None, list[int]]:
    """Model → input, output, total, read from a cache."""
    return {row["model"]: [row[f"sum_{name}"] for name in TOKENS] for row in done.usage}


def summed(done: Outcome) -> list[int]:
    return [sum(row[f"sum_{name}"] for row in done.usage) for name in TOKENS]


def calls_and_errors(done: Outcome) -> tuple[int, int]:
    (row,) = done.calls
    return row["count"], row["sum_error_count"]


def pair(key: str, value: Any) -> dict[str, Any]:
    kind = "stringValue" if isinstance(value, str) else "intValue"
    return {"key": key, "value": {kind: value}}


def span(span_id: str = CHILD, attributes: object = None, **columns: Any) -> dict[str, Any]:
    """A span of OTLP that runs from START for a second; `attributes` as they are given."""
    times = {"startTimeUnixNano": str(START), "endTimeUnixNano": str(START + 10**9)}
    return {
        "traceId": TRACE,
        "spanId": span_id,
        "name": "chat",
        **times,
        "attributes": attributes,
    } | columns


def used(model: str | None, put_in: Any, put_out: Any, **more: Any) -> dict[str, Any]:
    """The attributes of a call of a model."""
    named = {} if model is None else {"gen_ai.request.model": model}
    return {
        **named,
        "gen_ai.usage.input_tokens": put_in,
        "gen_ai.usage.output_tokens": put_out,
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [pair(key, value) for key, value in attributes.items()]


def otlp(*spans: object) -> dict[str, Any]:
    """A line of the file exporter."""
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


# Samples and real data


@pytest.mark.parametrize(
    ("name", "log_format", "expected", "calls"),
    [
        ("otlp_genai.jsonl", "otel", [18769, 748, 19517, 18512], (9, 1)),
        ("otlp_variants.jsonl", "otel", [22186, 1258, 23444, 0], (5, 1)),
        ("phoenix_spans_flat.jsonl", "openinference", [18720, 740, 19460, 18512], (6, 1)),
        ("phoenix_spans.parquet", "openinference", [18720, 740, 19460, 18512], (6, 1)),
        ("phoenix_spans_nested.jsonl", "openinference", [5010, 122, 5132, 4800], (4, 1)),
        ("langfuse_blob.jsonl", "langfuse", [18904, 1684, 21761, 18512], (7, 1)),
        ("langfuse_api.jsonl", "langfuse", [1340, 134, 1474, 0], (5, 1)),
    ],
)
def test_samples(
    name: str,
    log_format: str,
    expected: list[int],
    calls: tuple[int, int],
    run_cli: CommandLine,
) -> None:
    done = ask(run_cli, shared(f"samples/{name}"))
    assert done.meta["formats"] == {log_format: 1}
    assert (summed(done), calls_and_errors(done)) == (expected, calls)


@pytest.mark.parametrize(
    ("name", "own", "recorded"),
    [("strands_bedrock", 63568, 190704), ("strands_openai", 7389, 14778), ("langchain", 667, 1334)],
)
def test_agentcore_spans_count_each_token_once(
    name: str, own: int, recorded: int, run_cli: CommandLine
) -> None:
    source = shared(f"data/otel_aws_agentcore/raw_otel_{name}_spans.jsonl")
    assert summed(ask(run_cli, source))[0] == own
    assert summed(ask(run_cli, source, "--usage-scope", "recorded"))[0] == recorded


def test_agent_prism_spans(run_cli: CommandLine) -> None:
    done = ask(run_cli, shared("data/otlp_agent_prism"))
    assert tokens(done) == {
        "gpt-3.5-turbo": [629, 19, 648, 0],
        "o1-2024-12-17": [17952, 7122, 25074, 5504],
    }
    assert calls_and_errors(done) == (55, 0)


def test_langfuse_traces(run_cli: CommandLine) -> None:
    """The note's totals leave out one row with plain counts (1200, 15, 1215) and 64 tokens of reasoning
    that stand beside the output."""
    source = shared("data/langfuse_traces")
    done = ask(run_cli, source, "--usage-scope", "recorded")
    assert summed(done)[:3] == [88157 + 1200, 8287 + 64 + 15, 97681 + 1215]
    assert calls_and_errors(done) == (163, 0)
    generations = ask(run_cli, source, "--usage-scope", "recorded", "--op", "GENERATION")
    assert summed(generations)[:3] == [87482 + 1200, 8072 + 64 + 15, 96791 + 1215]
    assert calls_and_errors(generations)[0] == 56


def test_langfuse_recorded_costs(run_cli: CommandLine) -> None:
    done = run_cli.query(
        shared("data/langfuse_traces"), "-g", "total", "--op", "GENERATION",
        "--usage", "total_cost", "--prices", "recorded", "--usage-scope", "recorded",
    )  # fmt: skip
    costs = [row["sum_total_cost"] for row in done.usage if row["sum_total_cost"] is not None]
    assert sum(costs) == pytest.approx(0.135329499994, abs=1e-12)


def test_a_mixed_folder_is_read_file_by_file(run_cli: CommandLine, tmp_path: Path) -> None:
    names = ("otlp_genai.jsonl", "phoenix_spans.parquet", "langfuse_api.jsonl", "weave_calls.jsonl")
    for name in names:
        (tmp_path / name).write_bytes((shared(f"samples/{name}")).read_bytes())
    done = run_cli.query(tmp_path, "-g", "total", "--calls", "call_count", "--meta")
    assert done.meta["formats"] == {"otel": 1, "openinference": 1, "langfuse": 1, "weave": 1}
    assert done.counted == 9 + 6 + 5 + 14


# OpenTelemetry


def wordy(item: dict[str, Any]) -> dict[str, Any]:
    """The same span as the snake case of protocol buffers has it."""
    names = {
        "traceId": "trace_id",
        "spanId": "span_id",
        "parentSpanId": "parent_span_id",
        "startTimeUnixNano": "start_time_unix_nano",
        "endTimeUnixNano": "end_time_unix_nano",
    }
    snake = {names.get(key, key): value for key, value in item.items()}
    if isinstance(snake.get("attributes"), list):
        snake["attributes"] = [
            {
                "key": pair["key"],
                "value": {
                    name.replace("Value", "_value"): value for name, value in pair["value"].items()
                },
            }
            for pair in snake["attributes"]
        ]
    return snake


CALL = used("gpt-4o", 100, 20, gen_ai__usage__cache_read__input_tokens="40", user__id="u1")
WRITINGS: dict[str, list[object]] = {
    "otlp": [otlp(span(attributes=pairs(CALL)))],
    "counts_as_text": [otlp(span(attributes=pairs({key: str(value) for key, value in CALL.items()})))],
    "mapped_attributes": [otlp(span(attributes=CALL))],
    "snake_case": [
        {"resource_spans": [{"scope_spans": [{"spans": [wordy(span(attributes=pairs(CALL)))]}]}]}
    ],
    "library_spans": [
        {"resourceSpans": [{"instrumentationLibrarySpans": [{"spans": [span(attributes=pairs(CALL))]}]}]}
    ],
    "flat": [span(attributes=CALL)],
    "flat_with_pairs": [span(attributes=pairs(CALL))],
    "flat_snake_case_with_pairs": [wordy(span(attributes=pairs(CALL)))],
    "flat_snake_case": [wordy(span(attributes=CALL))],
    "cloudwatch": [{"timestamp": "x", "raw_otel_json": span(attributes=CALL)}],
    "cloudwatch_as_text": [{"timestamp": "x", "raw_otel_json": json.dumps(span(attributes=CALL))}],
    "numeric_times": [
        span(attributes=CALL, startTimeUnixNano=START, endTimeUnixNano=START + 10**9)
    ],
    "printed_by_the_sdk": [
        {
            "name": "chat",
            "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{CHILD}"},
            "start_time": "2026-03-01T10:00:00.000000Z",
            "end_time": "2026-03-01T10:00:01.000000Z",
            "status": {"status_code": "UNSET"},
            "attributes": CALL,
        }
    ],
    "base64_ids": [
        otlp(span("APBnqgupArc=", pairs(CALL), traceId="CvdlGRbNQ92ESOshHIAxnA=="))
    ],
}  # fmt: skip


@pytest.mark.parametrize("writing", WRITINGS)
def test_every_writing_of_a_span_gives_the_same_answer(
    writing: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "spans.jsonl", *WRITINGS[writing])
    words = ("--trace", TRACE, "--call", CHILD, "--user", "u1", "--op", "chat", "--roots-only")
    done = ask(run_cli, log, *words)
    assert done.meta["formats"] == {"otel": 1}
    assert tokens(done) == {"gpt-4o": [100, 20, 120, 40]}
    assert (done.answer["start"], done.calls[0]["avg_latency_ms"]) == ("2026-03-01T10:00:00Z", 1000.0)


@pytest.mark.parametrize("empty", [{"resourceSpans": []}, {"resourceSpans": [{}]}], ids=json.dumps)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_lines_without_spans_do_not_hide_the_others(
    empty: dict[str, Any], at: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    lines = [otlp(span(CHILD, pairs(CALL))), otlp(span("aa", pairs(CALL)))]
    lines.insert(at, empty)
    log = write(tmp_path / "spans.jsonl", *lines)
    assert tokens(ask(run_cli, log)) == {"gpt-4o": [200, 40, 240, 80]}
    array = tmp_path / "spans.json"
    array.write_text(json.dumps(lines, indent=1))
    assert tokens(ask(run_cli, array)) == {"gpt-4o": [200, 40, 240, 80]}


def test_lists_of_several_names_in_one_file(run_cli: CommandLine, tmp_path: Path) -> None:
    spans = [span(f"{number:016x}", pairs(CALL)) for number in range(1, 5)]
    lines = [
        otlp(spans[0]),
        {"resourceSpans": [{"instrumentationLibrarySpans": [{"spans": [spans[1]]}]}]},
        {"resource_spans": [{"scope_spans": [{"spans": [wordy(spans[2])]}]}]},
        spans[3] | {"attributes": CALL},
        "{broken",
    ]
    for order in (lines, lines[::-1]):
        done = ask(run_cli, write(tmp_path / "spans.jsonl", *order))
        assert tokens(done) == {"gpt-4o": [400, 80, 480, 160]}
        assert (calls_and_errors(done), done.quality["not_json"]) == ((4, 0), 1)


def test_an_array_of_otlp(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "spans.json"
    lines = [otlp(span(PARENT, pairs(CALL))), otlp(span(CHILD, pairs(CALL)), span("aa", None))]
    log.write_text(json.dumps(lines, indent=1))
    done = ask(run_cli, log)
    assert tokens(done) == {"gpt-4o": [200, 40, 240, 80]}
    assert calls_and_errors(done) == (3, 0)


def test_older_and_vendor_names(run_cli: CommandLine, tmp_path: Path) -> None:
    """Two names of one count are not added, whatever they say."""
    attributes = [
        {"llm.model_name": "a", "llm.token_count.prompt": 7, "llm.token_count.completion": 2},
        {"ai.model.id": "b", "ai.usage.promptTokens": 5, "ai.usage.completionTokens": 1},
        {"gen_ai.request.model": "c", "gen_ai.response.model": "", "gen_ai.usage.prompt_tokens": 4,
         "gen_ai.usage.input_tokens": 3, "gen_ai.usage.completion_tokens": 9},
    ]  # fmt: skip
    spans = [span(f"{n:016x}", pairs(item)) for n, item in enumerate(attributes, start=1)]
    done = ask(run_cli, write(tmp_path / "spans.jsonl", otlp(*spans)))
    assert tokens(done) == {"a": [7, 2, 9, 0], "b": [5, 1, 6, 0], "c": [3, 9, 12, 0]}


@pytest.mark.parametrize(
    ("columns", "errors"),
    [
        ({"status": {"code": 2}}, 1),
        ({"status": {"code": "STATUS_CODE_ERROR"}}, 1),
        ({"status": {"code": "ERROR"}}, 1),
        ({"attributes": pairs({"error.type": "timeout"})}, 1),
        ({"status": {"code": 1}}, 0),
        ({"status": {"message": '"code":2'}}, 0),
        ({"status": None}, 0),
        ({}, 0),
    ],
)
def test_what_is_an_error(
    columns: dict[str, Any], errors: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    nested = write(tmp_path / "a.jsonl", otlp(span(**columns)))
    assert calls_and_errors(ask(run_cli, nested)) == (1, errors)
    flat = dict(columns)
    flat["attributes"] = {"error.type": "timeout"} if "attributes" in columns else {}
    assert calls_and_errors(ask(run_cli, write(tmp_path / "b.jsonl", span(**flat)))) == (1, errors)


def test_a_span_is_known_by_its_trace_and_id(run_cli: CommandLine, tmp_path: Path) -> None:
    """A retry repeats a span, in upper case too; the same id in another trace is another span."""
    again = span(CHILD.upper(), pairs(CALL), traceId=TRACE.upper())
    other = span(CHILD, pairs(used("gpt-4o", 1, 1)), traceId=OTHER_TRACE)
    log = write(tmp_path / "a.jsonl", otlp(span(attributes=pairs(CALL)), other))
    write(tmp_path / "b.jsonl", otlp(again))
    done = ask(run_cli, tmp_path)
    assert (log.exists(), tokens(done)) == (True, {"gpt-4o": [101, 21, 122, 40]})
    assert done.quality == {"merged": 1}


def test_spans_above_repeat_what_is_below_them(run_cli: CommandLine, tmp_path: Path) -> None:
    """With the same model, and without one and without a count that is below."""
    above = [
        span(PARENT, pairs(used("gpt-4o", 100, 20)), name="agent"),
        span("00000000000000aa", pairs(used(None, 7, 3)), name="agent", traceId=OTHER_TRACE),
    ]
    below = [
        span(CHILD, pairs(CALL), parentSpanId=PARENT),
        span(CHILD, pairs(used("o1", 7, 3)), traceId=OTHER_TRACE, parentSpanId="00000000000000aa"),
    ]
    log = write(tmp_path / "spans.jsonl", otlp(*above, *below))
    done = ask(run_cli, log)
    assert done.meta["usage_scope"] == {
        "used": "auto",
        "repeating_entries": 2,
        "repeated_tokens": 130,
    }
    assert tokens(done) == {"gpt-4o": [100, 20, 120, 40], "o1": [7, 3, 10, 0]}
    recorded = ask(run_cli, log, "--usage-scope", "recorded")
    assert tokens(recorded) == {
        "gpt-4o": [200, 40, 240, 40],
        "o1": [7, 3, 10, 0],
        None: [7, 3, 10, 0],
    }


def test_a_span_that_names_a_model_sums_up_several(run_cli: CommandLine, tmp_path: Path) -> None:
    """Two models below an agent of a third, or of one of them: all that it contains is taken off. What it
    does not contain, in input and output, is not."""
    agents = {"00000000000000a1": ("gpt-5", 30, 5), "00000000000000a2": ("gpt-4o", 40, 5)}
    spans = [span("00000000000000a3", pairs(used("gpt-5", 29, 9)), name="less")]
    for number, (agent, (model, given, taken)) in enumerate(agents.items()):
        spans.append(span(agent, pairs(used(model, given, taken)), name="agent"))
        spans += _two_chats(number, agent)
    spans += _two_chats(9, "00000000000000a3")
    done = ask(run_cli, write(tmp_path / "spans.jsonl", otlp(*spans)))
    assert tokens(done) == {"gpt-4o": [40, 6, 46, 0], "gpt-5": [29, 9, 38, 0], "o1": [60, 9, 69, 0]}
    assert done.meta["usage_scope"]["repeating_entries"] == 2


def _two_chats(number: int, above: str) -> list[dict[str, Any]]:
    return [
        span(f"00000000000b{number}b1", pairs(used("gpt-4o", 10, 2)), parentSpanId=above),
        span(f"00000000000b{number}b2", pairs(used("o1", 20, 3)), parentSpanId=above),
    ]


def test_a_span_without_a_model_below_one_with(run_cli: CommandLine, tmp_path: Path) -> None:
    """A call that has usage and names no model stands for any: it is the agent's tokens."""
    log = write(
        tmp_path / "spans.jsonl",
        otlp(
            span(PARENT, pairs(used("gpt-4o", 100, 20)), name="agent"),
            span(CHILD, pairs(used(None, 100, 20)), parentSpanId=PARENT),
        ),
    )
    assert tokens(ask(run_cli, log)) == {None: [100, 20, 120, 0]}


def test_roots_of_spans_need_not_roll_usage_up(run_cli: CommandLine, tmp_path: Path) -> None:
    """Usage of spans is that of all of them, call metrics are those of the roots; asked as recorded, both
    are of the roots."""
    log = write(
        tmp_path / "spans.jsonl",
        otlp(
            span(PARENT, pairs({}), name="agent"),
            span(CHILD, pairs(used("gpt-4o", 100, 20)), parentSpanId=PARENT),
        ),
    )
    roots = ask(run_cli, log, "--roots-only")
    assert (tokens(roots), roots.counted) == ({"gpt-4o": [100, 20, 120, 0]}, 1)
    recorded = ask(run_cli, log, "--roots-only", "--usage-scope", "recorded")
    assert (tokens(recorded), recorded.counted) == ({}, 1)


def test_a_model_asked_for_is_the_one_that_answered(run_cli: CommandLine, tmp_path: Path) -> None:
    """An agent's span knows the model it asked for, its chats which one answered."""
    counts = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20}
    asked = {"gen_ai.request.model": "gpt-4o"}
    answered = asked | {"gen_ai.response.model": "gpt-4o-2024-08-06"}
    more = {"gen_ai.usage.input_tokens": 150, "gen_ai.usage.output_tokens": 20}
    outer = span("00000000000000bb", pairs({**asked, **more}), name="outer")
    agent = span(PARENT, pairs({**asked, **counts}), parentSpanId="00000000000000bb")
    step = span("00000000000000aa", pairs({**answered, **counts}), parentSpanId=PARENT)
    chat = span(CHILD, pairs({**answered, **counts}), parentSpanId="00000000000000aa")
    other = span(CHILD, pairs({**answered, **counts}), traceId=OTHER_TRACE)
    own = {"gpt-4o": [50, 0, 50, 0], "gpt-4o-2024-08-06": [200, 40, 240, 0]}
    log = write(tmp_path / "spans.jsonl", otlp(outer, agent, step, chat, other))
    assert tokens(ask(run_cli, log)) == own
    again = write(tmp_path / "again.jsonl", otlp(outer, agent, step, chat, other, chat))
    merged = ask(run_cli, again)
    assert (tokens(merged), merged.quality) == (own, {"merged": 1})
    recorded = ask(run_cli, log, "--usage-scope", "recorded")
    assert tokens(recorded) == {
        "gpt-4o": [250, 40, 290, 0],
        "gpt-4o-2024-08-06": [300, 60, 360, 0],
    }


def test_odd_spans(run_cli: CommandLine, tmp_path: Path) -> None:
    """Each is read as far as it can be, and what cannot is counted."""
    log = write(
        tmp_path / "spans.jsonl",
        otlp(span(attributes=pairs(CALL)), None, 7, {}),  # the last two have no start
        otlp(span(PARENT, [None, {"key": "gen_ai.usage.input_tokens"}, pair("x", "y")])),
        otlp(span("", pairs(used("m", "abc", 3)), endTimeUnixNano="0")),  # no id, no end, no count
        otlp(span("", pairs(used("m", -1, 3)), startTimeUnixNano="0")),  # an end without a start
        otlp(),
        {"resourceSpans": [{}, {"scopeSpans": None}]},
        {"resourceSpans": "text"},
        "not json",
    )
    done = ask(run_cli, log)
    assert tokens(done) == {"gpt-4o": [100, 20, 120, 40], "m": [0, 3, 0, 0]}
    assert calls_and_errors(done) == (3, 0)
    assert done.quality == {
        "malformed": 1, "not_json": 1, "undated": 3, "unreadable_counts": 2, "running": 1,
    }  # fmt: skip


def test_lone_surrogates_and_lines_between(run_cli: CommandLine, tmp_path: Path) -> None:
    """A line that only Python can read holds several spans; flat lines stand between nested ones."""
    cut = json.dumps(
        otlp(span("0" * 15 + "1", pairs(CALL)), span("0" * 15 + "2", pairs(CALL), name="?"))
    )
    log = write(
        tmp_path / "spans.jsonl",
        otlp(span(attributes=pairs(CALL))),
        cut.replace('"?"', '"\\ud83d"'),
        {"raw_otel_json": span("0" * 15 + "3", CALL)},
        "[1, 2",
        otlp(span("0" * 15 + "4", pairs(CALL))),
    )
    done = ask(run_cli, log)
    assert tokens(done) == {"gpt-4o": [500, 100, 600, 200]}
    assert done.quality == {"malformed": 1, "not_json": 1}


def test_calls_alone_read_no_attribute(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "spans.jsonl", otlp(span(attributes=pairs(CALL)), span(PARENT, None)))
    done = run_cli.query(log, "-g", "total", "--calls", "call_count")
    assert done.counted == 2
    script = run_cli("query", log, "-g", "total", "--calls", "call_count", "--show-sql")
    assert ("STRUCT(key" in script.stdout.partition("null::")[0], '"spanId"' in script.stdout) == (
        False,
        True,
    )


@pytest.mark.parametrize("writing", ["otlp", "mapped_attributes", "cloudwatch_as_text"])
def test_the_printed_sql_answers_the_same(writing: str, run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [*WRITINGS[writing], span("aa", CALL, parentSpanId=CHILD), otlp(span("bb"))]
    log = write(tmp_path / "spans.jsonl", *lines)
    metrics = ("--usage", "input_tokens", "--calls", "error_count", "--calls", "latency_ms:avg")
    assert_the_script_answers_the_same(run_cli, log, "-g", "total", *metrics)


def test_one_object_over_many_lines(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "trace.json"
    log.write_text(json.dumps(otlp(span(PARENT, pairs(CALL)), span(CHILD)), indent=2))
    done = ask(run_cli, log)
    assert (tokens(done), calls_and_errors(done)) == ({"gpt-4o": [100, 20, 120, 40]}, (2, 0))


# OpenInference


def test_phoenix_attributes_nested_as_text_and_flat(run_cli: CommandLine, tmp_path: Path) -> None:
    counts = {"prompt": 10.0, "completion": "2", "prompt_details": {"cache_read": 4}}
    nested = {"llm": {"model_name": "m", "token_count": counts}, "session": {"id": "s"}}
    row = {
        "name": "chat",
        "span_kind": "LLM",
        "parent_id": None,
        "start_time": "2026-03-01T10:00:00+00:00",
        "end_time": "2026-03-01T10:00:01+00:00",
        "status_code": "OK",
        "context": {"trace_id": "t", "span_id": "s"},
    }
    for number, attributes in enumerate((nested, json.dumps(nested))):
        log = write(tmp_path / f"{number}.jsonl", row | {"attributes": attributes})
        done = ask(run_cli, log, "--thread", "s", "--op", "LLM")
        assert tokens(done) == {"m": [10, 2, 12, 4]}


def test_phoenix_costs(run_cli: CommandLine, tmp_path: Path) -> None:
    table = {
        "name": ["a", "b"],
        "context.span_id": ["1", "2"],
        "context.trace_id": ["t", "t"],
        "parent_id": [None, "1"],
        "start_time": pa.array([START, START], pa.timestamp("ns", "UTC")),
        "end_time": pa.array([START, None], pa.timestamp("ns", "UTC")),
        "attributes.llm.model_name": ["m", "m"],
        "attributes.llm.token_count.prompt": [10.0, float("nan")],
        "attributes.llm.cost.prompt": [0.25, None],
        "attributes.llm.cost.completion": [0.5, None],
        "attributes.llm.cost.total": [0.75, None],
    }
    pq.write_table(pa.table(table), tmp_path / "spans.parquet")
    costs = [word for name in ("input_cost", "output_cost", "total_cost") for word in ("--usage", name)]
    done = run_cli.query(tmp_path, "-g", "total", "--prices", "recorded", *costs)
    (row,) = done.usage
    assert [row[f"sum_{name}"] for name in ("input_cost", "output_cost", "total_cost")] == [
        0.25, 0.5, 0.75,
    ]  # fmt: skip


# Langfuse


OBSERVATION: dict[str, Any] = LANGFUSE_OBSERVATION | {
    "level": "DEFAULT",
    "usage_details": {"input": 188, "input_cached_tokens": 512, "output": 30, "output_reasoning": 70},
    "cost_details": {"input": 0.25, "output": 0.5, "total": 0.75},
    "total_cost": 0.75,
    "latency": 99.0,
}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def test_a_later_copy_without_usage_erases_nothing(run_cli: CommandLine, tmp_path: Path) -> None:
    bare = OBSERVATION | {"usage_details": {}, "cost_details": {}, "total_cost": None}
    rows = [OBSERVATION, bare, bare | {"id": "o2"}]
    log = write(tmp_path / "a.jsonl", *rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for path in (log, tmp_path / "a.parquet"):
        done = ask(run_cli, path)
        assert tokens(done) == {"gpt-4o": [700, 100, 800, 512]}, path
        costs = run_cli.query(path, "-g", "total", "--usage", "total_cost", "--prices", "recorded")
        assert [(row["count"], row["sum_total_cost"]) for row in costs.usage] == [(1, 0.75)]


def as_row(observation: dict[str, Any]) -> dict[str, Any]:
    """The same observation as the API has it."""
    row = {camel(name): value for name, value in observation.items()}
    row["model"] = row.pop("providedModelName")
    return row | {"startTime": "2026-03-01T10:00:00.000Z", "endTime": "2026-03-01T10:00:01.500Z"}


def write_csv(path: Path, row: dict[str, Any]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)


@pytest.mark.parametrize(
    "writing", ["blob", "blob_as_text", "blob_csv", "blob_parquet", "blob_map", "api", "api_csv"]
)
def test_every_writing_of_an_observation(writing: str, run_cli: CommandLine, tmp_path: Path) -> None:
    texts = as_text(OBSERVATION)
    if writing == "blob_parquet":
        pq.write_table(pa.Table.from_pylist([texts]), tmp_path / "o.parquet")
    elif writing == "blob_map":
        maps = {
            name: pa.array([list(OBSERVATION[name].items())], pa.map_(pa.string(), pa.float64()))
            for name in ("usage_details", "cost_details")
        }
        plain = {name: pa.array([value]) for name, value in OBSERVATION.items() if name not in maps}
        pq.write_table(pa.table(plain | maps), tmp_path / "o.parquet")
    elif writing.endswith("csv"):
        write_csv(tmp_path / "o.csv", as_row(texts) if writing == "api_csv" else texts)
    else:
        rows = {"blob": OBSERVATION, "blob_as_text": texts, "api": as_row(OBSERVATION)}
        write(tmp_path / "o.jsonl", rows[writing])
    done = ask(run_cli, tmp_path, "--op", "answer", "--call", "o1", "--project", "prj")
    assert done.meta["formats"] == {"langfuse": 1}
    assert tokens(done) == {"gpt-4o": [700, 100, 800, 512]}
    assert done.calls[0]["avg_latency_ms"] == 1500.0
    cost = run_cli.query(tmp_path, "-g", "total", "--usage", "total_cost", "--prices", "recorded")
    assert cost.usage[0]["sum_total_cost"] == 0.75


def test_odd_observations(run_cli: CommandLine, tmp_path: Path) -> None:
    zeros = {"inputUsage": 0, "outputUsage": 0, "totalUsage": 0, "totalCost": 0}
    row = as_row(OBSERVATION)
    log = write(
        tmp_path / "o.jsonl",
        row | {"id": "a", "usageDetails": {}, "model": None} | zeros,  # zeros for none
        row | {"id": "b", "usageDetails": None, "inputUsage": 12, "outputUsage": 3, "totalUsage": 15},
        row | {"id": "c", "usageDetails": {"input": "x", "output": 5}},
        row | {"id": "d", "usageDetails": ["no", "object"]},
        row | {"id": "d2", "usageDetails": "n/a"},
        row | {"id": "d3", "usageDetails": None, "usage": 5},
        row | {"id": "d4", "usageDetails": None, "usage": {"input": 100, "total": 100}},
        row | {"id": "d5", "usageDetails": None, "usage": {}},
        row | {"id": "e", "usageDetails": {}, "level": "ERROR", "endTime": None},
        row | {"id": "f", "usageDetails": {"input": 1}, "parentObservationId": "gone"},
    )
    done = ask(run_cli, log)
    assert tokens(done) == {"gpt-4o": [113, 8, 116, 0]}
    assert calls_and_errors(done) == (10, 1)
    assert done.quality == {"unreadable_counts": 1, "unusable_usage_entries": 3, "running": 1}


def test_an_export_with_its_traces_and_scores(run_cli: CommandLine, tmp_path: Path) -> None:
    beside = {"id": "t1", "timestamp": "2026-03-01 10:00:00.000", "name": "n", "trace_id": "t1"}
    for folder, row in {
        "observations": OBSERVATION,
        "traces": beside | {"bookmarked": False, "public": False, "user_id": "u", "tags": []},
        "scores": beside | {"value": 1, "data_type": "NUMERIC", "source": "API"},
    }.items():
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "0.jsonl", row)
    done = ask(run_cli, tmp_path)
    assert (done.meta["formats"], calls_and_errors(done)) == ({"langfuse": 1}, (1, 0))


# Filters that a format cannot answer


@pytest.mark.parametrize(
    ("line", "words", "error"),
    [
        (
            otlp(span()),
            ("--run", "r"),
            "wb_run_ids: otel logs name no run; leave this filter out",
        ),
        (
            otlp(span()),
            ("--input-ref", "weave:///a"),
            "input_refs: otel logs name no input refs; leave this filter out",
        ),
        (OBSERVATION, ("--turn", "x"), "turn_ids: langfuse logs name no turn; leave this filter out"),
    ],
)
def test_a_filter_on_what_a_format_lacks_is_an_error(
    line: object, words: tuple[str, ...], error: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "log.jsonl", line)
    done = run_cli("query", log, *words)
    assert done.error(2) == error


def test_of_several_formats_one_is_enough_for_a_filter(run_cli: CommandLine, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", otlp(span(attributes=pairs(CALL))))
    own = {"ts": "2026-03-01T10:00:00Z", "model": "m", "input_tokens": 5, "run_id": "r"}
    write(tmp_path / "b.jsonl", own)
    assert tokens(ask(run_cli, tmp_path, "--run", "r")) == {"m": [5, 0, 5, 0]}


def test_a_column_that_a_log_of_ones_own_lacks_must_be_named(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text("ts,conversation\n2026-03-01T10:00:00Z,c1\n")
    done = run_cli("query", tmp_path, "--thread", "c1")
    hint = "name the column with --map thread_id=COLUMN"
    assert done.error(2) == f"thread_ids: columns logs name no thread; {hint}"
    mapped = run_cli.query(
        tmp_path, "--thread", "c1", "--map", "thread_id=conversation", "--calls", "call_count"
    )
    assert mapped.counted == 1


# callstats formats


def test_formats_lists_every_format_with_its_columns(run_cli: CommandLine) -> None:
    listed = json.loads(run_cli("formats", "--json").stdout)
    names = [entry["name"] for entry in listed]
    assert {"weave", "otel", "openinference", "langfuse", "columns"} <= set(names)
    (langfuse,) = json.loads(run_cli("formats", "langfuse", "--json").stdout)
    assert langfuse == listed[names.index("langfuse")]
    assert langfuse["columns"]["started_at"] == ["start_time", "startTime"]
    assert run_cli("formats", "langfuse").stdout.splitlines()[:2] == [
        "langfuse: observations of Langfuse: blob-storage exports, rows of its API and UI; "
        "traces of Langfuse exports, which name users and sessions",
        "  id                              id",
    ]


def test_formats_refuses_an_unknown_name(run_cli: CommandLine) -> None:
    done = run_cli("formats", "wave")
    assert done.error(2) == "unknown format 'wave'; did you mean 'weave'?"


_REFS = {"input_refs", "output_refs"}
_FLAT = {*_REFS, "parent_ids", "trace_roots_only", "turn_ids", "wb_run_ids"}
LACKING: dict[str, set[str]] = {
    "weave": set(),
    "weave-wal": set(),
    "columns": set(),
    "otel": {*_REFS, "wb_run_ids"},
    "openinference": {*_REFS, "wb_run_ids"},
    "langfuse": {*_REFS, "turn_ids", "wb_run_ids"},
    "langsmith": {*_REFS, "turn_ids", "wb_run_ids"},
    "litellm": _FLAT,
    "litellm-spend": {*_FLAT, "trace_ids"},
    "helicone": {*_FLAT, "op_names", "trace_ids"},
    "bedrock": {*_FLAT, "thread_ids", "trace_ids"},
    "envoy": _FLAT,
    "openai": {*_FLAT, "thread_ids", "trace_ids"},
    "claude-code": {*_FLAT, "op_names", "trace_ids", "wb_user_ids"},
    "codex": {*_FLAT, "op_names", "trace_ids", "wb_user_ids"},
}


@pytest.mark.parametrize(
    "log_format",
    [log_format for log_format in FORMATS if not log_format.tells],
    ids=lambda log_format: log_format.name,
)
def test_notions(log_format: LogFormat) -> None:
    """Which filters a format cannot answer."""
    lacking = {
        name for name, field in FILTER_FIELDS.items() if not has_notion(log_format, field.column)
    }
    assert lacking == LACKING[log_format.name]


def test_the_page_on_formats_lists_them_all() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = [f"| `{entry['name']}` | {'; '.join(entry['reads'])} |" for entry in report(None)]
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows
