"""Consent as it leaves the organisation: the wire form, and what the rulebook needs of it.

Less leaves than the register holds: who spoke for a child goes as what they are to the child,
never by name, and a statement goes under an id that only this node can make.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from privacy.consent import Statement
from privacy.consent_signature import Ondertekensleutel, text_of
from schemas.canonical import canonical
from schemas.records import Toestemming
from schemas.terms import Besluit, Doel
from schemas.toestemming import ToestemmingSchema

#: Words in a register to what a representative is; any other is `anders`.
_ROLLEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ouder": "ouder",
        "ouders": "ouder",
        "moeder": "ouder",
        "vader": "ouder",
        "voogd": "voogd",
        "voogdij": "voogd",
        "voogdes": "voogd",
        "nidos": "voogd",
        "curator": "curator",
        "curatrice": "curator",
    }
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_ANDERS: Final = "anders"


@dataclass(frozen=True)
class Toestemmingsstand:
    """The whole consent state of one casus, in wire form."""

    wire: tuple[Mapping[str, Any], ...] = field(repr=False)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The open part, for the rulebook and the gate."""
        return tuple(_statement(each) for each in self.wire)

    @cached_property
    def text(self) -> bytes:
        """The same state always gives the same text."""
        return canonical([dict(each) for each in self.wire])

    def signed(self, bronhouder: str, key: Ondertekensleutel) -> list[dict[str, Any]]:
        """As it is sent: each statement signed. A signature is no part of the state itself."""
        return [{**each, "handtekening": key.sign(text_of(bronhouder, each))} for each in self.wire]

    def ended_on(self, day: date, remembered: "Toestemmingsstand") -> "Toestemmingsstand":
        """This state, and what was remembered beside it, withdrawn on `day` at the latest.

        For a casus that the gateway may know and has not named yet: a consent is then the only
        thing to name it by without saying who it is about.
        """
        known = {each["toestemmingId"] for each in self.wire}
        gone = [
            {**each, "ingetrokkenOp": min(day.isoformat(), each["ingetrokkenOp"] or "9")}
            for each in remembered.wire
            if each["toestemmingId"] not in known
        ]
        return Toestemmingsstand((*self.wire, *gone))


def as_sent(consents: Iterable[Toestemming], schema: ToestemmingSchema) -> Toestemmingsstand:
    """The consent state of one record, with less in it than the register holds."""
    wire = [_dumped(each, schema) for each in consents]
    return Toestemmingsstand(tuple(sorted(wire, key=lambda each: str(each["toestemmingId"]))))


def _dumped(consent: Toestemming, schema: ToestemmingSchema) -> dict[str, Any]:
    told: dict[str, Any] = schema.dump(_lessened(consent))
    del told["handtekening"]  # made anew whenever it is sent
    return told


def _lessened(consent: Toestemming) -> Toestemming:
    """Without names, and with the language but not its region: the wire knows no more."""
    return replace(
        consent,
        vertegenwoordiger=role_of(consent.vertegenwoordiger),
        taal=consent.taal.partition("-")[0],
    )


def role_of(representative: str | None) -> str | None:
    """What someone is to the person they speak for; a name is never repeated."""
    if representative is None:
        return None
    words = _WORD.findall(representative.casefold())
    found = {_ROLLEN[word] for word in words if word in _ROLLEN}
    return found.pop() if len(found) == 1 else _ANDERS


def toestemming_ids(key: bytes) -> Callable[[str, str], UUID]:
    """Ids for statements: the same for the same words, and of no meaning without the key."""

    def toestemming_id(v_nummer: str, text: str) -> UUID:
        told = f"{v_nummer}|{text}".encode()
        return UUID(bytes=hmac.digest(key, told, sha256)[:16], version=4)

    return toestemming_id


def _statement(wire: Mapping[str, Any]) -> Statement:
    ended = wire["ingetrokkenOp"]
    return Statement(
        toestemming_id=UUID(wire["toestemmingId"]),
        versie=0,
        ontvangers=frozenset(wire["ontvangers"]),
        doelen=frozenset(Doel(word) for word in wire["doelen"]),
        eerste_dag=date.fromisoformat(wire["eersteDag"]),
        laatste_dag=date.fromisoformat(wire["laatsteDag"]),
        verklaring=wire["verklaring"],
        ingetrokken_op=None if ended is None else date.fromisoformat(ended),
        geweigerd=wire.get("besluit") == Besluit.GEWEIGERD,
    )
