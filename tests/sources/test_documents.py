"""JSON documents: pages of calls, objects over several lines, of any size."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from log_files import call

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

ASKED = ("--usage", "input_tokens", "--calls", "call_count", "-g", "total", "--meta")
KEYS = ("data", "calls", "spans", "results", "items", "runs", "messages", "resourceSpans")


def own(tokens: int, **columns: Any) -> dict[str, Any]:
    return {"ts": "2026-03-01T10:00:00Z", "model": "m", "input_tokens": tokens, **columns}


def span(number: int) -> dict[str, Any]:
    return {
        "traceId": "t",
        "spanId": str(number),
        "name": "chat",
        "startTimeUnixNano": 1772359200000000000,
        "endTimeUnixNano": 1772359201000000000,
        "attributes": {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": number},
    }


def weave(number: int) -> dict[str, Any]:
    usage = {"m": {"input_tokens": number}}
    return call(str(number), project_id="p", trace_id="t", usage=usage)


def asked(run_cli: CommandLine, path: Path, content: str, *words: object) -> tuple[int, int]:
    """Calls and input tokens of a text."""
    path.write_text(content)
    done = run_cli.query(path, *ASKED, *words)
    return done.counted, sum(row["sum_input_tokens"] for row in done.usage)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("made", [own, span, weave])
def test_pages(made: Any, key: str, indent: int | None, run_cli: CommandLine, tmp_path: Path) -> None:
    page = {"object": "list", key: [made(1), made(2)], "has_more": False, "total": 2}
    text = json.dumps(page, indent=indent)
    assert asked(run_cli, tmp_path / "a.json", text) == (2, 3)


@pytest.mark.parametrize("between", ["\n", "\n\n", " "])
@pytest.mark.parametrize("indent", [None, 1])
def test_several_pages(indent: int | None, between: str, run_cli: CommandLine, tmp_path: Path) -> None:
    pages = [{"data": [own(1), own(2)]}, {"next": "x", "data": []}, {"data": [own(4)]}]
    texts = [json.dumps(page, indent=indent) for page in pages]
    expected = (3, 7)
    if between != " " or indent:
        assert asked(run_cli, tmp_path / "a.jsonl", between.join(texts)) == expected
    assert asked(run_cli, tmp_path / "b.json", json.dumps(pages, indent=indent)) == expected


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", ["page", "page of spans", "array", "one", "several", "mapped"])
def test_more_than_a_sample(shape: str, packed: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    long = "x" * 20_000
    calls = [own(number, output=long) for number in range(40)]
    content: Any = {
        "page": {"calls": calls, "more": None},
        "page of spans": {"first": long * 20, "spans": [span(number) for number in range(40)]},
        "array": calls,
        "one": own(780, output=long * 20),
        "several": None,
        "mapped": {"items": [{"at": one["ts"], "in": one["input_tokens"], "x": long} for one in calls]},
    }[shape]
    text = json.dumps(content, indent=2)
    if shape == "several":
        text = "\n".join(json.dumps(one, indent=2) for one in calls)
    data = text.encode()
    (tmp_path / "a.json").write_bytes(gzip.compress(data) if packed else data)
    words = ("--map", "started_at=at", "--map", "input_tokens=in") if shape == "mapped" else ()
    done = run_cli.query(tmp_path / "a.json", *ASKED, *words)
    assert (done.counted, done.usage[0]["sum_input_tokens"]) == (1 if shape == "one" else 40, 780)


@pytest.mark.parametrize("name", ["data", "items", "messages"])
def test_calls_that_have_lists_are_no_pages(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    columns = {name: [own(100), own(200)]}
    lines = [json.dumps(own(number, **columns)) for number in (1, 2)]
    assert asked(run_cli, tmp_path / "a.jsonl", "\n".join(lines)) == (2, 3)
    assert asked(run_cli, tmp_path / "b.json", json.dumps(own(4, **columns), indent=1)) == (1, 4)
    assert asked(run_cli, tmp_path / "c.json", "[" + ",\n".join(lines) + "]") == (2, 3)


def test_lists_of_other_things_are_no_pages(run_cli: CommandLine, tmp_path: Path) -> None:
    for content in ({"data": [{"colour": "red"}]}, {"messages": [{"role": "user"}]}, {"data": [1]}):
        (tmp_path / "a.json").write_text(json.dumps(content, indent=1))
        assert "has no column that names a time" in run_cli("query", tmp_path / "a.json").error(1)


def test_pages_that_list_nothing_are_an_empty_log(run_cli: CommandLine, tmp_path: Path) -> None:
    for indent in (None, 1):
        (tmp_path / "a.json").write_text(json.dumps({"data": [], "next": None}, indent=indent))
        done = run_cli.query(tmp_path / "a.json", *ASKED)
        assert (done.counted, done.code) == (0, 0)


def test_places_in_pages(run_cli: CommandLine, tmp_path: Path) -> None:
    page = {"total": 3, "data": [own(1), own(2) | {"input_tokens": "many"}, 5, own(4)]}
    (tmp_path / "a.json").write_text(json.dumps(page, indent=1))
    done = run_cli.query(tmp_path / "a.json", *ASKED, "--rejects", tmp_path / "r")
    assert (done.counted, done.quality) == (
        3,
        {"malformed": 1, "not_an_object": 1, "unreadable_counts": 1},
    )
    lines = [json.loads(text) for text in (tmp_path / "r").read_text().splitlines()]
    assert [(line["line"], line["kind"]) for line in lines] == [
        (9, "unreadable_counts"),
        (14, "not_an_object"),
    ]


def test_a_page_that_is_cut(run_cli: CommandLine, tmp_path: Path) -> None:
    text = json.dumps({"data": [own(1), own(2)]}, indent=1)
    for cut in (text[:-3], text[:-20]):
        (tmp_path / "a.json").write_text(cut)
        assert run_cli("query", tmp_path / "a.json").code == 1


def test_a_named_format_is_looked_for_in_pages(run_cli: CommandLine, tmp_path: Path) -> None:
    text = json.dumps({"data": [weave(1), weave(2)]}, indent=1)
    assert asked(run_cli, tmp_path / "a.json", text, "--log-format", "weave") == (2, 3)


def test_pages_among_lines_of_a_folder(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"runs": [own(1), own(2)]}, indent=1))
    (tmp_path / "b.jsonl").write_text(json.dumps(own(4)) + "\n")
    (tmp_path / "c.json").write_text(json.dumps({"runs": [own(8)]}))
    done = run_cli.query(tmp_path, *ASKED)
    assert (done.counted, done.usage[0]["sum_input_tokens"], done.stderr) == (4, 15, "")


@pytest.mark.parametrize(
    "text",
    [
        '{"ts": "2026-03-01",\n"input_tokens":\n{"a": 1}\n, "x": 2}\n' + json.dumps(own(5), indent=0),
        json.dumps(own(2), indent=0) + json.dumps(own(3), indent=4),
    ],
)
def test_objects_over_several_lines(text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    assert asked(run_cli, tmp_path / "a.json", text) == (2, 5)


def test_a_torn_first_line_is_no_document(run_cli: CommandLine, tmp_path: Path) -> None:
    for torn in ('{"ts": "2026', '{"ts":', "{", '{"ts": "2026-03-01", '):
        text = torn + "\n" + json.dumps(own(1)) + "\n" + json.dumps(own(2)) + "\n"
        assert asked(run_cli, tmp_path / "a.jsonl", text) == (2, 3)


# --log-format


CLAUDE = {
    "type": "assistant",
    "sessionId": "s",
    "uuid": "u",
    "timestamp": "2026-03-01T10:00:00Z",
    "requestId": "r",
    "message": {"id": "m", "model": "claude-x", "usage": {"input_tokens": 1, "output_tokens": 1}},
}
CODEX = [
    {"timestamp": "2026-03-01T10:00:00Z", "type": "session_meta", "payload": {"id": "s", "cwd": "/"}},
    {"timestamp": "2026-03-01T10:00:01Z", "type": "turn_context", "payload": {"model": "gpt-x"}},
]


@pytest.mark.parametrize(
    ("lines", "named"), [([CLAUDE], "codex"), (CODEX, "claude-code"), ([own(1)], "codex")]
)
def test_a_named_format_of_which_there_is_no_line(
    lines: list[object], named: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = tmp_path / "a.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run_cli("query", log, "--log-format", named).error(1) == (
        f"no line of {log} is of the format {named}; without --log-format it is told by the content"
    )
    assert run_cli("query", log).code == 0


def test_a_log_of_the_named_format_without_calls_is_answered(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in CODEX))
    (tmp_path / "empty.jsonl").write_text("")
    for words in (["a.jsonl"], ["empty.jsonl"], ["a.jsonl", "empty.jsonl"]):
        done = run_cli.query(*(tmp_path / word for word in words), *ASKED, "--log-format", "codex")
        assert (done.counted, done.code) == (0, 0)
