"""The layers hold, and the contracts that guard them break when they should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT

SMUGGLED = [
    pytest.param(
        "schemas/smuggler.py",
        "import privacy",
        "gateway > connectors > privacy > schemas",
        id="an import upwards",
    ),
    pytest.param(
        "privacy/smuggler.py",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import connectors",
        "gateway > connectors > privacy > schemas",
        id="an import upwards for types only",
    ),
    pytest.param(
        "privacy/smuggler.py",
        "import flask",
        "schemas and privacy know nothing of the web or the network",
        id="the web in privacy",
    ),
    pytest.param(
        "schemas/smuggler.py",
        "import sqlalchemy",
        "schemas know nothing of the database",
        id="the database in schemas",
    ),
    pytest.param(
        "gateway/smuggler.py",
        "import requests",
        "only the transport talks to the network",
        id="the network outside the transport",
    ),
    pytest.param(
        "connectors/ngo/smuggler.py",
        "import privacy._unseal",
        "only the gate, the comparison and the vault unseal",
        id="opening a seal in a connector",
    ),
]


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
    )


def test_every_import_contract_is_kept():
    outcome = _lint_imports(ROOT)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("file", "line", "contract"), SMUGGLED)
def test_an_import_that_is_not_allowed_breaks_its_contract(
    tmp_path: Path, file: str, line: str, contract: str
):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / file).write_text(f'"""Not allowed."""\n\n{line}\n')

    outcome = _lint_imports(tmp_path)

    assert outcome.returncode == 1
    assert f"{contract} BROKEN" in outcome.stdout
