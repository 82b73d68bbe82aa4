"""What the tests of gateways', coding agents' and Langfuse's logs share: question, figures, files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from log_files import write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Outcome

TOKENS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
ASKED_TOKENS = tuple(word for name in TOKENS for word in ("--usage", name))

LANGFUSE_OBSERVATION: dict[str, Any] = {
    "id": "o1",
    "trace_id": "t1",
    "project_id": "prj",
    "type": "GENERATION",
    "parent_observation_id": None,
    "start_time": "2026-03-01 10:00:00.000",
    "end_time": "2026-03-01 10:00:01.500",
    "name": "answer",
    "provided_model_name": "gpt-4o",
}
"""A row of a Langfuse export but for its usage."""

NO_USAGE: tuple[Any, ...] = (None, {}, [], "")
UNUSABLE = (5, "n/a", [1], True)
"""What a usage may be that stands for none, and what it cannot be."""


def rejected_lines(path: Path) -> list[tuple[int, str]]:
    """Line and kind of each line that `--rejects` wrote."""
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(item["line"], item["kind"]) for item in written]


def tokens(outcome: Outcome) -> list[float]:
    """Input, output, cache read, cache write of all models."""
    return [sum(row[f"sum_{name}"] for row in outcome.usage) for name in TOKENS]


def write(path: Path, *records: object) -> Path:
    """A JSON Lines file; text is written as it is."""
    return write_lines(path, records)
