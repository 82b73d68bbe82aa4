"""What is installed: `constraints.txt` pins all of it, the Makefile installs it, bounds are tested at both ends."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lowest_versions import lowest_versions
from readme import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)
HEADER, *PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PIP = "python -m pip --disable-pip-version-check --quiet install"
TESTED = "--constraint constraints.txt --build-constraint constraints.txt"
DEMO = [
    "python3 -m venv .venv",
    f".venv/bin/{PIP} --constraint constraints.txt pip",
    f".venv/bin/{PIP} {TESTED} --editable .",
]
DEV = [*DEMO, f".venv/bin/{PIP} {TESTED} --group dev"]
LINT = [
    *DEV,
    ".venv/bin/ruff check",
    ".venv/bin/ruff format --check",
    ".venv/bin/mypy",
    ".venv/bin/lint-imports",
]
ORACLES = [
    *DEV,
    ".venv/bin/python -m pytest -n auto"
    " tests/plan/test_oracle.py tests/plan/test_properties.py tests/pricing/test_costs.py",
]
NEWEST = [
    "python3 -m venv --clear .venv-newest",
    f".venv-newest/bin/{PIP} --upgrade pip",
    f".venv-newest/bin/{PIP} --editable . --group dev",
]
OLDEST = [
    "python3 -m venv --clear .venv-oldest",
    f".venv-oldest/bin/{PIP} --constraint constraints.txt pip",
    f".venv-oldest/bin/{PIP} --constraint constraints.txt hypothesis pytest pytest-xdist",
    ".venv-oldest/bin/python tests/support/lowest_versions.py pyproject.toml > .venv-oldest/lowest.txt",
    f".venv-oldest/bin/{PIP} --constraint .venv-oldest/lowest.txt --build-constraint constraints.txt --editable .",
]
GUARDS = [
    *("request/test_buckets", "plan/test_cases", "pricing/test_costs", "plan/test_oracle"),
    *("plan/test_properties", "plan/test_sample_data", "project/test_templates"),
]


def named_in_pyproject() -> list[Requirement]:
    """Every dependency that pyproject.toml names, wherever it does."""
    project = PROJECT["project"]
    named = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    for lists in (project["optional-dependencies"], PROJECT["dependency-groups"]):
        named += [dependency for names in lists.values() for dependency in names]
    return [Requirement(dependency) for dependency in named]


def pinned(name: str) -> list[str]:
    """The versions that constraints.txt has of a package."""
    pairs = (pin.split("==") for pin in PINS)
    return [version for other, version in pairs if canonicalize_name(other) == canonicalize_name(name)]


def installed_for(requirements: list[Requirement]) -> set[str]:
    """The names of all packages that these bring onto this machine."""
    found: set[tuple[str, str]] = set()
    ahead = [
        (requirement, extra) for requirement in requirements for extra in ("", *requirement.extras)
    ]
    while ahead:
        requirement, extra = ahead.pop()
        if (requirement.name, extra) not in found:
            found.add((requirement.name, extra))
            below = [Requirement(needed) for needed in requires(requirement.name) or []]
            met = [
                needed
                for needed in below
                if needed.marker is None or needed.marker.evaluate({"extra": extra})
            ]
            ahead += [(needed, extra) for needed in met for extra in ("", *needed.extras)]
    return {str(canonicalize_name(name)) for name, _ in found}


def recipe(target: str) -> list[str]:
    """The lines that make runs for a target where nothing is there yet, without those that are not shown."""
    settings = (
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "MAKEOVERRIDES",
        "PYTHON",
        "PYTEST_ARGS",
        "BENCH_ARGS",
    )
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        line.rstrip()
        for line in done.stdout.splitlines()
        if not re.match(r"touch |python3 -c |echo ", line)
    ]


def test_constraints_are_versions_and_nothing_else() -> None:
    assert HEADER == "# The versions last tested, written by `make update`."
    assert [pin for pin in PINS if not re.fullmatch(r"[A-Za-z][\w.-]*==\d[\w.]*", pin)] == []
    assert sorted(PINS, key=lambda pin: pin.split("==")[0].lower()) == PINS


@pytest.mark.parametrize("dependency", named_in_pyproject(), ids=str)
def test_each_dependency_is_pinned_once_at_a_version_that_is_allowed(dependency: Requirement) -> None:
    (version,) = pinned(dependency.name)
    assert dependency.specifier.contains(version)


def test_all_that_dependencies_bring_along_is_pinned_once() -> None:
    names = installed_for(named_in_pyproject())
    assert {"pydantic-core", "numpy", "aiohttp", "pluggy"} < names
    assert {name: len(pinned(name)) for name in names} == dict.fromkeys(names, 1)


def test_the_pip_that_knows_build_constraints_is_pinned() -> None:
    (version,) = pinned("pip")
    assert Requirement("pip>=25.3").specifier.contains(version)


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("demo", [*DEMO, ".venv/bin/callstats query sample_data/calls.jsonl -g 1d"]),
        ("lint", LINT),
        ("test", [*LINT, ".venv/bin/python -m pytest -n auto"]),
        (
            "readme",
            [
                *DEV,
                ".venv/bin/python tests/support/readme.py",
                ".venv/bin/python tests/support/screenshot.py",
            ],
        ),
        ("sample", [*DEMO, ".venv/bin/python sample_data/make_sample_data.py"]),
        (
            "bench",
            [*ORACLES, ".venv/bin/python benchmarks/bench.py --output benchmarks/BENCHMARKS.md"],
        ),
        ("bench-quick", [*ORACLES, ".venv/bin/python benchmarks/bench.py --scale 0.1 --runs 3"]),
    ],
)
def test_a_target_installs_the_versions_last_tested(target: str, lines: list[str]) -> None:
    assert recipe(target) == lines


def test_update_freezes_the_newest_versions() -> None:
    assert recipe("update") == [
        *NEWEST,
        ".venv-newest/bin/python -m pip freeze --all --exclude-editable --exclude setuptools >> .venv-newest/constraints.txt",
        "mv .venv-newest/constraints.txt constraints.txt",
    ]


@pytest.mark.parametrize(("target", "made"), [("newest", NEWEST), ("oldest", OLDEST)])
def test_numbers_are_tested_at_both_ends_of_what_is_allowed(target: str, made: list[str]) -> None:
    *before, last = recipe(f"test-{target}")
    assert before == made
    assert last.startswith(f".venv-{target}/bin/python -m pytest -n auto tests/")
    tests = last.split()[5:]
    assert {f"tests/{name}.py" for name in GUARDS} <= set(tests)
    assert all((ROOT / test).is_file() for test in tests)


def test_continuous_integration_tests_all_three() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-3:] == ["make test", "make test-newest", "make test-oldest"]


def test_the_lowest_versions_are_those_of_the_bounds() -> None:
    text = '[project]\ndependencies = ["a-b>=1.2,<3", "c.d>=2026.1", "e>=2"]'
    assert lowest_versions(text) == ["a-b==1.2", "c.d==2026.1", "e==2"]
    names = [Requirement(dependency).name for dependency in PROJECT["project"]["dependencies"]]
    assert [line.split("==")[0] for line in lowest_versions(PYPROJECT)] == names


@pytest.mark.parametrize("dependency", ["a", "a<2", "a>1", "a<3,>=2", "a>=1; python_version < '3.12'"])
def test_a_dependency_without_a_lowest_version(dependency: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"{dependency!r} is not of the form name>=version")):
        lowest_versions(f'[project]\ndependencies = ["{dependency}"]')
