"""ETag and If-None-Match on reads (RFC 9110, 8.8.3 and 13.1.2).

A 304 is decided when the whole answer is there: the gate has judged, and its entries are in the
log, as for any answer. The tag is a keyed digest over what this caller may see, so a 304 tells no
more than the body would, and the tag itself nothing to whoever reads it in a log on the way.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from gateway.answers import Antwoord, Ongewijzigd
from gateway.request import AskedRequest
from privacy.keys import KeyRing

_READS: Final = frozenset({"GET", "HEAD"})
_DIGITS: Final = 40  # of a hexadecimal digest: 160 bits


def unless_unchanged(asked: AskedRequest, answer: Antwoord, keys: KeyRing) -> Antwoord:
    """The answer with its tag, or a 304 where the caller says that it has it already.

    Other methods pass: there is no write here whose effect depends on a tag. What the caller
    asked and may not have was refused before, and a refusal has no tag.
    """
    if asked.method not in _READS or answer.status_code != HTTPStatus.OK:
        return answer
    if answer.kern is not None:
        answer.set_etag(_tag(keys, asked, answer.kern), weak=answer.weak)
    tag, _weak = answer.get_etag()
    if tag is None or not asked.if_none_match.contains_weak(tag):
        return answer
    return Ongewijzigd(answer)


def _tag(keys: KeyRing, asked: AskedRequest, kern: bytes) -> str:
    caller = asked.known_caller
    whose = "" if caller is None else caller.organisatie
    digest = hmac.new(_key(keys), digestmod=sha256)
    for part in (whose.encode(), asked.route.encode(), kern):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()[:_DIGITS]


@lru_cache(maxsize=8)
def _key(keys: KeyRing) -> bytes:
    return keys.system_key("etag")
