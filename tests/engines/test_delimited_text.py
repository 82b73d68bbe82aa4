"""Delimited text whose rows end in several ways, grew a column, or follow a broken header: each row is
read or counted, with its place."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from callstats_cli.engines.duckdb.session import DuckDBEngine

if TYPE_CHECKING:
    from pathlib import Path

    from callstats_cli.engines.duckdb.statements import Statement
    from callstats_cli.engines.engine import Rows
    from conftest import CommandLine, Outcome

ASKED = ("--usage", "input_tokens", "--calls", "call_count", "-g", "total", "--meta")
START = "2026-03-01T10:00:00Z"


def rows(*counts: object, end: str = "\n") -> str:
    return "".join(f"{START},gpt,{count}{end}" for count in counts)


def tokens_of(done: Outcome) -> int:
    return sum(row["sum_input_tokens"] or 0 for row in done.usage)


HEADER = "timestamp,model,input_tokens\n"
BROKEN = 'timestamp,"model\nname",input_tokens'


@pytest.mark.parametrize(
    ("text", "calls", "tokens"),
    [
        (HEADER + rows(1, end="\r\n") + rows(2), 2, 3),
        (HEADER + rows(1) + rows('"2"', end="\r\n") + rows(4), 3, 7),
        (HEADER.replace("\n", "\r\n") + rows(1, 2), 2, 3),
        (HEADER.replace("\n", "\r") + rows(1, 2, end="\r"), 2, 3),
        (HEADER + rows(1, end="\r") + rows(2) + rows(4, end="\r\n"), 3, 7),
        (HEADER + rows(1, end="\n\r\n\n") + rows(2, end="\r\n\r\n"), 2, 3),
        (BROKEN + "\r\n" + rows(1, 2, end="\r\n"), 2, 3),
        (BROKEN + "\n" + rows(1, 2), 2, 3),
        (BROKEN.replace("\n", "\r\n") + "\n" + rows(1, 2), 2, 3),
        (BROKEN.replace("\n", "\r") + "\n" + rows(1, 2), 2, 3),
        (BROKEN + "\r\n" + rows(1) + rows(2, end="\r\n"), 2, 3),
        ("\ufeff" + BROKEN + "\r\n" + rows(1, 2, end="\r\n"), 2, 3),
        (HEADER + f'{START},"g\r\np,""t",1\n' + rows(2, end="\r\n"), 2, 3),
        (HEADER + rows(1, 2) + rows("4,new", "8,new"), 4, 15),
        (HEADER + rows(1, 2, end="\r\n") + rows("4,new", "8,"), 4, 15),
        (HEADER + rows("1,", "2,"), 2, 3),
        (HEADER + rows(1) + rows("2,x,y"), 2, 3),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_no_row_is_lost(
    packed: bool, text: str, calls: int, tokens: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    content = text.encode()
    (tmp_path / "a.csv").write_bytes(gzip.compress(content) if packed else content)
    done = run_cli.query(tmp_path / "a.csv", *ASKED)
    assert (done.counted, tokens_of(done), done.quality) == (calls, tokens, {})


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiters(delimiter: str, run_cli: CommandLine, tmp_path: Path) -> None:
    text = HEADER + rows(1, end="\r\n") + rows('"2"') + rows("4,new")
    (tmp_path / "a.csv").write_text(text.replace(",", delimiter), newline="")
    assert tokens_of(run_cli.query(tmp_path / "a.csv", *ASKED)) == 7


def test_beside_rows_in_order_and_with_a_column_per_leaf(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + rows(1))
    (tmp_path / "b.csv").write_text(HEADER + rows(2, end="\r\n") + rows(4), newline="")
    header = "id,op_name,started_at,project_id,trace_id,summary.usage.gpt.input_tokens"
    text = f"{header}\r\na,x,{START},p,t,8\nb,x,{START},p,t,16\r\n"
    (tmp_path / "c.csv").write_text(text, newline="")
    done = run_cli.query(tmp_path, *ASKED)
    assert (done.counted, tokens_of(done)) == (5, 31)


ODD = (
    HEADER
    + rows(1, end="\r\n")
    + f"{START},gpt\n"
    + f'{START},"g\r\npt","2"\r\n\n'
    + f'{START},"g"pt,4\n'
    + rows("many", end="\r\n")
    + f"soon,gpt,8\n{START},\udcff,16\n"
    + rows(-1, "32")
)
"""Of nine rows three are none, in the lines 3, 7 and 10, and three have values that are none."""


def rejected(path: Path) -> list[tuple[Any, ...]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [(line["line"], line["kind"], line["column"], line["text"]) for line in lines]


def test_places(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(ODD.encode("utf-8", "surrogateescape"))
    done = run_cli.query(tmp_path / "a.csv", *ASKED, "--rejects", tmp_path / "r")
    assert tokens_of(done) == 35
    assert rejected(tmp_path / "r") == [
        (3, "not_a_row", None, f"{START},gpt"),
        (7, "not_a_row", None, f'{START},"g"pt,4'),
        (8, "unreadable_counts", "input_tokens", f"{START},gpt,many"),
        (9, "undated", None, "soon,gpt,8"),
        (9, "unreadable_times", "started_at", "soon,gpt,8"),
        (10, "not_a_row", None, f"{START},\ufffd,16"),
        (11, "unreadable_counts", "input_tokens", f"{START},gpt,-1"),
    ]
    assert done.quality == run_cli.query(tmp_path / "a.csv", *ASKED).quality


@pytest.mark.parametrize("line", ["", '"', "a,b,c,d,e"])
def test_the_places_do_not_rest_on_the_engines_counting(
    line: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(HEADER + rows(1, 2, 4, "many", 8) + line)
    run = DuckDBEngine._execute

    def losing(engine: DuckDBEngine, statement: Statement) -> Rows:
        """A second reading of the original loses a row."""
        sql = statement.sql
        is_original = str(tmp_path / "a.csv") in str(statement.parameters)
        if is_original and not sql.startswith("create or replace temp table"):
            reader = "read_csv(" + sql.split("read_csv(", 1)[1].split("\n)", 1)[0] + "\n)"
            sql = sql.replace(reader, f"(select *, file_index from {reader} limit 99 offset 1)")
        return run(engine, statement._replace(sql=sql))

    monkeypatch.setattr(DuckDBEngine, "_execute", losing)
    done = run_cli.query(tmp_path / "a.csv", *ASKED, "--rejects", tmp_path / "r")
    assert tokens_of(done) == 15
    assert (5, "unreadable_counts", "input_tokens", f"{START},gpt,many") in rejected(tmp_path / "r")


def test_a_large_file_of_two_halves(run_cli: CommandLine, tmp_path: Path) -> None:
    half = rows(*range(1_000)) * 20
    text = HEADER + half + half.replace("\n", "\r\n")
    (tmp_path / "a.csv").write_text(text, newline="")
    done = run_cli.query(tmp_path / "a.csv", *ASKED)
    assert (done.counted, tokens_of(done)) == (40_000, 40 * 499_500)


def test_a_stray_longer_row_is_counted(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + rows(1) + rows("2,x") + rows(4) + rows("8,y"))
    done = run_cli.query(tmp_path / "a.csv", *ASKED)
    assert tokens_of(done) == 5
    assert done.quality == {"malformed": 2, "not_a_row": 2}
