"""The access report of one person: all that was disclosed, refused and looked at (AVG 15).

It joins what every organisation holds, so it goes from the officer to the person and to nobody
else. Ground is the law itself: no policy has to be in force and no door open for it. An erased
casus is found by the receipt of its erasure alone; without one, as for someone who was never here,
the report is empty. It holds entries of the log and no value; those are with the organisation.

Not checked here: that who asks is the person (the officer does that), and that no entry was taken
out of the log (`privacy.log.verify`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from gateway.caller import Caller
from gateway.inzage.lines import Parties, lines_of
from gateway.services.spoorzoeken import Traces, trace
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.log.commitment import new_salt
from privacy.log.entries import Auditsoort
from privacy.log.head import read_head
from privacy.log.search import Found as Entries
from privacy.question import Ask, Candidate, Gathered
from privacy.store.dossiers import Lock
from privacy.store.engine import reading
from privacy.store.herstel import with_casussen
from privacy.store.lookups import Found, look_up
from schemas.inzage import Inzageverzoek, InzageverzoekSchema, Wisbewijs
from schemas.terms import Grondslag

NAME: Final = "inzage"
_SCHEMA: Final = InzageverzoekSchema()


def disclose_report(parts: Parts, caller: Caller, body: Any) -> Disclosure:
    """The report; of whom nothing is found it names no casus. That it was made is in the log."""
    asked: Inzageverzoek = _SCHEMA.load(body)
    ask = Ask(
        recipient=caller.organisatie,
        purposes=frozenset(),
        herkomst=caller.herkomst,
        soort=Auditsoort.INZAGE,
        name=NAME,
        items="casussen",
        lawful_only=True,
    )
    before = trace(parts, _pseudonyms(parts, asked))
    parties = Parties.of(parts.settings)

    def gather(tx: Connection, _day: date) -> Gathered:
        envelope = {
            "vorm": asked.vorm.value,
            "ontvanger": caller.organisatie,
            "omvang": read_head(tx).omvang,
        }
        if asked.wisbewijs is not None:
            return Gathered(_erased(tx, asked.wisbewijs, before, parties), envelope)
        found = _held(parts, tx, asked, Lock.SHARE)
        return Gathered(_living(tx, found, before, parties), envelope)

    return parts.gate.disclose(ask, gather)


def _pseudonyms(parts: Parts, asked: Inzageverzoek) -> list[str]:
    if asked.wisbewijs is not None:
        return [asked.wisbewijs.pseudoniem]
    with reading(parts.engine) as tx:
        found = _held(parts, tx, asked, Lock.NONE)
    return [each.dossier.keys.pseudoniem() for each in found]


def _held(parts: Parts, tx: Connection, asked: Inzageverzoek, lock: Lock) -> list[Found]:
    """The casussen of this V-nummer, of every organisation; also of one that takes part no more."""
    codes = {each.code for each in parts.settings.bronhouders} | with_casussen(tx)
    found = look_up(tx, parts.keys, asked.v_nummer or "", sorted(codes), lock)
    return [each for each in found if each.exists]


def _living(
    tx: Connection, held: Sequence[Found], before: Traces, parties: Parties
) -> list[Candidate]:
    names = [each.dossier.keys.pseudoniem() for each in held]
    entries = before.until_now(tx, names)
    return [
        Candidate(
            casus=each.dossier.casus,
            bronhouder=each.dossier.label.bronhouder,
            pseudoniem=name,
            statements=(),
            grondslag=Grondslag.WETTELIJK,
            purpose=None,
            parts=(),
            salt=each.dossier.keys.salt,
            caption={
                "casusId": str(each.dossier.casus),
                "bronhouder": parties.told(each.dossier.label.bronhouder),
                "pseudoniem": name,
                "gewist": False,
                "blijft": ["inhoud"] * each.dossier.keys.has_content + ["spoor", "logboek"],
                "beperkt": each.dossier.is_restricted,
                "regels": lines_of(entries[name], parties, each.dossier.keys.salt),
            },
        )
        for each, name in zip(held, names, strict=True)
    ]


def _erased(
    tx: Connection, receipt: Wisbewijs, before: Traces, parties: Parties
) -> list[Candidate]:
    """What is left of an erased casus: entries whose digests nothing opens any more."""
    name = receipt.pseudoniem
    entries = before.until_now(tx, [name])[name]
    if not set(receipt.logposities) <= {each.nummer for each in entries}:
        return []
    bronhouder = _supplier(entries)
    caption: Mapping[str, Any] = {
        "casusId": None,
        "bronhouder": parties.told(bronhouder),
        "pseudoniem": name,
        "gewist": True,
        "blijft": ["logboek"],
        "beperkt": False,
        "regels": lines_of(entries, parties, None),
    }
    return [
        Candidate(
            casus=None,
            bronhouder=bronhouder,
            pseudoniem=name,
            statements=(),
            grondslag=Grondslag.WETTELIJK,
            purpose=None,
            parts=(),
            salt=lambda _occasion: new_salt(),
            caption=caption,
        )
    ]


def _supplier(entries: Iterable[Entries]) -> str:
    """Who supplied the casus: the first entry about one is always its own organisation's."""
    return str(next(iter(entries)).entry.told["organisatie"])
