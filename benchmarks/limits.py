"""Limits: how much more than the other side callstats may take, and whether it does."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from measuring import Run

Measure = Literal["cpu", "wall", "memory"]
NAMES = {"cpu": "CPU", "wall": "wall", "memory": "memory"}


class Figures(NamedTuple):
    """The runs of both sides, which took turns."""

    ours: list[Run]
    theirs: list[Run]

    def ratio(self, of: Measure) -> float:
        """The median of the ratios of the runs: what disturbs the machine disturbs both sides."""
        return median(one.taken(of) / other.taken(of) for one, other in self.pairs)

    def more(self, of: Measure) -> float:
        """The median of the differences of the runs."""
        return median(one.taken(of) - other.taken(of) for one, other in self.pairs)

    @property
    def pairs(self) -> list[tuple[Run, Run]]:
        """Each run and the one that followed it."""
        return list(zip(self.ours, self.theirs, strict=True))


class Limit(NamedTuple):
    """At most so many times what the other side takes, so many seconds more, or so many megabytes."""

    of: Measure
    kind: Literal["times", "plus", "peak"]
    most: float

    def measured(self, figures: Figures) -> float:
        """The number that the limit is about."""
        if self.kind == "times":
            return figures.ratio(self.of)
        if self.kind == "plus":
            return figures.more(self.of)
        return max(run.memory for run in figures.ours)

    def is_reached(self, figures: Figures) -> bool:
        """The number is within the limit, to the two digits that are shown."""
        return round(self.measured(figures), 2) <= self.most

    @property
    def words(self) -> str:
        """The limit as the table has it."""
        if self.kind == "times":
            return f"{NAMES[self.of]} {self.most:g}x"
        return self.in_words(self.most)

    def in_words(self, number: float) -> str:
        """A number that the limit is about, with its unit."""
        if self.kind == "times":
            return f"{NAMES[self.of]} {number:.2f}x"
        if self.kind == "plus":
            return f"{NAMES[self.of]} {number:+.2f} s"
        return f"peak {number:,.0f} MB"


def times(**most: float) -> tuple[Limit, ...]:
    """Limits of ratios, such as `times(cpu=1.3, memory=1.5)`."""
    return tuple(Limit(of, "times", most[of]) for of in ("cpu", "wall", "memory") if of in most)


def plus(**most: float) -> tuple[Limit, ...]:
    """Limits of seconds more than the other side."""
    return tuple(Limit(of, "plus", most[of]) for of in ("cpu", "wall") if of in most)
