"""The Idempotency-Key of a request, and the body that it stands for, as the views take them in.

What makes a request what it is: its route, the references in it, and its body. The same key
with another of these is another request, and refused.
"""

from typing import Any, Final

from gateway.body import parse_json, read_bytes
from gateway.idempotency import Idempotency, read_idempotency
from gateway.request import AskedRequest
from gateway.wiring import Parts

IDEMPOTENCY_KEY: Final = "Idempotency-Key"


def require_key(parts: Parts, asked: AskedRequest, body: bytes) -> Idempotency:
    """The key; InvalidRequestError where it is absent or malformed."""
    header = asked.headers.get(IDEMPOTENCY_KEY)
    references = [str(value).encode() for value in (asked.view_args or {}).values()]
    sent = (asked.route.encode(), *references, body)
    return read_idempotency(parts.keys, asked.caller.client_id, header, sent)


def find_key(parts: Parts, asked: AskedRequest, body: bytes = b"") -> Idempotency | None:
    """The key if the request has one; a malformed one is refused, not passed over."""
    if IDEMPOTENCY_KEY not in asked.headers:
        return None
    return require_key(parts, asked, body)


def read_repeatable(parts: Parts, asked: AskedRequest) -> tuple[Any, Idempotency | None]:
    """The JSON of the body, and the key if the request has one."""
    body = read_bytes(asked)
    key = find_key(parts, asked, body)
    return parse_json(body), key
