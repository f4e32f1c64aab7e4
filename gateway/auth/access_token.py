"""Access tokens: RFC 9068 JWTs, ES256, five minutes; made here and checked here.

Authlib's generator would give ten days, the client as audience, a jti of 95 bits and no kid.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc import jwt
from joserfc.errors import JoseError

from gateway.wiring import Parts

LIFE: Final = 300
_TYPE: Final = "at+jwt"
_ALGORITHM: Final = "ES256"
_JTI_BYTES: Final = 24
_LONGEST: Final = 4_096
_MOST_KEPT: Final = 2_048


class AccessTokenGenerator(JWTBearerTokenGenerator):
    """Registered with Authlib for every grant."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(issuer=parts.settings.uitgever, alg=_ALGORITHM, expires_generator=LIFE)
        self._parts = parts

    def access_token_generator(  # type: ignore[override]  # a callable protocol in the base
        self, client: Any, grant_type: str, user: None, scope: str
    ) -> str:
        now = int(self._parts.clock.now().timestamp())
        client_id = client.get_client_id()
        key = self._parts.signer.tokens[-1]
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client_id,
            "azp": client_id,
            "client_id": client_id,
            "iat": now,
            "exp": now + LIFE,
            "jti": secrets.token_urlsafe(_JTI_BYTES),
            "scope": scope,
        }
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key.key, algorithms=[_ALGORITHM])


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was checked says."""

    client_id: str
    scopes: frozenset[str]
    expires: float


class TokenReader:
    """Checks tokens of ours. Remembers a good signature by the token's digest until it expires."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._keys = {known.kid: known.key for known in parts.signer.tokens}
        self._kept: dict[bytes, Claims] = {}

    def read(self, token: str) -> Claims | None:
        """The claims, or None for anything that is not a token of ours that is valid now."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        digest = sha256(token.encode("ascii")).digest()
        claims = self._kept.get(digest) or self._check(token)
        if claims is None or claims.expires <= self._parts.clock.now().timestamp():
            self._kept.pop(digest, None)
            return None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[digest] = claims
        return claims

    def _check(self, token: str) -> Claims | None:
        issuer = self._parts.settings.uitgever
        try:
            opened = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            jwt.JWTClaimsRegistry(
                now=int(self._parts.clock.now().timestamp()),
                iss={"essential": True, "value": issuer},
                aud={"essential": True, "value": issuer},
                exp={"essential": True},
                jti={"essential": True},
                client_id={"essential": True},
                scope={"essential": True},
            ).validate(opened.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        claims = opened.claims
        if opened.header.get("typ") != _TYPE:
            return None
        return Claims(str(claims["client_id"]), frozenset(claims["scope"].split()), claims["exp"])

    def _key(self, token: Any) -> Any:
        return self._keys[token.headers()["kid"]]
