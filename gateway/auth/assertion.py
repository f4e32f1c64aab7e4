"""Client authentication by private_key_jwt (RFC 7523), as Authlib does it, made strict.

Authlib checks issuer, subject and audience; here are the checks it leaves to us: algorithms
by name, `iat` required, at most 300 seconds of life, a `jti` of 128 bits used once. Who is not
known, or names a key that is not there, is checked against one that nobody has, so that all
refusals look and last alike. Not closed: a client of which the keys are fetched first.
"""

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, RSAKey

from connectors.jwk import new_key
from gateway.auth.client_keys import client_keys
from gateway.auth.registered import RegisteredClient
from gateway.store.asserties import use_assertion
from gateway.store.clients import Client, Profiel
from gateway.wiring import Parts
from privacy.store.engine import writing

METHOD: Final = "private_key_jwt"
ALGORITHMS: Final = ("ES256", "PS256", "RS256")
#: NL GOV OAuth 1.1 asks for RS256; FAPI 2.0, 5.4.1 forbids it. Holds for proofs (DPoP) too.
ALLOWED: Final = MappingProxyType({Profiel.NLGOV: ALGORITHMS, Profiel.FAPI: ("ES256", "PS256")})
LONGEST_LIFE: Final = 300
#: FAPI 2.0: ten seconds of difference between clocks, no more.
_LEEWAY: Final = 10
#: 128 bits in base64url.
_SHORTEST_JTI: Final = 22
_LONGEST_JTI: Final = 255
_LONGEST_ASSERTION: Final = 16_000
#: From what was signed to the key that may have done it.
_Finder = Callable[[Any], Key]


class PrivateKeyJWT(JWTBearerClientAssertion):
    """Every refusal is InvalidClientError; the server answers them all alike."""

    CLIENT_AUTH_METHOD = METHOD  # type: ignore[misc]  # Authlib asks for it, its stubs do not

    def __init__(self, parts: Parts, audiences: list[str]) -> None:
        """`audiences`: issuer and token endpoint, either will do."""
        super().__init__(token_url=None, leeway=_LEEWAY)
        self._parts = parts
        self._audiences = audiences

    def get_audiences(self) -> list[str]:
        return self._audiences

    def extract_assertion(self, assertion: str) -> tuple[dict[str, Any], Any]:
        if len(assertion) > _LONGEST_ASSERTION:
            raise InvalidClientError
        try:
            return super().extract_assertion(assertion)
        except (ValueError, RecursionError):
            raise InvalidClientError from None

    def resolve_client_public_key(self, client: RegisteredClient) -> _Finder:
        """Keys are looked for when the kid is known, as some must be fetched for it."""
        return lambda signed: self._key(client.known, signed.headers())

    def process_assertion_claims(self, assertion: str, resolve_key: _Finder) -> dict[str, Any]:
        """Signature first, then the claims, and the jti last: only a good assertion is used up."""
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=ALGORITHMS).claims
            self._registry().validate(claims)
            lives_shortly = self._lives_shortly(claims)
        except (JoseError, ValueError, TypeError, OverflowError):
            raise InvalidClientError from None
        if claims["sub"] != claims["iss"] or not lives_shortly:
            raise InvalidClientError
        if not self.validate_jti(claims, claims["jti"]):
            raise InvalidClientError
        return claims

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        """Use up the jti; the insert decides, also between twenty that come at once."""
        if not _SHORTEST_JTI <= len(jti) <= _LONGEST_JTI:
            return False
        expires = int(claims["exp"]) + _LEEWAY
        with writing(self._parts.engine) as connection:
            return use_assertion(connection, claims["sub"], jti, expires=expires, now=self._now())

    def _key(self, known: Client | None, header: dict[str, Any]) -> Key:
        """The key that was named; else one of the same kind that nobody has."""
        nobody = _nobody(of_rsa=header["alg"] != "ES256")
        if known is None or header["alg"] not in ALLOWED[known.profiel]:
            return nobody
        kid = header.get("kid")
        keys = client_keys(anywhere=self._parts.settings.demo).keys_of(known, kid)
        try:
            found = keys.get_by_kid(kid, {"alg": header["alg"], "use": "sig"}) if keys else nobody
        except InvalidKeyIdError:
            return nobody
        return found if found.key_type == nobody.key_type else nobody

    def _now(self) -> int:
        return int(self._parts.clock.now().timestamp())

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=self._now,
            leeway=_LEEWAY,
            iss={"essential": True},
            sub={"essential": True},
            aud={"essential": True, "values": self._audiences},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )

    def _lives_shortly(self, claims: dict[str, Any]) -> bool:
        life_from_now: float = claims["exp"] - self._now()
        life: float = claims["exp"] - claims["iat"]
        return life_from_now <= LONGEST_LIFE and life <= LONGEST_LIFE


@lru_cache(maxsize=2)
def _nobody(*, of_rsa: bool) -> Key:
    """A key whose private half is forgotten at once."""
    return RSAKey.generate_key(2_048, private=False) if of_rsa else new_key()
