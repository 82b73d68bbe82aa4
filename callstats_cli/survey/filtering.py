"""The step that leaves calls out which the request's filter does not ask for (spec 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.chain.chain import step
from callstats_cli.request.filters import FILTER_FIELDS
from callstats_cli.survey.relations import all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.chain.chain import Step, Value
    from callstats_cli.request.filters import CallFilter, FilterField


def filter_step(asked: CallFilter, *, spans_pass: bool = False) -> Step:
    """The step `filtered_calls` with the filter's values as parameters. With `spans_pass`, spans below
    others pass `trace_roots_only`: they need not roll usage up (spec 10)."""
    if not asked:
        return all_of("filtered_calls", "calls")
    parameters: dict[str, Value] = {}
    for field in FILTER_FIELDS.values():
        parameters[field.name] = asked.get(field.name)
        parameters |= _patterns(field, asked.texts(field.name))
    return step("calls/filtered_calls", **parameters, spans_pass=spans_pass)


def _patterns(field: FilterField, values: Sequence[str]) -> dict[str, Value]:
    """The further parameters of a field whose values match more than themselves."""
    versions = tuple(value[:-1] for value in values if value.endswith(":*"))
    if field.matches == "ref":
        return {f"{field.name.removesuffix('s')}_prefixes": versions}
    if field.matches == "run":
        return {"wb_run_base_ids": tuple(value for value in values if "/" not in value)}
    if field.matches == "op":
        names = tuple(value.removesuffix(":*") for value in values if "://" not in value)
        return {"op_base_names": names, "op_prefixes": tuple(v for v in versions if "://" in v)}
    return {}
