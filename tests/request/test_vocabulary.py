"""The tables of the vocabulary: a row is all that has to be added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callstats_cli.chain.slots import Aggregate, Ratio
from callstats_cli.render.words import column_titles
from callstats_cli.request.call_columns import COLUMNS
from callstats_cli.request.dimensions import DIMENSIONS
from callstats_cli.request.filters import FILTER_FIELDS
from callstats_cli.request.metrics import CALL_METRICS, USAGE_METRICS, Metric
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

if TYPE_CHECKING:
    from conftest import CommandLine

TESTS = Path(__file__).parents[1]
CASES = "\n".join(
    path.read_text("utf-8")
    for path in (*(TESTS / "plan" / "cases").glob("*.toml"), TESTS / "pricing" / "test_costs.py")
)
METRICS = USAGE_METRICS | CALL_METRICS


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_made_of_columns_and_has_a_case_and_a_title(name: str) -> None:
    metric = METRICS[name]
    assert set(metric.reads) <= COLUMNS.keys()
    assert name in CASES
    columns = output_columns(metric.family, [MetricRequest(name)])
    assert all("_" not in title for title in column_titles(columns).values())


def test_every_dimension_is_a_column() -> None:
    assert {dimension.column for dimension in DIMENSIONS.values()} <= COLUMNS.keys()


@pytest.mark.parametrize("name", FILTER_FIELDS)
def test_every_filter_field_is_a_column_a_flag_and_a_field_of_bodies(
    name: str, run_cli: CommandLine
) -> None:
    field = FILTER_FIELDS[name]
    assert field.column in COLUMNS
    assert f"--{field.flag}" in run_cli("query", "--help").stdout
    schema = json.loads(run_cli("schema", "request").stdout)
    assert name in schema["$defs"]["CallFilterBody"]["properties"]


def test_a_metric_is_added_by_its_row(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = Ratio(Aggregate("sum", "output_tokens"), Aggregate("sum", "total_tokens"))
    reads = USAGE_METRICS["total_tokens"].reads
    row = Metric("output_share", "share", reads, formula)
    monkeypatch.setitem(USAGE_METRICS, row.name, row)
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"timestamp": "2026-03-01T00:00:00Z", "model": "m", "input_tokens": 3, "output_tokens": 1}\n'
    )
    done = run_cli.query(log, "--usage", "output_share", "-g", "total")
    assert [row["output_share"] for row in done.usage] == [0.25]
    shown = run_cli("query", log, "--usage", "output_share", "-g", "total").stdout
    assert shown.splitlines()[1].split() == ["bucket", "model", "calls", "output", "share"]
