"""Lines as Claude Code and Codex write them, and the question that their tests ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from plain_logs import ASKED_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

QUESTION = (
    *ASKED_TOKENS,
    *("--usage", "total_tokens", "--calls", "call_count", "--calls", "error_count"),
    *("--calls", "latency_ms:count", "-g", "total"),
)


def calls(outcome: Outcome) -> tuple[int, int | None, int]:
    """Calls, errors, and how many calls have a latency."""
    (row,) = outcome.calls
    return row["sum_call_count"], row["sum_error_count"], row["count_latency_ms"]


def block(
    message: str | None = "m1",
    request: str | None = "r1",
    output: int = 10,
    second: int = 0,
    **fields: Any,
) -> dict[str, Any]:
    """A transcript's line for one content block: 5 input, 100 read, 20 written tokens."""
    usage = {
        "input_tokens": 5,
        "output_tokens": output,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 20,
        "cache_creation": {"ephemeral_5m_input_tokens": 15, "ephemeral_1h_input_tokens": 5},
    }
    said = {"id": message, "model": "claude-opus-4-8", "role": "assistant", "usage": usage}
    return {
        "type": "assistant",
        "sessionId": "s1",
        "isSidechain": False,
        "timestamp": f"2026-03-01T10:00:{second:02}.000Z",
        "requestId": request,
        "message": said,
    } | fields


USER = {
    "type": "user",
    "sessionId": "s1",
    "uuid": "u",
    "timestamp": "2026-03-01T09:59:00Z",
    "message": {"role": "user", "content": "hello"},
}


def event(total: int, last: int | None = None, second: int = 0, **info: Any) -> dict[str, Any]:
    """A rollout's token count: of each total a tenth is output and a fifth of the input was cached."""

    def counts(number: int) -> dict[str, int]:
        return {
            "input_tokens": number * 9 // 10,
            "cached_input_tokens": number // 5,
            "output_tokens": number // 10,
            "reasoning_output_tokens": 1,
            "total_tokens": number,
        }

    info = {"total_token_usage": counts(total)} | info
    if last is not None:
        info["last_token_usage"] = counts(last)
    return line("event_msg", second, type="token_count", info=info)


def line(kind: str, second: float, **payload: Any) -> dict[str, Any]:
    """One line of a rollout; `second` counts from 10:00."""
    minutes, seconds = divmod(second, 60)
    stamp = f"2026-03-01T10:{int(minutes):02}:{seconds:06.3f}Z"
    return {"timestamp": stamp, "type": kind, "payload": payload}


def session(name: str, second: float = 0, **payload: Any) -> dict[str, Any]:
    """The first line of a rollout."""
    return line("session_meta", second, id=name, model_provider="openai", **payload)


TURN = line("turn_context", 1, model="gpt-5.4")


def loaded_column(run_cli: CommandLine, log: Path, name: str) -> list[Any]:
    """A column of the entries of calls that the printed script makes, in reading order."""
    script = run_cli("query", log, "--usage", "total_cost", "-g", "total", "--show-sql")
    assert script.code == 0, script.stderr
    with duckdb.connect() as connection:
        connection.execute(script.stdout)
        rows = connection.execute(f"select {name} from joined_0 order by place, entry").fetchall()
    return [row[0] for row in rows]


def formats_of(run_cli: CommandLine, log: Path) -> list[str]:
    """The formats that a log is read in."""
    return sorted(run_cli.query(log, "--calls", "call_count", "--meta").meta["formats"])
