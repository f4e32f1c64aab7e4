"""Access tokens: RFC 9068 JWTs, ES256, five minutes; made here and checked here.

Authlib's generator would give ten days, the client as audience, a jti of 95 bits and no kid.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc import jwt
from joserfc.errors import JoseError

from gateway.store.withdrawn_tokens import digest_of
from gateway.wiring import Parts

LIFE: Final = 300
_TYPE: Final = "at+jwt"
_ALGORITHM: Final = "ES256"
_JTI_BYTES: Final = 24
#: Clocks may differ ten seconds (FAPI 2.0), and after a withdrawal of all tokens a new one is
#: dated ten seconds ahead. `exp` is held to the second.
_LEEWAY: Final = 20
_LONGEST: Final = 4_096
_MOST_KEPT: Final = 2_048


class AccessTokenGenerator(JWTBearerTokenGenerator):
    """Registered with Authlib for every grant. Authlib itself calls every token Bearer."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(issuer=parts.settings.uitgever, alg=_ALGORITHM, expires_generator=LIFE)
        self._parts = parts

    def access_token_generator(  # type: ignore[override]  # a callable protocol in the base
        self, client: Any, grant_type: str, user: None, scope: str
    ) -> str:
        now = int(self._parts.clock.now().timestamp())
        client_id = client.get_client_id()
        # In the second in which all tokens were withdrawn, only this tells a new one from an old.
        issued = max(now, client.known.tokens_vanaf)
        key = self._parts.signer.token_key
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client_id,
            "azp": client_id,
            "client_id": client_id,
            "iat": issued,
            "exp": now + LIFE,
            "jti": secrets.token_urlsafe(_JTI_BYTES),
            "scope": scope,
        }
        if client.confirmation:
            claims["cnf"] = dict(client.confirmation)
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key.key, algorithms=[_ALGORITHM])

    def generate(self, grant_type: Any, client: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The token response; `token_type` by what the token is bound to (RFC 9449, 5)."""
        told: dict[str, Any] = super().generate(grant_type, client, *args, **kwargs)
        return told | {"token_type": "DPoP" if "jkt" in client.confirmation else "Bearer"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was checked says. `digest` is of its jti; `confirmation` is its `cnf`."""

    client_id: str
    scopes: frozenset[str]
    issued: float
    expires: float
    kid: str
    digest: bytes
    confirmation: Mapping[str, str]


class TokenReader:
    """Checks tokens of ours. Remembers a good signature by the token's digest until it expires.

    What is remembered holds no longer than its key: the signer is asked for it at every call.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: dict[bytes, Claims] = {}

    def read(self, token: str, *, ahead: int = _LEEWAY) -> Claims | None:
        """The claims, or None for anything that is not a token of ours that is valid now.

        `ahead`: how many seconds from now it may be dated.
        """
        if len(token) > _LONGEST or not token.isascii():
            return None
        digest = sha256(token.encode("ascii")).digest()
        claims = self._kept.get(digest) or self._check(token)
        if claims is None or self._is_over(claims, ahead):
            self._kept.pop(digest, None)
            return None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[digest] = claims
        return claims

    def _is_over(self, claims: Claims, ahead: int) -> bool:
        """Also a token from the future: one of the clocks is wrong, and it may be ours."""
        now = self._parts.clock.now().timestamp()
        if not claims.issued - ahead <= now < claims.expires:
            return True
        return self._parts.signer.checks_tokens(claims.kid) is None

    def _check(self, token: str) -> Claims | None:
        issuer = self._parts.settings.uitgever
        try:
            opened = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            jwt.JWTClaimsRegistry(
                now=int(self._parts.clock.now().timestamp()),
                leeway=LIFE,  # `_is_over` holds both moments to the second
                iss={"essential": True, "value": issuer},
                aud={"essential": True, "value": issuer},
                exp={"essential": True},
                iat={"essential": True},
                jti={"essential": True},
                client_id={"essential": True},
                scope={"essential": True},
            ).validate(opened.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        claims = opened.claims
        if opened.header.get("typ") != _TYPE or not _is_of_one_client(claims):
            return None
        return Claims(
            client_id=claims["client_id"],
            scopes=frozenset(claims["scope"].split()),
            issued=claims["iat"],
            expires=claims["exp"],
            kid=opened.header["kid"],
            digest=digest_of(claims["jti"]),
            confirmation=MappingProxyType(claims.get("cnf", {})),
        )

    def _key(self, token: Any) -> Any:
        key = self._parts.signer.checks_tokens(token.headers()["kid"])
        if key is None:
            raise KeyError
        return key


def _is_of_one_client(claims: Mapping[str, Any]) -> bool:
    """`azp` is who the token was given to (NL GOV OAuth 3.2.1), and with us nobody else."""
    known = claims["client_id"]
    return isinstance(known, str) and claims.get("azp") == known == claims.get("sub")
