"""Random requests over random logs: the tool must answer as the oracle does.

`CALLSTATS_TEST_SEEDS=1000` runs more of them, `CALLSTATS_TEST_FIRST_SEED=1000` others.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from agreement import disagreement
from asking import as_body, as_flags, fits_a_body
from log_files import write_lines
from oracle import answer
from random_logs import NOW, random_case

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

FIRST = int(os.environ.get("CALLSTATS_TEST_FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("CALLSTATS_TEST_SEEDS", "150")))


@pytest.mark.parametrize("seed", SEEDS)
def test_tool_and_oracle_agree(seed: int, run_cli: CommandLine, tmp_path: Path) -> None:
    case = random_case(seed)
    expected = answer(
        case.lines, case.request, usage_scope=case.usage_scope, dedupe=case.dedupe, now=NOW
    )
    if fits_a_body(case.request):
        asked = as_body(case.request, tmp_path / "body.json")
    else:
        asked = as_flags(case.request)
    reading = ["--usage-scope", case.usage_scope, "--dedupe", case.dedupe, "--meta"]
    log = write_lines(tmp_path / "log.jsonl", case.lines)
    done = run_cli.query(log, *asked, *reading, now=NOW.isoformat())
    if done.code == 1 and not any(row["count"] for row in expected.response["call_buckets"]):
        assert_nothing_was_readable(done.stderr, expected.quality)
        return
    found = done.answer
    meta = found.pop("meta")
    assert disagreement(found, expected.response, kinds=False) is None
    kinds = counted_alike(case.request)
    odd = {kind: expected.quality[kind] for kind in kinds}
    assert {kind: meta["quality"][kind] for kind in kinds} == odd


def counted_alike(request: dict[str, Any]) -> list[str]:
    """What is odd that tool and oracle count over the same lines and columns."""
    reads_ends = any(asked["metric"] == "latency_ms" for asked in request["call_metrics"])
    return ["malformed", "undated", "unexplained_totals", *(["unreadable_times"] if reads_ends else [])]


def assert_nothing_was_readable(stderr: str, quality: dict[str, int]) -> None:
    """Exit 1 is for logs in which no call has a readable start, or no line is a call."""
    assert "readable start" in stderr or "no line of the log could be read" in stderr
    assert quality["undated"] or quality["malformed"]
