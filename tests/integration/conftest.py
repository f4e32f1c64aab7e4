"""A gateway on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A gateway with nothing in it; the test runs on both databases."""
    made = World(tmp_path, database_url)
    yield made
    made.close()
