"""Limits that a DPIA sets in sentences (14.2), as far as a machine can read them.

"<gegeven> gaat als <precisie> naar <A> en <B>." bounds the precision for those recipients;
"<gegeven> gaat naar niemand; zij telt als <precisie>." and "… gaat naar niemand." for everyone.
Every other sentence, and one of this form with a word that we do not know, is left for a person,
and named as such.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from privacy.dpia.answers import Dpia
from privacy.dpia.fields import alike, field_spoken_of, party_of, precision_of
from schemas.terms import Precisie

PARAGRAPH: Final = "14.2"
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n+")
_AS: Final = re.compile(
    r"(?P<datum>.+?) (?:gaat|gaan) (?:alleen |slechts )?als (?P<how>.+?) naar (?P<whom>[^;]+)"
)
_NOBODY: Final = re.compile(
    r"(?P<datum>.+?) (?:gaat|gaan) naar niemand(?:; (?:zij|hij|het|die) telt als (?P<how>[^;]+))?"
)
_LONGEST: Final = 300  # a longer sentence is of another form; and no pattern runs away on it
_AND: Final = re.compile(r"\s*(?:,|\ben\b)\s*")


@dataclass(frozen=True, slots=True)
class Grens:
    """How precisely a field may leave; `precisie` None is not at all, `ontvangers` None is all."""

    veld: str
    precisie: Precisie | None
    ontvangers: frozenset[str] | None

    def holds_for(self, recipient: str) -> bool:
        """Whether this recipient is meant."""
        return self.ontvangers is None or alike(party_of(recipient)) in self.ontvangers


@dataclass(frozen=True, slots=True)
class Grenzen:
    """The limits that were read, and the sentences that were not."""

    grenzen: tuple[Grens, ...]
    niet_gelezen: tuple[str, ...]

    def of(self, recipient: str, field: str) -> tuple[Grens, ...]:
        """The limits for one field to one recipient."""
        return tuple(
            each for each in self.grenzen if each.veld == field and each.holds_for(recipient)
        )


def limits(dpia: Dpia) -> Grenzen:
    """The limits of a DPIA."""
    known = frozenset(alike(party_of(party.naam)) for party in dpia.partijen)
    read: list[Grens] = []
    left: list[str] = []
    for sentence in _sentences(dpia.evenredigheid):
        limit = _limit(sentence.rstrip(".!? "), known)
        if limit is None:
            left.append(sentence)
        else:
            read.append(limit)
    return Grenzen(tuple(read), tuple(left))


def _sentences(text: str) -> Iterator[str]:
    yield from (stripped for part in _END.split(text) if (stripped := part.strip()))


def _limit(sentence: str, known: frozenset[str]) -> Grens | None:
    if len(sentence) > _LONGEST:
        return None
    if found := _NOBODY.fullmatch(sentence):
        return _for_nobody(found)
    found = _AS.fullmatch(sentence)
    if found is None:
        return None
    field, precision = field_spoken_of(found["datum"]), precision_of(found["how"])
    recipients = frozenset(alike(party_of(each)) for each in _AND.split(found["whom"]) if each)
    if field is None or precision is None or not recipients or not recipients <= known:
        return None
    return Grens(field, precision, recipients)


def _for_nobody(found: re.Match[str]) -> Grens | None:
    field = field_spoken_of(found["datum"])
    if field is None:
        return None
    if found["how"] is None:
        return Grens(field, None, None)
    precision = precision_of(found["how"])
    return Grens(field, precision, None) if precision else None
