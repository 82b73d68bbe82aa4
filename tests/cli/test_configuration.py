"""Settings from the environment and from files, and who wins (spec 3)."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from callstats_cli.cli.configuration import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

LOG = """\
{"started_at": "2026-03-01T10:00:00Z", "project_id": "a", "model": "m", "input_tokens": 10}
{"started_at": "2026-03-01T23:30:00Z", "project_id": "b", "model": "m", "input_tokens": 5}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a log, in which the command runs."""
    folder = tmp_path / "project"
    (folder / "below").mkdir(parents=True)
    (folder / "log.jsonl").write_text(LOG, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def write_user_config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "no-config" / "callstats" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_configured_source_is_asked_from_folders_below(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "callstats.toml").write_text('source = "log.jsonl"\nproject = "b"\n')
    monkeypatch.chdir(project / "below")
    assert run_cli.query("--calls", "call_count").counted == 1


def test_no_source_says_how_to_set_one(run_cli: CommandLine, project: Path) -> None:
    assert project.is_dir()
    assert run_cli("query").error(2) == (
        "no SOURCE given; name a file or folder, or set CALLSTATS_SOURCE, or source in callstats.toml"
    )


def test_flag_over_environment_over_project_over_user(
    run_cli: CommandLine, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def zone(*words: str) -> str:
        answer = run_cli.query("log.jsonl", "--calls", "call_count", *words).answer
        timezone: str = answer["timezone"]
        return timezone

    assert zone() == "UTC"
    write_user_config(tmp_path, 'timezone = "Asia/Tokyo"\n')
    assert zone() == "Asia/Tokyo"
    (project / "pyproject.toml").write_text('[tool.callstats]\ntimezone = "Asia/Kolkata"\n')
    assert zone() == "Asia/Kolkata"
    monkeypatch.setenv("CALLSTATS_TIMEZONE", "Europe/Berlin")
    assert zone() == "Europe/Berlin"
    assert zone("-z", "America/New_York") == "America/New_York"
    monkeypatch.setenv("CALLSTATS_TIMEZONE", "")
    assert zone() == "Asia/Kolkata"


def test_a_file_nearer_by_wins_and_others_are_not_read(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.callstats]\ntimezone = "Asia/Tokyo"\nproject = "a"\n'
    )
    (project / "below" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    monkeypatch.chdir(project / "below")
    assert run_cli.query("../log.jsonl", "--calls", "call_count").answer["timezone"] == "Asia/Tokyo"
    (project / "below" / "callstats.toml").write_text('timezone = "Asia/Kolkata"\n')
    done = run_cli.query("../log.jsonl", "--calls", "call_count")
    assert (done.answer["timezone"], done.counted) == ("Asia/Kolkata", 2)


def test_several_values_of_a_variable_stand_on_lines(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "two words.jsonl").write_text(LOG)
    monkeypatch.setenv("CALLSTATS_SOURCE", "log.jsonl\ntwo words.jsonl")
    monkeypatch.setenv("CALLSTATS_CALLS", "call_count\nerror_count:avg")
    assert run_cli.query("-g", "total").calls == [
        {"timestamp": "2026-03-01T10:00:00Z", "sum_call_count": 4, "avg_error_count": None, "count": 4}
    ]


def test_start_and_last_are_one_setting(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "callstats.toml").write_text('source = "log.jsonl"\nlast = "1h"\nend = "2026-03-02"\n')
    words = ["--calls", "call_count", "-q"]
    assert run_cli.query(*words).counted == 1
    assert run_cli.query(*words, "-s", "2026-03-01").counted == 2
    monkeypatch.setenv("CALLSTATS_START", "2026-03-01")
    assert run_cli.query(*words).counted == 2
    assert run_cli.query(*words, "--last", "1h").counted == 1


def test_beside_a_body_only_what_a_body_cannot_say_is_filled_in(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {
        "project_id": "a",
        "start": "2026-03-01T00:00:00Z",
        "call_metrics": [{"metric": "call_count"}],
    }
    (project / "body.json").write_text(json.dumps(body))
    monkeypatch.setenv("CALLSTATS_SOURCE", "log.jsonl")
    for name, value in (
        ("PROJECT", "b"), ("TIMEZONE", "Asia/Tokyo"), ("GRANULARITY", "1d"), ("END", "2026-03-01"),
        ("USAGE", "input_tokens"), ("LAST", "1h"),
    ):  # fmt: skip
        monkeypatch.setenv(f"CALLSTATS_{name}", value)
    done = run_cli.query("--request", "body.json", now="2026-03-01T12:00:00Z")
    assert (done.answer["timezone"], done.answer["granularity"]) == ("UTC", 3600)
    assert (done.counted, done.usage) == (1, [])


def test_named_request(run_cli: CommandLine, project: Path) -> None:
    (project / "callstats.toml").write_text(
        'source = "log.jsonl"\ntimezone = "Asia/Tokyo"\n'
        '[requests.daily]\nproject = "a"\ngranularity = "1d"\ncalls = ["call_count"]\n'
        '[requests.both]\nproject = "a"\nsource = ["log.jsonl", "log.jsonl"]\nop = "x"\n'
    )
    done = run_cli.query("@daily")
    assert (done.counted, done.answer["timezone"], done.answer["granularity"]) == (
        1,
        "Asia/Tokyo",
        86_400,
    )
    assert run_cli.query("@daily", "-g", "1h").answer["granularity"] == 3600
    assert run_cli.query("log.jsonl", "@daily", "-p", "c", "-q").counted == 0
    assert run_cli.query("@both", "-q").counted == 0


def test_inspect_takes_the_sources_of_a_named_request(run_cli: CommandLine, project: Path) -> None:
    (project / "callstats.toml").write_text(
        '[requests.slow]\nsource = "log.jsonl"\nlast = "1h"\nop = ["nothing"]\n'
    )
    done = run_cli("inspect", "@slow", "--json")
    assert done.answer["calls"] == run_cli("inspect", "log.jsonl", "--json").answer["calls"]
    said = "callstats: @slow: inspect takes its sources and how to read them, no range, no filter\n"
    assert done.stderr == said


def test_values_that_are_no_utf8_are_shown_escaped(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSTATS_PROJECT", "a\udcff")
    assert run_cli("config", "--json").answer["settings"]["project"]["value"] == "a\udcff"
    assert "project         a\\udcff " in run_cli("config").stdout
    monkeypatch.delenv("CALLSTATS_PROJECT")
    saved = project / "b\udcff.json"
    run_cli("query", "log.jsonl", "-g", "total", "-o", saved)
    done = run_cli("compare", "log.jsonl", "--baseline", saved, "--json")
    assert done.answer["old"]["baseline"] == str(saved)


def test_named_request_with_a_body(run_cli: CommandLine, project: Path) -> None:
    body = {
        "project_id": "a",
        "start": "2026-03-01T00:00:00Z",
        "call_metrics": [{"metric": "call_count"}],
    }
    (project / "body.json").write_text(json.dumps(body))
    (project / "callstats.toml").write_text(
        'source = "log.jsonl"\nproject = "b"\n[requests.saved]\nrequest = "body.json"\ngranularity = 60\n'
    )
    done = run_cli.query("@saved", now="2026-03-01T12:00:00Z")
    assert (done.answer["granularity"], done.counted) == (60, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["@dayly"], "no request is named 'dayly'; did you mean 'daily'?"),
        (["@daily", "@daily"], "several requests are named; give one @NAME, or --request FILE"),
        (["@daily", "-r", "x"], "several requests are named; give one @NAME, or --request FILE"),
    ],
)
def test_named_requests_that_are_none(
    words: list[str], message: str, run_cli: CommandLine, project: Path
) -> None:
    (project / "callstats.toml").write_text("[requests.daily]\n")
    assert run_cli("query", *words).error(2) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timezon = 1", ": unknown setting 'timezon'; did you mean 'timezone'?"),
        ("source = 5", ": source must be a text or a list of texts, not 5"),
        ("source = ['a', 5]", ": source must be a text or a list of texts, not ['a', 5]"),
        ("strict = 'yes'", ": strict must be true or false, not 'yes'"),
        ("threads = true", ": threads must be a whole number above 0, not True"),
        ("threads = 0", ": threads must be a whole number above 0, not 0"),
        ("project = 1.5", ": project must be a text, not 1.5"),
        ("requests = 5", ": requests must be a table, not 5"),
        ("[requests]\nx = 5", ": requests.x must be a table, not 5"),
        ("[requests.x]\nstrct = true", ", requests.x: unknown setting 'strct'; did you mean 'strict'?"),
        ("op = 'x'", ": unknown setting 'op'; a table [requests.NAME] can have it"),
        ("start = 'today'\nlast = '7d'", ": start and last both say where the range begins"),
        ("timezone = ", " is not TOML: Invalid value (at end of document)"),
    ],
)  # fmt: skip
def test_a_broken_file_is_an_error(
    text: str, message: str, run_cli: CommandLine, project: Path
) -> None:
    path = project / "callstats.toml"
    path.write_text(text)
    assert run_cli("query", "log.jsonl").error(2) == f"{str(path)!r}{message}"
    assert run_cli("config").error(2) == f"{str(path)!r}{message}"


def test_two_files_in_one_folder_are_an_error(run_cli: CommandLine, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.callstats]\n")
    (project / "callstats.toml").write_text("")
    assert run_cli("query", "log.jsonl").error(2) == (
        f"both {str(project / 'callstats.toml')!r} and [tool.callstats] beside it say what is set; "
        "keep one of them"
    )


def test_a_project_file_that_does_not_name_callstats_is_not_read(
    run_cli: CommandLine, project: Path
) -> None:
    (project / "pyproject.toml").write_text("this is no TOML")
    assert run_cli.query("log.jsonl", "--calls", "call_count").counted == 2
    (project / "pyproject.toml").write_text("this is no TOML, says callstats")
    assert run_cli("query", "log.jsonl").error(2) == (
        f"{str(project / 'pyproject.toml')!r} is not TOML: Expected '=' after a key in a key/value pair "
        "(at line 1, column 6)"
    )
    (project / "pyproject.toml").write_text("[project]\nname = 'callstats'\n[tool]\nx = 1\n")
    assert run_cli.query("log.jsonl", "--calls", "call_count").counted == 2
    (project / "pyproject.toml").write_text("[tool]\ncallstats = 5\n")
    assert run_cli("query", "log.jsonl").error(2) == (
        f"{str(project / 'pyproject.toml')!r}: tool.callstats must be a table, not 5"
    )


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CALLSTATS_THREADS", "many", "CALLSTATS_THREADS must be a whole number above 0, not 'many'"),
        ("CALLSTATS_FORMAT", "cvs", "unknown format 'cvs'; did you mean 'csv'?"),
        ("CALLSTATS_STRICT", "maybe", "CALLSTATS_STRICT must be true or false, not 'maybe'"),
        ("CALLSTATS_TIMEZONE", "Europe/Berln", "unknown timezone 'Europe/Berln'; did you mean 'Europe/Berlin'?"),
    ],
)  # fmt: skip
def test_variables_that_are_wrong(
    variable: str, value: str, message: str,
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert project.is_dir()
    monkeypatch.setenv(variable, value)
    assert run_cli("query", "log.jsonl").error(2) == message


def test_unknown_variables_are_said(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.is_dir()
    monkeypatch.setenv("CALLSTATS_TIMEZON", "Asia/Tokyo")
    done = run_cli.query("log.jsonl", "--calls", "call_count")
    assert done.counted == 2
    assert done.stderr == (
        "callstats: CALLSTATS_TIMEZON sets nothing; did you mean 'CALLSTATS_TIMEZONE'?\n"
    )


def test_configured_format_gives_way_to_an_output_file(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSTATS_FORMAT", "csv")
    words = ["query", "log.jsonl", "--calls", "call_count"]
    assert run_cli(*words).stdout.startswith("kind,timestamp,model,count,sum_call_count\n")
    assert run_cli(*words, "--json").stdout.startswith("{\n")
    run_cli(*words, "-o", "answer.md")
    assert (project / "answer.md").read_text().startswith("#### Calls per 6 hours\n")


def test_config_shows_values_and_where_they_were_set(
    run_cli: CommandLine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "callstats.toml"
    path.write_text(
        'source = ["a", "b"]\nstrict = true\n[requests.daily]\ngranularity = "1d"\nop = ["x", "y"]\n'
    )
    monkeypatch.setenv("CALLSTATS_TIMEZONE", "Europe/Berlin")
    done = run_cli("config")
    lines = [line.split() for line in done.stdout.splitlines()]
    rows = {line[0]: line[1:] for line in lines}
    assert list(rows) == ["setting", *SETTINGS, "@daily"]
    assert rows["source"] == [f"{project}/a", f"{project}/b", str(path)]
    assert rows["timezone"] == ["Europe/Berlin", "CALLSTATS_TIMEZONE"]
    assert rows["strict"] == ["true", str(path)]
    assert rows["dedupe"] == ["auto", "default"]
    assert rows["@daily"] == ["granularity", "=", "1d,", "op", "=", "x", "y", str(path)]
    shown = json.loads(run_cli("config", "--json").stdout)
    assert shown["settings"]["timezone"] == {"value": "Europe/Berlin", "from": "CALLSTATS_TIMEZONE"}
    assert shown["settings"]["dedupe"] == {"value": None, "from": None}
    assert shown["requests"] == {
        "daily": {"values": {"granularity": "1d", "op": ["x", "y"]}, "from": str(path)}
    }


def test_inspect_looks_at_the_configured_source(run_cli: CommandLine, project: Path) -> None:
    (project / "callstats.toml").write_text(
        'source = "log.jsonl"\nusage-scope = "recorded"\nformat = "csv"\n'
    )
    assert json.loads(run_cli("inspect", "--json").stdout)["calls"] == 2


# Whose files are obeyed


def settings_shown(run_cli: CommandLine) -> tuple[object, str]:
    """The project that is set, and stderr."""
    done = run_cli("config", "--json")
    return done.answer["settings"]["project"]["value"], done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["callstats.toml", "pyproject.toml"])
@pytest.mark.parametrize("place", ["beside", "above"])
def test_a_file_of_somebody_else_is_not_obeyed(
    name: str, place: str, project: Path, run_cli: CommandLine
) -> None:
    path = (project if place == "beside" else project.parent) / name
    path.write_text(("" if name == "callstats.toml" else "[tool.callstats]\n") + 'project = "b"\n')
    assert settings_shown(run_cli) == ("b", "")
    os.chown(path, 65_534, 65_534)
    said = f"callstats: not obeyed, since it belongs to somebody else: {str(path)!r}\n"
    assert settings_shown(run_cli) == (None, said)
    done = run_cli("query", "log.jsonl", "--calls", "call_count", "-g", "total", "-f", "csv")
    assert (done.stdout.splitlines()[1], done.stderr) == ("call,2026-03-01T10:00:00Z,,2,2", said)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_link_of_somebody_else_is_not_obeyed(project: Path, run_cli: CommandLine) -> None:
    (project / "mine.toml").write_text('project = "b"\n')
    link = project / "callstats.toml"
    link.symlink_to("mine.toml")
    assert settings_shown(run_cli)[0] == "b"
    os.chown(link, 65_534, 65_534, follow_symlinks=False)
    value, stderr = settings_shown(run_cli)
    assert (value, "belongs to somebody else" in stderr) == (None, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_foreign_file_hides_none_and_breaks_nothing(project: Path, run_cli: CommandLine) -> None:
    (project.parent / "callstats.toml").write_text('project = "a"\n')
    for name, text in (
        ("callstats.toml", "not = [toml"),
        ("pyproject.toml", '[tool.x]\ny = "callstats"'),
    ):
        (project / name).write_text(text)
        os.chown(project / name, 65_534, 65_534)
    value, stderr = settings_shown(run_cli)
    assert value == "a"
    assert stderr.splitlines() == [
        f"callstats: not obeyed, since it belongs to somebody else: {str(project / 'callstats.toml')!r}"
    ]


@pytest.mark.parametrize("name", ["callstats.toml", "pyproject.toml"])
def test_a_byte_order_mark_is_nothing(name: str, project: Path, run_cli: CommandLine) -> None:
    text = ("" if name == "callstats.toml" else "[tool.callstats]\n") + 'project = "b"\n'
    (project / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert settings_shown(run_cli) == ("b", "")


def test_bodies_prices_and_users_files_may_begin_with_one_too(
    project: Path, tmp_path: Path, run_cli: CommandLine
) -> None:
    write_user_config(tmp_path, "\ufeffproject = 'b'\n")
    assert settings_shown(run_cli)[0] == "b"
    body = {"project_id": "a", "start": "2026-03-01", "call_metrics": [{"metric": "call_count"}]}
    (project / "body.json").write_text("\ufeff" + json.dumps(body))
    (project / "prices.toml").write_text("\ufeff[m]\ninput = 1\noutput = 1\n")
    words = [
        "--request",
        "body.json",
        "--prices",
        "prices.toml",
        "-u",
        "2026-03-03T00:00",
        "-g",
        "total",
    ]
    assert run_cli.query("log.jsonl", *words).counted == 1


# Threads


def test_threads_have_a_bound(project: Path, run_cli: CommandLine) -> None:
    most = max(256, 4 * (os.cpu_count() or 1))
    counted = ["log.jsonl", "--calls", "call_count", "-g", "total"]
    too_many = f"--threads {most + 1} is too many; at most {most}"
    for command in (
        ["query"],
        ["compare", "--with", "2026-01-01"],
        ["check", "--fail-if", "error_rate > 1"],
    ):
        words = [*command, *(counted if command[0] == "query" else ["log.jsonl"])]
        assert run_cli(*words, "--threads", most + 1).error(2) == too_many
    assert run_cli.query(*counted, "--threads", 2).counted == 2
    (project / "callstats.toml").write_text("threads = 100000000\n")
    assert run_cli("query", *counted).error(2) == f"--threads 100000000 is too many; at most {most}"
    assert run_cli.separately("query", str(project / "log.jsonl"), CALLSTATS_THREADS="99999").code == 2
