"""The receipt of a consent: the record through the gate, and then a page or a paper of it."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from gateway.caller import Caller
from gateway.receipt.record import Held, receipt_record
from gateway.receipt.sheet import Blad, make_sheet
from gateway.refusals import InvalidRequestError
from gateway.services.held_consents import HeldConsent, disclose_consent
from gateway.wiring import Parts
from privacy.disclosure import Disclosure
from privacy.errors import PolicyUnavailableError
from privacy.log.entries import Auditsoort
from privacy.notice import Notice
from privacy.notice_texts import USUAL, primary


def disclose_receipt(
    parts: Parts, caller: Caller, toestemming_id: UUID, taal: str | None
) -> Disclosure:
    """The record of the receipt of an own statement; NotFoundError for any other.

    InvalidRequestError where the notice that was read is not there in the language `taal`.
    """

    def tell(held: HeldConsent, day: date) -> Mapping[str, Any]:
        own = Held(
            bronhouder=caller.organisatie,
            statement=held.statement,
            laatste=held.events[-1].soort,
            beside=held.dossier.statements,
            details=held.details,
        )
        record = receipt_record(own, parts.notices, day)
        if taal is not None:
            _language(parts, record, taal)
        return record

    return disclose_consent(parts, caller, toestemming_id, Auditsoort.ONTVANGSTBEWIJS, tell)


def sheet_of(parts: Parts, body: bytes, taal: str | None) -> Blad:
    """What the gate let out, in a language: the one asked for, or else the person's own."""
    record = json.loads(body)[Auditsoort.ONTVANGSTBEWIJS.value]
    notice = _notice(parts, record)
    chosen = _language(parts, record, taal)
    organisation = next(
        (each.naam for each in parts.settings.bronhouders if each.code == record["bronhouder"]),
        record["bronhouder"],
    )
    return make_sheet(
        record,
        sha256(body).hexdigest(),
        parts.woorden[primary(chosen)],
        notice.teksten[chosen],
        organisation,
    )


def _language(parts: Parts, record: Mapping[str, Any], asked: str | None) -> str:
    """A language that the notice has, and that we have the other words of."""
    notice = _notice(parts, record)
    offered = [taal for taal in notice.talen if primary(taal) in parts.woorden]
    if asked is not None:
        if asked not in offered:
            raise InvalidRequestError(f"taal is een van: {', '.join(offered)}.")
        return asked
    own = notice.closest(record["taal"])
    return own if own in offered else USUAL


def _notice(parts: Parts, record: Mapping[str, Any]) -> Notice:
    notice = parts.notices.of(record["verklaring"])
    if notice is None or USUAL not in notice.teksten:
        raise PolicyUnavailableError("Een verklaring die iemand las, is er niet meer.")
    return notice
