"""The fields of a filter, one row each: everything that depends on a field is made from its row.

Values within a field are alternatives, fields add up. The template `calls/filtered_calls` says what
each field asks of a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

Matches = Literal["exact", "op", "ref", "run", "root"]
Values = tuple[str, ...] | bool


class FilterField(NamedTuple):
    """One field: its name in a request body, its flag without the dashes and the help of that, and the
    column of a call that it restricts.

    `matches` says how its values match: whole (`exact`); op names also by base name and any version of
    a ref (`op`); refs also in any version (`ref`); run ids also without entity and project (`run`).
    A `root` field takes no values: it is true or false.
    """

    name: str
    flag: str
    column: str
    help: str
    matches: Matches = "exact"

    @property
    def parameter(self) -> str:
        """The name of its flag as Python writes it."""
        return self.flag.replace("-", "_")

    @property
    def metavar(self) -> str:
        """The word for a value in the help of its flag."""
        return {"op": "NAME", "ref": "REF"}.get(self.matches, "ID")

    @property
    def notion(self) -> str:
        """The word for what a log without the column does not name, such as `parent`."""
        name = self.column.removeprefix("wb_").removesuffix("_id").removesuffix("_name")
        return name.replace("_", " ")


FILTER_FIELDS: dict[str, FilterField] = {
    field.name: field
    for field in (
        FilterField("op_names", "op", "op_name", "Op name, ref, or ref:* for any version.", "op"),
        FilterField(
            "input_refs", "input-ref", "input_refs", "Only calls with this ref in their inputs.", "ref"
        ),
        FilterField(
            "output_refs",
            "output-ref",
            "output_refs",
            "Only calls with this ref in their output.",
            "ref",
        ),
        FilterField("parent_ids", "parent", "parent_id", "Only calls right below this call."),
        FilterField("trace_ids", "trace", "trace_id", "Only calls of this trace."),
        FilterField("call_ids", "call", "id", "Only the call of this id."),
        FilterField("thread_ids", "thread", "thread_id", "Only calls of this thread or session."),
        FilterField("turn_ids", "turn", "turn_id", "Only calls of this turn."),
        FilterField(
            "trace_roots_only", "roots-only", "parent_id", "Only calls without a parent.", "root"
        ),
        FilterField("wb_user_ids", "user", "wb_user_id", "Only calls of this user."),
        FilterField("wb_run_ids", "run", "wb_run_id", "Run id, with or without entity/project.", "run"),
    )
}


class CallFilter(Mapping[str, Values]):
    """Which calls are asked about: the fields that restrict anything, in the order of the table. A
    field that is empty or false is no filter."""

    def __init__(self, **fields: Values) -> None:
        self._fields = {name: fields[name] for name in FILTER_FIELDS if fields.get(name)}

    def __getitem__(self, name: str) -> Values:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"CallFilter({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    @property
    def columns(self) -> set[str]:
        """The columns of a call that its fields restrict."""
        return {FILTER_FIELDS[name].column for name in self}

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a field; none where it is no filter."""
        value = self._fields.get(name, ())
        return value if isinstance(value, tuple) else ()
