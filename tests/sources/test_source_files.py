"""SOURCE words to files: pipes, links, damage, rotated and compressed names, what is not looked at."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from log_files import call, write_lines, write_parquet_text

if TYPE_CHECKING:
    from conftest import CommandLine

COUNT = ("--calls", "call_count", "-g", "total")


def text_of(count: int, name: str = "c") -> bytes:
    return b"".join(json.dumps(call(f"{name}{n}")).encode() + b"\n" for n in range(count))


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


# Pipes


def run_in_bash(run_cli: CommandLine, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a script in which `$CS` is the tool."""
    command = " ".join(run_cli.command())
    return subprocess.run(
        ["bash", "-c", script.replace("$CS", command)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(["", *os.environ.get("PYTHONPATH", "").split(os.pathsep)])},
    )


@pytest.mark.parametrize(
    "script",
    [
        "cat a.jsonl | $CS query /dev/stdin",
        "$CS query /dev/stdin < a.jsonl",
        "$CS query <(cat a.jsonl)",
        "$CS query <(gzip -c a.jsonl)",
        "$CS query <(head -n 1500 a.jsonl) <(tail -n +1501 a.jsonl)",
        "mkfifo pipe.csv; cat a.jsonl > pipe.csv & $CS query pipe.csv",
        "mkfifo pipe; cat a.jsonl > pipe & $CS query pipe pipe ./pipe",
    ],
)
def test_a_pipe_named_as_a_file(script: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(text_of(3000))
    done = run_in_bash(run_cli, f"{script} --calls call_count -g total --json", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row["count"] for row in json.loads(done.stdout)["call_buckets"]] == [3000]


def test_a_pipe_is_called_by_its_name(run_cli: CommandLine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for content, words in (
        (b'{"x": 1}\n', ()),
        (text_of(1) + b"{torn", ("--meta", "--rejects", tmp_path / "r")),
    ):
        writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
        writer.start()
        done = run_cli.query(tmp_path / "pipe", *COUNT, *words)
        writer.join()
        if words:
            assert done.meta["files"] == [str(tmp_path / "pipe")]
            assert json.loads((tmp_path / "r").read_text())["file"] == str(tmp_path / "pipe")
        else:
            assert f"'{tmp_path}/pipe' has no column that names a time" in done.stderr


def test_a_device_that_holds_nothing_is_an_empty_log(run_cli: CommandLine) -> None:
    assert run_cli.query("/dev/null", *COUNT).counted == 0


@pytest.mark.parametrize("word", [".", "*.jsonl", "**/*.jsonl", "**"])
def test_a_pipe_in_a_folder_is_left_out_and_said(
    word: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(text_of(2))
    os.mkfifo("x.jsonl")
    os.mkfifo(".hidden.jsonl")
    done = run_cli.query(word, *COUNT)
    pipe = "./x.jsonl" if word == "." else "x.jsonl"
    assert (done.counted, done.stderr) == (2, f"callstats: no regular files, left out: {pipe}\n")


def test_pipes_alone_match_nothing(run_cli: CommandLine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jsonl")
    assert run_cli("query", f"{tmp_path}/*").error(1) == f"nothing but pipes matches '{tmp_path}/*'"
    assert run_cli("query", tmp_path).error(1).startswith(f"no log files in the folder '{tmp_path}'")


# Links


def test_links_that_lead_back(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("a/deep/x.jsonl"), [call("x")])
    write_lines(Path("b/y.jsonl"), [call("y")])
    Path("a/up").symlink_to("..")
    Path("a/here").symlink_to(".")
    Path("a/deep/top").symlink_to("../..")
    for pattern, files in (
        ("a/**/*.jsonl", ["a/deep/x.jsonl", "a/up/b/y.jsonl"]),
        ("**/*.jsonl", ["a/deep/x.jsonl", "b/y.jsonl"]),
        ("**/deep/**/x.jsonl", ["a/deep/x.jsonl"]),
        (f"{tmp_path}/**", [f"{tmp_path}/a/deep/x.jsonl", f"{tmp_path}/b/y.jsonl"]),
        ("b", ["b/y.jsonl"]),
        ("a", ["a/deep/x.jsonl", "a/up/b/y.jsonl"]),
    ):
        assert run_cli.query(pattern, *COUNT, "--meta").meta["files"] == files, pattern


# Damage


def damaged(packed: str, lines: int) -> bytes:
    """Lines in a file with damage in its middle, or without its end."""
    random = Random(7)
    content = "".join(
        json.dumps(call(f"{n:x}", note=f"{random.getrandbits(96):x}")) + "\n" for n in range(lines)
    ).encode()
    if packed == "stored":
        return gzip.compress(content, 0).replace(b'"id": "11"', b'"id": "10"')
    whole = bytearray(gzip.compress(content) if packed == "gzip" else zstd(content))
    if packed == "cut":
        return bytes(whole[: len(whole) * 3 // 4])
    middle = len(whole) // 2
    whole[middle : middle + 64] = bytes(64)
    return bytes(whole)


@pytest.mark.parametrize(
    ("packed", "lines"),
    [
        ("gzip", 200),
        ("gzip", 9_000),
        ("stored", 200),
        ("stored", 9_000),
        ("zstd", 200),  # a long one that has no check sum may hide it
        ("cut", 200),
        ("cut", 9_000),
    ],
)
@pytest.mark.parametrize("kind", ["jsonl", "csv", "json"])
def test_a_damaged_file_is_named_and_can_be_left_out(
    kind: str, packed: str, lines: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    bad = tmp_path / f"bad.{kind}.{'gz' if packed in ('gzip', 'stored') else 'zst'}"
    bad.write_bytes(damaged(packed, lines))
    (tmp_path / "good.jsonl").write_bytes(text_of(3))
    message = run_cli("query", tmp_path, *COUNT).error(1)
    assert message.startswith(f"cannot read '{bad}': ")
    assert message.endswith("; the file is damaged or cut short")
    done = run_cli.query(tmp_path, *COUNT, "--skip-bad-files", "--meta", "--rejects", tmp_path / "r")
    assert (done.counted, done.quality) == (3, {"skipped_files": 1})
    assert json.loads((tmp_path / "r").read_text())["file"] == str(bad)


# Names of folders' files


@pytest.mark.parametrize(
    "name",
    [
        "calls.jsonl.1",
        "calls.jsonl.2.gz",
        "calls.jsonl.gz.3",
        "calls.jsonl-20260301",
        "calls.jsonl-20260301.gz",
        "calls.ndjson.2026-03-01",
        "calls.ndjson.2026-03-01_10-00-00.zst",
        "CALLS.JSONL.10",
        "calls.log",
        "calls.log.1",
        "calls.txt",
        "calls.txt.4.gz",
        "calls.log-2026-03-01.zst",
    ],
)
def test_rotated_names(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_bytes(text_of(1, "new"))
    content = text_of(2)
    packed = gzip.compress(content) if ".gz" in name else content
    (tmp_path / name).write_bytes(zstd(content) if name.endswith(".zst") else packed)
    done = run_cli.query(tmp_path, *COUNT)
    assert (done.counted, done.stderr) == (3, "")


@pytest.mark.parametrize(
    "name", ["calls.jsonl.bak", "calls.jsonl.1x", "calls.jsonl.gz.tmp", "notes.md", "x.sqlite"]
)
def test_other_names_are_said(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_bytes(text_of(1))
    (tmp_path / name).write_bytes(text_of(2))
    done = run_cli.query(tmp_path, *COUNT)
    said = f"callstats: files of other endings, not looked at: {tmp_path}/{name}\n"
    assert (done.counted, done.stderr) == (1, said)
    assert run_cli.query(tmp_path / name, *COUNT).counted == 2


def test_one_line_counts_other_names(run_cli: CommandLine, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "calls.jsonl").write_bytes(text_of(1, folder))
        for name in ("one.md", "two.md", ".three.md"):
            (tmp_path / folder / name).write_text("x")
    done = run_cli.query(tmp_path / "a", tmp_path / "b", *COUNT)
    assert done.stderr == (
        f"callstats: files of other endings, not looked at: {tmp_path}/a/one.md, {tmp_path}/a/two.md, "
        f"{tmp_path}/b/one.md and 1 more\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        "nothing of interest",
        "date,weather\n2026-03-01,rain\n",
        '{"timestamp":"2026-03-01T10:00:00Z","level":"info","message":"started"}\n',
    ],
)
@pytest.mark.parametrize("name", ["app.log", "app.txt", "app.log.2"])
def test_a_text_that_is_no_call_log(
    name: str, content: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "calls.jsonl").write_bytes(text_of(1))
    (tmp_path / name).write_text(content)
    done = run_cli.query(tmp_path, *COUNT)
    said = f"callstats: no call log, left out: {tmp_path}/{name}\n"
    assert (done.counted, done.stderr) == (1, said)


@pytest.mark.parametrize(
    "content",
    [
        '{"ts":"2026-03-01T10:00:00Z","model":"m"}\n',
        '{"ts":"2026-03-01T10:00:00Z","usage":{"prompt_tokens":1}}\n',
        "ts,input_tokens\n2026-03-01T10:00:00Z,1\n",
        '{"id":"a","op_name":"o","project_id":"p","started_at":"2026-03-01T10:00:00Z","trace_id":"t"}\n',
    ],
)
def test_a_text_that_is_a_call_log(content: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(content)
    assert run_cli.query(tmp_path, *COUNT).counted == 1


# Copies


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["a.jsonl", "a.jsonl.gz"], "a.jsonl"),
        (["a.jsonl", "a.jsonl.zst"], "a.jsonl"),
        (["a.jsonl.gz", "a.jsonl.zst"], "a.jsonl.gz"),
        (["a.jsonl.1", "a.jsonl.1.gz"], "a.jsonl.1"),
        (["a.csv", "a.csv.gz"], "a.csv"),
    ],
)
def test_a_compressed_copy_counts_once(
    names: list[str], kept: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    content = text_of(30_000)
    for name in names:
        pack = gzip.compress if name.endswith(".gz") else zstd if name.endswith(".zst") else bytes
        (tmp_path / name).write_bytes(pack(content))
    (other,) = set(names) - {kept}
    said = f"callstats: {tmp_path}/{other} holds what {tmp_path}/{kept} holds: counted once\n"
    for words in ([tmp_path], [tmp_path / name for name in names], [f"{tmp_path}/*"]):
        done = run_cli.query(*words, *COUNT, "--dedupe", "never", "--meta")
        assert (done.counted, done.stderr) == (30_000, said)
        assert done.meta["files"] == [f"{tmp_path}/{kept}"]


def test_files_that_are_no_copies_count(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(text_of(2))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text_of(3)))
    (tmp_path / "b.jsonl").write_bytes(text_of(2))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(text_of(2)))
    done = run_cli.query(tmp_path, *COUNT, "--dedupe", "never")
    assert (done.counted, done.stderr) == (9, "")


# What stands before the first call


@pytest.mark.parametrize("size", [300_000, 3_000_000])
@pytest.mark.parametrize("blank", [b"\n", b" \t\r\n"])
@pytest.mark.parametrize(
    "content",
    [
        text_of(2),
        b"ts,model\n2026-03-01,m\n2026-03-01,n\n",
        b"[" + text_of(1) + b"," + text_of(1) + b"]",
    ],
)
def test_blank_lines_first(
    content: bytes, blank: bytes, size: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(blank * (size // len(blank)) + content)
    assert run_cli.query(tmp_path / "a.jsonl", *COUNT, "--dedupe", "never").counted == 2
    (tmp_path / "a.jsonl").write_bytes(blank * (size // len(blank)))
    done = run_cli.query(tmp_path / "a.jsonl", *COUNT)
    assert (done.counted, done.code) == (0, 0)


@pytest.mark.parametrize("garbage", ["x", "starting, please wait", "{", '{"level":"info"}', "a" * 400])
def test_a_thousand_lines_of_garbage_first(garbage: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f"{garbage}\n" * 1000 + text_of(2).decode())
    done = run_cli.query(tmp_path / "a.jsonl", *COUNT, "--meta")
    assert done.counted == 2
    is_object = garbage.startswith('{"')
    assert done.quality == ({"undated": 1000} if is_object else {"malformed": 1000, "not_json": 1000})


def test_a_table_is_no_garbage(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('ts,model,reply\n2026-03-01,m,"\n{""a"": 1}\n{}\n"\n')
    assert run_cli.query(tmp_path / "a.csv", *COUNT).counted == 1
    write_parquet_text(tmp_path / "b.parquet", [call("a")])
    assert run_cli.query(tmp_path, *COUNT).counted == 2
