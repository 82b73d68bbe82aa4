"""The dimensions that calls can be grouped by, one row each."""

from __future__ import annotations

from typing import NamedTuple


class Dimension(NamedTuple):
    """One thing that calls have in common: its name in answers, and the column of a call that holds it.
    A call without a value has a null one. `of_usage` says that it is of usage entries, of which a call
    may have several."""

    name: str
    column: str
    of_usage: bool = False


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension for dimension in (Dimension("model", "model", of_usage=True),)
}
USAGE_DIMENSIONS = tuple(name for name, dimension in DIMENSIONS.items() if dimension.of_usage)
"""The dimensions that the usage rows of an answer are grouped by."""
