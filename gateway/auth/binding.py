"""What a token is bound to: the key of a proof, or a certificate (FAPI 2.0, 5.3.1; RFC 7800).

At the token endpoint that goes into the token as `cnf`; at every call whoever sends the token
must show it again. A token bound to nothing is for the demo alone, at both places.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeGuard

from gateway.auth.access_token import Claims
from gateway.auth.assertion import ALLOWED
from gateway.auth.certificates import X5T, Certificate, is_of_another, presented_certificate
from gateway.auth.dpop import ProofError, ProofReader
from gateway.refusals import UnauthenticatedError
from gateway.request import AskedRequest
from gateway.store.clients import Binding, Client
from gateway.wiring import Parts

JKT: Final = "jkt"
INVALID: Final = "Dit toegangsbewijs is niet geldig, of niet meer."
_NO_PROOF: Final = "Het bewijs van bezit (DPoP) ontbreekt, geldt hier niet of is al gebruikt."
#: By which word in `Authorization` a token comes; a client that is not here gets no tokens.
_SCHEMES: Final = MappingProxyType(
    {Binding.DPOP: "dpop", Binding.MTLS: "bearer", Binding.GEEN: "bearer"}
)


class WrongCertificateError(Exception):
    """No certificate, or not one of this client."""


class Possession:
    """Asks for what a token is, or will be, bound to."""

    def __init__(self, parts: Parts) -> None:
        self._settings = parts.settings
        self._proofs = ProofReader(parts)

    def gives_tokens_to(self, client: Client) -> bool:
        """Whether a token can be bound to this client at all; through FSC there are none."""
        return client.binding in _SCHEMES and (
            client.binding is not Binding.GEEN or self._settings.demo
        )

    def bind(self, asked: AskedRequest, client: Client) -> Mapping[str, str]:
        """The `cnf` of a new token; ProofError or WrongCertificateError where it is not shown."""
        certificate = presented_certificate(asked)
        if is_of_another(certificate, self._oin_of(client)):
            raise WrongCertificateError
        if client.binding is Binding.DPOP:
            proof = self._proofs.read(asked, ALLOWED[client.profiel])
            self._proofs.use(proof, proof.jkt)
            return {JKT: proof.jkt}
        if client.binding is Binding.MTLS and self._is_of(certificate, client):
            return {X5T: certificate.thumbprint}
        if client.binding is Binding.GEEN and self._settings.demo:
            return {}
        raise WrongCertificateError

    def check(self, asked: AskedRequest, client: Client, claims: Claims, token: str) -> None:
        """UnauthenticatedError unless the sender shows what this token is bound to.

        The registration says which way of binding holds: a token of before a change is out.
        """
        if asked.headers["Authorization"].partition(" ")[0].lower() != _SCHEMES.get(client.binding):
            raise UnauthenticatedError(INVALID)
        match client.binding:
            case Binding.DPOP:
                self._check_proof(asked, client, claims.confirmation.get(JKT), token)
            case Binding.MTLS:
                self._check_certificate(asked, client, claims.confirmation.get(X5T))
            case _:
                if claims.confirmation or not self._settings.demo:
                    raise UnauthenticatedError(INVALID)

    def _check_proof(
        self, asked: AskedRequest, client: Client, jkt: str | None, token: str
    ) -> None:
        if jkt is None:
            raise UnauthenticatedError(INVALID)
        try:
            self._proofs.use(self._proofs.read(asked, ALLOWED[client.profiel], token), jkt)
        except ProofError as error:
            raise UnauthenticatedError(_NO_PROOF, error=error.error, nonce=error.nonce) from None

    def _check_certificate(
        self, asked: AskedRequest, client: Client, thumbprint: str | None
    ) -> None:
        certificate = presented_certificate(asked)
        if not self._is_of(certificate, client) or certificate.thumbprint != thumbprint:
            raise UnauthenticatedError(INVALID)

    def _is_of(self, certificate: Certificate | None, client: Client) -> TypeGuard[Certificate]:
        """By thumbprint where any is registered; else by the OIN of the organisation."""
        if certificate is None:
            return False
        if client.certificaten:
            return certificate.thumbprint in client.certificaten
        return certificate.oin is not None and certificate.oin == self._oin_of(client)

    def _oin_of(self, client: Client) -> str | None:
        return self._settings.oin_of(client.soort, client.organisatie)
