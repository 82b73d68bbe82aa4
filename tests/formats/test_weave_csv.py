"""Weave's CSV and TSV exports: a column per leaf, models with dots in their names."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import shared
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import CommandLine

QUESTION = (
    *("--usage", "input_tokens", "--usage", "output_tokens:sum,avg", "--usage", "total_tokens"),
    *("--usage", "cache_read_input_tokens", "--usage", "cache_creation_input_tokens"),
    *("--calls", "call_count", "--calls", "error_count", "--calls", "latency_ms:sum,p50"),
)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The leaf cells of a call, as the export names them."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{name}.{key}" if name else key)
    elif isinstance(value, (dict, list)):
        yield name, json.dumps(value)
    else:
        yield name, "" if value is None else value


def export(path: Path, calls: list[dict[str, Any]]) -> Path:
    """Writes calls as the interface does: every leaf that any of them has is a column."""
    rows = [dict(leaves(item)) for item in calls]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
    return path


def call(name: str, second: int, usage: Any, **fields: Any) -> dict[str, Any]:
    """One call of the project `p`, two seconds long."""
    return {
        "id": name,
        "project_id": "p",
        "op_name": f"weave:///e/p/op/{name}:v1",
        "trace_id": "t",
        "parent_id": None,
        "started_at": f"2026-03-01T10:00:{second:02}.500000Z",
        "ended_at": f"2026-03-01T10:00:{second + 2:02}.750000Z",
        "exception": None,
        "inputs": {"q": "weave:///e/p/object/prompt:v1", "n": 1},
        "output": 'said,\n"so"',
        "summary": {"usage": usage, "status_counts": {"success": 1}},
    } | fields


CALLS = [
    call(
        "a",
        0,
        {
            "gpt-4.1": {
                "requests": 1,
                "prompt_tokens": 100,
                "completion_tokens": 20,
                "total_tokens": 120,
                "prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 0},
            },
            "my.input_tokens": {"input_tokens": 7, "output_tokens": 3},
        },
    ),
    call("b", 5, {"claude-3.5": {"input_tokens": 5, "cache_read_input_tokens": 50}}, parent_id="a"),
    call("c", 9, None, exception="boom", ended_at=None),
    call("d", 11, {'odd "name"\'s': {"prompt_tokens": "12", "completion_tokens": "many"}}),
    call("e", 12, {"gpt-4.1": {"prompt_tokens": 1, "completion_tokens": 0}, "bad": 5}),
]


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_the_same_answer_as_from_json_lines(ending: str, run_cli: CommandLine, tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps(item) + "\n" for item in CALLS), encoding="utf-8")
    table = export(tmp_path / f"a.{ending}", CALLS)
    for words in (
        (),
        ("-p", "p", "--roots-only"),
        ("--op", "a"),
        ("--input-ref", "weave:///e/p/object/prompt:*"),
    ):
        expected = run_cli.query(lines, *QUESTION, *words, "--meta")
        found = run_cli.query(table, *QUESTION, *words, "--meta")
        assert found.meta["formats"] == {"weave": 1}
        assert found.quality == expected.quality
        for family in ("start", "end", "usage_buckets", "call_buckets"):
            assert found.answer[family] == expected.answer[family], words
    assert expected.counted == 5
    assert {row["model"]: row["sum_input_tokens"] for row in expected.usage} == {
        "claude-3.5": 5,
        "gpt-4.1": 101,
        "my.input_tokens": 7,
        'odd "name"\'s': 12,
    }
    assert_the_script_answers_the_same(run_cli, table, *QUESTION)


@pytest.mark.parametrize("ending", ["csv", "tsv"])
@pytest.mark.parametrize(
    "name", ["data/weave_generated/calls_stream_query.jsonl", "samples/weave_calls.jsonl"]
)
def test_exports_that_people_have(name: str, ending: str, run_cli: CommandLine, tmp_path: Path) -> None:
    source = shared(name)
    text = source.read_text(encoding="utf-8")
    calls = [json.loads(line) for line in text.splitlines() if line.strip()]
    table = export(tmp_path / f"a.{ending}", calls)
    assert run_cli.query(table, *QUESTION).answer == run_cli.query(source, *QUESTION).answer
