"""How often a client may ask: a moving window of a minute, counted per client that proved itself.

Counted after authentication, so that nobody can use up another's share by naming it; who does
not prove itself is the proxy's business, which knows addresses. Each process counts by itself:
with n processes a client may be let through up to n times as often. What the headers say is what
this process knows.

Not counted: a withdrawal. It works at once (design promise 7), whatever else a client did.

Headers: draft-ietf-httpapi-ratelimit-headers-10.
"""

from dataclasses import dataclass
from math import ceil
from time import time
from typing import Final

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.refusals import TooManyRequestsError
from gateway.request import AskedRequest

#: Endpoints that are never refused for being asked too often, and take nothing of the share.
UNLIMITED: Final = frozenset({"toestemmingen.withdraw"})
WINDOW: Final = 60
_POLICY: Final = '"client"'


@dataclass(frozen=True, slots=True)
class Share:
    """What a client has left; `seconds` from now the oldest request that counts is forgotten."""

    given: bool
    left: int
    seconds: int


class Limits:
    """The counters of one process. Opened after any fork: the library keeps time in a thread."""

    def __init__(self, quota: int, window: int = WINDOW) -> None:
        self.quota, self.window = quota, window
        self._item = RateLimitItemPerSecond(quota, window)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, who: str) -> Share:
        """One request of this client or certificate, if it has one left. By the machine's clock."""
        given = self._limiter.hit(self._item, who)
        begins, left = self._limiter.get_window_stats(self._item, who)
        return Share(given, max(0, left), max(0, ceil(begins - time())))


def count(asked: AskedRequest, limits: Limits, client_id: str) -> None:
    """Count this request of a client that proved itself; TooManyRequestsError beyond its share.

    Every answer from here on says what is left, a refusal too.
    """
    if asked.endpoint in UNLIMITED:
        return
    share = limits.take(client_id)
    asked.limit_headers = {
        "RateLimit-Policy": f"{_POLICY};q={limits.quota};w={limits.window}",
        "RateLimit": f"{_POLICY};r={share.left};t={share.seconds}",
    }
    if not share.given:
        raise TooManyRequestsError(max(1, share.seconds))
