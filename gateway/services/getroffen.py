"""After a breach: every person of whom a recipient got something between two moments (AVG 33, 34).

Per casus what is needed to tell people: its id and organisation, the reference that the recipient
knows it by, and each field in the finest precision in which it left. Who they are is known to
their organisations. A pseudonym that no key opens any more is counted apart: that casus was
erased, and only its organisation's receipt of that tells which it was.

That it was asked, and of which recipient, is in the log before anything is told.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from gateway.refusals import InvalidRequestError
from gateway.services.regels import all_lives, policies_of
from gateway.wiring import Parts
from privacy.dossier import Dossier
from privacy.errors import ErasedError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort, Herkomst
from privacy.log.questions import Question, ask_log
from privacy.log.search import Entry
from privacy.precision import finer
from privacy.store.engine import reading, writing
from privacy.store.scan import scan
from schemas.faults import Fout, Foutcode
from schemas.terms import Precisie

_DISCLOSED: Final = Auditsoort.VERSTREKKING.value


class UnknownRecipientError(InvalidRequestError):
    """Asked of who never was a recipient; names the ones that are, not what was typed."""

    def __init__(self, known: Collection[str]) -> None:
        """`known` are the codes to choose from."""
        told = ", ".join(sorted(known)) or "niemand"
        fout = Fout("ontvanger", Foutcode.ONBEKENDE_ONTVANGER, "/ontvanger")
        super().__init__(f"Deze ontvanger is niet bekend. Wel bekend: {told}.", (fout,))


@dataclass(slots=True)
class Verstrekt:
    """What left of one casus: how often, first and last, and which fields at their finest."""

    aantal: int = 0
    eerste: str = ""
    laatste: str = ""
    velden: dict[str, Precisie] = field(default_factory=dict)

    def add(self, regel: Mapping[str, Any]) -> None:
        """One entry more."""
        tijd = str(regel["tijd"])
        self.aantal += 1
        self.eerste, self.laatste = min(self.eerste or tijd, tijd), max(self.laatste, tijd)
        for name, word in regel.get("velden", {}).items():
            precisie = Precisie(word)
            self.velden[name] = finer(self.velden.get(name, precisie), precisie)

    def wire(self) -> dict[str, Any]:
        """As it is told."""
        return {
            "verstrekkingen": self.aantal,
            "eerste": self.eerste,
            "laatste": self.laatste,
            "velden": {name: each.value for name, each in sorted(self.velden.items())},
        }


@dataclass(frozen=True, slots=True)
class Getroffene:
    """One casus that the recipient got something of."""

    casus: UUID
    bronhouder: str
    referentie: UUID
    kreeg: Verstrekt


@dataclass(frozen=True, slots=True)
class Getroffenen:
    """All of them; `gewist` are pseudonyms that no key opens.

    Those are of erased casussen, or perhaps of one of the `onleesbaar` ones.
    """

    ontvanger: str
    personen: tuple[Getroffene, ...]
    gewist: Mapping[str, Verstrekt]
    onleesbaar: int

    def wire(self) -> dict[str, Any]:
        """As it is told to machines."""
        return {
            "ontvanger": self.ontvanger,
            "personen": [
                {
                    "casusId": str(each.casus),
                    "bronhouder": each.bronhouder,
                    "casusreferentie": str(each.referentie),
                    **each.kreeg.wire(),
                }
                for each in self.personen
            ],
            "gewist": [
                {"pseudoniem": name, **each.wire()} for name, each in sorted(self.gewist.items())
            ],
            "onleesbaar": self.onleesbaar,
        }


def find_affected(parts: Parts, herkomst: Herkomst, question: Question) -> Getroffenen:
    """Whom the recipient of the question got in its period.

    UnknownRecipientError for one that never was: of a mistyped code nobody would seem affected.
    Not checked: that the question asks nothing more, which would leave people out.
    """
    recipient = question.ontvanger
    if recipient is None:
        raise ValueError("whom a breach concerns is asked of one recipient")
    _require_known(parts, recipient)
    _log(parts, herkomst, recipient)
    by_name: dict[str, Verstrekt] = {}
    with reading(parts.engine) as tx:
        for regel in _disclosed(ask_log(tx, question)):
            by_name.setdefault(regel["pseudoniem"], Verstrekt()).add(regel)
        persons: list[Getroffene] = []
        unreadable = 0
        # There is no way from a pseudonym to its casus but by its key: every casus is opened.
        for lot in scan(tx, parts.keys, lambda _each: False):
            unreadable += lot.onleesbaar
            for dossier, _stand in lot.gelezen:
                kreeg = by_name.pop(_name_of(dossier), None)
                if kreeg is not None:
                    persons.append(_person(dossier, recipient, kreeg))
    persons.sort(key=lambda each: (each.bronhouder, each.casus))
    return Getroffenen(recipient, tuple(persons), by_name, unreadable)


def _require_known(parts: Parts, recipient: str) -> None:
    """A partner of the settings, one with a policy at any time, or one that got something."""
    known = {each.code for each in parts.settings.ketenpartners}
    known |= {each.versie.naam for each, _policy in policies_of(all_lives(parts))}
    if recipient in known:
        return
    with reading(parts.engine) as tx:
        if next(ask_log(tx, Question(soort=_DISCLOSED, ontvanger=recipient)), None) is None:
            raise UnknownRecipientError(known)


def _name_of(dossier: Dossier) -> str:
    """Its pseudonym; of an erased casus nothing is known any more."""
    try:
        return dossier.keys.pseudoniem()
    except ErasedError:
        return ""


def _disclosed(entries: Iterable[Entry]) -> Iterable[Mapping[str, Any]]:
    """Of a recall only a reference left: that is no field, and still something it got."""
    for each in entries:
        regel = each.told
        if regel["soort"] == _DISCLOSED and "pseudoniem" in regel:
            yield regel


def _person(dossier: Dossier, recipient: str, kreeg: Verstrekt) -> Getroffene:
    return Getroffene(
        dossier.casus, dossier.label.bronhouder, dossier.keys.referentie(recipient), kreeg
    )


def _log(parts: Parts, herkomst: Herkomst, recipient: str) -> None:
    now = parts.clock.now()
    entry = AuditEntry(soort=Auditsoort.LEK_ONDERZOCHT, tijd=now, **herkomst, ontvanger=recipient)
    with writing(parts.engine) as tx:
        append(tx, [entry], now)
