"""The case files of `cases/`: one behaviour each, its answer worked out by hand from the specification.

A case file is TOML:

- `description`: what the case shows, the rule of the specification, and how the answer was worked out;
- `log`: the lines of a Weave export or of a log of one's own, or `[[files]]` with `name` and `text`;
- `kinds`: the ways of writing the log that must all give this answer (`log_files.WRITERS`);
- `request`: a body; `flags`: words of the command line; `now`: the instant taken for now;
- `answer`: a JSON object; what it names must be exactly so, what it leaves out is not looked at;
- `stderr`: the lines there, exactly; `exit_code`: 0 unless given; `quality`: what `meta` counts.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agreement import disagreement
from log_files import write

if TYPE_CHECKING:
    from conftest import CommandLine

FOLDER = Path(__file__).parent / "cases"
KEYS = {
    "description", "log", "files", "kinds", "request", "flags", "now", "answer", "stderr",
    "exit_code", "quality",
}  # fmt: skip
RESPONSE = ["start", "end", "granularity", "timezone", "usage_buckets", "call_buckets"]


def load(path: Path) -> dict[str, Any]:
    """One case file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


CASES = {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}
RUNS = [(name, kind) for name, case in CASES.items() for kind in case.get("kinds", ["as_written"])]


@pytest.mark.parametrize(("name", "kind"), RUNS, ids=[f"{name}-{kind}" for name, kind in RUNS])
def test_case(name: str, kind: str, run_cli: CommandLine, tmp_path: Path) -> None:
    case = CASES[name]
    words: list[object] = [write_case(case, kind, tmp_path / "log"), *case.get("flags", [])]
    if "request" in case:
        body = tmp_path / "request.json"
        body.write_text(case["request"], encoding="utf-8")
        words += ["--request", body]
    if "quality" in case:
        words.append("--meta")
    done = run_cli.query(*words, now=case.get("now"))
    assert done.code == case.get("exit_code", 0), done.stderr
    if "stderr" in case:
        assert done.stderr.splitlines() == [f"callstats: {line}" for line in case["stderr"]]
    if "quality" in case:
        assert done.quality == case["quality"]
    if "answer" in case:
        assert list(done.answer) == RESPONSE + ["meta"] * ("quality" in case)
        expected = json.loads(case["answer"])
        found = {key: done.answer[key] for key in expected}
        assert disagreement(found, expected) is None


def write_case(case: dict[str, Any], kind: str, folder: Path) -> Path:
    """The log of a case; what its command line names."""
    folder.mkdir()
    if kind != "as_written":
        return write(kind, folder, [json.loads(line) for line in case["log"].splitlines()])
    for file in case.get("files", []):
        path = folder / file["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["text"], encoding="utf-8")
    if "log" not in case:
        return folder
    path = folder / "log.jsonl"
    path.write_text(case["log"], encoding="utf-8")
    return path


@pytest.mark.parametrize("name", CASES)
def test_case_says_what_it_shows_and_has_no_other_key(name: str) -> None:
    assert CASES[name].keys() <= KEYS
    assert "spec" in CASES[name]["description"]
    assert CASES[name].keys() & {"answer", "exit_code", "quality", "stderr"}
