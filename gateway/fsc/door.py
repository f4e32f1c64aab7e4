"""The door for what comes through our Inway, instead of the door for tokens of our own.

The Inway is trusted to forward, not to judge: everything that decides who gets data is checked
again here. Order: transaction id, token, contract, then the transaction is written down, and
only then the view. The headers of the request beyond these name nobody (FSC-03).
"""

from typing import Final

from gateway.auth.binding import INVALID
from gateway.auth.certificates import presented_certificate
from gateway.caller import Caller
from gateway.fsc.contract import carries
from gateway.fsc.refused import Foutcode, note
from gateway.fsc.token import Toegang, TokenReader, TokenRefusedError
from gateway.fsc.transactie import require_transaction, write_transaction
from gateway.refusals import ForbiddenError, UnauthenticatedError
from gateway.request import AskedRequest
from gateway.settings_fsc import Fsc
from gateway.store.clients import Client
from gateway.store.contracten import Contract, find_contract
from gateway.wiring import Parts
from privacy.store.engine import looking

_HEADER: Final = "Fsc-Authorization"


class FscDoor:
    """Holds the token reader of one app."""

    def __init__(self, parts: Parts, fsc: Fsc) -> None:
        self._parts = parts
        self._fsc = fsc
        self._tokens = TokenReader(fsc)

    def identify(self, asked: AskedRequest) -> Caller:
        """The caller; 400, 401, 403 or 503, each with one text whatever was wrong.

        Contract and registration are read on every call, in one statement: what is withdrawn is
        refused from the next call on, on every replica (FSC-04).
        """
        transactie = require_transaction(asked)
        toegang = self._read(asked)
        contract, client = self._find(toegang)
        write_transaction(self._parts, asked, transactie, contract)
        return Caller(
            client_id=client.client_id,
            organisatie=client.organisatie,
            soort=client.soort,
            scopes=client.scopes,
            doelen=client.doelen,
            trace_id=asked.trace.trace_id,
            span=asked.trace.parent,
            transactie=transactie,
            gemachtigde=None if contract.delegator is None else toegang.peer,
        )

    def _read(self, asked: AskedRequest) -> Toegang:
        authorization = asked.headers.get(_HEADER)
        if not authorization:
            note(asked, Foutcode.TOKEN_ONTBREEKT)
            raise UnauthenticatedError(INVALID)
        now = int(self._parts.clock.now().timestamp())
        try:
            return self._tokens.read(authorization, presented_certificate(asked), now)
        except TokenRefusedError as refused:
            note(asked, refused.code)
            if refused.code is Foutcode.VERKEERDE_GROEP:
                raise ForbiddenError from None
            raise UnauthenticatedError(INVALID) from None

    def _find(self, toegang: Toegang) -> tuple[Contract, Client]:
        with looking(self._parts.engine) as connection:
            found = find_contract(connection, toegang.grant_hash)
        if found is None:
            raise ForbiddenError
        contract, client = found
        settings, now = self._parts.settings, self._parts.clock.now()
        if not carries(contract, client, toegang, settings, now):
            raise ForbiddenError
        return contract, client
