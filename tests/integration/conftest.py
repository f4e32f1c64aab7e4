"""A gateway on either database, or on SQLite alone for what no database makes a difference to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.overseen import Overseen
from tests.world import World


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[World]:
    """A gateway with nothing in it; the test runs on both databases."""
    made = World(tmp_path, installed_url)
    yield made
    made.close()


@pytest.fixture
def overseen(installed_url: str, tmp_path: Path) -> Iterator[Overseen]:
    """The same with a signer, and witnesses of its own."""
    made = Overseen(tmp_path, installed_url)
    yield made
    made.close()


@pytest.fixture
def embedded(sqlite_installed: Path, tmp_path: Path) -> Iterator[World]:
    """The same on SQLite only."""
    file = tmp_path / "embedded.sqlite"
    shutil.copyfile(sqlite_installed, file)
    made = World(tmp_path, f"sqlite:///{file}")
    yield made
    made.close()
