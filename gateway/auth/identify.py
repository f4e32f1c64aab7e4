"""From a token to a Caller, and from a Caller to yes or no; on every call anew."""

from typing import NoReturn

from gateway.auth.access_token import Claims, TokenReader
from gateway.auth.binding import INVALID, Possession
from gateway.auth.certificates import Certificate, is_of_another, presented_certificate
from gateway.auth.permission_map import Rule
from gateway.caller import Caller
from gateway.refusals import (
    ForbiddenError,
    InvalidRequestError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from gateway.request import AskedRequest
from gateway.store.clients import Client, find_caller
from gateway.wiring import Parts
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store.engine import looking, writing


class Doorkeeper:
    """Holds the token reader of one app."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = TokenReader(parts)
        self._possession = Possession(parts)

    def identify(self, asked: AskedRequest) -> Caller:
        """The caller; UnauthenticatedError says the same for every token that does not hold.

        The registration is read on every call, once: a client that was frozen and a token that
        was withdrawn are out at once, on every replica. ForbiddenError for a certificate of
        another organisation (OAU-11), which goes into the log.
        """
        if "access_token" in asked.args:
            raise InvalidRequestError("Een toegangsbewijs staat in een header, nooit in de URL.")
        authorization = asked.headers.get("Authorization")
        if not authorization:
            raise UnauthenticatedError
        token = authorization.partition(" ")[2].strip()
        claims = self._tokens.read(token)
        if claims is None:
            raise UnauthenticatedError(INVALID)
        client = self._client_of(claims)
        caller = _caller(asked, client, claims)
        oin = self._parts.settings.oin_of(client.soort, client.organisatie)
        certificate = presented_certificate(asked)
        if is_of_another(certificate, oin):
            self._refuse(caller, certificate)
        self._possession.check(asked, client, claims, token)
        return caller

    def _client_of(self, claims: Claims) -> Client:
        with looking(self._parts.engine) as connection:
            found = find_caller(connection, claims.client_id, claims.digest)
        if found is None:
            raise UnauthenticatedError(INVALID)
        client, withdrawn = found
        if withdrawn or client.bevroren or claims.issued < client.tokens_vanaf:
            raise UnauthenticatedError(INVALID)
        if not self._parts.settings.takes_part(client.soort, client.organisatie):
            raise UnauthenticatedError(INVALID)
        return client

    def _refuse(self, caller: Caller, certificate: Certificate) -> NoReturn:
        """The entry is committed before the answer; nobody learns of a refusal that is not there.

        It comes before the proof is looked at: who has a token of one organisation and the
        certificate of another is worth an entry, whatever else that sender lacks. Counted by that
        certificate, which was proven: its holder cannot fill the log, nor use up another's share.
        """
        share = self._parts.limits.take(f"certificaat {certificate.thumbprint}")
        if not share.given:
            raise TooManyRequestsError(max(1, share.seconds))
        now = self._parts.clock.now()
        entry = AuditEntry(
            soort=Auditsoort.TOEGANG_GEWEIGERD, tijd=now, reden="oin_verschilt", **caller.herkomst
        )
        with writing(self._parts.engine) as tx:
            append(tx, [entry], now)
        raise ForbiddenError(detail="Het certificaat hoort bij een andere organisatie.")


def _caller(asked: AskedRequest, client: Client, claims: Claims) -> Caller:
    return Caller(
        client_id=client.client_id,
        organisatie=client.organisatie,
        soort=client.soort,
        scopes=claims.scopes & client.scopes,
        doelen=client.doelen,
        trace_id=asked.trace.trace_id,
        span=asked.trace.parent,
    )


def permit(caller: Caller, rule: Rule) -> None:
    """ForbiddenError unless the caller has one of the scopes and is of the right kind."""
    enough = rule.any_scope or rule.scopes & caller.scopes
    if not enough or caller.soort not in rule.soorten:
        raise ForbiddenError(rule.scopes)
