"""A question as a value: steps that name templates, with the data that fills them; no SQL.

An engine words it: `sql/<engine>/` holds the templates, `engines/<engine>/` joins and runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callstats_cli.chain.slots import Slot
    from callstats_cli.formats.groups import Group

Value = str | float | bool | None | tuple[str | None, ...] | tuple[float | None, ...]


class Step(NamedTuple):
    """A named template, the values of its `$name` parameters, and what its slots hold. What is `shared`
    is read by several later steps and must be computed once."""

    name: str
    template: str
    parameters: Mapping[str, Value] = {}
    slots: Mapping[str, Slot] = {}
    shared: bool = False


class Union(NamedTuple):
    """The rows of several steps together; all have the same columns in the same order."""

    name: str
    steps: tuple[Step, ...]


class Read(NamedTuple):
    """The lines of a group of files as columns of a call, as the engine's own readers give them.
    `span` leaves out what is surely outside [from, to), in microseconds since 1970."""

    name: str
    group: Group
    columns: tuple[str, ...]
    span: tuple[int, int] | None


Part = Step | Union | Read


class Chain(NamedTuple):
    """Steps, each of which may read those before it, and the one that gives the rows."""

    steps: tuple[Part, ...]
    answer: Part


def step(name: str, template: str | None = None, /, **parameters: Value) -> Step:
    """The step of a template; its name is that of the template's file unless another is given."""
    return Step(name.rpartition("/")[2], template or name, parameters)


def filled(name: str, template: str | None = None, /, **slots: Slot) -> Step:
    """The same for a template that has slots and no parameters."""
    return Step(name.rpartition("/")[2], template or name, {}, slots)


def alone(name: str, /, **parameters: Value) -> Chain:
    """The chain that a template is by itself."""
    return Chain((), step(name, **parameters))
