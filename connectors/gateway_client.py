"""GatewayClient: the gateway's API for organisations, partners and the chair.

Every call carries a token; a token that is refused is renewed once. What comes back is a value
or a ConnectorError (`connectors.errors`). A page or pack is given only when its signature and
its log entry hold. Personal data goes out as a Disclosure alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from connectors.answer import Answer
from connectors.errors import GeweigerdError, NotAuthenticError, NotUnderstoodError
from connectors.evidence import open_disclosed
from connectors.gateway_answers import (
    Agendaantwoord,
    Beleid,
    Itemantwoord,
    Mutatiepagina,
    Overleg,
    Pakket,
    read_agendaantwoord,
    read_itemantwoord,
    read_mutatiepagina,
    read_overleg,
    read_pakket,
)
from connectors.jwks import KeySource
from connectors.signing import detached, kid_of, open_compact
from connectors.tokens import TokenSource
from connectors.transport import IDEMPOTENCY_KEY, Transport
from privacy.disclosure import Disclosure
from schemas.canonical import canonical

_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
_UNAUTHORISED: Final = 401


class GatewayClient:
    """One client of one gateway. Safe for threads."""

    def __init__(self, base_url: str, transport: Transport, tokens: TokenSource) -> None:
        self._base = base_url.rstrip("/")
        self._transport = transport
        self._tokens = tokens
        self._keys = KeySource(f"{self._base}/oauth/jwks", transport)

    @property
    def keys(self) -> KeySource:
        """The gateway's public keys: also what a Partnerdossier checks deliveries by."""
        return self._keys

    def push_aanlevering(
        self, disclosure: Disclosure, *, idempotency_key: str = "", proef: bool = False
    ) -> tuple[Itemantwoord, ...]:
        """Send items; a result for each, in their order. With `proef` the gateway only checks.

        Repeating it with the same key and disclosure is safe. Whether there are as many results
        as items is the caller's to check: a Disclosure is not opened here.
        """
        if not idempotency_key and not proef:
            raise ValueError("an aanlevering needs an Idempotency-Key")
        headers = {IDEMPOTENCY_KEY: idempotency_key} if idempotency_key else {}
        url = f"{self._base}/v1/aanleveringen{'?proef=true' if proef else ''}"
        answer = self._with_token(
            lambda token: self._transport.post_disclosure(
                url, disclosure, {**token, **headers, "Accept": _JSON}
            )
        )
        return tuple(read_itemantwoord(one) for one in answer.json().listed("resultaten"))

    def get_beleid(self) -> Beleid:
        told = self._get("/v1/beleid").json()
        return Beleid(told.texts("beleid"), told.texts("verklaringen"))

    def create_overleg(self, datum: date, soort: str = "lso") -> Overleg:
        """Plan an overleg. Not repeated by itself: it would be planned twice."""
        told = self._post("/v1/overleggen", {"datum": datum.isoformat(), "soort": soort}).json()
        return Overleg(told.uuid("overlegId"), datum, soort)

    def get_overleggen(self) -> tuple[Overleg, ...]:
        told = self._get("/v1/overleggen").json()
        return tuple(read_overleg(one) for one in told.listed("overleggen"))

    def get_overleg(self, overleg_id: UUID) -> Overleg:
        return read_overleg(self._get(f"/v1/overleggen/{overleg_id}").json())

    def nominate(self, overleg_id: UUID, casussen: Sequence[UUID]) -> tuple[Agendaantwoord, ...]:
        """Put casussen on the agenda; one that stands there already is `ongewijzigd`."""
        asked = {"casussen": [str(casus) for casus in casussen]}
        told = self._post(f"/v1/overleggen/{overleg_id}/agendapunten", asked).json()
        return tuple(read_agendaantwoord(one) for one in told.listed("resultaten"))

    def freeze(self, overleg_id: UUID) -> None:
        """Fix agenda and versions. What the answer says is not read: 2xx is enough."""
        self._post(f"/v1/overleggen/{overleg_id}/bevriezingen", {})

    def get_mutaties(self, na: str | None = None, limiet: int = 100) -> Mutatiepagina:
        """Get the page of the feed after cursor `na`; without one, from the beginning."""
        query = {"limiet": str(limiet)} if na is None else {"na": na, "limiet": str(limiet)}
        answer = self._get(f"/v1/mutaties?{urlencode(query)}")
        body, signature = answer.require(_JSON), _signature(answer)
        opened = open_disclosed("mutaties", body, signature, self._keys.keys)
        return read_mutatiepagina(opened, body, signature)

    def get_pakket(self, overleg_id: UUID, *, jose: bool = False) -> Pakket:
        """Get the frozen pack; with `jose` as one compact JWS instead of body and header."""
        answer = self._get(f"/v1/overleggen/{overleg_id}/pakket", _JOSE if jose else _JSON)
        body, signature = self._jose(answer) if jose else (answer.require(_JSON), None)
        signature = signature or _signature(answer)
        opened = open_disclosed("pakket", body, signature, self._keys.keys)
        return read_pakket(opened, body, signature)

    def _jose(self, answer: Answer) -> tuple[bytes, str]:
        told = answer.require(_JOSE)
        if not told.isascii():
            raise NotUnderstoodError("het antwoord is geen compacte JWS")
        value = told.decode("ascii")
        _, body = open_compact(value, self._keys.keys(kid_of(value)))
        return body, detached(value)

    def _get(self, path: str, accept: str = _JSON) -> Answer:
        url = f"{self._base}{path}"
        return self._with_token(
            lambda token: self._transport.request("GET", url, headers={**token, "Accept": accept})
        )

    def _post(self, path: str, told: Mapping[str, object]) -> Answer:
        url, body = f"{self._base}{path}", canonical(dict(told))
        return self._with_token(
            lambda token: self._transport.request(
                "POST",
                url,
                headers={**token, "Accept": _JSON, "Content-Type": _JSON},
                body=body,
            )
        )

    def _with_token(self, call: Callable[[Mapping[str, str]], Answer]) -> Answer:
        """Call with a token. A 401 means that it ended early: once more, with a new one."""
        token = self._tokens.token()
        try:
            return call({"Authorization": f"Bearer {token}"})
        except GeweigerdError as refusal:
            if refusal.status != _UNAUTHORISED:
                raise
        self._tokens.forget(token)
        return call({"Authorization": f"Bearer {self._tokens.token()}"})


def _signature(answer: Answer) -> str:
    """Give the one header Payload-Signature; two of them arrive joined, and then fail."""
    signature = answer.headers.get("payload-signature")
    if signature is None:
        raise NotAuthenticError("het antwoord is niet ondertekend")
    return signature
