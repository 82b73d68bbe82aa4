"""Everything that is said on stderr, and the exit codes; stdout is the answer's alone (SPEC 12)."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callstats_cli.errors import without_secrets
from callstats_cli.quality import summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.errors import CallstatsError
    from callstats_cli.response import Unpriced


@dataclass(slots=True)
class Diagnostics:
    """Where messages go. `quiet` keeps all but errors; `as_json` writes errors as objects."""

    quiet: bool = False
    as_json: bool = False
    debug: bool = False

    def note(self, text: str) -> None:
        """One line that is good to know."""
        if not self.quiet:
            _write(f"callstats: {one_line(text)}")

    def quality(self, counts: Mapping[str, int]) -> None:
        """One line that sums up what was odd; nothing where all was well."""
        text = summary(counts)
        if text is not None:
            self.note(text)

    def unpriced(self, calls: Sequence[Unpriced]) -> None:
        """One line that names the models of calls without a cost, and why; the first five."""
        from callstats_cli.pricing import REASONS

        total = sum(item.calls for item in calls)
        named = [
            f"{'(no model)' if item.model is None else item.model!r} ({REASONS[item.reason]})"
            for item in calls
        ]
        more = f" and {len(named) - 5} more" if len(named) > 5 else ""
        word = "call has" if total == 1 else "calls have"
        self.note(f"{total:,} {word} no cost: {', '.join(named[:5])}{more}")

    def annotation(self, level: str, title: str, text: str) -> None:
        """A workflow command that GitHub shows beside the run; `level` is error or warning."""
        head = _escaped(title).replace(":", "%3A").replace(",", "%2C")
        _write(f"::{level} title={head}::{_escaped(text)}")

    def error(self, error: CallstatsError) -> None:
        """One line that says what, where and what to do; under --debug the traceback before it."""
        if self.debug:
            import traceback

            _write(traceback.format_exc().rstrip())
        if self.as_json:
            content = {"code": error.code, "message": error.message[:2_000], "hint": error.hint}
            _write(json.dumps({"error": content}, ensure_ascii=True))
        else:
            hint = f"; {error.hint}" if error.hint else ""
            _write(f"callstats: error: {one_line(error.message + hint)}")


def one_line(text: str) -> str:
    """The text on one line: whatever would move a terminal's cursor is escaped."""
    text = text if len(text) <= 2_000 else text[:1_999] + "…"
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _escaped(text: str) -> str:
    """Text inside a workflow command of GitHub Actions."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _write(line: str) -> None:
    line = without_secrets(line)
    try:
        sys.stderr.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, UnicodeError):
        pass  # stderr is closed or cannot show the text: there is nowhere left to say so
