"""`Fsc-Authorization`, checked as if no Inway had done so (FSC-02).

Signature by a key of our Manager, algorithm by name, issuer, group, service, times, and the
certificate that the Outway used, as the Inway forwards it (RFC 8705). `aud` is the address of
the Inway, which the Inway checks; here it must only be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError

from gateway.auth.certificates import X5T, Certificate
from gateway.fsc.delegation import Delegation, delegation_of, is_oin
from gateway.fsc.manager_keys import ManagerKeys
from gateway.fsc.refused import Foutcode
from gateway.settings_fsc import Fsc

#: FSC Core 2.0: RSA and ECDSA with SHA-2; never none, never a shared secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_LONGEST: Final = 16_000
_LONGEST_HASH: Final = 160
#: FAPI 2.0: so far may the Manager's clock be ahead of ours.
_AHEAD: Final = 10


class TokenRefusedError(Exception):
    """The token does not hold; `code` is what the standard calls it."""

    def __init__(self, code: Foutcode = Foutcode.TOKEN_ONGELDIG) -> None:
        """No message: why is nobody's business outside."""
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Toegang:
    """What a token that holds says: under which grant, who calls, on whose behalf."""

    grant_hash: str
    peer: str
    delegation: Delegation | None


class TokenReader:
    """Checks tokens of one Manager for one service."""

    def __init__(self, fsc: Fsc) -> None:
        self._fsc = fsc
        self._keys = ManagerKeys(fsc.sleutels)

    def read(self, authorization: str, certificate: Certificate | None, now: int) -> Toegang:
        """Who calls; TokenRefusedError for whatever does not hold now, over this certificate."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(token) > _LONGEST or not token.isascii():
            raise TokenRefusedError
        claims = self._checked(token.strip(), now)
        peer = claims["sub"]
        if not is_oin(peer) or not _is_bound(claims, certificate, peer):
            raise TokenRefusedError
        if claims["gid"] != self._fsc.groep:
            raise TokenRefusedError(Foutcode.VERKEERDE_GROEP)
        grant_hash = claims["gth"]
        if not isinstance(grant_hash, str) or not 0 < len(grant_hash) <= _LONGEST_HASH:
            raise TokenRefusedError
        try:
            return Toegang(grant_hash, peer, delegation_of(claims))
        except ValueError:
            raise TokenRefusedError from None

    def _checked(self, token: str, now: int) -> dict[str, Any]:
        """Signature first: of what is not signed, nothing is believed, not even that it expired."""
        named = self._keys.named()
        try:
            opened = jwt.decode(token, lambda told: _key(named, told), algorithms=ALGORITHMS)
            self._registry(now).validate(opened.claims)
        except ExpiredTokenError:
            raise TokenRefusedError(Foutcode.TOKEN_VERLOPEN) from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise TokenRefusedError from None
        claims: dict[str, Any] = opened.claims
        # Ours is not a service that we offer on behalf of another peer.
        if claims.get("pdi", self._fsc.peer) != self._fsc.peer or claims["nbf"] > now + _AHEAD:
            raise TokenRefusedError
        if claims["exp"] <= now:
            raise TokenRefusedError(Foutcode.TOKEN_VERLOPEN)
        return claims

    def _registry(self, now: int) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=now,
            leeway=_AHEAD,
            iss={"essential": True, "value": self._fsc.peer},
            svc={"essential": True, "value": self._fsc.dienst},
            aud={"essential": True},
            sub={"essential": True},
            gth={"essential": True},
            gid={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            cnf={"essential": True},
        )


def _key(named: Mapping[tuple[str, str], Any], told: Any) -> Any:
    """The key that every name in the header stands for; KeyError for another."""
    header = told.headers()
    found = {id(named[name, header[name]]): name for name in (X5T, "kid") if name in header}
    if len(found) != 1:
        raise KeyError
    name = next(iter(found.values()))
    return named[name, header[name]]


def _is_bound(claims: Mapping[str, Any], certificate: Certificate | None, peer: str) -> bool:
    """Whether this certificate may use the token, and does not belong to another peer."""
    if certificate is None or not isinstance(claims["cnf"], dict):
        return False
    bound = claims["cnf"].get(X5T) == certificate.thumbprint
    return bound and certificate.oin in {None, peer}
