"""The shipped policies and notices, switched on as an installation switches them on."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from gateway.config import _BELEID, _VERKLARINGEN
from gateway.demo.officers import adopt as _adopt

#: Before anything that a test does.
ADOPTED = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


def adopt(engine: Engine) -> None:
    """By two invented officers; in a database that has its tables and its log."""
    _adopt(engine, _BELEID, _VERKLARINGEN, ADOPTED)
