"""Answer: what another server said, before anyone believes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import NotUnderstoodError
from connectors.wire import Fields, read_object


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer within the size limit. Header names are lower case; a repr shows no content."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """Without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def require(self, content_type: str) -> bytes:
        """Give the body, if it is what was asked for and not compressed: we never ask for that."""
        if self.content_type != content_type:
            raise NotUnderstoodError(f"het antwoord is geen {content_type}")
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotUnderstoodError("het antwoord is gecomprimeerd")
        return self.body

    def json(self) -> Fields:
        return read_object(self.require("application/json"))
