"""Which casussen of a register go to the gateway in this run, and as what. Pure.

Sent is what changed, of whoever has a partner that may have something today, and of whoever
was sent before: then only that the consent ended. Everyone else stays home.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from connectors.ngo.intake import Register, Registerrecord
from gateway.node.memory import Herinnering, Stand
from gateway.node.parts import Node
from gateway.node.statements import Toestemmingsstand, as_sent
from privacy.clock import utc_text
from privacy.comparison import digest_of
from privacy.consent_signature import Ondertekensleutel
from privacy.entitlement import Entitlement
from privacy.precision import Viewer
from privacy.question import Candidate, Part
from privacy.vault import CasusKeys, make_keys
from schemas.terms import Grondslag
from schemas.toestemming import ToestemmingSchema, toestemming_schema


@dataclass(frozen=True, slots=True)
class Zending:
    """One casus to send: the version to remember, and the digest once the gateway has it.

    `entitled`: a partner may have something of it today, so its summary goes along. `waar` is
    None where it comes from memory.
    """

    stand: Stand
    afdruk: bytes = field(repr=False)
    entitled: bool
    casus_id: UUID | None
    waar: str | None

    @property
    def is_new(self) -> bool:
        """Whether nothing of it was ever sent from here."""
        return self.stand.wrapped is not None

    def candidate(self, key: Ondertekensleutel) -> Candidate:
        """The question to the gate. Without entitlement no field of the person goes along."""
        stand = self.stand
        bronhouder = stand.sealed.label.bronhouder
        caption: dict[str, Any] = {
            "standVan": utc_text(stand.gezien_op),
            "toestemmingen": stand.consents.signed(bronhouder, key),
        }
        # With a summary the V-nummer names the casus, also where the gateway lost its own id.
        if not self.entitled and self.casus_id is not None:
            caption["casusId"] = str(self.casus_id)
        return Candidate(
            casus=stand.keys.casus,
            bronhouder=bronhouder,
            pseudoniem=stand.keys.pseudoniem(),
            statements=stand.consents.statements,
            grondslag=Grondslag.TOESTEMMING if self.entitled else Grondslag.WETTELIJK,
            purpose=None,
            parts=(Part("samenvatting", stand.sealed),) if self.entitled else (),
            salt=stand.keys.salt,
            caption=caption,
        )


@dataclass(frozen=True, slots=True)
class Selectie:
    """What a run makes of a register. `bekend` are unchanged versions, to be remembered anew."""

    zendingen: tuple[Zending, ...]
    bekend: tuple[Stand, ...]
    thuis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What holds for every record of one run."""

    node: Node
    schema: ToestemmingSchema
    viewer: Viewer
    key: bytes = field(repr=False)
    day: date
    gelezen_op: datetime
    alles: bool


def select(
    node: Node,
    register: Register,
    known: Mapping[bytes, Herinnering],
    *,
    gelezen_op: datetime,
    alles: bool,
) -> Selectie:
    """Choose. With `alles` also what is unchanged, and what is only remembered."""
    rules = _rules(node, gelezen_op=gelezen_op, alles=alles)
    zendingen: list[Zending] = []
    bekend: list[Stand] = []
    thuis: list[str] = []
    for record in register.goed:
        zending = _of_record(rules, record, known.get(record.sealed.label.kenmerk))
        if not zending.entitled:
            thuis.append(record.waar)
            if zending.is_new:
                continue
        before = known.get(zending.stand.kenmerk)
        if before is not None and before.afdruk == zending.afdruk and not alles:
            bekend.append(replace(zending.stand, afdruk=zending.afdruk))
        else:
            zendingen.append(zending)
    zendingen += _remembered(rules, register.goed, known.values())
    return Selectie(tuple(zendingen), tuple(bekend), tuple(thuis))


def _rules(node: Node, *, gelezen_op: datetime, alles: bool) -> _Rules:
    day = node.clock.day()
    recipients, versions = node.rulebook.policies.recipients, node.rulebook.notices.versions
    return _Rules(
        node=node,
        schema=toestemming_schema(day, recipients, versions),
        viewer=node.viewer,
        key=node.keys.system_key("afdruk"),
        day=day,
        gelezen_op=gelezen_op,
        alles=alles,
    )


def _of_record(rules: _Rules, record: Registerrecord, before: Herinnering | None) -> Zending:
    consents = as_sent(record.toestemmingen, rules.schema)
    allowed = rules.node.rulebook.processor_entitlement(consents.statements, rules.day)
    if before is None:
        keys, wrapped = make_keys(rules.node.keys, uuid4())
        versie = 1
    else:
        keys, wrapped, versie = before.keys, None, before.versie + 1
        if allowed.refusal is not None and before.casus_id is None:
            consents = consents.ended_on(rules.day, before.consents())
    stand = Stand(
        kenmerk=record.sealed.label.kenmerk,
        keys=keys,
        versie=versie,
        sealed=record.sealed,
        consents=consents,
        gezien_op=rules.gelezen_op,
        wrapped=wrapped,
    )
    casus_id = None if before is None else before.casus_id
    return _zending(rules, stand, allowed, casus_id, record.waar)


def _remembered(
    rules: _Rules, good: Sequence[Registerrecord], known: Iterable[Herinnering]
) -> list[Zending]:
    """Casussen that the register has no good record of now: their last version stays.

    It goes again where everything is asked for, where it is not certain that it arrived, and
    where what may leave of it is another thing today: an age group moves on with the day.
    """
    present = {each.sealed.label.kenmerk for each in good}
    found = []
    for before in known:
        if before.kenmerk in present:
            continue
        zending = _of_memory(rules, before)
        if before.is_certain and zending.entitled and zending.afdruk != before.afdruk:
            # Of today, or the gateway would take the earlier group for the newer state.
            zending = replace(zending, stand=replace(zending.stand, gezien_op=rules.gelezen_op))
        elif before.is_certain and not rules.alles:
            continue
        nameable = zending.entitled or before.casus_id is not None or zending.stand.consents.wire
        if nameable:
            found.append(zending)
    return found


def _of_memory(rules: _Rules, before: Herinnering) -> Zending:
    consents = before.consents()
    stand = Stand(
        kenmerk=before.kenmerk,
        keys=before.keys,
        versie=before.versie + 1,
        sealed=before.sealed(),
        consents=consents,
        gezien_op=before.gezien_op,
    )
    allowed = rules.node.rulebook.processor_entitlement(consents.statements, rules.day)
    return _zending(rules, stand, allowed, before.casus_id, None)


def _zending(
    rules: _Rules, stand: Stand, allowed: Entitlement, casus_id: UUID | None, waar: str | None
) -> Zending:
    entitled = allowed.refusal is None
    digest = digest_of(stand.sealed, allowed.velden, rules.viewer, rules.key) if entitled else b""
    afdruk = _afdruk(stand.keys, digest, stand.consents)
    return Zending(stand, afdruk, entitled, casus_id, waar)


def _afdruk(keys: CasusKeys, digest: bytes, consents: Toestemmingsstand) -> bytes:
    """The state as the gateway gets it: what is left of the summary, and the consents."""
    return keys.fingerprint(None, b"%d|" % len(digest) + digest + consents.text)
