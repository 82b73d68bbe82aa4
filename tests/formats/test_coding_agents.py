"""Transcripts of Claude Code and rollouts of Codex: several lines make a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent_logs import QUESTION, TURN, USER, block, calls, event, line, session
from log_files import shared
from plain_logs import NO_USAGE, UNUSABLE, rejected_lines, tokens, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


@pytest.mark.parametrize(
    ("name", "expected_tokens", "expected_calls"),
    [
        ("samples/claude_code.jsonl", [124, 343, 28336, 3814], (5, 1, 0)),
        # 418,193 input tokens in all: 3,039 new, 394,068 read from and 21,086 written to a cache.
        ("data/tracelab_examples/claude_session.jsonl", [3039, 9423, 394068, 21086], (10, 0, 0)),
        ("data/ccusage_fixtures/claude_alpha.jsonl", [600, 250, 70, 75], (3, 0, 0)),
        ("data/ccusage_fixtures/claude_beta.jsonl", [130, 60, 40, 15], (2, 0, 0)),
        ("samples/codex_rollout.jsonl", [20241, 638, 16512, 0], (3, None, 0)),
        ("data/tracelab_examples/codex_session.jsonl", [95819, 1912, 79488, 0], (9, None, 0)),
        ("data/ccusage_fixtures/codex_alpha.jsonl", [3500, 425, 750, 0], (2, None, 0)),
    ],
)
def test_logs_that_people_have(
    name: str,
    expected_tokens: list[int],
    expected_calls: tuple[int, int | None, int],
    run_cli: CommandLine,
) -> None:
    done = run_cli.query(shared(name), *QUESTION)
    assert tokens(done) == expected_tokens
    assert calls(done) == expected_calls


# Claude Code


def test_blocks_of_one_message_are_one_call(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        USER,
        block(output=1),
        block(output=9, second=3),
        block(output=4, second=5),
    )
    for dedupe in ("auto", "always", "never"):
        done = run_cli.query(log, *QUESTION, "--dedupe", dedupe, "--meta")
        assert tokens(done) == [5, 9, 100, 20]
        assert calls(done) == (1, 0, 0)
        assert done.answer["start"] == "2026-03-01T10:00:00Z"
        assert done.quality == {}
    assert run_cli.query(log, *QUESTION, "--thread", "s1", "--call", "m1:r1").counted == 1
    assert run_cli.query(log, *QUESTION, "--thread", "s2").counted == 0


def test_a_call_is_a_message_and_a_request(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        block(),
        block(request="r2"),
        block(request=None),
        block(request=None, second=1),
        block(message="m2", request="r1"),
        block(message=None),
        block(message="", request="r1"),
    )
    assert calls(run_cli.query(log, *QUESTION)) == (6, 0, 0)


def test_copies_in_other_files_are_the_same_call(run_cli: CommandLine, tmp_path: Path) -> None:
    projects = tmp_path / "projects"
    write(projects / "-a" / "s1.jsonl", block(output=3), block(message="m2", output=1))
    write(projects / "-b" / "s2.jsonl", block(output=7, sessionId="s2"), block("m3", sessionId="s2"))
    write(
        projects / "-a" / "s1" / "subagents" / "agent-1.jsonl",
        block("m2", "r9", 1, isSidechain=True, agentId="1"),
        block("m4", "r4", 50, isSidechain=True, agentId="1"),
    )
    write(projects / "-a" / "sessions-index.json", {"version": 1, "entries": []})
    write(projects / "-a" / "empty.jsonl")
    write(projects / "-a" / "summary.jsonl", {"type": "summary", "summary": "x", "leafUuid": "l"})
    done = run_cli.query(projects, *QUESTION)
    # m1 with its larger copy, m2 without the side chain's replay, m3, and m4 of the side chain itself.
    assert tokens(done) == [20, 7 + 1 + 10 + 50, 400, 80]
    assert done.stderr == f"callstats: no call log, left out: {projects}/-a/sessions-index.json\n"
    assert_the_script_answers_the_same(run_cli, projects, *QUESTION)


def test_the_order_of_files_does_not_matter(run_cli: CommandLine, tmp_path: Path) -> None:
    one = write(tmp_path / "a.jsonl", block(output=3), block("m2", output=8))
    other = write(tmp_path / "b.jsonl", block(output=7, second=9), block("m2", output=2))
    forward = run_cli.query(one, other, *QUESTION)
    assert forward.answer == run_cli.query(other, one, *QUESTION).answer
    assert tokens(forward) == [10, 15, 200, 40]


def test_errors_are_calls_without_usage(run_cli: CommandLine, tmp_path: Path) -> None:
    failed = block("x", None, 0, second=8, isApiErrorMessage=True, error="rate_limit")
    failed["message"]["model"] = "<synthetic>"
    said_by_the_client = block("y", None, 0, second=9)
    said_by_the_client["message"]["model"] = "<synthetic>"
    log = write(tmp_path / "a.jsonl", block(), failed, said_by_the_client)
    done = run_cli.query(log, *QUESTION)
    assert calls(done) == (2, 1, 0)
    assert [(row["model"], row["count"]) for row in done.usage] == [("claude-opus-4-8", 1)]


def test_lines_of_a_transcript_that_are_odd(run_cli: CommandLine, tmp_path: Path) -> None:
    unreadable = block("m3")
    unreadable["message"] = {"id": "m3", "usage": {"input_tokens": "x", "output_tokens": 4}}
    log = write(
        tmp_path / "a.jsonl",
        block(),
        '{"type": "assistant", "message": {"usage": {"inp',
        '"text"',
        "",
        block("m2", timestamp="never"),
        unreadable,
        json.dumps(block("m4")).replace("opus", "\\ud83d"),
        {"type": "progress", "sessionId": "s1", "timestamp": "2026-03-01T10:00:00Z"},
        {"type": "assistant", "sessionId": "s1", "message": {"role": "assistant"}},
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert calls(done) == (3, 0, 0)
    assert tokens(done) == [10, 24, 200, 40]
    assert done.quality == {
        "malformed": 2,
        "not_json": 1,
        "not_an_object": 1,
        "undated": 1,
        "unreadable_counts": 1,
        "unreadable_times": 1,
    }


def test_calls_are_joined_before_the_range_is_cut(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", block(output=1), block(output=9, second=30))
    first = run_cli.query(log, *QUESTION, "-s", "2026-03-01T10:00", "-u", "2026-03-01T10:00:10")
    rest = run_cli.query(log, *QUESTION, "-s", "2026-03-01T10:00:10", "-u", "2026-03-01T10:01")
    assert tokens(first) == [5, 9, 100, 20]
    assert rest.counted == 0


def test_recorded_and_priced_cost(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", block(output=1, costUSD=0.1), block(output=9, costUSD=0.25))
    prices = tmp_path / "prices.toml"
    prices.write_text(
        "[claude-opus-4-8]\ninput = 1\noutput = 10\ncache_read = 0.5\n"
        "cache_write = 2\ncache_write_1h = 4\n"
    )
    for chosen, dollars in (("recorded", 0.25), (prices, (5 + 9 * 10 + 50 + 15 * 2 + 5 * 4) / 1e6)):
        done = run_cli.query(log, "--usage", "total_cost", "--prices", chosen, "-g", "total")
        assert done.usage[0]["sum_total_cost"] == pytest.approx(dollars, rel=1e-12), chosen


def test_claude_code_usage_that_is_no_object(run_cli: CommandLine, tmp_path: Path) -> None:
    odd = [block(f"m{number}") for number in range(8)]
    for said, usage in zip(odd, (*UNUSABLE, *NO_USAGE), strict=True):
        said["message"]["usage"] = usage
    copy = block("m8")
    copy["message"]["usage"] = "n/a"
    log = write(tmp_path / "a.jsonl", *odd, block("m8"), copy)
    done = run_cli.query(log, *QUESTION, "--meta", "--rejects", tmp_path / "rejects")
    # Without a usage a line is no call; of two copies the one with counts is complete.
    assert calls(done) == (5, 0, 0)
    assert tokens(done) == [5, 10, 100, 20]
    assert done.quality == {"unusable_usage_entries": 4}
    of_kind = "unusable_usage_entries"
    assert rejected_lines(tmp_path / "rejects") == [(number, of_kind) for number in (1, 2, 3, 4)]


def test_counts_beyond_what_integers_hold(run_cli: CommandLine, tmp_path: Path) -> None:
    huge = block("m1")
    huge["message"]["usage"]["input_tokens"] = 10**19
    log = write(tmp_path / "a.jsonl", huge, block("m2"))
    metrics = ("input_tokens", "output_tokens", "total_tokens", "total_cost")
    asked = [word for name in metrics for word in ("--usage", name)]
    (row,) = run_cli.query(log, *asked, "-g", "total").usage
    assert (row["sum_input_tokens"], row["sum_output_tokens"]) == (10**19, 20)
    rollout = [session("s"), TURN, event(10**19, None, 5), event(2 * 10**19, None, 10)]
    done = run_cli.query(write(tmp_path / "b.jsonl", *rollout), *QUESTION)
    assert (tokens(done)[0], calls(done)[0]) == (18 * 10**18, 2)


def test_the_script_of_a_log_with_an_odd_usage(run_cli: CommandLine, tmp_path: Path) -> None:
    odd = block("odd")
    for usage in ({}, "", "text", 5, [1], {"other": 1}):
        odd["message"]["usage"] = usage
        log = write(tmp_path / "a.jsonl", *(block(f"m{n}") for n in range(300)), odd)
        assert_the_script_answers_the_same(run_cli, log, *QUESTION)


def test_claude_code_usage_as_text(run_cli: CommandLine, tmp_path: Path) -> None:
    texts = [block(name) for name in ("m1", "m2")]
    for said in texts:
        said["message"]["usage"] = json.dumps(said["message"]["usage"])
    objects = [block(f"o{number}") for number in range(1_000)]
    for lines in ([*texts, *objects], [*objects, *texts]):
        done = run_cli.query(write(tmp_path / "a.jsonl", *lines), *QUESTION, "--meta")
        assert (tokens(done), done.quality) == ([5 * 1_002, 10 * 1_002, 100 * 1_002, 20 * 1_002], {})


# Codex


def test_codex_usage_that_is_no_object(run_cli: CommandLine, tmp_path: Path) -> None:
    odd = [
        event(1000, None, 10 + number, total_token_usage=total, last_token_usage=last)
        for number, (total, last) in enumerate(
            [*((usage, None) for usage in UNUSABLE), *((usage, usage) for usage in NO_USAGE), (5, 5)]
        )
    ]
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), TURN, event(1000, 1000, 5), *odd),
        event(1500, None, 30),  # what the total grew by, over what cannot be read
        event(1700, None, 40, last_token_usage="n/a"),
    )
    done = run_cli.query(log, *QUESTION, "--meta", "--rejects", tmp_path / "rejects")
    assert calls(done) == (8, None, 0)
    assert tokens(done) == [1530, 170, 340, 0]
    assert done.quality == {"unusable_usage_entries": 5}
    of_kind = "unusable_usage_entries"
    assert rejected_lines(tmp_path / "rejects") == [(number, of_kind) for number in (4, 5, 6, 7, 12)]


def test_last_usage_or_what_the_total_grew_by(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        session("s"),
        line("event_msg", 1, type="token_count", info=None),
        TURN,
        event(1000, 1000, 5),
        event(1000, 1000, 6),
        event(1500, 500, 10),
        line("turn_context", 11, model="gpt-5.4-mini"),
        event(1800, None, 15),
        event(1800, None, 16),
        event(200, None, 20),
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert [(row["model"], row["count"], row["sum_total_tokens"]) for row in done.usage] == [
        ("gpt-5.4", 2, 1500),
        ("gpt-5.4-mini", 2, 500),
    ]
    assert tokens(done) == [900 + 450 + 270 + 180, 100 + 50 + 30 + 20, 200 + 100 + 60 + 40, 0]
    assert calls(done) == (4, None, 0)
    assert done.quality == {}
    assert run_cli.query(log, *QUESTION, "--thread", "s", "--call", "s:1500").counted == 1


def test_copies_of_a_rollout_are_the_same_calls(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [session("s"), TURN, event(1000, 1000, 5), event(1500, 500, 10)]
    write(tmp_path / "sessions" / "rollout-1.jsonl", *lines)
    write(tmp_path / "archived_sessions" / "rollout-1.jsonl", *lines)
    write(tmp_path / "sessions" / "rollout-2.jsonl", session("t"), TURN, event(1000, 1000, 7))
    assert calls(run_cli.query(tmp_path, *QUESTION)) == (3, None, 0)


@pytest.mark.parametrize("marked", [True, False])
def test_a_fork_replays_the_session_it_comes_from(
    marked: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    write(
        tmp_path / "a.jsonl",
        *(session("s"), TURN, event(1000, 1000, 5), event(1500, 500, 10)),
        event(1900, 400, 90),
    )
    fork = {"forked_from_id": "s"} if marked else {}
    write(
        tmp_path / "b.jsonl",
        session("f", 60, **fork),
        TURN,
        event(1000, 1000, 60),
        event(1500, 500, 60),
        event(1700, None, 70),
    )
    done = run_cli.query(tmp_path, *QUESTION)
    assert calls(done) == (4, None, 0)
    assert sum(row["sum_total_tokens"] for row in done.usage) == 1900 + 200
    assert run_cli.query(tmp_path, *QUESTION, "--thread", "f").counted == 1
    assert_the_script_answers_the_same(run_cli, tmp_path, *QUESTION)


def test_sessions_that_are_alike_are_all_counted(run_cli: CommandLine, tmp_path: Path) -> None:
    for number in range(3):
        second = 20 * number
        write(
            tmp_path / f"{number}.jsonl",
            *(session(f"s{number}", second), TURN),
            *(event(1000, 1000, second + 2), event(1500, 500, second + 5)),
        )
    assert calls(run_cli.query(tmp_path, *QUESTION)) == (6, None, 0)


def test_rollouts_without_a_session_or_a_model(run_cli: CommandLine, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", event(1000, 1000, 5), event(1000, 1000, 6))
    write(tmp_path / "b.jsonl", event(1000, 1000, 5, model="gpt-5"), '{"type": "event_m')
    done = run_cli.query(tmp_path, *QUESTION, "--meta")
    assert [(row["model"], row["count"]) for row in done.usage] == [("gpt-5", 1), (None, 1)]
    assert done.quality == {"malformed": 1, "not_json": 1}


# Folders


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty home, which no variable leads away from."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


def test_claude_code_without_a_source(
    home: Path, monkeypatch: pytest.MonkeyPatch, run_cli: CommandLine
) -> None:
    write(home / ".claude" / "projects" / "-p" / "s1.jsonl", block())
    write(home / ".claude" / "projects" / "-p" / "s1" / "subagents" / "agent-a.jsonl", block("m2"))
    write(home / ".claude" / "projects" / "-p" / "sessions-index.json", {"entries": []})
    write(home / ".config" / "claude" / "projects" / "-q" / "s2.jsonl", block("m3"))
    done = run_cli.query("--log-format", "claude-code", *QUESTION)
    assert (calls(done), done.stderr) == ((3, 0, 0), "")
    for name in ("one", "two"):
        write(home / name / "projects" / "-p" / "s.jsonl", block(name))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", f"{home / 'one'},{home / 'two'},{home / 'none'}")
    assert calls(run_cli.query("--log-format", "claude-code", *QUESTION)) == (2, 0, 0)


def test_codex_without_a_source(
    home: Path, monkeypatch: pytest.MonkeyPatch, run_cli: CommandLine
) -> None:
    rollout = [session("s"), TURN, event(1000, 1000, 5)]
    write(home / ".codex" / "sessions" / "2026" / "03" / "01" / "rollout-a.jsonl", *rollout)
    write(home / ".codex" / "archived_sessions" / "rollout-a.jsonl", *rollout)
    write(home / ".codex" / "history.jsonl", {"session_id": "s", "ts": 1, "text": "x"})
    assert calls(run_cli.query("--log-format", "codex", *QUESTION)) == (1, None, 0)
    write(home / "else" / "sessions" / "rollout-b.jsonl", *rollout, event(1500, 500, 9))
    monkeypatch.setenv("CODEX_HOME", str(home / "else"))
    assert calls(run_cli.query("--log-format", "codex", *QUESTION)) == (2, None, 0)


def test_no_agent_has_left_a_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, run_cli: CommandLine
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    (home / ".claude" / "projects").mkdir(parents=True)
    assert run_cli("query", "--log-format", "claude-code").error(1) == (
        f"no claude-code logs found in {home}/.claude/projects, {home}/.config/claude/projects; "
        "name a SOURCE, or set CLAUDE_CONFIG_DIR"
    )
    assert run_cli("query", "--log-format", "codex").error(1) == (
        f"no codex logs found in {home}/.codex/sessions, {home}/.codex/archived_sessions; "
        "name a SOURCE, or set CODEX_HOME"
    )
    assert run_cli("query", "--log-format", "litellm").error(2).startswith("no SOURCE given; ")
