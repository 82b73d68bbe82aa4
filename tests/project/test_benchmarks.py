"""The benchmark compares the tool with scripts written by hand; here it runs on little data."""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "benchmarks" / "bench.py"


def test_tool_and_scripts_by_hand_agree(tmp_path: Path) -> None:
    sizes = ("--calls", "30000", "--lines", "1002", "--runs", "1", "--folder", str(tmp_path))
    done = subprocess.run(
        [sys.executable, str(BENCH), *sizes], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split(" | ")[0] for line in done.stdout.splitlines() if line.startswith("| ")]
    assert table == [
        "| log",
        "| 30,000 flat calls, Parquet",
        "| 1,002 Weave calls, JSON Lines",
        "| no call, Parquet",
        "| 10 Weave calls, JSON Lines",
        "| log",
        "| `otel`, JSON Lines",
        "| `claude_code`, JSON Lines",
        "| `litellm`, JSON Lines",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {
        "flat30k.parquet",
        "weave1002.jsonl",
        "empty.parquet",
        "weave10.jsonl",
        "otel1002.jsonl",
        "claude_code1002.jsonl",
        "litellm1002.jsonl",
    }
