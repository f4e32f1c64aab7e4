"""Rules over the whole codebase, for the files that are there and those still to come."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT, committed_files, modules, text_of

# Written in halves, so that this file keeps the rule that it checks.
REGISTRIES = tuple(
    first + second
    for first, second in [
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("deb.deb", "ian.org"),
        ("--index", "-url"),
        ("--extra-index", "-url"),
        ("--find", "-links"),
    ]
)
MACHINE_PATH = re.compile(r"(?<![\w.~}-])(?:/(?:root|home|Users|work|tmp|opt)/\w|[A-Z]:\\\\?Users)")
VAGUE = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "tools"}

TABLES = {"bronhouders": "bronhouder", "ketenpartners": "ketenpartner", "getuigen": "getuige"}

# Who may end a transaction by hand. Everyone else stays inside the block that
# privacy.store.engine opens, and a use case opens one of those.
MAY_COMMIT = ("privacy/store/engine.py",)


def test_no_committed_file_names_a_package_registry():
    found = {
        (str(path), name)
        for path in committed_files()
        for name in REGISTRIES
        if name in text_of(path)
    }

    assert found == set()


def test_no_committed_file_names_a_path_of_one_machine():
    found = {
        (str(path), match.group())
        for path in committed_files()
        for match in MACHINE_PATH.finditer(text_of(path))
    }

    assert found == set()


def test_no_module_has_a_name_that_says_nothing():
    found = [str(path) for path in modules() if VAGUE & {path.stem, *path.parts}]

    assert found == []


def test_nobody_but_the_engine_ends_a_transaction_by_hand():
    found = [
        f"{path}:{call.lineno}"
        for path in modules()
        if path.as_posix() not in MAY_COMMIT
        for call in _method_calls(path)
        if call.func.attr in {"commit", "rollback"}
    ]

    assert found == []


def _method_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_how_to_work_on_it(package: str):
    assert (ROOT / package / "README.md").is_file()


def test_every_command_that_the_readme_names_is_in_the_makefile():
    readme, makefile = text_of(Path("README.md")), text_of(Path("Makefile"))

    named = set(re.findall(r"(?:^|`)make (\w+)", readme, re.MULTILINE))

    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_every_file_that_a_document_links_to_exists():
    missing = {
        (str(path), target)
        for path in committed_files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", text_of(path))
        if "://" not in target and not (ROOT / path.parent / target).exists()
    }

    assert missing == set()


def test_every_decision_stands_in_the_index():
    folder = Path("docs/decisions")
    decisions = {path.name for path in (ROOT / folder).glob("[0-9][0-9][0-9][0-9]-*.md")}

    listed = set(re.findall(r"\]\(([^)]+)\)", text_of(folder / "README.md")))

    assert decisions
    assert decisions <= listed


def test_every_setting_is_shown_in_an_example():
    shown = set(
        re.findall(
            r"^#? ?(?:LSO_GATEWAY_|\[{0,2})(\w+)(?:=| =|\]{1,2}$)",
            _if_there(Path("deploy/example.env")) + _if_there(Path("deploy/example.toml")),
            re.MULTILINE,
        )
    )

    # Organisations are tables, each with its own heading in the singular.
    asked = {TABLES.get(name, name) for name in _settings()}

    assert asked <= {name.lower() for name in shown}


def _settings() -> set[str]:
    """The fields of the class Settings."""
    return {
        line.target.id
        for node in ast.walk(ast.parse(_if_there(Path("gateway/config.py"))))
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def _if_there(path: Path) -> str:
    return text_of(path) if (ROOT / path).exists() else ""
