"""What was promised of the log, of erasure and of encryption is each the name of some test.

The list is `docs/toetsbaar.md`; which test is for which number is said in the test itself.
"""

import ast
import re
from functools import cache

import pytest

from tests.architecture.checkout import ROOT

ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
PROMISED = [int(each) for each in ROW.findall((ROOT / "docs/toetsbaar.md").read_text("utf-8"))]
NAMED = re.compile(r"[Ss]tatements? (\d+(?:(?:, | and | to )\d+)*)")


def numbers(text: str) -> set[int]:
    """The numbers that a docstring names; "9 to 12" is four of them."""
    found = set()
    for told in NAMED.findall(" ".join(text.split())):
        for part in re.split(r", | and ", told):
            first, _, last = part.partition(" to ")
            found |= {*range(int(first), int(last or first) + 1)}
    return found


@cache
def proven() -> set[int]:
    found: set[int] = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.parts[-2] == "node_modules":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tested = [
            each
            for each in ast.walk(tree)
            if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
        ]
        measured = path.parent.name == "bench"
        if tested or measured:
            for each in (tree, *tested):
                found |= numbers(ast.get_docstring(each) or "")
    return found


@pytest.mark.parametrize("number", PROMISED)
def test_each_statement_is_proven_by_a_test_that_says_so(number):
    assert number in proven()


def test_ranges_and_lists_are_read():
    assert numbers("Statement 1; statements 3, 5 and 7; statements 9 to 11.") == {
        1,
        3,
        5,
        7,
        9,
        10,
        11,
    }
