"""The built wheel holds all it needs: installed elsewhere, it answers as the checkout does."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sql" / "duckdb"
SAMPLE = ROOT / "sample_data"
QUESTION = ("--request", "request_week.json", "--json")


def output_of(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel made from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", folder)
    output_of(*build, folder=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_every_template(names: set[str]) -> None:
    templates = {path.relative_to(SQL).as_posix() for path in SQL.rglob("*.sql")}
    assert templates
    prefix = "callstats_cli/sql/duckdb/"
    assert {name.removeprefix(prefix) for name in names if name.startswith(prefix)} == templates


def test_wheel_holds_every_module_and_nothing_else(names: set[str]) -> None:
    package = ROOT / "callstats_cli"
    modules = {path.relative_to(ROOT).as_posix() for path in package.rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    tops = {name.split("/")[0] for name in names}
    assert tops == {"callstats_cli", f"callstats_cli-{version()}.dist-info"}
    assert f"callstats_cli-{version()}.dist-info/licenses/LICENSE" in names


def test_source_distribution_holds_what_its_tests_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames()}
    for folder in ("callstats_cli", "sql", "tests", "sample_data", "benchmarks", "docs"):
        files = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        ignored = {file for file in files if {"__pycache__", "data", ".hypothesis"} & set(file.parts)}
        assert {file.as_posix() for file in files - ignored} - held == set()
    tops = "README.md CHANGELOG.md CONTRIBUTING.md LICENSE Makefile constraints.txt".split()
    assert set(tops) < held
    assert not any(name.startswith("benchmarks/data/") for name in held)


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of a new environment are that has the wheel.

    It borrows the dependencies of this one, so that nothing is downloaded.
    """
    folder = tmp_path_factory.mktemp("installed") / "venv"
    output_of(sys.executable, "-m", "venv", "--without-pip", folder, folder=ROOT)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", commands / "python", "--quiet")
    output_of(*pip, "install", "--no-index", "--no-deps", wheel, folder=ROOT)
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(output_of(commands / "python", "-c", query, folder=folder).strip())
    paths = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (packages / "borrowed.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return commands


def test_installed_command_answers_as_the_checkout_does(installed: Path, tmp_path: Path) -> None:
    for name in ("calls.jsonl", "calls.parquet", "request_week.json"):
        shutil.copy(SAMPLE / name, tmp_path)
    where = "import callstats_cli; print(callstats_cli.__file__)"
    package = Path(output_of(installed / "python", "-c", where, folder=tmp_path).strip())
    assert package.is_relative_to(installed.parent)
    assert (
        output_of(installed / "callstats", "--version", folder=tmp_path) == f"callstats {version()}\n"
    )
    for log in ("calls.jsonl", "calls.parquet"):
        here = output_of(
            sys.executable, "-m", "callstats_cli", "query", SAMPLE / log, *QUESTION, folder=SAMPLE
        )
        there = output_of(installed / "callstats", "query", log, *QUESTION, folder=tmp_path)
        assert there == here
        answer = json.loads(there)
        assert sum(row["sum_call_count"] for row in answer["call_buckets"]) == 781
