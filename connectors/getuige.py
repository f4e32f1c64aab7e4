"""Asks a witness to cosign a checkpoint (C2SP tlog-witness), and gives it the leaf hashes to keep.

What a witness answers is not believed here: whose signature it is and of when, is for who asked.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.answer import Answer
from connectors.errors import ConnectorError, NotUnderstoodError
from connectors.transport import Transport
from privacy.log.errors import NoteError
from privacy.log.notes import Signature, SignedNote, parse_signature

#: How many leaf hashes go in one request.
MOST_LEAVES: Final = 4_096
_OTHER_SIZE: Final = 409
_SIZE: Final = "text/x.tlog.size"
_TEXT: Final = {"Content-Type": "text/plain; charset=utf-8"}
_MOST_DIGITS: Final = 18
_MOST_LINES: Final = 64


class OtherRootError(ConnectorError):
    """The witness signed another root for this size (409): one of the two is no history of ours."""

    wat = "tekende een andere wortel bij deze omvang van het log"


class OtherSizeError(ConnectorError):
    """The witness starts from another size (409)."""

    wat = "gaat uit van een andere omvang van het log"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness at its address."""

    url: str
    transport: Transport = field(repr=False)

    def cosign(self, old: int, proof: Sequence[bytes], note: SignedNote) -> tuple[Signature, ...]:
        """The lines that it adds to a note, which is consistent by this proof with `old` entries.

        OtherSizeError where it starts from another size, OtherRootError where it signed another
        root; any other refusal is a ConnectorError.
        """
        lines = (f"old {old}", *_lines(proof), "", note.encode())
        answer = self._post("add-checkpoint", "\n".join(lines))
        try:
            text = answer.body.decode()
            given = text.split("\n")
            if given.pop() or not 0 < len(given) <= _MOST_LINES:
                raise NotUnderstoodError("geen regels met handtekeningen")
            return tuple(parse_signature(line) for line in given)
        except (UnicodeDecodeError, NoteError):
            raise NotUnderstoodError("geen regels met handtekeningen") from None

    def keep(self, origin: str, first: int, leaves: Sequence[bytes]) -> int:
        """Give it leaf hashes from a number on; how many it has now.

        OtherSizeError where it wants them from another number.
        """
        lines = (f"origin {origin}", f"from {first}", "", *_lines(leaves), "")
        return _size(self._post("add-hashes", "\n".join(lines)))

    def _post(self, path: str, body: str) -> Answer:
        wanted = frozenset({_OTHER_SIZE})
        answer = self.transport.post_once(f"{self.url}/{path}", body.encode(), _TEXT, wanted)
        if answer.status == _OTHER_SIZE:
            raise OtherSizeError(_size(answer)) if answer.content_type == _SIZE else OtherRootError
        return answer


def _lines(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]


def _size(answer: Answer) -> int:
    text = answer.require(_SIZE).decode("ascii", "replace").removesuffix("\n")
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise NotUnderstoodError("geen omvang van een log")
    return int(text)
