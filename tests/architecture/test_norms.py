"""Each rule of the standards that the API is built to has a test that carries its number.

The numbers are those of the checklists: ADR (NL API Design Rules), OAU and OIDC (NL GOV profiles,
FAPI 2.0), FSC, LDV and ADL (the logs), AVG, and the statements about tokens. What a rule says
stands in its test's name.
"""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
RULES = [
    *(f"adr_{number:02}" for number in range(2, 16)),
    *(f"oau_{number:02}" for number in range(1, 14)),
    "oidc_01",
    *(f"fsc_{number:02}" for number in range(1, 7)),
    *(f"ldv_{number:02}" for number in range(1, 13)),
    *(f"adl_{number:02}" for number in range(1, 5)),
    *("avg_01", "avg_15", "x_01"),
    *(f"statement_{number}" for number in range(26, 31)),
]
_NUMBERS = re.compile(r"(adr|oau|oidc|fsc|ldv|adl|avg|x|statement)_(\d\d)((?:_and_\d\d)*)(?=_)")


def named() -> set[str]:
    """The numbers in the names of all tests; `oau_01_and_05` is two."""
    found = set()
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for standard, first, more in _NUMBERS.findall(node.name):
                    numbers = [first, *re.findall(r"\d\d", more)]
                    found |= {f"{standard}_{number}" for number in numbers}
    return found


@pytest.fixture(scope="module")
def numbers() -> set[str]:
    return named()


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_has_a_test_of_its_own(rule, numbers):
    assert rule in numbers
