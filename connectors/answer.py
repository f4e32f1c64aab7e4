"""Answer: what another server said, before anyone believes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connectors.errors import NotUnderstoodError
from connectors.wire import Fields, read_object

# RFC 9110, 8.8.3; ASCII, because it goes back in a header.
_ETAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7E]{0,200}"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer, or a 304 to who asked for one, within the size limit.

    Header names are lower case; a repr shows no content.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """Without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def etag(self) -> str:
        """What to ask with next time; empty where there is none of the right form."""
        told = self.headers.get("etag", "")
        return told if _ETAG.fullmatch(told) else ""

    def require(self, content_type: str) -> bytes:
        """Give the body, if it is what was asked for and not compressed: we never ask for that."""
        if self.content_type != content_type:
            raise NotUnderstoodError(f"het antwoord is geen {content_type}")
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotUnderstoodError("het antwoord is gecomprimeerd")
        return self.body

    def json(self) -> Fields:
        return read_object(self.require("application/json"))
