"""The facts of docs/architecture.md that a machine can check."""

from __future__ import annotations

import ast
import re
import tokenize
import tomllib
from collections import Counter
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from callstats_cli.request.call_columns import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "callstats_cli"
SQL = ROOT / "sql"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES_OF_A_FILE = 250
MOST_FLOORS = 10
LONGEST_CHAIN = 12
LINES = {("request", "calls", "query", "answer"): 5_700, (".",): 19_100}
"""Rooms → the most lines that they may have together: what they have today. The aim is 3,600 and 12,800,
so that these numbers only ever get smaller without a new feature."""


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def module_of(path: Path) -> str:
    """The dotted name of a module; a package's is that of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_of(path): path for path in MODULES}


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def lines_in(rooms: tuple[str, ...]) -> int:
    """The lines of all modules of some folders of the package; "." is all of it."""
    return sum(lines_of(path) for room in rooms for path in (PACKAGE / room).rglob("*.py"))


def layers() -> tuple[list[set[str]], set[str]]:
    """The floors from the top, and the imports that the contract leaves out, of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found = next(contract for contract in contracts if contract["type"] == "layers")
    floors = [set(re.split(r"\s*[:|]\s*", layer)) for layer in found["layers"]]
    return floors, set(found.get("ignore_imports", ()))


@cache
def imports_of(module: str) -> frozenset[str]:
    """The modules of the package that one imports as it is loaded: neither for types alone nor inside
    functions."""
    found: set[str] = set()
    tree = ast.parse(NAMES[module].read_text(encoding="utf-8"))
    statements = list(tree.body)
    while statements:
        node = statements.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            statements += node.orelse
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names} & NAMES.keys()
            found |= parts or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            statements += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return frozenset(found & NAMES.keys() - {module})


@cache
def chain_from(module: str) -> tuple[str, ...]:
    """The longest chain of imports that begins with a module."""
    return (module, *max((chain_from(name) for name in imports_of(module)), key=len, default=()))


def test_no_file_is_long() -> None:
    long = {name: lines_of(path) for name, path in NAMES.items()}
    long = {name: count for name, count in long.items() if count > MOST_LINES_OF_A_FILE}
    assert not long, f"over {MOST_LINES_OF_A_FILE} lines: {long}"


@pytest.mark.parametrize("rooms", LINES, ids="+".join)
def test_rooms_keep_to_their_lines(rooms: tuple[str, ...]) -> None:
    assert lines_in(rooms) <= LINES[rooms], f"{rooms} have {lines_in(rooms):,} lines"


def test_floors_are_few() -> None:
    floors, _ = layers()
    assert len(floors) <= MOST_FLOORS, f"{len(floors)} floors: {floors}"


def test_no_import_goes_up() -> None:
    floors, ignored = layers()
    floor_of = {room: number for number, rooms in enumerate(floors) for room in rooms}
    upwards = [
        f"{module} -> {imported}"
        for module in NAMES
        for imported in imports_of(module)
        if "callstats_cli" not in (module, imported)
        if room_of(module) != room_of(imported)
        if floor_of[room_of(imported)] <= floor_of[room_of(module)]
    ]
    assert set(upwards) <= ignored, f"imports that go up: {set(upwards) - ignored}"


def test_chains_of_imports_are_short() -> None:
    longest = max((chain_from(module) for module in NAMES), key=len)
    assert len(longest) <= LONGEST_CHAIN, f"{len(longest)} modules: {' -> '.join(longest)}"


SQL_TEXT = re.compile(
    r"\bselect\b.*\bfrom\b|\bcreate or replace\b|\bis (?:not )?null\b|\bis (?:not )?distinct from\b"
    r"|\b(?:coalesce|nullif|try_cast|fsum|favg|count|sum|list_filter|epoch_us)\(|\w::[a-zA-Z]"
    r"|\bfilter \(|\border by\b|\bgroup by\b|\bunion all\b",
    re.DOTALL,
)
"""What tells SQL from other text: its keywords in lower case, as the project writes them."""

NOT_SQL = {
    "(?m)^(?=create or replace temp macro )": "the pattern that finds the macros of a template",
}
"""A text that looks like SQL → why it is none."""


def constants_of(path: Path) -> list[tuple[int, str]]:
    """The texts of a module that are values, with their lines: docstrings and other texts that stand
    alone are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    ]


def outside_engines() -> list[Path]:
    return [path for path in MODULES if path.relative_to(PACKAGE).parts[0] != "engines"]


def test_sql_stands_in_engines_and_templates_alone() -> None:
    found = [
        f"{module_of(path)}:{line}: {text[:60]!r}"
        for path in outside_engines()
        for line, text in constants_of(path)
        if SQL_TEXT.search(text) and text not in NOT_SQL
    ]
    assert not found, "SQL outside engines/:\n" + "\n".join(found)


NAMES_THE_ENGINE = {
    "callstats_cli.cli.stages": "starts the engine",
    "callstats_cli.cli.flags": "tells people in the help whose extension is downloaded",
    "callstats_cli.cli.query": "tells people in the help for which shell --show-sql writes",
    "callstats_cli.cli.schemas": "tells people the types of columns as --show-sql has them",
}
"""A module outside engines/ that names an engine → why."""


def test_no_engine_is_named_outside_engines() -> None:
    engines = [path.name for path in (PACKAGE / "engines").iterdir() if (path / "__init__.py").exists()]
    name = re.compile("|".join(engines), re.IGNORECASE)
    found = {module_of(path) for path in outside_engines() if name.search(path.read_text("utf-8"))}
    assert found == set(NAMES_THE_ENGINE), f"{engines} named outside engines/"


def test_names_of_steps_are_unique() -> None:
    """A step is named by the last part of its template; those of formats and readers are no steps."""
    steps = [
        path.stem
        for path in (SQL / "duckdb").rglob("*.sql")
        if path.relative_to(SQL / "duckdb").parts[0] not in ("formats", "readers")
    ]
    twice = [name for name, count in Counter(steps).items() if count > 1]
    assert not twice, f"templates of one name: {twice}"


def test_columns_of_a_call_are_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("\n## The calls relation\n")[1].split("\n## ")[0]
    assert re.findall(r"(?m)^\| `(\w+)` \|", table) == list(COLUMNS)


def test_what_the_architecture_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`(?:callstats_cli/)?((?:\w+/)*\w*\.py|(?:\w+/)+\w+\.sql|(?:\w+/)+)`", text)
    )
    assert named
    places = (ROOT, PACKAGE)
    assert not {name for name in named if not any((place / name).exists() for place in places)}


ABSENT = re.compile(
    r"\b(?:SPEC|DESIGN)\b(?:\.md| \d+)?"
    r"|\b(?:FORMATS|PRICES|ANCHORS|PEERS|SCALE|SERVE)(?:\.md\b| [A-Z]\d?\b|(?=\)))"
)
"""Names of documents that are not in the repository, as comments have named them."""


def comments_in(path: Path) -> str:
    """The comments and the texts of a Python file; all of an SQL file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return text
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    kinds = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    return "\n".join(token.string for token in tokens if token.type in kinds)


def test_comments_name_documents_of_the_repository_alone() -> None:
    files = [*MODULES, *SQL.rglob("*.sql"), *(ROOT / "tests").rglob("*.py")]
    found = {
        str(path.relative_to(ROOT)): names
        for path in files
        if path != Path(__file__).resolve()
        if (names := ABSENT.findall(comments_in(path)))
    }
    listing = "\n".join(f"{path}: {', '.join(names)}" for path, names in found.items())
    assert not found, f"{sum(map(len, found.values()))} references to absent documents:\n{listing}"


COUNTED_BY_HAND = re.compile(
    r"assert len\((?:[A-Z_]{2,}|.*(?:glob|iterdir)\(.*)\) == \d+"  # a list of cases, a folder
)


def test_no_test_counts_cases_by_hand() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if COUNTED_BY_HAND.search(line) and path != Path(__file__).resolve()
    ]
    assert not found, "counts that a new case would change:\n" + "\n".join(found)
