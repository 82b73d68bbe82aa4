"""The rules that every SQL template keeps: a header that is true, and nothing that nobody uses."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sql" / "duckdb"
PACKAGE = ROOT / "callstats_cli"
TEMPLATES = sorted(path.relative_to(SQL).with_suffix("").as_posix() for path in SQL.rglob("*.sql"))
MACROS = "macros"
SINGLE = [name for name in TEMPLATES if name != MACROS]

KEYWORDS = {
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "ORDER",
    "WITH",
    "AS",
    "AND",
    "NOT",
    "NULL",
    "CASE",
    "JOIN",
}


def text_of(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def header_of(name: str) -> str:
    """The comment that a file begins with, without its dashes; parts begin at the margin."""
    lines = re.match(r"(?:--[^\n]*\n)*", text_of(name))
    assert lines is not None
    return re.sub(r"(?m)^-- ?", "", lines[0])


def part_of(header: str, title: str) -> str:
    """What a header says under `reads:` or `params:`, with the indented lines that follow."""
    found = re.search(rf"(?m)^{title}: (.*(?:\n {{2}}.*)*)", header)
    return found[1] if found else ""


def code_of(name: str) -> str:
    """A template's text, that of its slots included, without comments and what stands in quotes."""
    text = re.sub(r"(?s)/\* [a-z_]+:(.*?) \*/", r" \1 ", text_of(name))
    return re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", text)


def names_in(sql: str) -> set[str]:
    return set(re.findall(r"\$([a-z_]+)", sql))


def read_by(name: str) -> set[str]:
    """The steps that a template selects from: not its own ones, nor functions."""
    code = re.sub(r"\bdistinct from\b", "", code_of(name))
    recursive = r"(?: \([a-z_, ]+\)\s+using key \([a-z_, ]+\))?"
    own = set(re.findall(rf"([a-z_]+){recursive} as (?:materialized )?\(", code))
    words = re.findall(r"\b(?:from|join) ([a-z_]+)\b(?![(.])", code)
    return {word for word in words if word not in own}


@pytest.fixture(scope="module")
def sources() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))]


@pytest.fixture(scope="module")
def nodes(sources: list[str]) -> list[ast.AST]:
    return [node for source in sources for node in ast.walk(ast.parse(source))]


def test_all_templates_are_found() -> None:
    assert {MACROS, "answer/usage_buckets", "formats/weave/calls", "readers/parquet"} < set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_header_says_what_it_is(name: str) -> None:
    purpose = header_of(name).split("\n", 1)[0]
    assert re.match(r"[A-Z].{20,}", purpose)
    assert not purpose.startswith(("Reads:", "Params:"))


@pytest.mark.parametrize("name", SINGLE)
def test_declared_parameters_are_those_used(name: str) -> None:
    assert names_in(part_of(header_of(name), "params")) == names_in(code_of(name))


@pytest.mark.parametrize("name", SINGLE)
def test_steps_it_says_it_reads_are_those_it_reads(name: str) -> None:
    said = part_of(header_of(name), "reads")
    listed = set() if " a table of" in f" {said}" else set(re.findall(r"[a-z_]+", said.split("(")[0]))
    assert listed == read_by(name)


@pytest.mark.parametrize("name", SINGLE)
def test_one_statement_with_lower_case_keywords(name: str) -> None:
    code = code_of(name)
    assert ";" not in code
    assert set(re.findall(r"\b[A-Z]+\b", code)) & KEYWORDS == set()
    assert text_of(name).endswith("\n")


def test_every_template_is_named_in_the_code(nodes: list[ast.AST]) -> None:
    named = {node.value for node in nodes if isinstance(node, ast.Constant)}
    patterns = [pattern for node in nodes if (pattern := _pattern(node))]
    orphans = [
        name
        for name in TEMPLATES
        if name not in named and not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]
    assert orphans == []


def _pattern(node: ast.AST) -> str | None:
    """An f-string such as `f"readers/{kind}"` as a pattern; None where too little of it is fixed."""
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    if sum(len(str(part)) for part in parts if part is not None) < len("_value"):
        return None
    return "".join("[a-z]+" if part is None else re.escape(str(part)) for part in parts)


def test_every_name_in_the_code_is_a_template(nodes: list[ast.AST]) -> None:
    missing = [name for node in nodes for name in _templates_named(node) if name not in TEMPLATES]
    assert missing == []


def _templates_named(node: ast.AST) -> list[str]:
    """The template that a call of one of the functions that take one names, if it is written out."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return []
    if node.func.id not in ("template", "alone", "step", "filled"):
        return []
    named = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
    return [name for name in named if isinstance(name, str) and "/" in name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_slot_is_filled_by_the_code(name: str, nodes: list[ast.AST]) -> None:
    named = {node.value for node in nodes if isinstance(node, ast.Constant)}
    named |= {node.arg for node in nodes if isinstance(node, ast.keyword)}
    assert set(re.findall(r"/\* ([a-z_]+)(?::| \*/)", text_of(name))) - named == set()


SQL_TEXT = re.compile(
    r"\b(select|from|join|where) [a-z_{(*]+\n|\bselect\s.*\bfrom\b|\bunion all\b|::[a-z]+\b|\bnull::"
    r"|\b(coalesce|count|sum|avg|min|max|nullif|greatest|least|unnest|if)\(|\bas [a-z_]+\n|\bis (not )?null\b"
)


@pytest.mark.parametrize(
    "path", [path for path in sorted(PACKAGE.rglob("*.py")) if "engines" not in path.parts], ids=str
)
def test_no_sql_stands_outside_of_engines(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks
    ]
    assert [text for text in texts if SQL_TEXT.search(text)] == []


def test_every_macro_is_used(sources: list[str]) -> None:
    definitions = re.findall(r"(?m)^create or replace temp macro ([a-z_]+)\(", text_of(MACROS))
    assert definitions
    assert len(set(definitions)) == len(definitions)
    everything = "\n".join([*sources, *(code_of(name) for name in TEMPLATES)])
    unused = [macro for macro in definitions if not re.search(rf"(?<!macro ){macro}\(", everything)]
    assert unused == []


def test_every_macro_says_what_it_is_for() -> None:
    pieces = text_of(MACROS).split("\n\n")[1:]
    assert all(re.match(r"-- .+\n(?:-- .+\n)*create or replace temp macro ", piece) for piece in pieces)
