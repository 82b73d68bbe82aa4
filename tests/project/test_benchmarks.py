"""The benchmark measures the tool beside scripts written by hand; here it runs on little data."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from readme import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BENCHMARKS = ROOT / "benchmarks"
MARKS = ("<!-- figures -->", "<!-- end of figures -->")
BY_HAND = [
    *("flat calls", "as JSON", "Weave, JSON Lines", "Weave, Parquet with JSON text"),
    *("Weave, Parquet with MAP", "Weave, Parquet with STRUCT"),
]
ALONE = [
    *("in New York", "by the month", "in total", "not sorted by start", "ids repeat", "no ids"),
    *("with prices", "one hour", "ten times the calls", "`otel`", "`claude-code`", "`litellm`"),
    *("`codex`", "many small files", "12 lines"),
]


def bench(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The benchmark on a five-hundredth of its data, each side run once."""
    little = ("--scale", "0.002", "--runs", "1", "--folder", str(folder))
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / "bench.py"), *little, *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


def test_all_questions_are_measured_and_both_sides_agree(logs: Path) -> None:
    done = bench(logs)
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][2:]
    names = [row[0].removeprefix("| ") for row in rows if row[1] != "ClickHouse"]
    assert sorted(names) == sorted(BY_HAND + ALONE)
    assert [row for row in rows if "did not finish" in row[-1]] == []
    assert {row[0].removeprefix("| ") for row in rows if row[1] == "by hand"} == set(BY_HAND)


def test_figures_are_put_between_the_marks_of_a_page(logs: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("\n".join(["before", MARKS[0], "old", MARKS[1], "after"]))
    done = bench(logs, "--only", "12 lines", "--output", str(page))
    assert (done.returncode, done.stdout) == (0, "")
    before, figures = page.read_text().split(MARKS[0])
    figures, after = figures.split(MARKS[1])
    assert (before, after) == ("before\n", "\nafter")
    assert "| 12 lines | imports | " in figures
    assert "old" not in figures


def test_page_has_a_place_for_figures_and_explains_each_question() -> None:
    page = (BENCHMARKS / "BENCHMARKS.md").read_text(encoding="utf-8")
    assert [page.count(mark) for mark in MARKS] == [1, 1]
    explained = page.partition(MARKS[1])[2]
    assert [name for name in BY_HAND + ALONE if f"**{name}**" not in explained] == []
