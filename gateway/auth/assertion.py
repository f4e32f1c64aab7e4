"""Client authentication by private_key_jwt (RFC 7523), as Authlib does it, made strict.

Authlib checks issuer, subject and audience; here are the checks it leaves to us: algorithms
by name, `iat` required, at most 300 seconds of life, a `jti` of 128 bits used once. Who is not
known is checked against a key that nobody has, so that the two refusals look and last alike.
"""

import json
from functools import lru_cache
from typing import Any, Final

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.jwk import new_key, to_jwks
from gateway.auth.registered import RegisteredClient
from gateway.store.asserties import use_assertion
from gateway.wiring import Parts
from privacy.store.engine import writing

METHOD: Final = "private_key_jwt"
ALGORITHMS: Final = ("ES256", "PS256", "RS256")
LONGEST_LIFE: Final = 300
#: FAPI 2.0: ten seconds of difference between clocks, no more.
_LEEWAY: Final = 10
#: 128 bits in base64url.
_SHORTEST_JTI: Final = 22
_LONGEST_JTI: Final = 255
_LONGEST_ASSERTION: Final = 16_000


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
        return super().extract_assertion(assertion)

    def resolve_client_public_key(self, client: RegisteredClient) -> KeySet:
        return _key_set(client.jwks or _nobody())

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """Signature first, then the claims, and the jti last: only a good assertion is used up."""
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=ALGORITHMS).claims
            self._registry().validate(claims)
        except (JoseError, ValueError, TypeError):
            raise InvalidClientError from None
        if claims["sub"] != claims["iss"] or not self._lives_shortly(claims):
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


@lru_cache(maxsize=256)
def _key_set(jwks: str) -> KeySet:
    return KeySet.import_key_set(json.loads(jwks))


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A key whose private half is forgotten at once."""
    return json.dumps(to_jwks({"niemand": new_key()}))
