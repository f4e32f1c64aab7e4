"""A provider that is away takes no threads of the gateway: anybody may begin a login."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from connectors import openid_provider
from connectors.answer import Answer
from connectors.errors import UnreachableError
from connectors.openid_provider import Provider
from connectors.transport import Transport

ISSUER = "https://aanmelden.example"


class Away(Transport):
    """Nobody answers; each call is counted, and lasts until it may end."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.begun, self.may_end = Event(), Event()

    def request(self, *_asked: Any, **_more: Any) -> Answer:
        self.calls += 1
        self.begun.set()
        self.may_end.wait(10)
        raise UnreachableError


@pytest.fixture
def away() -> Away:
    return Away()


def test_a_provider_that_is_away_is_not_asked_again_at_once(away: Away):
    now = [0.0]
    provider = Provider(ISSUER, away, elapsed=lambda: now[0])
    away.may_end.set()

    for moment, calls in ((0.0, 1), (9.0, 1), (10.0, 2)):
        now[0] = moment
        with pytest.raises(UnreachableError):
            provider.document()
        assert away.calls == calls


def test_nobody_waits_long_for_the_question_of_another(away: Away, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(openid_provider, "_WAIT_SECONDS", 0.05)
    provider = Provider(ISSUER, away)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(provider.document)
        away.begun.wait(10)

        with pytest.raises(UnreachableError):
            provider.document()

        assert (away.calls, first.done()) == (1, False)
        away.may_end.set()
    with pytest.raises(UnreachableError):
        first.result()
