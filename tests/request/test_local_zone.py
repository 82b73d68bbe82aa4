"""`-z local`: the zone of this machine, by its name (spec 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callstats_cli.errors import RequestError
from callstats_cli.request.local_zone import zone_name

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system that names no zone."""
    (tmp_path / "etc").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/America/New_York", "America/New_York"),
        (":/usr/share/zoneinfo/posix/Asia/Kolkata", "Asia/Kolkata"),
        ("EST5EDT", "EST5EDT"),
        ("", "UTC"),
    ],
)
def test_the_environment_comes_first(written: str, name: str, root: Path) -> None:
    (root / "etc/timezone").write_text("Africa/Cairo\n")
    assert zone_name("local", {"TZ": written}, root) == name


def test_then_the_system(root: Path) -> None:
    link = root / "etc/localtime"
    link.symlink_to("../usr/share/zoneinfo/Pacific/Auckland")
    assert zone_name("local", {}, root) == "Pacific/Auckland"
    link.unlink()
    link.symlink_to("/var/db/timezone/zoneinfo/America/Argentina/Salta")
    assert zone_name("local", {}, root) == "America/Argentina/Salta"
    (root / "etc/timezone").write_text("Africa/Cairo\n")
    assert zone_name("local", {}, root) == "Africa/Cairo"
    (root / "etc/timezone").write_text("\n")
    assert zone_name("local", {}, root) == "America/Argentina/Salta"


@pytest.mark.parametrize("there", ["nothing", "a copy", "another link"])
def test_a_machine_whose_zone_has_no_name(there: str, root: Path) -> None:
    if there == "a copy":
        (root / "etc/localtime").write_bytes(b"TZif")
    elif there == "another link":
        (root / "etc/localtime").symlink_to("/somewhere/else")
    with pytest.raises(RequestError, match=r"^local: neither TZ nor /etc/timezone nor") as caught:
        zone_name("local", {}, root)
    assert caught.value.hint == "give a name, such as Europe/Berlin"


@pytest.mark.parametrize("written", ["CET-1CEST", "Mars/Olympus", "/home/me/zone"])
def test_a_name_that_is_no_zone(written: str, root: Path) -> None:
    with pytest.raises(RequestError) as caught:
        zone_name("local", {"TZ": written}, root)
    assert caught.value.message == f"local: TZ names no zone: {written!r}"


LOG = """\
{"ts": "2026-03-01T22:30:00Z", "model": "m", "input_tokens": 3}
{"ts": "2026-03-02T12:00:00Z", "model": "m", "input_tokens": 4}
"""


@pytest.mark.parametrize("by_variable", [True, False])
def test_days_are_those_of_the_machine(by_variable: bool, run_cli: CommandLine, log: Path) -> None:
    words = ["query", log, "-g", "day", "--usage", "input_tokens", "--json"]
    if by_variable:
        done = run_cli.separately(*words, TZ="Asia/Tokyo", CALLSTATS_TIMEZONE="local")
    else:
        done = run_cli.separately(*words, "-z", "local", TZ="Asia/Tokyo")
    assert done.answer["timezone"] == "Asia/Tokyo"
    assert [(row["timestamp"], row["sum_input_tokens"]) for row in done.usage] == [
        ("2026-03-02T00:00:00+09:00", 7)
    ]


def test_times_of_the_log_may_be_local_too(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "naive.jsonl"
    log.write_text('{"ts": "2026-03-01T09:00:00", "model": "m", "input_tokens": 3}\n')
    words = ["query", log, "-g", "hour", "--calls", "call_count", "--json", "--log-timezone", "local"]
    done = run_cli.separately(*words, TZ="Asia/Tokyo")
    assert done.calls[0]["timestamp"] == "2026-03-01T00:00:00Z"
