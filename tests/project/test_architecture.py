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
from typing import TYPE_CHECKING

import pytest

from callstats_cli.request.call_columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "callstats_cli"
SQL = ROOT / "sql"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((SQL / "duckdb").rglob("*.sql"))

MOST_LINES_OF_A_FILE = 250
MOST_FLOORS = 10
LONGEST_CHAIN = 12
LINES = {("request", "survey", "plan", "answer"): 5_560, (".",): 18_880}
"""Rooms → the most lines that they may have together: what they have today. The aim is 3,600 and 12,800,
so that these numbers only ever get smaller without a new feature."""


def module_of(path: Path) -> str:
    """The dotted name of a module; a package's is that of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_of(path): path for path in MODULES}


def said(what: str, offenders: Sequence[str]) -> str:
    """A message that names every offender on a line of its own."""
    return "\n  ".join([f"{what}: {len(offenders)}", *offenders])


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def lines_in(rooms: tuple[str, ...]) -> int:
    """The lines of all modules of some folders of the package; "." is all of it."""
    return sum(lines_of(path) for room in rooms for path in (PACKAGE / room).rglob("*.py"))


def floors() -> list[str]:
    """The floors of the package from the top, as the linter's contract of layers has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return list(layers)


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
    long = [
        f"{path.relative_to(ROOT)}: {lines_of(path)}"
        for path in MODULES
        if lines_of(path) > MOST_LINES_OF_A_FILE
    ]
    assert not long, said(f"files over {MOST_LINES_OF_A_FILE} lines", long)


@pytest.mark.parametrize("rooms", LINES, ids="+".join)
def test_rooms_keep_to_their_lines(rooms: tuple[str, ...]) -> None:
    lines = lines_in(rooms)
    assert lines <= LINES[rooms], f"{lines:,} lines in {rooms}, {lines - LINES[rooms]:,} too many"


def test_floors_are_few() -> None:
    assert len(floors()) <= MOST_FLOORS, said(f"more than {MOST_FLOORS} floors", floors())


def test_chains_of_imports_are_short() -> None:
    """A chain is of imports that run when a module is loaded; those for types alone and those inside
    functions, which delay expensive modules, are in none."""
    longest = max((chain_from(module) for module in NAMES), key=len)
    assert len(longest) <= LONGEST_CHAIN, said(
        f"a chain of imports longer than {LONGEST_CHAIN} modules", longest
    )


SQL_TEXT = re.compile(
    r"\bselect\b.*\bfrom\b|\bcreate or replace\b|\bis (?:not )?null\b|\bis (?:not )?distinct from\b"
    r"|\b(?:coalesce|nullif|try_cast|fsum|favg|count|sum|list_filter|epoch_us)\(|\w::[a-zA-Z]"
    r"|\bunnest\(|\bupdate\b.*\bset\b|\bfilter \(|\border by\b|\bgroup by\b|\bunion all\b",
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
    assert not found, said("texts with SQL outside engines/", found)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_what_tells_sql_finds_every_template(path: Path) -> None:
    assert SQL_TEXT.search(path.read_text(encoding="utf-8")), path


NAMED_OUTSIDE = {
    "for the duckdb shell": "what --show-sql prints is for this shell alone",
    "Let DuckDB download": "--allow-extension-install lets this engine, and no other, use the network",
    "from callstats_cli.engines.duckdb.httpfs import httpfs_files": "its own reader of stores is handed down",
    "from callstats_cli.engines.duckdb.types import type_name": "`schema columns` has the types that --show-sql has",
}
"""Words outside engines/ that name an engine → why."""


def test_no_engine_is_named_outside_engines() -> None:
    folders = [path.name for path in (PACKAGE / "engines").iterdir() if (path / "__init__.py").exists()]
    name = re.compile("|".join(folders), re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in outside_engines()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if name.search(line) and not any(words in line for words in NAMED_OUTSIDE)
    ]
    assert not found, said("lines that name an engine outside engines/", found)


def test_words_that_name_an_engine_are_still_said() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in outside_engines())
    assert [words for words in NAMED_OUTSIDE if words not in text] == []


def test_names_of_steps_are_unique() -> None:
    """A step is named by the last part of its template; those of formats and readers are no steps."""
    steps = [
        path.stem
        for path in TEMPLATES
        if path.relative_to(SQL / "duckdb").parts[0] not in ("formats", "readers")
    ]
    twice = [name for name, count in Counter(steps).items() if count > 1]
    assert not twice, f"templates of one name: {twice}"


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_columns_of_a_call_are_documented() -> None:
    table = ARCHITECTURE.split("\n## The calls relation\n")[1].split("\n## ")[0]
    rows = re.findall(r"(?m)^\| ((?:`\w+`(?:, )?)+) \| (\w+) \|", table)
    documented = [(name, kind) for names, kind in rows for name in re.findall(r"\w+", names)]
    assert documented == list(COLUMNS.items())


@pytest.mark.parametrize(
    "document", ["docs/architecture.md", "docs/specification.md", "CONTRIBUTING.md"]
)
def test_paths_in_documents_exist(document: str) -> None:
    """A path is one from the root of the repository, or from the package."""
    text = (ROOT / document).read_text(encoding="utf-8")
    paths = re.findall(r"`([\w./]+(?:/|\.(?:py|sql|md)))`", text)
    missing = [
        path for path in paths if not any((folder / path).exists() for folder in (ROOT, PACKAGE))
    ]
    assert paths
    assert not missing, said(f"paths in {document} that do not exist", missing)


def test_sections_that_comments_name_exist() -> None:
    """A comment names a section of docs/specification.md as `spec` and its number."""
    text = (ROOT / "docs" / "specification.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"(?m)^## (\d+)\. ", text))
    found = [
        f"{path.relative_to(ROOT)}: spec {number}"
        for path in (*MODULES, *SQL.rglob("*.sql"))
        for number in re.findall(r"\bspec (\d+)", comments_in(path))
        if number not in sections
    ]
    assert sections
    assert not found, said("sections that docs/specification.md does not have", found)


def test_links_of_documents_lead_somewhere() -> None:
    """Links between the documents, to a heading where they name one."""
    documents = [*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "README.md"]
    broken = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in documents
        for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", document.read_text(encoding="utf-8"))
        if not leads_somewhere(document, *link.partition("#")[::2])
    ]
    assert not broken, said("broken links", broken)


def leads_somewhere(document: Path, path: str, heading: str) -> bool:
    target = (document.parent / path).resolve() if path else document
    if not target.exists() or not heading:
        return target.exists()
    titles = re.findall(r"(?m)^#+ (.*)", target.read_text(encoding="utf-8"))
    return heading in {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


ABSENT = re.compile(
    r"\b(?:SPEC|DESIGN|FORMATS|PRICES|ANCHORS|PEERS|SCALE|SERVE)(?:\.md\b| (?:\d+|[a-z])\b)"
)


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
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        if path != Path(__file__).resolve()
        for name in ABSENT.findall(comments_in(path))
    ]
    assert not found, said("references to documents that are not in the repository", found)


COUNTED_BY_HAND = re.compile(
    r"assert len\((?:[A-Z_]{2,}|.*(?:glob|iterdir)\(.*)\) (?:==|>=?) \d+"  # a list of cases, a folder
)


def test_no_test_counts_cases_by_hand() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if COUNTED_BY_HAND.search(line) and path != Path(__file__).resolve()
    ]
    assert not found, said("counts that a new case would change", found)
