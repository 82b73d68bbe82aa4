"""A request as a command line: as a body where a body can say it, and as flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILTER_FLAGS = {
    "op_names": "--op",
    "input_refs": "--input-ref",
    "output_refs": "--output-ref",
    "parent_ids": "--parent",
    "trace_ids": "--trace",
    "call_ids": "--call",
    "thread_ids": "--thread",
    "turn_ids": "--turn",
    "wb_user_ids": "--user",
    "wb_run_ids": "--run",
}


def fits_a_body(request: dict[str, Any]) -> bool:
    """Can a body alone say it? Words for the width, no project and no start are for flags."""
    named = request["project_id"] is not None and request["start"] is not None
    return named and not isinstance(request["granularity"], str)


def as_body(request: dict[str, Any], path: Path) -> list[object]:
    """The words that ask a request by a body, which is written to a file."""
    path.write_text(json.dumps(request), encoding="utf-8")
    return ["--request", path]


def as_flags(request: dict[str, Any]) -> list[object]:
    """The words that ask a request by flags alone."""
    words: list[object] = ["-z", request["timezone"]]
    for name, flag in (("project_id", "-p"), ("start", "-s"), ("end", "-u"), ("granularity", "-g")):
        if request[name] is not None:
            words += [flag, request[name]]
    for family, flag in (("usage_metrics", "--usage"), ("call_metrics", "--calls")):
        for asked in request[family]:
            words += [flag, metric_word(asked)]
    for name, value in request["filter"].items():
        if name == "trace_roots_only":
            words.append("--roots-only" if value else "--no-roots-only")
        else:
            words += [word for item in value for word in (FILTER_FLAGS[name], item)]
    return words


def metric_word(asked: dict[str, Any]) -> str:
    """`METRIC[:AGG,…]`."""
    wanted = [*asked["aggregations"], *(f"p{number}" for number in asked["percentiles"])]
    return asked["metric"] + (":" + ",".join(wanted) if wanted else "")  # type: ignore[no-any-return]
