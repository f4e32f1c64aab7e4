"""Organisations of tests, each with a key of its own by which it signs consents.

`signed` makes of a message what a node would send: whoever pushes in a test passes through it, so
that no test need sign. What is signed already, or too odd to sign, stays as it is.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from sqlalchemy import Engine, select

from gateway.store.ondertekenaars import Ondertekenaar, add_ondertekenaar, ondertekenaar
from privacy.consent_signature import Ondertekensleutel, text_of
from privacy.store.engine import writing
from schemas.errors import CanonicalError

ORGANISATIES = ("sndvu", "seguro", "stil", "toevlucht", "vluchtelingenwerk")
#: Before anything that a test does.
KNOWN_SINCE = datetime(2019, 1, 1, tzinfo=UTC)


@cache
def signing_key(bronhouder: str) -> Ondertekensleutel:
    """The same in every run, so that what fails can be done again."""
    secret = int.from_bytes(sha256(bronhouder.encode()).digest()[:31], "big")
    return Ondertekensleutel(
        _kid(bronhouder, secret), ec.derive_private_key(secret, ec.SECP256R1())
    )


def _kid(bronhouder: str, secret: int) -> str:
    return _public(ec.derive_private_key(secret, ec.SECP256R1())).thumbprint()


def _public(key: ec.EllipticCurvePrivateKey) -> ECKey:
    return ECKey.import_key(key.public_key())


def public_jwk(bronhouder: str) -> str:
    return json.dumps(_public(signing_key(bronhouder).key).as_dict(private=False))


def know_signers(engine: Engine, codes: Iterable[str] = ORGANISATIES) -> None:
    """Tell a gateway whose keys these are; it may know already."""
    with writing(engine) as tx:
        known = set(tx.execute(select(ondertekenaar.c.kid)).scalars())
        for code in codes:
            if (kid := signing_key(code).kid) not in known:
                added = Ondertekenaar(kid, code, public_jwk(code), KNOWN_SINCE)
                add_ondertekenaar(tx, added)


def signed(items: Iterable[Any], by: str) -> list[Any]:
    """These items, with each of their consents signed by this organisation."""
    return [_signed_item(each, by) for each in items]


def signed_consent(consent: Any, by: str) -> Any:
    """One consent; a signature that it has, or a None for one, stays."""
    if not isinstance(consent, dict) or "handtekening" in consent:
        return consent
    try:
        text = text_of(by, _as_read(consent))
    except (CanonicalError, TypeError):
        return consent
    return {**consent, "handtekening": signing_key(by).sign(text)}


def _signed_item(item: Any, by: str) -> Any:
    consents = item.get("toestemmingen") if isinstance(item, dict) else None
    if not isinstance(consents, list):
        return item
    return {**item, "toestemmingen": [signed_consent(each, by) for each in consents]}


def _as_read(consent: dict[str, Any]) -> dict[str, Any]:
    """A UUID can be written in two ways."""
    try:
        return {**consent, "toestemmingId": UUID(consent["toestemmingId"])}
    except (KeyError, ValueError, AttributeError, TypeError):
        return consent
