"""Heavy modules are loaded only on the paths that need them: start-up counts in loops and pipelines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WATCHED = (
    "_duckdb",
    "callstats_cli.request.body",
    "callstats_cli.engines.duckdb.session",
    "callstats_cli.sources.remote",
    "duckdb",
    "pyarrow",
    "pydantic",
    "rich",
    "typer",
)
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"

# Newer versions of Typer read flags with Pydantic, older ones do not: it may be there or not.
# `callstats_cli.request.body` holds the models, which take longer to build than Pydantic to load.
ENGINE_ALONE = {"typer", "_duckdb", "callstats_cli.engines.duckdb.session"}

RUN = """
import contextlib, io
from callstats_cli.cli import run
with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())) as stdout:
    code = run({arguments!r})
assert code == {code}, code
"""


def loaded_by(code: str) -> set[str]:
    """Which of the watched modules a fresh interpreter has loaded after running some code."""
    report = (
        f"\nimport json, sys\nprint(json.dumps([name for name in {WATCHED!r} if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def loaded_by_query(*arguments: str, code: int = 0) -> set[str]:
    return loaded_by(RUN.format(arguments=["query", *arguments], code=code))


def test_what_is_watched_exists() -> None:
    assert loaded_by("import " + ", ".join(WATCHED)) == set(WATCHED)


@pytest.mark.parametrize(
    "module",
    [
        "plan.compiler",
        "request.request",
        "formats.registry",
        "request.metrics",
        "request.times",
        "survey.survey",
    ],
)
def test_what_needs_no_engine_loads_none(module: str) -> None:
    assert loaded_by(f"import callstats_cli.{module}") == set()


def test_body_loads_pydantic_alone() -> None:
    assert loaded_by("import callstats_cli.request.body") == {"callstats_cli.request.body", "pydantic"}


def test_command_line_loads_typer_alone() -> None:
    assert loaded_by("import callstats_cli.cli") == {"typer"}


@pytest.mark.parametrize("log", ["calls.jsonl", "calls.parquet"])
@pytest.mark.parametrize("output", ["json", "jsonl", "table", "csv", "markdown"])
def test_question_from_flags_loads_the_engine_alone(log: str, output: str) -> None:
    loaded = loaded_by_query(str(SAMPLE / log), "-g", "1d", "--roots-only", "-f", output)
    assert loaded - {"pydantic"} == ENGINE_ALONE


@pytest.mark.parametrize("flags", [("--json", "--meta"), ("--show-sql",)], ids=["meta", "show_sql"])
def test_meta_and_show_sql_load_no_more(flags: tuple[str, ...]) -> None:
    loaded = loaded_by_query(str(SAMPLE / "calls.jsonl"), *flags)
    assert loaded - {"pydantic"} == ENGINE_ALONE


def test_body_is_loaded_where_one_is_given() -> None:
    request = str(SAMPLE / "request_week.json")
    loaded = loaded_by_query(str(SAMPLE / "calls.parquet"), "--request", request, "--json")
    assert loaded == ENGINE_ALONE | {"callstats_cli.request.body", "pydantic"}


@pytest.mark.parametrize(("words", "code"), [(("-g", "nonsense"), 2), ((), 1)], ids=["flag", "file"])
def test_error_while_the_engine_starts_ends_in_its_own_exit_code(
    words: tuple[str, ...], code: int
) -> None:
    command = (sys.executable, "-m", "callstats_cli", "query", "no such file", *words)
    runs = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(8)]
    assert [run.returncode for run in runs] == [code] * 8
    assert all(run.stderr.startswith("callstats: error: ") for run in runs)
    assert all(run.stderr.count("\n") == 1 for run in runs)
