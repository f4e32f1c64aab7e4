"""Builders for the exchange with others: disclosures, keys, signed pages and packs."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.jwk import PublicKeys, key_id, new_key, to_jwks
from connectors.retries import Patience
from connectors.signing import sign
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport, Transportsettings
from connectors.wire import Fields
from privacy.disclosure import _GATE, Disclosure
from privacy.log.commitment import commit, new_salt
from schemas.canonical import canonical
from schemas.terms import Doel

GATEWAY = "https://gateway.example"
NOW = datetime(2020, 4, 1, 8, tzinfo=UTC)
KEY = new_key()
KID = key_id(KEY)
KEYS = PublicKeys.read(Fields(to_jwks({KID: KEY})))

V_NUMMER = "0905312694"
NAAM = "Merkteken Achternaam"
SECRET_BODY = canonical({"items": [{"samenvatting": {"vNummer": V_NUMMER, "naam": NAAM}}]})


def keyring(_kid: str) -> PublicKeys:
    return KEYS


def a_disclosure(body: bytes = SECRET_BODY, recipient: str = "DT&V") -> Disclosure:
    return Disclosure(recipient, body, 7, 1, "00" * 32, _GATE)


def a_transport(
    slept: list[float] | None = None,
    traceparent: Callable[[], str | None] = lambda: None,
    **settings: Any,
) -> Transport:
    """Real, but it only notes how long it would have waited."""
    noted = [] if slept is None else slept
    return Transport(
        Transportsettings(**settings),
        patience=Patience(sleep=noted.append),
        traceparent=traceparent,
    )


def a_client(**changes: Any) -> Client:
    return Client(
        **{
            "token_url": f"{GATEWAY}/oauth/token",
            "audience": GATEWAY,
            "client_id": "node-sndvu",
            "key": KEY,
            **changes,
        }
    )


def a_token_source(transport: Transport, now: Callable[[], datetime] = lambda: NOW) -> TokenSource:
    return TokenSource(a_client(), transport, now)


def uuid(number: int) -> str:
    return str(UUID(int=number))


def a_mutatie(number: int = 1, casus: int = 100, soort: str = "instroom", **summary: str) -> dict:
    return {
        "mutatieId": uuid(number),
        "casusreferentie": uuid(casus),
        "soort": soort,
        "samenvatting": {"vNummer": V_NUMMER, "bronhouder": "sndvu", **summary},
        "velden": {"status": "in_begeleiding"},
    }


def a_recall(number: int = 50, casus: int = 100, *doelen: str) -> dict:
    return {
        "terugroepingId": uuid(number),
        "casusreferentie": uuid(casus),
        "soort": "terugroeping",
        "doelen": sorted(doelen or Doel),
        "uiterlijk": "2020-05-01",
    }


def a_notice(number: int = 70, casus: int = 100, *velden: str) -> dict:
    """A beperking, or a rectificatie where it names fields."""
    told = {"velden": sorted(velden)} if velden else {"doelen": sorted(Doel)}
    return {
        "terugroepingId": uuid(number),
        "casusreferentie": uuid(casus),
        "soort": "rectificatie" if velden else "beperking",
        "uiterlijk": "2020-05-01",
        **told,
    }


def a_page(*items: dict, ontvanger: str = "IND", volgende: str = "cursor-1") -> dict:
    return {
        "items": list(items),
        "volgende": volgende,
        "meer": False,
        "ontvanger": ontvanger,
        "gemaaktOp": "2020-04-01T08:00:00.000Z",
    }


def a_pack(ontvanger: str = "IND", gemaakt_op: str = "2020-04-01T08:00:00.000Z") -> dict:
    return {
        "overlegId": uuid(900),
        "datum": "2020-04-01",
        "ontvanger": ontvanger,
        "gemaaktOp": gemaakt_op,
        "casussen": [
            {
                "agendapuntId": uuid(901),
                "casusreferentie": uuid(100),
                "samenvatting": {"vNummer": V_NUMMER, "bronhouder": "stil", "lijn": "1"},
            }
        ],
    }


def disclosed(name: str, part: dict, **entry: Any) -> bytes:
    """The bytes that the gateway answers for a page (`mutaties`) or pack (`pakket`)."""
    salt = new_salt()
    regel = {
        "v": 1,
        "soort": "verstrekking",
        "ontvanger": part["ontvanger"],
        "afdruk": commit(canonical(part), salt),
        **entry,
    }
    return canonical({name: part, "bewijs": {"index": 7, "regel": regel, "zout": salt.hex()}})


def signed(body: bytes) -> str:
    return sign(body, KEY, KID)


def opened(proof: str) -> jwt.Token:
    """A DPoP proof, checked by the key that it shows itself, as a server does."""
    header = json.loads(urlsafe_b64decode(proof.partition(".")[0] + "=="))
    return jwt.decode(proof, ECKey.import_key(header["jwk"]), algorithms=["ES256"])


def claims(proof: str) -> dict[str, Any]:
    return opened(proof).claims
