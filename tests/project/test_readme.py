"""What README.md shows is what the tool does."""

import doctest
import re
from io import StringIO

import pytest

from callstats_cli.errors import ExitCode
from callstats_cli.formats.columns import NAMES
from callstats_cli.formats.registry import FAMILIES
from callstats_cli.request.metrics import AGGREGATIONS, CALL_METRICS, ONE_NUMBER, USAGE_METRICS
from callstats_cli.survey.quality import ODD_KINDS
from readme import ROOT, Command, commands_in, printed_by
from screenshot import PICTURE, svg

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = commands_in(TEXT)


def test_all_commands_are_found() -> None:
    assert [command.text.split("\n")[0] for command in COMMANDS] == re.findall(r"(?m)^\$ (.*)", TEXT)


def test_the_python_example_returns_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"(?ms)^```pycon\n(.*?)^```", TEXT)
    test = doctest.DocTestParser().get_doctest(example, {}, "README.md", None, None)
    report = StringIO()
    assert doctest.DocTestRunner().run(test, out=report.write).failed == 0, report.getvalue()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.text[:60])
def test_command_prints_what_is_shown(command: Command) -> None:
    assert command.text.startswith("callstats ")
    printed = printed_by(command)
    assert command.is_answered_by(printed), "\n".join(printed)


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "…"], ["a", "b", "c"], True),
        (["a", "…", "c"], ["a", "c"], True),
        (["a", "...", "c"], ["a", "b"], False),
        (["a", "…", "a"], ["a"], False),
        ([], [], True),
    ],
)
def test_comparison(expected: list[str], printed: list[str], same: bool) -> None:
    assert Command("callstats", expected).is_answered_by(printed) is same


def table_below(title: str) -> dict[str, str]:
    """First cell → the rest of its row, of the first table after a heading; without backquotes."""
    return {row[0]: " | ".join(row[1:]).strip() for row in rows_below(title)}


def rows_below(title: str) -> list[list[str]]:
    """The cells of the first table after a heading; without backquotes."""
    section = re.split(rf"(?m)^#+ {re.escape(title)}\n", TEXT)[1]
    rows = re.search(r"(?m)^\|-.*\n((?:\|.*\n)+)", section)
    assert rows is not None
    return [
        [cell.strip() for cell in re.split(r"(?<= )\|(?= )", row[1:-1].replace("`", ""))]
        for row in rows[1].splitlines()
    ]


def test_recognised_column_names() -> None:
    expected = {field: ", ".join(names) for field, names in NAMES.items() if names}
    assert table_below("Logs of your own") == expected


def test_metrics() -> None:
    names = [*USAGE_METRICS, *CALL_METRICS]
    assert list(table_below("Metrics")) == [name for name in names if name not in ONE_NUMBER]
    assert list(table_below("Rates")) == [name for name in names if name in ONE_NUMBER]
    for word in (*AGGREGATIONS, *FAMILIES):
        assert f"`{word}`" in TEXT


def test_exit_codes() -> None:
    assert [int(code) for code in table_below("Errors and exit codes")] == sorted(ExitCode)


def test_quality_counts() -> None:
    yes = {True: "yes", False: ""}
    assert [[row[0], *row[2:]] for row in rows_below("What is odd is counted")] == [
        [kind.name, yes[kind.is_strict], yes[kind.is_rejected]] for kind in ODD_KINDS
    ]


def test_the_screenshot_is_what_a_terminal_shows() -> None:
    assert svg() == PICTURE.read_text(encoding="utf-8")
