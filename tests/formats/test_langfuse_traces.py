"""A Langfuse export's traces beside its observations: users and sessions (spec 6)."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from log_files import as_text
from plain_logs import ASKED_TOKENS, LANGFUSE_OBSERVATION, tokens, write
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import CommandLine, Outcome

OBSERVATION = LANGFUSE_OBSERVATION | {"usage_details": {"input": 700, "output": 100}}
TRACE: dict[str, Any] = {
    "id": "t1",
    "timestamp": "2026-03-01 10:00:00.000",
    "name": "n",
    "project_id": "prj",
    "bookmarked": False,
    "public": False,
    "tags": [],
    "user_id": "ann",
    "session_id": "s1",
    "updated_at": "2026-03-01 10:00:05.000",
}
TRACES = (
    # The last of an id is not the latest; a value that the latest lacks stays.
    TRACE | {"user_id": "bob", "session_id": None, "updated_at": "2026-03-01 10:00:09.000"},
    TRACE,
    TRACE | {"id": "t2", "user_id": "ann", "session_id": "s2"},
    TRACE | {"id": "t4", "user_id": "ann", "session_id": "s1"},  # without observations
)
OBSERVATIONS = (
    OBSERVATION,
    OBSERVATION | {"id": "o2"},
    OBSERVATION | {"id": "o3", "trace_id": "t2"},
    OBSERVATION | {"id": "o4", "trace_id": "t3"},
    OBSERVATION | {"id": "o5", "trace_id": None},
)


def ask(run_cli: CommandLine, *words: object) -> Outcome:
    return run_cli.query(*words, "-g", "total", "--meta", *ASKED_TOKENS, "--calls", "call_count")


def calls(done: Outcome) -> int:
    (row,) = done.calls
    return int(row["sum_call_count"])


def as_api(row: dict[str, Any]) -> dict[str, Any]:
    """The same row as the API has it."""
    renamed: dict[str, Any] = {}
    for name, value in row.items():
        first, *rest = name.split("_")
        is_time = name in ("start_time", "end_time", "timestamp")
        renamed[first + "".join(word.title() for word in rest)] = (
            value.replace(" ", "T") + "Z" if is_time else value
        )
    return renamed


def put(folder: Path, name: str, kind: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as one kind of file in a folder of their own."""
    (folder / name).mkdir(parents=True)
    if kind == "parquet":
        texts = [as_text(row) for row in rows]
        pq.write_table(pa.Table.from_pylist(texts), folder / name / "0.parquet")
    elif kind == "csv":
        with (folder / name / "0.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(as_text(row) for row in rows)
    else:
        write(folder / name / "0.jsonl", *(as_api(row) if kind == "api" else row for row in rows))


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "api"])
def test_traces_tell_users_and_sessions_of_observations(
    kind: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    put(tmp_path, "observations", kind, OBSERVATIONS)
    put(tmp_path, "traces", kind, TRACES)
    for words, count in {
        ("--user", "bob"): 2,
        ("--user", "ann"): 1,
        ("--thread", "s1"): 2,
        ("--thread", "s2"): 1,
        ("--user", "bob", "--thread", "s1"): 2,
        ("--user", "ann", "--thread", "s1"): 0,
    }.items():
        done = ask(run_cli, tmp_path, *words)
        assert calls(done) == count, words
        assert done.meta["formats"] == {"langfuse": 1, "langfuse-traces": 1}
        assert (done.meta["left_out_files"], done.meta["rows_read"]) == ([], 5)
    assert tokens(ask(run_cli, tmp_path, "--user", "bob")) == [1400, 200, 0, 0]
    done = ask(run_cli, tmp_path)
    assert calls(done) == 5
    assert done.meta["left_out_files"] == [str(next((tmp_path / "traces").iterdir()))]
    assert (done.meta["formats"], done.meta["rows_read"]) == ({"langfuse": 1}, 5)
    assert_the_script_answers_the_same(run_cli, tmp_path, "--user", "bob", "-g", "total")


def test_observations_keep_their_own_user(run_cli: CommandLine, tmp_path: Path) -> None:
    own = {"user_id": "own", "session_id": ""}
    put(tmp_path, "a", "jsonl", [OBSERVATION | own, OBSERVATION | {"id": "o2", "user_id": None}])
    write(tmp_path / "b.jsonl", TRACE, "{torn", "", TRACE | {"id": "t9"})
    words = (tmp_path / "a", tmp_path / "b.jsonl")
    for filters in (("--user", "own"), ("--user", "ann"), ("--user", "own", "--thread", "s1")):
        done = ask(run_cli, *words, *filters)
        assert calls(done) == 1, filters
        assert done.quality == {"malformed": 1, "not_json": 1}
    assert ask(run_cli, *words).quality == {}


def test_what_is_missing_beside_traces_or_observations(run_cli: CommandLine, tmp_path: Path) -> None:
    put(tmp_path, "observations", "jsonl", OBSERVATIONS)
    put(tmp_path, "traces", "jsonl", TRACES)
    traces = "traces of Langfuse exports, which name users and sessions"
    for flag, field, word in (("--user", "wb_user_ids", "user"), ("--thread", "thread_ids", "thread")):
        line = run_cli("query", tmp_path / "observations", flag, "ann").error(2)
        assert line == f"{field}: these langfuse logs name no {word}; add the {traces}"
    path = str(tmp_path / "traces" / "0.jsonl")
    assert run_cli("query", tmp_path / "traces").error(1) == (
        f"{path!r} holds no calls but {traces}; name the files with the calls, too"
    )
