"""GatewayClient: the gateway's API for organisations, partners and the chair.

Every call carries a token and, if that is bound to a key, a proof of its own; a nonce that the
gateway wants is given once, a token that it refuses is renewed once. What comes back is a value
or a ConnectorError (`connectors.errors`). A page or pack is given only when its signature and
its log entry hold. Personal data goes out as a Disclosure alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, overload
from urllib.parse import urlencode
from uuid import UUID, uuid4

from connectors.answer import Answer
from connectors.dpop import USE_NONCE
from connectors.errors import GeweigerdError, NotAuthenticError, NotUnderstoodError
from connectors.evidence import open_disclosed
from connectors.gateway_answers import (
    Agendaantwoord,
    Beleid,
    Controlepuntantwoord,
    Itemantwoord,
    Mutatiepagina,
    Overleg,
    Pakket,
    read_agendaantwoord,
    read_beleid,
    read_controlepunt,
    read_itemantwoord,
    read_mutatiepagina,
    read_overleg,
    read_pakket,
)
from connectors.jwks import KeySource
from connectors.signing import detached, kid_of, open_compact
from connectors.tokens import TokenSource
from connectors.transport import IDEMPOTENCY_KEY, IF_NONE_MATCH, Credentials, Transport
from privacy.disclosure import Disclosure
from schemas.canonical import canonical

_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
_LOGSTAND: Final = "Lso-Logstand"
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_YET: Final = "bewijs-nog-niet"
_UNAUTHORISED: Final = 401
_UNCHANGED: Final = 304
_PAGE: Final = 500
_MOST_PAGES: Final = 200


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
            lambda credentials: self._transport.post_disclosure(
                url, disclosure, {**headers, "Accept": _JSON}, credentials
            )
        )
        return tuple(read_itemantwoord(one) for one in answer.json().listed("resultaten"))

    def get_beleid(self, logstand: str = "") -> Beleid:
        """Get what is in force; `logstand` is what an earlier answer said of the log."""
        shown = {_LOGSTAND: logstand} if logstand else {}
        return read_beleid(self._get("/v1/beleid", more=shown).json())

    def report_restored(self, herstel_id: UUID) -> None:
        """Say that everything was sent again; 2xx is enough."""
        self._post("/v1/herstelmeldingen", {"herstelId": str(herstel_id)})

    def create_overleg(self, datum: date, soort: str = "lso") -> Overleg:
        """Plan an overleg; an answer that was lost is asked for again, and not planned twice."""
        told = self._post("/v1/overleggen", {"datum": datum.isoformat(), "soort": soort}).json()
        return Overleg(told.uuid("overlegId"), datum, soort)

    def get_overleggen(self) -> tuple[Overleg, ...]:
        """Get every overleg, the newest day first, over as many pages as it takes."""
        found: list[Overleg] = []
        na: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            query = urlencode({**na, "limiet": str(_PAGE)})
            told = self._get(f"/v1/overleggen?{query}").json()
            found += map(read_overleg, told.listed("overleggen"))
            if not told.has("volgende"):
                return tuple(found)
            na = {"na": told.text("volgende")}
        raise NotUnderstoodError("de lijst van overleggen houdt niet op")

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

    @overload
    def get_mutaties(self, na: str | None = None, limiet: int = 100) -> Mutatiepagina: ...
    @overload
    def get_mutaties(
        self, na: str | None = None, limiet: int = 100, *, etag: str
    ) -> Mutatiepagina | None: ...
    def get_mutaties(
        self, na: str | None = None, limiet: int = 100, *, etag: str = ""
    ) -> Mutatiepagina | None:
        """Get the page of the feed after cursor `na`; without one, from the beginning.

        With the `etag` of an earlier page: None if there is nothing else to tell.
        """
        query = {"limiet": str(limiet)} if na is None else {"na": na, "limiet": str(limiet)}
        answer = self._get(f"/v1/mutaties?{urlencode(query)}", etag=etag)
        if answer.status == _UNCHANGED:
            return None
        body, signature = answer.require(_JSON), _signature(answer)
        opened = open_disclosed("mutaties", body, signature, self._keys.keys)
        return read_mutatiepagina(opened, body, signature, answer.etag)

    @overload
    def get_pakket(self, overleg_id: UUID, *, jose: bool = False) -> Pakket: ...
    @overload
    def get_pakket(self, overleg_id: UUID, *, jose: bool = False, etag: str) -> Pakket | None: ...
    def get_pakket(self, overleg_id: UUID, *, jose: bool = False, etag: str = "") -> Pakket | None:
        """Get the frozen pack; with `jose` as one compact JWS instead of body and header.

        With the `etag` of an earlier pack: None if it would be the same.
        """
        accept = _JOSE if jose else _JSON
        answer = self._get(f"/v1/overleggen/{overleg_id}/pakket", accept, etag)
        if answer.status == _UNCHANGED:
            return None
        body, signature = self._jose(answer) if jose else (answer.require(_JSON), None)
        signature = signature or _signature(answer)
        opened = open_disclosed("pakket", body, signature, self._keys.keys)
        return read_pakket(opened, body, signature, answer.etag)

    def get_verstrekkingen(self, casus_id: UUID) -> Mapping[str, Any]:
        """Get who received what of an own casus: its lines of the log (AVG 15)."""
        answer = self._get(f"/v1/casussen/{casus_id}/verstrekkingen")
        body, signature = answer.require(_JSON), _signature(answer)
        return open_disclosed("verstrekkingen", body, signature, self._keys.keys).part.plain()

    def get_bewijs(self, index: int) -> str | None:
        """Get the proof (tlog-proof v1) of a log entry; None while no checkpoint holds it."""
        try:
            return self._get(f"/v1/audit/bewijzen/{index}").json().text("bewijs")
        except GeweigerdError as refusal:
            if refusal.problem.soort != _NOT_YET:
                raise
            return None

    def get_controlepunt(self, vanaf: int | None = None) -> Controlepuntantwoord:
        """Get the newest checkpoint of the log; with the proof that it grew out of size `vanaf`."""
        query = "" if vanaf is None else f"?vanaf={vanaf}"
        return read_controlepunt(self._get(f"/v1/audit/checkpoint{query}").json())

    def _jose(self, answer: Answer) -> tuple[bytes, str]:
        told = answer.require(_JOSE)
        if not told.isascii():
            raise NotUnderstoodError("het antwoord is geen compacte JWS")
        value = told.decode("ascii")
        _, body = open_compact(value, self._keys.keys(kid_of(value)))
        return body, detached(value)

    def _get(
        self,
        path: str,
        accept: str = _JSON,
        etag: str = "",
        more: Mapping[str, str] = _NO_HEADERS,
    ) -> Answer:
        headers = {"Accept": accept, **({IF_NONE_MATCH: etag} if etag else {}), **more}
        return self._with_token(
            lambda credentials: self._transport.request(
                "GET", f"{self._base}{path}", headers=headers, credentials=credentials
            )
        )

    def _post(self, path: str, told: Mapping[str, object]) -> Answer:
        url, body = f"{self._base}{path}", canonical(dict(told))
        # A key for this call alone: its own repeats are one request, and no other is taken for it.
        headers = {"Accept": _JSON, "Content-Type": _JSON, IDEMPOTENCY_KEY: str(uuid4())}
        return self._with_token(
            lambda credentials: self._transport.request(
                "POST", url, headers=headers, body=body, credentials=credentials
            )
        )

    def _with_token(self, call: Callable[[Credentials], Answer]) -> Answer:
        """Call with a token. A 401 may be mended: by the nonce it asks for, or by a new token.

        Each is tried once, so that a gateway which never has enough ends here.
        """
        mended: set[bool] = set()
        while True:
            token = self._tokens.token()
            try:
                return call(self._tokens.credentials(token))
            except GeweigerdError as refusal:
                wants_nonce = refusal.problem.error == USE_NONCE
                if refusal.status != _UNAUTHORISED or wants_nonce in mended:
                    raise
                mended.add(wants_nonce)
            if not wants_nonce:
                self._tokens.forget(token)


def _signature(answer: Answer) -> str:
    """Give the one header Payload-Signature; two of them arrive joined, and then fail."""
    signature = answer.headers.get("payload-signature")
    if signature is None:
        raise NotAuthenticError("het antwoord is niet ondertekend")
    return signature
