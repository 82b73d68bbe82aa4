"""The report of `callstats inspect` for people: sections of aligned lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.harmless import printable
from callstats_cli.render.lists import aligned
from callstats_cli.render.terminal import painter
from callstats_cli.render.words import model_text
from callstats_cli.survey.quality import ODD_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callstats_cli.render.terminal import Terminal

_KINDS = {
    "jsonl": "JSON Lines",
    "json": "JSON",
    "csv": "delimited text",
    "parquet": "Parquet",
}
_INDENT = "  "


def render_inspection(found: dict[str, Any], terminal: Terminal) -> str:
    """The report: what the source is, what it holds, what is odd, what to ask."""
    lines: list[str] = []
    paint = painter(terminal)
    for title, section in (
        ("Source", _source(found)),
        ("Columns", _columns(found)),
        ("Projects", _shares(found["projects"], "(no project)", terminal)),
        ("Ops", _shares(found["ops"], "(no op)", terminal)),
        ("Models", _models(found["models"], terminal)),
        ("Usage", _usage(found["usage"], terminal)),
        ("Odd", _odd(found["quality"], terminal)),
        ("Ask", [found["query"]]),
    ):
        folds = title != "Ask"  # a command is to be copied as it is
        lines.append(paint.strong(title))
        for line in map(printable, section):
            lines += _folded(line, terminal) if folds else [_INDENT + line]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _folded(line: str, terminal: Terminal) -> list[str]:
    """A line of the report in as many as the width asks for, broken between words."""
    if terminal.width is None or len(_INDENT + line) <= terminal.width:
        return [_INDENT + line]
    from textwrap import wrap

    return wrap(
        line,
        terminal.width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_on_hyphens=False,
    )


def _source(found: dict[str, Any]) -> Iterator[str]:
    for item in found["formats"]:
        packed = "" if item["compression"] == "none" else f", {item['compression']}"
        kind = _KINDS[item["kind"]] + packed
        yield f"{_files(item['files'])} of {kind}, format {item['format']}: {item['why']}"
    if found["left_out_files"]:
        yield f"{_files(len(found['left_out_files']))} left out: no call logs"
    if not found["formats"]:
        yield f"{_files(found['files'])}, empty"
    yield f"{found['lines']:,} lines, {found['calls']:,} calls"
    if found["range"] is not None:
        yield f"{found['range']['first']} to {found['range']['last']}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _columns(found: dict[str, Any]) -> Iterator[str]:
    for item in found["formats"]:
        if len(found["formats"]) > 1:
            yield f"{item['format']}, {_KINDS[item['kind']]}:"
        taken = (
            (field if field == path else f"{field} = {model_text(path)}")
            + (f" in {item['units'][field]}" if field in item["units"] else "")
            for field, path in item["columns"].items()
        )
        yield "read: " + ", ".join(taken)
        if item["unmapped"]:
            yield "not read: " + ", ".join(model_text(name) for name in item["unmapped"])


def _shares(shares: dict[str, Any], no_name: str, terminal: Terminal) -> Iterator[str]:
    names = (no_name if item["name"] is None else model_text(item["name"]) for item in shares["top"])
    calls = (_number(item["calls"], terminal) for item in shares["top"])
    yield from aligned(list(zip(names, calls, strict=True)), right=(1,))
    more = shares["different"] - len(shares["top"])
    if more > 0:
        yield f"and {more:,} more"


def _models(models: Sequence[dict[str, Any]], terminal: Terminal) -> Iterable[str]:
    if not models:
        return ["no call has usage"]
    rows = [["model", "calls", "input", "output", "share", "price"]]
    for item in models:
        counts = (item[name] for name in ("calls", "input_tokens", "output_tokens"))
        numbers = [_number(count, terminal) for count in counts]
        share = item["share_of_tokens"]
        numbers.append(terminal.no_data if share is None else f"{share:.1%}")
        rows.append([model_text(item["model"]), *numbers, _price(item["price"], terminal)])
    return aligned(rows, right=range(1, 5))


def _price(price: dict[str, Any] | None, terminal: Terminal) -> str:
    if price is None:
        return terminal.no_data
    if price["reason"] is not None:
        from callstats_cli.pricing.prices import REASONS

        return f"none: {REASONS[price['reason']]}"
    how = "" if price["match"] == "exact" else f" (by {price['match']})"
    return f"{model_text(price['matched'])}{how}"


def _usage(usage: dict[str, Any], terminal: Terminal) -> Iterator[str]:
    entries, tokens = usage["repeating_entries"], usage["repeated_tokens"]
    if entries:
        repeat = "usage entry repeats" if entries == 1 else "usage entries repeat"
        yield f"{entries:,} {repeat} {tokens:,} tokens of the calls below"
    else:
        yield "no usage entry repeats what lies below it"
    names = list(usage["recorded"])
    plain = (name.removesuffix("_tokens").removesuffix("_input") for name in names)
    rows = [["", *(name.replace("_", " ") for name in plain)]]
    rows += [
        [scope, *(_number(usage[scope][name], terminal) for name in names)]
        for scope in ("recorded", "own")
    ]
    yield from aligned(rows, right=range(1, len(names) + 1))


def _odd(quality: dict[str, int], terminal: Terminal) -> Iterable[str]:
    rows = [
        [_number(quality[kind.name], terminal), kind.one if quality[kind.name] == 1 else kind.many]
        for kind in ODD_KINDS
        if quality[kind.name]
    ]
    return aligned(rows, right=(0,)) if rows else ["nothing"]


def _number(value: float | None, terminal: Terminal) -> str:
    if value is None:
        return terminal.no_data
    return f"{value:{terminal.grouping}.10g}"
