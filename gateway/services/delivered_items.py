"""From the wire to sealed deliveries: every item checked on its own, nothing kept of a bad one.

Rules on contents run here, before sealing; afterwards only the gate and the comparison look.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from gateway.wiring import Parts
from privacy.consent import Statement, Weigering
from privacy.consent_changes import consents_text
from privacy.consent_validity import gebrek_of, shows_age
from privacy.plan import DeliveredStatement, Delivery
from privacy.sealed import Label, seal
from schemas.aanlevering import Aanlevering, AanleveringSchema, check_item
from schemas.canonical import canonical
from schemas.faults import Fout, Foutcode
from schemas.records import Aanleveringsitem, Toestemming
from schemas.terms import Besluit, JaOfNee


@dataclass(frozen=True, slots=True)
class Incoming:
    """One item by its place in the body: its faults, or what was delivered.

    `kenmerk` is the blind index that its casus gets, `kenmerken` all by which it may stand already.
    """

    place: int
    fouten: tuple[Fout, ...] = ()
    delivery: Delivery | None = None
    casus_id: UUID | None = None
    toestemming_ids: frozenset[UUID] = frozenset()
    kenmerk: bytes | None = field(default=None, repr=False)
    kenmerken: frozenset[bytes] = field(default=frozenset(), repr=False)


_ENVELOPE: Final = AanleveringSchema()
#: A node says no more of its organisation where no partner may know which one it is.
_THERE: Final = JaOfNee.JA.value
#: So much may the clock of an organisation be ahead. A `standVan` of the far future would make
#: every later delivery outdated.
AHEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Moment:
    """When items are read: the day of the rules, and the latest moment a register can be of."""

    day: date
    latest: datetime


def read_envelope(body: object) -> Aanlevering:
    """The items as they came; ValidationError names every fault of the envelope."""
    envelope: Aanlevering = _ENVELOPE.load(body)
    return envelope


def read_items(parts: Parts, bronhouder: str, raw: Sequence[object]) -> list[Incoming]:
    """Check and seal every item. A casus named twice in one body is refused in each place."""
    moment = Moment(parts.clock.day(), parts.clock.now() + AHEAD)
    incoming = [_read(parts, bronhouder, place, wire, moment) for place, wire in enumerate(raw)]
    counted = Counter(name for each in incoming for name in _names(each))
    twice = {name for name, times in counted.items() if times > 1}
    return [
        _refuse_twice(each, twice) if twice and twice & _names(each).keys() else each
        for each in incoming
    ]


def _read(parts: Parts, bronhouder: str, place: int, wire: object, at: Moment) -> Incoming:
    prefix = f"/items/{place}"
    item, faults = check_item(
        wire,
        day=at.day,
        ontvangers=parts.policies.ever,
        verklaringen=parts.notices.versions,
        prefix=prefix,
    )
    if item is None or not isinstance(wire, Mapping):
        return Incoming(place, fouten=tuple(faults))
    if item.stand_van > at.latest:
        fout = Fout("standVan", Foutcode.IN_DE_TOEKOMST, f"{prefix}/standVan")
        return Incoming(place, fouten=(fout,))
    summary = wire.get("samenvatting")
    if summary is not None and summary.get("bronhouder", bronhouder) not in (bronhouder, _THERE):
        fout = Fout("bronhouder", Foutcode.STRIJDIG, f"{prefix}/samenvatting/bronhouder")
        return Incoming(place, fouten=(fout,))
    return _seal_item(parts, bronhouder, place, item, wire)


def _seal_item(
    parts: Parts, bronhouder: str, place: int, item: Aanleveringsitem, wire: Mapping[str, Any]
) -> Incoming:
    kenmerk = None
    sealed = nummer = None
    kenmerken: list[bytes] = []
    if item.samenvatting is not None:
        # The current one comes first.
        kenmerken = parts.keys.blind_indexes((bronhouder,), item.samenvatting.v_nummer)
        kenmerk = kenmerken[0]
        # The organisation comes from the token; stored, it is a field like the others.
        sealed = seal(
            Label(item.casus_id, bronhouder, kenmerk),
            {**wire["samenvatting"], "bronhouder": bronhouder},
        )
        nummer = seal(sealed.label, {"vNummer": item.samenvatting.v_nummer})
    birth = None if item.samenvatting is None else item.samenvatting.geboortedatum
    talen = parts.settings.talen_of(bronhouder)
    statements = tuple(
        delivered_statement(each, gebrek_of(each, talen, birth)) for each in item.toestemmingen
    )
    return Incoming(
        place,
        delivery=Delivery(
            item.stand_van,
            sealed,
            statements,
            consents_text(statements),
            shows_age=shows_age(birth),
            nummer=nummer,
        ),
        casus_id=item.casus_id,
        toestemming_ids=frozenset(each.toestemming_id for each in item.toestemmingen),
        kenmerk=kenmerk,
        kenmerken=frozenset(kenmerken),
    )


def delivered_statement(consent: Toestemming, gebrek: Weigering | None) -> DeliveredStatement:
    """A validated consent, parted in what stands open and what is encrypted.

    All of it is in one of the two: from what is stored the signed text is made again.
    """
    details = {
        "vorm": consent.vorm.value,
        "taal": consent.taal,
        "tolk": consent.tolk,
        "vertegenwoordiger": consent.vertegenwoordiger,
        "vertegenwoordigerVereist": consent.vertegenwoordiger_vereist,
        "bewijsSha256": consent.bewijs_sha256,
        # Seldom true, and what was stored before there was such a field says the same without.
        **({"curatele": True} if consent.curatele else {}),
    }
    return DeliveredStatement(
        Statement(
            toestemming_id=consent.toestemming_id,
            versie=1,
            ontvangers=frozenset(consent.ontvangers),
            doelen=frozenset(consent.doelen),
            eerste_dag=consent.eerste_dag,
            laatste_dag=consent.laatste_dag,
            verklaring=consent.verklaring,
            ingetrokken_op=consent.ingetrokken_op,
            geweigerd=consent.besluit is Besluit.GEWEIGERD,
            gebrek=gebrek,
        ),
        canonical(details),
        (consent.handtekening or "").encode("ascii"),
    )


def _names(each: Incoming) -> dict[object, str]:
    """What names this item's casus or a consent of it, each with its pointer in the item."""
    names: dict[object, str] = dict.fromkeys(each.toestemming_ids, "/toestemmingen")
    if each.casus_id is not None:
        names[each.casus_id] = "/casusId"
    if each.kenmerk is not None:
        names[each.kenmerk] = "/samenvatting/vNummer"
    return names


def _refuse_twice(each: Incoming, twice: Collection[object]) -> Incoming:
    where = next(pointer for name, pointer in reversed(_names(each).items()) if name in twice)
    veld = where.rpartition("/")[2]
    pointer = f"/items/{each.place}{where}"
    return Incoming(each.place, fouten=(Fout(veld, Foutcode.DUBBEL_VERSCHILLEND, pointer),))
