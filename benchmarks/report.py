"""The figures as Markdown."""

from __future__ import annotations

import os
import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cases import Case
    from generate import Sizes
    from limits import Figures, Measure

HEADER = (
    *("question", "against", "CPU s", "wall s", "peak MB"),
    *("CPU ratio", "wall ratio", "memory ratio", "limit", "reached"),
)
REASONS = Path(__file__).parent / "reasons.toml"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


class Result(NamedTuple):
    """A case and what it took, or why it did not finish."""

    case: Case
    figures: Figures | None
    failure: str = ""

    @property
    def is_reached(self) -> bool:
        """All limits of the case are reached."""
        return self.figures is not None and all(
            limit.is_reached(self.figures) for limit in self.case.limits
        )


def report(results: list[Result], sizes: Sizes, runs: int) -> str:
    """Machine and versions, the table, and the limits that are not reached with their reasons."""
    reached = sum(result.is_reached for result in results)
    lines = [
        *machine(),
        f"{sizes.calls:,} flat calls, {sizes.lines:,} lines of Weave, {sizes.files:,} small files; "
        f"medians of {runs} runs in turn.",
        "",
        line_of(HEADER),
        line_of(("---",) * 2 + ("---:",) * 6 + ("---",) * 2),
        *(line_of(cells_of(result)) for result in results),
        "",
        f"{reached} of {len(results)} rows are within their limits.",
        *missed([result for result in results if not result.is_reached]),
    ]
    return "\n".join(lines)


def machine() -> list[str]:
    """The machine and the versions of what was measured."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ("callstats-cli", "duckdb", "chdb")
    versions = [f"{name} {number}" for name in packages if (number := version_of(name))]
    return [
        f"{processor()}, {os.cpu_count()} cores, {gigabytes:.0f} GB of memory, {platform.system()}.",
        f"{', '.join(versions)}, Python {platform.python_version()}.",
    ]


def processor() -> str:
    """The name of the processor."""
    described = Path("/proc/cpuinfo")
    for line in described.read_text().splitlines() if described.exists() else ():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def version_of(package: str) -> str | None:
    """The installed version of a package, if it is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cells_of(result: Result) -> list[str]:
    """The cells of a row of the table; the figure of callstats stands before that of the other side."""
    case, figures = result.case, result.figures
    names = [case.name, case.against.name]
    limits = ", ".join(limit.words for limit in case.limits)
    if figures is None:
        return [*names, *("",) * 6, limits, "no: did not finish"]
    cells = [*names]
    measures: tuple[tuple[Measure, str], ...] = (("cpu", ".2f"), ("wall", ".2f"), ("memory", ",.0f"))
    for measure, digits in measures:
        medians = (median(run.taken(measure) for run in side) for side in figures)
        cells.append(" / ".join(format(number, digits) for number in medians))
    cells += [f"{figures.ratio(measure):.2f}" for measure, _ in measures]
    return [*cells, limits, "yes" if result.is_reached else "**no**"]


def line_of(cells: tuple[str, ...] | list[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def missed(results: list[Result]) -> list[str]:
    """A list of the limits that are not reached, each with its reason."""
    if not results:
        return []
    reasons = tomllib.loads(REASONS.read_text())
    lines = ["", "### Limits that are not reached", ""]
    for case, figures, failure in results:
        if figures is None:
            measured = failure
        else:
            measured = ", ".join(
                f"{limit.in_words(limit.measured(figures))} (limit {limit.words})"
                for limit in case.limits
                if not limit.is_reached(figures)
            )
        name = f"{case.name}, against {case.against.name}"
        reason = reasons.get(name, "Its reason is not known yet.").strip()
        lines.append(f"- **{name}**: {measured}. {reason}")
    return lines


def put_into(page: Path, text: str) -> None:
    """Writes the figures into a page, between its two marks; all else there stays."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
