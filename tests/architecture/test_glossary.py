"""Names are made of the terms of the glossary, and lists have exactly its codes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas import glossary, json_schema
from schemas.records import wire_names
from tests.architecture import vocabulary
from tests.architecture.checkout import ROOT

GLOSSARY = glossary.load()
PACKAGE = ROOT / "schemas"
LISTS = {cls.__name__: cls for cls in vocabulary.closed_lists()}
FORMS = {form for key, term in GLOSSARY.terms.items() for form in (key, term.plural)}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def is_made_of_terms(name: str) -> bool:
    words = snake(name).split("_")
    known = FORMS | GLOSSARY.technical
    reachable = {0}
    for end in range(1, len(words) + 1):
        if any("_".join(words[start:end]) in known for start in reachable if start < end):
            reachable.add(end)
    return len(words) in reachable


def names_on_the_wire() -> set[str]:
    found: set[str] = set()

    def walk(schema: object) -> None:
        if isinstance(schema, dict):
            found.update(schema.get("properties", {}))
            for below in schema.values():
                walk(below)
        elif isinstance(schema, list):
            for below in schema:
                walk(below)

    walk(json_schema.documents())
    return found


def defined_names(path: Path) -> Iterator[str]:
    """What the file itself names; what a library calls its own is not ours to choose."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@pytest.mark.parametrize("name", LISTS)
def test_a_closed_list_has_exactly_the_codes_of_its_entry(name):
    term = GLOSSARY.terms[snake(name)]

    assert set(term.codes) == {member.value for member in LISTS[name]}


def test_every_entry_with_codes_is_a_closed_list():
    with_codes = {key for key, term in GLOSSARY.terms.items() if term.codes}

    assert with_codes == {snake(name) for name in LISTS}


@pytest.mark.parametrize("key", GLOSSARY.terms)
def test_a_term_is_explained_in_one_sentence_with_its_source(key):
    term = GLOSSARY.terms[key]

    assert term.meaning[0].isupper()
    assert term.meaning.endswith(".")
    assert term.source
    assert all(meaning.endswith(".") for meaning in term.codes.values())


@pytest.mark.parametrize("name", sorted(names_on_the_wire()))
def test_a_name_on_the_wire_is_made_of_terms(name):
    assert is_made_of_terms(name)


def test_every_field_of_a_record_is_made_of_terms():
    fields = {name for record in vocabulary.records() for name in wire_names(record)}

    assert [name for name in sorted(fields) if not is_made_of_terms(name)] == []


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_no_name_translates_a_term(path):
    never = {word for term in GLOSSARY.terms.values() for word in term.never}

    translated = {
        (name, word)
        for name in defined_names(path)
        for word in never
        if f"_{word}_" in f"_{snake(name)}_"
    }

    assert translated == set()


def test_a_term_is_on_no_list_of_translations():
    never = {word for term in GLOSSARY.terms.values() for word in term.never}

    assert never & FORMS == set()


def test_the_glossary_in_the_readme_is_current():
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")

    assert glossary.replace_table(readme, glossary.render(GLOSSARY)) == readme


@pytest.mark.parametrize(
    ("name", "made"),
    [("datumInstroom", True), ("bewijsSha256", True), ("entryDate", False), ("naamX", False)],
)
def test_the_check_of_names_can_fail(name, made):
    assert is_made_of_terms(name) is made
