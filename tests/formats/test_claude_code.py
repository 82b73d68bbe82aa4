"""Claude Code: which lines are one call, what an advisor used, what tells a transcript."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from agent_logs import QUESTION, USER, block, calls, formats_of, loaded_column
from plain_logs import TOKENS, tokens, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


def answered(
    message: str | None,
    request: str | None,
    counts: tuple[int, int, int, int],
    second: int = 0,
    **fields: Any,
) -> dict[str, Any]:
    """A block with input, output, cache read and cache write; `usage` adds to them, `model` names one."""
    line = block(message, request, second=second)
    line["message"]["usage"] = dict(zip(TOKENS, counts, strict=True)) | fields.pop("usage", {})
    line["message"]["model"] = fields.pop("model", "claude-sonnet-4-6")
    return line | fields


def by_model(rows: list[dict[str, Any]]) -> dict[str | None, list[float]]:
    """Calls, input, output, cache read and cache write of each model."""
    return {row["model"]: [row["count"], *(row[f"sum_{name}"] for name in TOKENS)] for row in rows}


# Advisors


def advice(model: str | None, sent: Any, written: int, **fields: Any) -> dict[str, Any]:
    """An iteration of an advisor that read 7 tokens from a cache."""
    counts = {"input_tokens": sent, "output_tokens": written, "cache_read_input_tokens": 7}
    return {"type": "advisor_message", "model": model, **counts, **fields}


OWN = {"type": "message", "input_tokens": 4, "output_tokens": 60}


def advised(*iterations: object, second: int = 4, **fields: Any) -> dict[str, Any]:
    """A line of m1 in which iterations of advisors stand beside its own counts."""
    usage = {"iterations": [OWN, *iterations, OWN]}
    return answered("m1", "r1", (8, 120, 50, 30), second, usage=usage, **fields)


@pytest.mark.parametrize("compressed", [False, True])
def test_an_advisor_is_a_further_entry_of_the_call(
    compressed: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    opus = advice("claude-opus-4-7", 9000, 700)
    log = write(
        tmp_path / "a.jsonl",
        answered("m1", "r1", (8, 1, 50, 30)),  # before the advisor was asked
        advised(opus),
        advised(opus, second=5),
        answered("m2", "r2", (3, 2, 0, 0), 9),
    )
    if compressed:
        packed = tmp_path / "b.jsonl.gz"
        packed.write_bytes(gzip.compress(log.read_bytes()))
        log = packed
    for dedupe in ("auto", "always", "never"):
        done = run_cli.query(log, *QUESTION, "--dedupe", dedupe, "--meta")
        assert by_model(done.usage) == {
            "claude-opus-4-7": [1, 9000, 700, 7, 0],
            "claude-sonnet-4-6": [2, 11, 122, 50, 30],
        }
        assert calls(done) == (2, 0, 0)
        assert done.quality == {}
    assert run_cli.query(log, "--calls", "call_count").counted == 2
    assert_the_script_answers_the_same(run_cli, log, *QUESTION)


def test_advisors_of_one_model_are_one_entry(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        advised(
            advice("claude-opus-4-7", 9000, 700),
            advice("claude-haiku-4-5", 40, 4, cache_creation={"ephemeral_1h_input_tokens": 11}),
            advice("claude-opus-4-7", 1000, 50),
        ),
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert by_model(done.usage) == {
        "claude-haiku-4-5": [1, 40, 4, 7, 11],
        "claude-opus-4-7": [1, 10_000, 750, 14, 0],
        "claude-sonnet-4-6": [1, 8, 120, 50, 30],
    }
    assert loaded_column(run_cli, log, "requests") == [1, 2, 1]
    assert loaded_column(run_cli, log, "entry") == [1, 2, 3]


def test_an_advisor_of_the_calls_own_model_adds_to_its_entry(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "a.jsonl", advised(advice("claude-sonnet-4-6", 100, 10)))
    done = run_cli.query(log, *QUESTION)
    assert by_model(done.usage) == {"claude-sonnet-4-6": [1, 108, 130, 57, 30]}


def test_an_iteration_without_a_model_is_the_named_advisors(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    nameless = advice(None, 100, 10)
    log = write(tmp_path / "a.jsonl", advised(nameless, advisorModel="claude-opus-4-7"))
    assert by_model(run_cli.query(log, *QUESTION).usage)["claude-opus-4-7"] == [1, 100, 10, 7, 0]
    log = write(tmp_path / "a.jsonl", advised(nameless))
    assert by_model(run_cli.query(log, *QUESTION).usage)[None] == [1, 100, 10, 7, 0]


@pytest.mark.parametrize(
    "iterations",
    [None, [], "advisor_message", {"type": "advisor_message"}, 5, ["advisor_message", 3, None], [OWN]],
)
def test_odd_iterations_leave_the_call_as_it_is(
    iterations: object, run_cli: CommandLine, tmp_path: Path
) -> None:
    usage = {"iterations": iterations}
    odd = answered("m1", "r1", (8, 120, 50, 30), usage=usage)
    fine = advised(advice("claude-opus-4-7", 9000, 700))
    fine["message"]["id"] = "m2"
    done = run_cli.query(write(tmp_path / "a.jsonl", odd, fine), *QUESTION, "--meta")
    assert by_model(done.usage) == {
        "claude-opus-4-7": [1, 9000, 700, 7, 0],
        "claude-sonnet-4-6": [2, 16, 240, 100, 60],
    }
    assert done.quality == {}


def test_counts_of_an_advisor_that_cannot_be_read(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        advised(advice("claude-opus-4-7", "many", 700), advice("claude-opus-4-7", 5, 1)),
        advised(advice("claude-opus-5", "many", 3), second=9) | {"requestId": "r2"},
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    found = by_model(done.usage)
    assert found["claude-opus-4-7"] == [1, 5, 701, 14, 0]
    assert found["claude-opus-5"] == [1, 0, 3, 7, 0]
    assert done.quality == {"unreadable_counts": 1}


def test_an_advisor_in_a_line_that_the_engine_refuses(run_cli: CommandLine, tmp_path: Path) -> None:
    line = json.dumps(advised(advice("claude-opus-4-7", 9000, 700), cwd="here"))
    log = write(tmp_path / "a.jsonl", line.replace("here", "\\ud83d"))
    assert by_model(run_cli.query(log, *QUESTION).usage)["claude-opus-4-7"] == [1, 9000, 700, 7, 0]


# Copies


@pytest.mark.parametrize("request_id", ["r1", None])
def test_of_copies_the_one_with_most_output_counts(
    request_id: str | None, run_cli: CommandLine, tmp_path: Path
) -> None:
    read = 900 if request_id is not None else 0
    log = write(
        tmp_path / "a.jsonl",
        answered("m1", request_id, (5000, 1, 0, 0)),
        answered("m1", request_id, (5000 - read, 310, read, 0), 2),
        answered("m1", request_id, (5000 - read, 40, read, 0), 3),
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert tokens(done) == [5000 - read, 310, read, 0]
    assert (calls(done), done.quality) == ((1, 0, 0), {})
    assert done.answer["start"] == "2026-03-01T10:00:00Z"


def test_of_equal_outputs_the_last_counts(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        answered("m1", "r1", (700, 9, 0, 0)),
        answered("m1", "r1", (200, 9, 400, 0), 2),
    )
    assert tokens(run_cli.query(log, *QUESTION)) == [200, 9, 400, 0]


# Relays


def test_one_message_id_for_everything_is_told_apart_by_input(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(
        tmp_path / "a.jsonl",
        answered("any", None, (100, 3, 0, 0)),
        answered("any", None, (100, 30, 0, 0), 1),  # the same answer, further on
        answered("any", None, (260, 20, 0, 0), 10),
        answered("any", None, (260, 20, 90, 0), 20),
        answered("any", None, (260, 20, 90, 40), 30),
        answered("any", None, (100, 5, 0, 0), 40, sessionId="s2"),
    )
    for dedupe in ("auto", "always", "never"):
        done = run_cli.query(log, *QUESTION, "--dedupe", dedupe, "--meta")
        assert tokens(done) == [100 + 3 * 260 + 100, 30 + 60 + 5, 180, 40]
        assert (calls(done), done.quality) == ((5, 0, 0), {})
    ids = loaded_column(run_cli, log, "id")
    assert ids == ["any", "any:2", "any:3", "any:4", "any:5"]
    assert run_cli.query(log, *QUESTION, "--call", "any:3").counted == 1
    assert run_cli.query(log, *QUESTION, "--thread", "s2").counted == 1
    assert_the_script_answers_the_same(run_cli, log, *QUESTION)


def test_a_relays_answers_that_a_resumed_session_copies_count_once(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    first = [answered("any", None, (100, 3, 0, 0)), answered("any", None, (100, 30, 0, 0), 1)]
    write(tmp_path / "one.jsonl", *first)
    copies = [line | {"sessionId": "s2"} for line in first]
    write(tmp_path / "two.jsonl", *copies, answered("any", None, (100, 7, 0, 0), 50, sessionId="s2"))
    assert tokens(run_cli.query(tmp_path, *QUESTION)) == [200, 37, 0, 0]


def test_write_counts_by_lifetime_tell_a_relays_answers_apart(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    lifetimes = [{"cache_creation": {"ephemeral_5m_input_tokens": count}} for count in (10, 25)]
    log = write(
        tmp_path / "a.jsonl",
        *(
            answered("any", None, (100, 3, 0, 0), second, usage=usage)
            for second, usage in enumerate(lifetimes)
        ),
    )
    done = run_cli.query(log, *QUESTION)
    assert (tokens(done), calls(done)) == ([200, 6, 0, 35], (2, 0, 0))


# Side chains


def test_a_side_chain_replays_its_parent_and_has_calls_of_its_own(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    write(
        tmp_path / "p" / "s1.jsonl",
        answered("m1", "r1", (900, 1, 0, 0)),
        answered("m1", "r1", (30, 44, 870, 0), 2),
        answered("any", None, (60, 6, 0, 0), 8),
    )
    write(
        tmp_path / "p" / "s1" / "subagents" / "deep" / "agent-1.jsonl",
        answered("m1", "r7", (30, 44, 870, 0), 2, isSidechain=True),
        answered("m1", None, (30, 44, 870, 0), 2, isSidechain=True),
        answered("any", "r8", (60, 6, 0, 0), 8, isSidechain=True),
        answered("any", None, (60, 6, 0, 0), 8, isSidechain=True),
        answered("any", None, (75, 5, 0, 0), 9, isSidechain=True),
        answered("m2", "r9", (20, 2, 0, 0), 9, isSidechain=True),
    )
    done = run_cli.query(tmp_path / "p", *QUESTION, "--meta")
    assert tokens(done) == [30 + 60 + 75 + 20, 44 + 6 + 5 + 2, 870, 0]
    assert (calls(done), done.quality) == ((4, 0, 0), {})


# Counts and prices


@pytest.mark.parametrize("flat", [0, None, ""])
def test_writes_of_which_only_lifetimes_are_logged(
    flat: object, run_cli: CommandLine, tmp_path: Path
) -> None:
    usage = {
        "cache_creation_input_tokens": flat,
        "cache_creation": {"ephemeral_5m_input_tokens": 600, "ephemeral_1h_input_tokens": 400},
    }
    log = write(tmp_path / "a.jsonl", answered("m1", "r1", (0, 0, 0, 0), usage=usage))
    assert tokens(run_cli.query(log, *QUESTION)) == [0, 0, 0, 1000]
    prices = tmp_path / "prices.toml"
    prices.write_text(
        "[claude-sonnet-4-6]\ninput = 1\noutput = 1\ncache_write = 2\ncache_write_1h = 5\n"
    )
    done = run_cli.query(log, "--usage", "total_cost", "--prices", prices, "-g", "total")
    assert done.usage[0]["sum_total_cost"] == pytest.approx((600 * 2 + 400 * 5) / 1e6, rel=1e-12)


def test_input_leaves_caches_out_whatever_the_numbers(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", answered("m1", "r1", (1000, 0, 10, 20)))
    prices = tmp_path / "prices.toml"
    prices.write_text(
        "[claude-sonnet-4-6]\ninput = 100\noutput = 1\ncache_read = 10\ncache_write = 1\n"
    )
    done = run_cli.query(log, "--usage", "total_cost", "--prices", prices, "-g", "total")
    assert done.usage[0]["sum_total_cost"] == pytest.approx((100_000 + 100 + 20) / 1e6, rel=1e-12)


def test_what_changes_the_price_of_a_request(run_cli: CommandLine, tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [
        {},
        {"service_tier": None, "speed": "", "inference_geo": None, "server_tool_use": None},
        {"service_tier": "batch"},
        {"speed": "fast", "service_tier": "standard"},
        {"inference_geo": "us", "server_tool_use": {"web_search_requests": 4}},
        {"server_tool_use": {"web_search_requests": "x", "web_fetch_requests": 9}},
    ]
    log = write(
        tmp_path / "a.jsonl",
        *(
            answered(f"m{number}", f"r{number}", (1, 1, 0, 0), number, usage=usage)
            for number, usage in enumerate(said)
        ),
    )
    assert loaded_column(run_cli, log, "price_context") == [
        None,
        None,
        "service_tier=batch",
        "service_tier=standard&speed=fast",
        "inference_geo=us",
        None,
    ]
    assert loaded_column(run_cli, log, "web_searches") == [None, None, None, None, 4, -1]


def test_an_advisor_is_priced_as_the_request_that_asked_it(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    line = advised(
        advice("claude-opus-4-7", 90, 7), advice("claude-opus-5", 90, 7, service_tier="priority")
    )
    line["message"]["usage"] |= {
        "service_tier": "batch",
        "server_tool_use": {"web_search_requests": 2},
    }
    log = write(tmp_path / "a.jsonl", line)
    assert loaded_column(run_cli, log, "price_context") == [
        "service_tier=batch",
        "service_tier=batch",
        "service_tier=priority",
    ]
    assert loaded_column(run_cli, log, "web_searches") == [2, None, None]


# What tells a transcript


@pytest.mark.parametrize(
    "lines",
    [
        [USER],
        [{"type": "summary", "summary": "x", "leafUuid": "l"}],
        [{"type": "mode", "mode": "plan", "sessionId": "s"}],
        [{"type": "permission-mode", "permissionMode": "plan", "sessionId": "s"}],
        [{"type": "file-history-snapshot", "messageId": "m", "snapshot": {}}],
        [{"type": "queue-operation", "operation": "enqueue", "sessionId": "s"}],
        [
            {
                "type": "system",
                "subtype": "compact_boundary",
                "sessionId": "s",
                "isSidechain": False,
                "uuid": "u",
            }
        ],
        [
            {"odd": 1},
            {"type": "assistant", "message": "text"},
            {"type": ["x"], "message": {"role": "user"}, "sessionId": "s"},
            {"type": "user", "message": {"role": ["x"]}, "sessionId": "s", "uuid": "u"},
            block(),
        ],
        [{"sessionId": "s", "timestamp": "2026-03-01T10:00:00Z", "message": block()["message"]}],
    ],
)
def test_transcripts_are_told_by_their_own_lines(
    lines: list[dict[str, Any]], run_cli: CommandLine, tmp_path: Path
) -> None:
    assert formats_of(run_cli, write(tmp_path / "a.jsonl", *lines)) == ["claude-code"]


STAMP = {"sessionId": "q", "uuid": "u", "timestamp": "2026-03-01T10:00:00Z", "model": "m"}


@pytest.mark.parametrize(
    "line",
    [
        {"type": "user", "message": {"role": "user", "parts": [{"text": "hi"}]}},
        {
            "type": "assistant",
            "message": {"role": "model", "parts": []},
            "usageMetadata": {"promptTokenCount": 6},
        },
        {"type": "system", "subtype": "ui_telemetry", "systemPayload": {}},
        {"type": "assistant", "message": {"role": "bot", "text": "hi"}},
        {"type": "assistant", "message": {"usage": {"prompt_tokens": 5}}},
        {"type": "message", "message": {"role": "assistant", "usage": {"input": 5}}},
        {"type": "progress", "message": "half"},
    ],
)
def test_sessions_of_other_agents_are_no_transcripts(
    line: dict[str, Any], run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(tmp_path / "a.jsonl", STAMP | line, STAMP | line | {"uuid": "v"})
    assert "claude-code" not in formats_of(run_cli, log)
