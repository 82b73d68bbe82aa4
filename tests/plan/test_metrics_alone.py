"""The answer to a metric never depends on what else is asked, in no format (spec 5, 9)."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from callstats_cli.request.metrics import COST_METRICS, ONE_NUMBER, USAGE_METRICS
from format_logs import FORMATS_WRITTEN, random_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conftest import CommandLine

SEEDS = range(int(os.environ.get("CALLSTATS_TEST_SEEDS_ALONE", "1")))
AGGREGATIONS = ":sum,count,avg,min,max,p50"


def asked(metrics: Iterable[str]) -> list[str]:
    return [
        word
        for metric in metrics
        for word in ("--usage", metric if metric in ONE_NUMBER else metric + AGGREGATIONS)
    ]


def of_metric(rows: list[dict[str, Any]], metric: str) -> list[dict[str, Any]]:
    """What rows say of one metric."""
    return [
        {
            key: value
            for key, value in row.items()
            if key in ("timestamp", "model", "count", metric) or key.partition("_")[2] == metric
        }
        for row in rows
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", FORMATS_WRITTEN)
def test_a_metric_alone_is_what_it_is_beside_others(
    way: str, seed: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = random_log(way, seed, tmp_path)
    r = random.Random(f"{way} {seed}")
    reading = (log, "-g", "total", "--usage-scope", r.choice(["recorded", "own", "auto"]))
    everything = run_cli.query(*reading, *asked(USAGE_METRICS), "--calls", "call_count", "--meta")
    assert everything.usage, everything.stderr
    assert way.split(",")[0].split(" in ")[0] in everything.meta["formats"]
    metrics = list(USAGE_METRICS)
    alone = [[metric] for metric in r.sample(metrics, 5)]
    for some in (*alone, r.sample(metrics, 3), [name for name in metrics if name not in COST_METRICS]):
        done = run_cli.query(*reading, *asked(some))
        for metric in some:
            expected = of_metric(everything.usage, metric)
            assert of_metric(done.usage, metric) == expected, (metric, some)
