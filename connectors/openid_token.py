"""The ID token: who logged in, how, and for whom it was said (OpenID Connect Core 3.1.3.7).

Checked: signature by a key of the provider, RS256, PS256 or ES256 only (RFC 8725, 3.1); issuer,
audience and authorised party; times; nonce; at_hash where it is there; a subject. The claims are
checked by Authlib. Not checked: the level (`acr`), which is `openid`'s business, and `auth_time`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from connectors.errors import NotAuthenticError
from connectors.wire import Fields

#: NL GOV OIDC 1.0.1: RS256 must, PS256 should; ES256 as FAPI has it. Never HS256 or none.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_LEAST_RSA_BITS: Final = 2_048
_LONGEST_SUBJECT: Final = 255
#: A clock of theirs may differ this much; an older token belongs to another login.
_LEEWAY_SECONDS: Final = 10
_OLDEST_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the token must say, as it was asked for."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)


def read_keys(jwks: Fields) -> KeySet:
    """The provider's keys that may sign an ID token; a key of another kind is passed over.

    Also one that we cannot read (RFC 7517, 5): it must not keep everybody out.
    """
    read = [_read(each.plain()) for each in jwks.listed("keys")]
    strong = [key for key in read if key is not None and _is_strong(key)]
    if not strong:
        raise NotAuthenticError("de aanbieder heeft geen sleutel die sterk genoeg is")
    return KeySet(strong)


def _read(told: dict[str, Any]) -> Key | None:
    if told.get("use", "sig") != "sig":
        return None
    try:
        (key,) = KeySet.import_key_set({"keys": [told]})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key


def check_id_token(
    token: str, find: Callable[[str | None], KeySet], expected: Expected, now: datetime
) -> Mapping[str, Any]:
    """The claims, once all of it holds; NotAuthenticError says which part does not."""
    try:
        opened = jwt.decode(
            token, lambda sent: find(sent.headers().get("kid")), algorithms=list(ALGORITHMS)
        )
    except (JoseError, ValueError, TypeError):
        raise NotAuthenticError("de handtekening van het ID-token klopt niet") from None
    claims = CodeIDToken(
        opened.claims,
        opened.header,
        options={"iss": {"essential": True, "value": expected.issuer}},
        params={
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": expected.access_token,
        },
    )
    seconds = int(now.timestamp())
    try:
        claims.validate(now=seconds, leeway=_LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError):
        raise NotAuthenticError("het ID-token hoort niet bij deze aanmelding") from None
    _check_more(claims, expected, seconds)
    return claims


def _check_more(claims: Mapping[str, Any], expected: Expected, seconds: int) -> None:
    """What Authlib leaves open: another audience beside us, an old token, a subject of any kind."""
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise NotAuthenticError("het ID-token is niet voor ons alleen")
    issued = claims["iat"]
    if not isinstance(issued, int) or isinstance(issued, bool):
        raise NotAuthenticError("het ID-token zegt niet wanneer het is gemaakt")
    if seconds - issued > _OLDEST_SECONDS:
        raise NotAuthenticError("het ID-token is te oud")
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject.isascii():
        raise NotAuthenticError("het ID-token zegt niet over wie het gaat")
    if not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise NotAuthenticError("het ID-token zegt niet over wie het gaat")


def _is_strong(key: Key) -> bool:
    if isinstance(key, ECKey):
        return not key.is_private and key.curve_name == "P-256"
    if isinstance(key, RSAKey):
        return not key.is_private and key.public_key.key_size >= _LEAST_RSA_BITS
    return False
