"""A comparison as aligned text, as Markdown, and as JSON. Nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.render.json import json_text
from callstats_cli.render.lists import aligned_list, markdown_list
from callstats_cli.render.markdown import escaped
from callstats_cli.render.numbers import value_texts
from callstats_cli.render.terminal import MARKDOWN, folded
from callstats_cli.render.words import ALL_MODELS, column_titles, model_name, span_text
from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.comparison import Change, Comparison, Side
    from callstats_cli.answer.rows import Number
    from callstats_cli.render.terminal import Terminal

_HEADER = ("metric", "model", "old", "new", "difference", "percent", "old calls", "new calls")
_NUMBERS = frozenset(_HEADER[2:])
_SPARE = ("old calls", "new calls", "difference", "percent")


def comparison_json(compared: Comparison) -> str:
    """One JSON object: both ranges, then a row per metric and model, of all models, and of calls."""
    families: dict[str, list[dict[str, Any]]] = {"usage": [], "usage_of_all_models": [], "calls": []}
    for change in compared.changes:
        if change.new.column.metric.family == "call":
            families["calls"].append(_object(change, {}))
        elif change.new.place.of_all_models:
            families["usage_of_all_models"].append(_object(change, {}))
        else:
            families["usage"].append(_object(change, {"model": change.new.place.model}))
    content = {
        "new": side_object(compared.new),
        "old": side_object(compared.old),
        "timezone": compared.timezone,
        **families,
    }
    return json_text(content)


def side_object(side: Side) -> dict[str, Any]:
    """A side's range in UTC, and the saved answer that it is from."""
    start, end = (format_instant(us, "UTC") for us in (side.start_us, side.end_us))
    return {"start": start, "end": end, "baseline": side.baseline}


def _object(change: Change, model: dict[str, str | None]) -> dict[str, Any]:
    unpriced = {}
    if change.new.column.is_cost:
        unpriced = {
            "old_unpriced_calls": change.old.unpriced,
            "new_unpriced_calls": change.new.unpriced,
        }
    return {
        "metric": change.new.column.name,
        **model,
        "old": change.old.value,
        "new": change.new.value,
        "difference": change.difference,
        "percent": change.percent,
        "old_calls": change.old.calls,
        "new_calls": change.new.calls,
        **unpriced,
    }


def comparison_text(compared: Comparison, terminal: Terminal) -> str:
    """A line on what is compared, then aligned rows."""
    header, rows = _table(compared.changes, terminal)
    lines = "\n".join(folded(_ranges(compared), terminal))
    return f"{lines}\n" + aligned_list(header, rows, _NUMBERS, terminal, _SPARE)


def comparison_markdown(compared: Comparison) -> str:
    """A heading, the ranges, and a table."""
    table = markdown_list(*_table(compared.changes, MARKDOWN), _NUMBERS)
    return f"#### Comparison\n\n{escaped(' · '.join(_ranges(compared)))}\n\n{table}"


def _ranges(compared: Comparison) -> tuple[str, ...]:
    new, old = (
        span_text(side.start_us, side.end_us, compared.timezone)
        for side in (compared.new, compared.old)
    )
    where = f" in {compared.old.baseline}" if compared.old.baseline else ""
    return f"New: {new}", f"old: {old}{where}", compared.timezone


def _table(changes: Sequence[Change], terminal: Terminal) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and rows; without the column of models where all is of calls."""
    rows = []
    has_models = False
    titles = column_titles(
        list({change.new.column.name: change.new.column for change in changes}.values())
    )
    for change in changes:
        values: list[Number] = [change.old.value, change.new.value, change.difference]
        old, new, difference = value_texts(change.new.column, values, terminal)
        at_least = terminal.at_least
        old = at_least + old if change.old.unpriced and change.old.value is not None else old
        new = at_least + new if change.new.unpriced and change.new.value is not None else new
        is_usage = change.new.column.metric.family == "usage"
        model = ALL_MODELS if change.new.place.of_all_models else model_name(change.new.place.model)
        has_models |= is_usage
        rows.append(
            [
                titles[change.new.column.name],
                model if is_usage else "",
                old,
                new,
                difference,
                terminal.no_data if change.percent is None else f"{change.percent:+.1f}%",
                f"{change.old.calls:{terminal.grouping}}",
                f"{change.new.calls:{terminal.grouping}}",
            ]
        )
    if has_models:
        return _HEADER, rows
    return (_HEADER[0], *_HEADER[2:]), [[row[0], *row[2:]] for row in rows]
