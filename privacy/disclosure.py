"""Disclosure: what sinks accept. Holding one is the proof that the gate let it through.

Made by `privacy.gate` after ground, policy, notice, filter and a committed audit entry.
"""

from dataclasses import InitVar, dataclass
from typing import Final, NoReturn

_GATE: Final = object()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Bytes that may leave to `recipient`, and the log entry that proves it.

    `body` is exactly what leaves. `index` is the number of the entry for the page or pack as a
    whole. `onderdelen` counts the casussen inside; a recipient sees them in the body anyway.
    `fingerprint` is a keyed digest of what the recipient learns, without moment and proof: equal
    for equal content, and of no use to whoever has not the key.
    """

    recipient: str
    body: bytes
    index: int
    onderdelen: int
    fingerprint: str
    # Not kept: so that no copy with another body can be made of one that the gate did make.
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _GATE:
            raise TypeError("Only the gate makes a Disclosure.")

    def __repr__(self) -> str:
        return f"<Disclosure to {self.recipient}, audit entry {self.index}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A disclosure is not pickled.")
