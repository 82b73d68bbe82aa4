"""Codex: which events are one step, whose a fork's are, what records of responses tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent_logs import QUESTION, TURN, calls, event, formats_of, line, loaded_column, session
from plain_logs import tokens, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

Counts = tuple[int, int, int, int]
"""Input, cached input, output, reasoning."""


def usage(counts: Counts, written: int | None = None) -> dict[str, int]:
    """Counts as Codex writes them; a total is that of input and output."""
    sent, cached, output, reasoning = counts
    named = {
        "input_tokens": sent,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": sent + output,
    }
    return named if written is None else named | {"cache_write_input_tokens": written}


def step(total: Counts | None, last: Counts | None, second: float, **payload: Any) -> dict[str, Any]:
    """A token count with these counts."""
    info = {
        "total_token_usage": total and usage(total),
        "last_token_usage": last and usage(last),
    }
    return line("event_msg", second, type="token_count", info=info, **payload)


def record(response: str | None, used: Counts, second: float, **payload: Any) -> dict[str, Any]:
    """What a response used, by its id."""
    told = {"thread_id": "s", "response_id": response, "usage": usage(used)}
    return line("token_usage_record", second, **(told | payload))


def turn(second: float, model: str = "gpt-5.4") -> dict[str, Any]:
    """The context of a turn."""
    return line("turn_context", second, model=model, cwd="/srv")


ONE: Counts = (1000, 0, 100, 10)
TWO: Counts = (1500, 900, 50, 0)
BOTH: Counts = (2500, 900, 150, 10)


# Counters


def test_steps_with_equal_totals_are_told_apart_by_their_parts(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        step(ONE, ONE, 5),
        step(BOTH, TWO, 9),
        step(BOTH, TWO, 10),  # written again
        step((2400, 0, 250, 0), (1400, 0, 150, 0), 20),  # the same total of other parts
        step((1000, 0, 100, 0), (1000, 0, 100, 0), 30),  # another counter, without reasoning
    )
    for dedupe in ("auto", "always", "never"):
        done = run_cli.query(log, *QUESTION, "--dedupe", dedupe, "--meta")
        assert tokens(done) == [1000 + 1500 + 1400 + 1000, 100 + 50 + 150 + 100, 900, 0]
        assert (calls(done)[0], done.quality) == (4, {})
    assert loaded_column(run_cli, log, "id") == ["s:1100", "s:2650", "s:2650:2", "s:1100:2"]
    assert run_cli.query(log, *QUESTION, "--call", "s:2650:2").counted == 1


@pytest.mark.parametrize("has_last", [True, False])
def test_counters_that_run_beside_each_other(
    has_last: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    def counted(total: Counts, last: Counts, second: float, limit: str) -> dict[str, Any]:
        return step(total, last if has_last else None, second, rate_limits={"limit_id": limit})

    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        counted(ONE, ONE, 5, "codex"),
        counted((8000, 0, 800, 0), (8000, 0, 800, 0), 6, "codex_other"),
        counted(BOTH, TWO, 7, "codex"),
        counted((8000, 0, 800, 0), (8000, 0, 800, 0), 8, "codex_other"),  # written again
        counted((9000, 900, 900, 10), (1000, 900, 100, 10), 9, "codex_other"),
        counted((9000, 900, 900, 10), (6500, 0, 750, 0), 10, "codex"),
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert calls(done)[0] == 5
    assert tokens(done)[:2] == [9000 + 9000, 900 + 900]
    assert done.quality == {}


def test_events_without_totals_are_known_by_their_time(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [session("s"), turn(1), step(None, ONE, 5), step(None, ONE, 9)]
    for folder in ("sessions", "archived_sessions"):
        write(tmp_path / folder / "rollout.jsonl", *lines)
    assert tokens(run_cli.query(tmp_path, *QUESTION)) == [2000, 200, 0, 0]


def test_an_archived_rollout_may_be_longer(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [session("s"), turn(1), step(ONE, ONE, 5), step(BOTH, TWO, 9)]
    write(tmp_path / "sessions" / "a.jsonl", *lines[:3])
    write(tmp_path / "archived_sessions" / "a.jsonl", *lines)
    done = run_cli.query(tmp_path, *QUESTION, "--meta")
    assert (tokens(done), done.quality) == ([2500, 150, 900, 0], {})


def test_written_cache_tokens_are_a_part_of_the_input(run_cli: CommandLine, tmp_path: Path) -> None:
    def counted(total: int, last: int | None, second: float) -> dict[str, Any]:
        made = step(ONE, ONE, second)
        info = made["payload"]["info"]
        info["total_token_usage"] = usage((total, 0, total // 10, 0), total // 2)
        info["last_token_usage"] = last and usage((last, 0, last // 10, 0), last // 2)
        return made

    log = write(
        tmp_path / "a.jsonl", session("s"), turn(1), counted(1000, 1000, 5), counted(1600, None, 9)
    )
    assert tokens(run_cli.query(log, *QUESTION)) == [1600, 160, 0, 800]
    prices = tmp_path / "prices.toml"
    prices.write_text('["gpt-5.4"]\ninput = 100\noutput = 0\ncache_read = 10\ncache_write = 1\n')
    done = run_cli.query(log, "--usage", "total_cost", "--prices", prices, "-g", "total")
    assert done.usage[0]["sum_total_cost"] == pytest.approx((800 * 100 + 800) / 1e6, rel=1e-12)


def test_reasoning_is_a_part_of_the_output_whatever_the_total(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    told = step((1000, 0, 100, 40), (1000, 0, 100, 40), 5)
    for counts in told["payload"]["info"].values():
        counts["total_tokens"] = 1140
    log = write(tmp_path / "a.jsonl", session("s"), turn(1), told)
    assert tokens(run_cli.query(log, *QUESTION)) == [1000, 100, 0, 0]


# Forks

PARENT = [
    session("p"),
    turn(1),
    step(ONE, ONE, 5),
    step(BOTH, TWO, 90),
    step((3900, 900, 300, 10), (1400, 0, 150, 0), 300),
]
"""A session of three steps; the first two are what forks begin with."""


def fork(name: str, *own: dict[str, Any], **payload: Any) -> list[dict[str, Any]]:
    """A session that begins at 10:10 with the first steps of PARENT, written within milliseconds."""
    replayed = [step(ONE, ONE, 600.02), turn(600.03), step(BOTH, TWO, 600.04)]
    return [session(name, 600, **payload), session("p"), turn(600.01), *replayed, *own]


OWN_STEP = step((3300, 1500, 210, 10), (800, 600, 60, 0), 640)


@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize("has_parent", [True, False])
def test_a_forks_calls_are_its_own_steps(
    is_marked: bool, has_parent: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    marks = {"forked_from_id": "p"} if is_marked else {}
    write(tmp_path / "b.jsonl", *fork("f", turn(630), OWN_STEP, **marks))
    if has_parent:
        write(tmp_path / "a.jsonl", *PARENT)
    done = run_cli.query(tmp_path, *QUESTION, "--meta")
    assert calls(done)[0] == (4 if has_parent else 1)
    assert tokens(done)[0] == (3900 if has_parent else 0) + 800
    assert done.quality == {}
    assert run_cli.query(tmp_path, *QUESTION, "--thread", "f").counted == 1
    assert_the_script_answers_the_same(run_cli, tmp_path, *QUESTION)


@pytest.mark.parametrize("has_parent", [True, False])
def test_a_fork_may_keep_the_times_of_what_it_replays(
    has_parent: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    head = session("f", 600, forked_from_id="p")
    write(tmp_path / "a-fork.jsonl", head, *PARENT[:4], turn(630), OWN_STEP)
    if has_parent:
        write(tmp_path / "b-parent.jsonl", *PARENT)
    done = run_cli.query(tmp_path, *QUESTION)
    assert calls(done)[0] == (4 if has_parent else 1)
    assert tokens(done)[0] == (3900 if has_parent else 0) + 800


def test_forks_of_a_session_are_all_counted_from_where_they_part(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    # Both reach the parent's last total, of other parts.
    write(tmp_path / "1.jsonl", *PARENT)
    one = step((3950, 0, 250, 10), (1450, 0, 100, 0), 700)
    other = step((3940, 0, 260, 10), (1440, 0, 110, 0), 700)
    write(tmp_path / "2.jsonl", *fork("f1", one, forked_from_id="p"))
    write(tmp_path / "3.jsonl", *fork("f2", other, forked_from_id="p"))
    done = run_cli.query(tmp_path, *QUESTION, "--meta")
    assert (calls(done)[0], tokens(done)[0]) == (5, 3900 + 1450 + 1440)
    assert done.quality == {}


def test_a_fork_of_a_fork(run_cli: CommandLine, tmp_path: Path) -> None:
    write(tmp_path / "1.jsonl", *PARENT)
    write(tmp_path / "2.jsonl", *fork("f", OWN_STEP, forked_from_id="p"))
    again = [
        session("g", 900, forked_from_id="f"),
        session("f", 600, forked_from_id="p"),
        session("p"),
        *(step(ONE, ONE, 900.01), step(BOTH, TWO, 900.02)),
        OWN_STEP | {"timestamp": "2026-03-01T10:15:00.030Z"},
        step((4000, 1500, 300, 10), (700, 0, 90, 0), 940),
    ]
    write(tmp_path / "3.jsonl", *again)
    done = run_cli.query(tmp_path, *QUESTION)
    assert (calls(done)[0], tokens(done)[0]) == (5, 3900 + 800 + 700)


def test_a_session_of_its_own_that_is_quick_is_no_fork(run_cli: CommandLine, tmp_path: Path) -> None:
    for number in range(2):
        second = 60 * number
        write(
            tmp_path / f"{number}.jsonl",
            session(f"s{number}", second),
            turn(second),
            step(ONE, ONE, second + 0.4),
        )
    assert calls(run_cli.query(tmp_path, *QUESTION))[0] == 2


# Records of responses


def test_a_response_with_a_record_counts_once(run_cli: CommandLine, tmp_path: Path) -> None:
    summed = line(
        "compacted", 40, message="", latest_token_usage_record=record("r3", TWO, 0)["payload"]
    )
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        *(record("r1", ONE, 5), step(ONE, ONE, 5.1)),
        *(step(BOTH, TWO, 9), record("r2", TWO, 9.1)),  # either may come first
        step(BOTH, TWO, 20),
        record("r3", TWO, 30),  # a compaction: no token count tells of it
        summed,
        turn(41, "gpt-5.5"),
        *(record("r4", ONE, 50), record("r4", ONE, 50), step((3500, 900, 250, 20), ONE, 51)),
    )
    for dedupe in ("auto", "always", "never"):
        done = run_cli.query(log, *QUESTION, "--dedupe", dedupe, "--meta")
        rows = [(row["model"], row["count"], row["sum_input_tokens"]) for row in done.usage]
        assert rows == [("gpt-5.4", 3, 1000 + 1500 + 1500), ("gpt-5.5", 1, 1000)]
        assert done.quality == {}
    assert loaded_column(run_cli, log, "id") == ["s:r1", "s:r2", "s:r3", "s:r4"]
    assert run_cli.query(log, *QUESTION, "--call", "s:r3", "--thread", "s").counted == 1
    assert_the_script_answers_the_same(run_cli, log, *QUESTION)


@pytest.mark.parametrize("turns", [True, False])
def test_steps_before_the_first_record_count(turns: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        *(step(ONE, ONE, 5), step(BOTH, TWO, 9)),  # an older version
        *([turn(90)] if turns else []),
        step(BOTH, TWO, 91),  # written again
        *(record("r1", (400, 0, 30, 0), 95), step((2900, 900, 180, 10), (400, 0, 30, 0), 95.1)),
    )
    done = run_cli.query(log, *QUESTION)
    assert (calls(done)[0], tokens(done)) == (3, [2900, 180, 900, 0])


def test_turns_of_an_older_version_between_records_count(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1), record("r1", ONE, 5), step(ONE, ONE, 5.1)),
        *(turn(20), step(BOTH, TWO, 25)),
        *(turn(40), record("r2", ONE, 45), step((3500, 900, 250, 20), ONE, 45.1)),
    )
    assert tokens(run_cli.query(log, *QUESTION)) == [3500, 250, 900, 0]


def test_equal_responses_are_as_many_calls(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        *(record("r1", ONE, 5), step(ONE, ONE, 5.1)),
        *(record("r2", ONE, 9), step((2000, 0, 200, 20), ONE, 9.1)),
    )
    copy = tmp_path / "archived" / "a.jsonl"
    copy.parent.mkdir()
    copy.write_bytes(log.read_bytes())
    assert calls(run_cli.query(tmp_path, *QUESTION))[0] == 2


def test_records_without_an_id_or_a_session(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", record(None, ONE, 5), record(None, ONE, 9), record("", TWO, 12))
    done = run_cli.query(log, *QUESTION, "--meta")
    assert (calls(done)[0], tokens(done)) == (3, [3500, 250, 900, 0])
    assert run_cli.query(log, *QUESTION, "--thread", "s").counted == 3


@pytest.mark.parametrize("has_parent", [True, False])
def test_records_that_a_fork_copies_are_its_parents(
    has_parent: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    write(
        tmp_path / "a.jsonl",
        *(session("f", 600, forked_from_id="s"), session("s"), turn(600)),
        record("r2", TWO, 600.5, thread_id="f"),  # whose it is says the record, not its time
        record("r1", ONE, 605),
    )
    if has_parent:
        write(tmp_path / "b.jsonl", session("s"), turn(1), record("r1", ONE, 5))
    done = run_cli.query(tmp_path, *QUESTION)
    assert tokens(done)[0] == (1000 if has_parent else 0) + 1500


def test_a_record_whose_usage_is_no_object(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1), record("r1", ONE, 5)),
        record("r2", ONE, 9, usage="n/a"),
    )
    done = run_cli.query(log, *QUESTION, "--meta")
    assert (tokens(done), done.quality) == ([1000, 100, 0, 0], {"unusable_usage_entries": 1})


# Tiers


def settings(second: float, **applied: Any) -> dict[str, Any]:
    """Settings that hold until the next ones."""
    return line("event_msg", second, type="thread_settings_applied", thread_settings=applied)


def test_the_tier_is_that_beside_the_counts_else_that_of_the_settings(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    def numbered(number: int, second: float, **payload: Any) -> dict[str, Any]:
        return step((number * 100, 0, 0, 0), (100, 0, 0, 0), second, **payload)

    log = write(
        tmp_path / "a.jsonl",
        *(session("s"), turn(1)),
        numbered(1, 5),
        settings(6, model="gpt-5.4", service_tier="priority"),
        *(numbered(2, 7), numbered(3, 8, service_tier="flex")),
        turn(9),
        numbered(4, 10),
        *(settings(11, service_tier="fast"), numbered(5, 12)),
        *(settings(13, service_tier=None), numbered(6, 14)),
        *(settings(15, service_tier="default"), record("r", ONE, 16)),
        record("q", ONE, 17, service_tier="Batch"),
        *(settings(18, model="gpt-5.4"), record("p", ONE, 19)),
    )
    assert loaded_column(run_cli, log, "price_context") == [
        None,
        "service_tier=priority",
        "service_tier=flex",
        "service_tier=priority",
        "service_tier=priority",
        None,
        "service_tier=default",
        "service_tier=batch",
        None,
    ]


# What tells a rollout


@pytest.mark.parametrize(
    "lines",
    [
        [session("s")],
        [session("s", cwd="/srv"), line("event_msg", 1, type="task_started", turn_id="t")],
        [TURN | {"payload": {"model": "gpt-5.4", "cwd": "/srv"}}],
        [line("event_msg", 1, type="token_count", info=None)],
        [line("response_item", 1, type="message", role="user", content=[])],
        [line("response_item", 1, type="function_call", name="f", arguments="{}", call_id="c")],
        [record("r", ONE, 1)],
        [settings(1, service_tier=None)],
        [{"type": ["x"], "payload": {}}, {"type": "event_msg", "payload": 5}, event(1000, 1000, 5)],
        [{"type": "event_msg", "payload": {"type": ["token_count"]}}, event(1000, 1000, 5)],
    ],
)
def test_rollouts_are_told_by_their_own_lines(
    lines: list[dict[str, Any]], run_cli: CommandLine, tmp_path: Path
) -> None:
    assert formats_of(run_cli, write(tmp_path / "a.jsonl", *lines)) == ["codex"]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("response_item", {"type": "task", "n": 1}),
        ("response_item", {"n": 1}),
        ("event_msg", {"type": "token_count", "n": 1}),
        ("event_msg", {}),
        ("session_meta", {"id": "7", "timestamp": "x"}),
        ("turn_context", {"model": "m"}),
        ("compacted", {"message": "m"}),
        ("token_usage_record", {"usage": {}}),
    ],
)
def test_messages_of_a_queue_are_no_rollout(
    kind: str, payload: dict[str, Any], run_cli: CommandLine, tmp_path: Path
) -> None:
    message = line(kind, 5, **payload) | {"model": "gpt-5", "input_tokens": 11, "output_tokens": 2}
    log = write(tmp_path / "a.jsonl", message, message | {"timestamp": "2026-03-01T11:00:00Z"})
    assert formats_of(run_cli, log) == ["columns"]
    assert tokens(run_cli.query(log, *QUESTION))[:2] == [22, 4]
