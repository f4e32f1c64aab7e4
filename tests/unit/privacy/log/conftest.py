from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from privacy.store.engine import make_engine
from tests.unit.privacy.log.examples import prepare


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Engine]:
    """An empty log in SQLite."""
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(engine)
    yield engine
    engine.dispose()
