"""The record of a consent for whoever must prove it (AVG 7 lid 1): whole, or not at all."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from gateway.caller import Caller
from gateway.consent_record.facts import Facts, Partij, Partijsoort
from gateway.consent_record.linked import consent_record
from gateway.consent_record.mandatory import missing
from gateway.parties import Bronhouder, Ketenpartner
from gateway.refusals import ConflictError
from gateway.services.held_consents import HeldConsent, disclose_consent
from gateway.wiring import Parts
from privacy.consent import Pair
from privacy.disclosure import Disclosure
from privacy.errors import PolicyUnavailableError
from privacy.log.entries import Auditsoort
from privacy.notice_texts import USUAL
from privacy.policy import PurposeRule
from schemas.canonical import canonical


def disclose_record(parts: Parts, caller: Caller, toestemming_id: UUID) -> Disclosure:
    """The record of an own statement; NotFoundError for any other.

    ConflictError where a mandatory field cannot be filled, naming the setting (CON-01).
    """

    def tell(held: HeldConsent, day: date) -> Mapping[str, Any]:
        record = consent_record(_facts(parts, caller, held, day))
        lacking = missing(record)
        if lacking:
            raise ConflictError(f"Dit ontbreekt in het bewijs: {', '.join(lacking)}.")
        return record

    return disclose_consent(parts, caller, toestemming_id, Auditsoort.TOESTEMMINGSBEWIJS, tell)


def linked_data(body: bytes) -> bytes:
    """What the gate let out, as the record alone."""
    return canonical(json.loads(body)[Auditsoort.TOESTEMMINGSBEWIJS.value])


def _facts(parts: Parts, caller: Caller, held: HeldConsent, day: date) -> Facts:
    said, notices = held.statement, parts.notices
    notice = notices.of(said.verklaring)
    if notice is None or USUAL not in notice.teksten:
        raise PolicyUnavailableError("Een verklaring die iemand las, is er niet meer.")
    pairs = said.pairs | said.uitgezonderd
    recipients = sorted({recipient for recipient, _ in pairs})
    bronhouder, ontvangers = _parties(parts, caller.organisatie, recipients)
    return Facts(
        casus=held.dossier.casus,
        statement=said,
        events=held.events,
        moments=held.moments,
        details=held.details,
        notice=notice,
        teruggeroepen=notices.recalled,
        bronhouder=bronhouder,
        ontvangers=ontvangers,
        regels=_rules(parts, pairs),
        dpia={policy.dpia for code in recipients if (policy := parts.policies.latest(code))},
        dag=day,
    )


def _rules(parts: Parts, pairs: Iterable[Pair]) -> dict[Pair, PurposeRule]:
    """The policy's rule of each pair that it has one for; without it nothing leaves anyway.

    Of a policy that was withdrawn the last one: under that it was agreed, and the proof of it may
    be asked for as long as anybody can ask (AVG 7 lid 1).
    """
    found = {}
    for recipient, doel in pairs:
        policy = parts.policies.latest(recipient)
        rule = policy.doelen.get(doel) if policy else None
        if rule is not None:
            found[recipient, doel] = rule
    return found


def _parties(
    parts: Parts, organisatie: str, recipients: Iterable[str]
) -> tuple[Partij, dict[str, Partij]]:
    settings, faults = parts.settings, list[str]()
    own = {each.code: each for each in settings.bronhouders}.get(organisatie)
    partners = {each.code: each for each in settings.ketenpartners}
    bronhouder = _partij("bronhouder", organisatie, own, faults)
    found = {code: _partij("ketenpartner", code, partners.get(code), faults) for code in recipients}
    if faults:
        raise ConflictError(f"Vul in de instellingen aan: {'; '.join(faults)}.")
    return bronhouder, found


def _partij(
    table: str, code: str, party: Bronhouder | Ketenpartner | None, faults: list[str]
) -> Partij:
    if party is None:
        faults.append(f"{table} {code}")
        return Partij(code, "", "", "", Partijsoort.KETENPARTNER)
    lacking = [name for name in ("adres", "contact") if getattr(party, name) is None]
    faults.extend(f"{table} {code}: {name}" for name in lacking)
    soort = Partijsoort.BRONHOUDER if table == "bronhouder" else Partijsoort.KETENPARTNER
    return Partij(code, party.naam, party.adres or "", party.contact or "", soort, party.oin)
