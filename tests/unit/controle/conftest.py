from pathlib import Path

import pytest

from privacy.log.entries import encode
from tests.unit.controle.outsider import PAGE, Outsider
from tests.unit.privacy.log.examples import entries
from tests.witness import Log

SIZE = 40


@pytest.fixture(scope="session")
def small_log() -> Log:
    """Forty entries; the last is that of a page whose content we know."""
    return Log([*map(encode, entries(SIZE - 1)), PAGE])


@pytest.fixture
def outsider(tmp_path: Path, small_log: Log) -> Outsider:
    return Outsider(tmp_path, small_log)
