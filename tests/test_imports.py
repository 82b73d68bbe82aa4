"""Heavy modules are loaded only on the paths that need them: start-up counts in loops and pipelines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("_duckdb", "duckdb", "pyarrow", "pydantic", "rich", "typer")
SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"
REQUEST = SAMPLE / "request_week.json"

RUN_QUERY = """
import contextlib, io
from callstats_cli.cli import run
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())) as stdout:
    code = run({arguments!r})
assert code == 0, code
assert stdout.buffer.tell() > 100
"""


def loaded_by(code: str) -> set[str]:
    """Which of the heavy modules a fresh interpreter has loaded after running some code."""
    report = f"\nimport json, sys\nprint(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def loaded_by_query(*arguments: str) -> set[str]:
    return loaded_by(RUN_QUERY.format(arguments=["query", *arguments]))


def test_the_list_is_of_modules_that_exist() -> None:
    assert loaded_by("import " + ", ".join(HEAVY)) == set(HEAVY)


@pytest.mark.parametrize("module", ["compiler", "request", "metrics", "answer", "survey", "cli.question"])
def test_the_pure_stages_load_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import callstats_cli.{module}") == set()


def test_body_loads_pydantic_alone() -> None:
    assert loaded_by("import callstats_cli.body") == {"pydantic"}


def test_the_command_line_loads_typer_alone() -> None:
    assert loaded_by("import callstats_cli.cli") == {"typer"}


@pytest.mark.parametrize("log", ["calls.jsonl", "calls.parquet"])
@pytest.mark.parametrize("output", ["json", "jsonl", "table"])
def test_a_question_from_flags_loads_the_engine_alone(log: str, output: str) -> None:
    assert loaded_by_query(str(SAMPLE / log), "-g", "1d", "-f", output) == {"typer", "_duckdb"}


def test_meta_and_show_sql_load_no_more() -> None:
    log = str(SAMPLE / "calls.jsonl")
    assert loaded_by_query(log, "--json", "--meta") == {"typer", "_duckdb"}
    assert loaded_by_query(log, "--show-sql") == {"typer", "_duckdb"}


def test_a_body_loads_pydantic_too() -> None:
    log = str(SAMPLE / "calls.parquet")
    assert loaded_by_query(log, "--request", str(REQUEST), "--json") == {"typer", "_duckdb", "pydantic"}


def test_a_wrong_flag_is_found_before_the_engine_is_loaded() -> None:
    code = "from callstats_cli.cli import run\nassert run(['query', 'x', '-g', 'nonsense']) == 2"
    assert loaded_by(code) == {"typer"}
