"""The parts of Authlib's OpenID server that the demo's provider is made of. For the demo only.

One client, known by its public key; codes live in memory and count once. PKCE with S256 is
required, as of any provider that our console logs in at.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc.jwk import ECKey

METHOD: Final = "private_key_jwt"
ALGORITHM: Final = "ES256"
_TOKEN_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Invented:
    """Someone who does not exist, with a value of the claim that gives roles."""

    sub: str
    naam: str
    werk: str
    rol: str


class OneClient(ClientMixin):
    """The console of the demo's gateway."""

    def __init__(self, client_id: str, key: ECKey, redirect_uri: str) -> None:
        self.client_id = client_id
        self.key = key
        self.redirect_uri = redirect_uri
        self.id_token_signed_response_alg = ALGORITHM

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: Collection[str] | str) -> str:
        return "openid" if "openid" in _words(scope) else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == AuthorizationCodeGrant.GRANT_TYPE


@dataclass(frozen=True, slots=True)
class Code:
    """What was asked when a code was given."""

    code: str = field(repr=False)
    user: Invented
    redirect_uri: str
    acr: str
    nonce: str | None = field(repr=False)
    code_challenge: str | None = field(repr=False)
    code_challenge_method: str | None
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> None:
        return None


def _words(scope: Collection[str] | str) -> Collection[str]:
    return scope.split() if isinstance(scope, str) else scope


def make_grant(codes: dict[str, Code], acr: str) -> type[AuthorizationCodeGrant]:
    """The grant, over these codes. Authlib makes an object of the class for each request."""

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS: Collection[str] = (METHOD,)

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            codes[code] = Code(
                code=code,
                user=request.user,
                redirect_uri=request.payload.redirect_uri,
                acr=acr,
                nonce=data.get("nonce"),
                code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"),
                auth_time=int(time.time()),
            )

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return codes.pop(code, None)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """Gone already: it was taken out when it was looked up."""

        def authenticate_user(self, authorization_code: Code) -> Invented:
            return authorization_code.user

    return Grant


class Proven(JWTBearerClientAssertion):
    """The console proves itself by its key. A used jti is not remembered: the code counts once."""

    CLIENT_AUTH_METHOD = METHOD  # type: ignore[misc]  # Authlib asks for it, its stubs do not

    def __init__(self, issuer: str) -> None:
        super().__init__(token_url=None, validate_jti=False)
        self._issuer = issuer

    def get_audiences(self) -> list[str]:
        return [self._issuer]

    def resolve_client_public_key(self, client: OneClient) -> ECKey:
        return client.key


class OnlyS256(CodeChallenge):
    """Authlib lets a confidential client go without a challenge; we do not."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012  as Authlib has it

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError
        super().validate_code_challenge(grant, redirect_uri)


class Tokens(OpenIDCode):
    """The ID token: who, how, and the one claim with the role."""

    def __init__(self, issuer: str, key: ECKey, claim: str) -> None:
        super().__init__(require_nonce=True)
        self._issuer = issuer
        self._key = key
        self._claim = claim

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def get_client_claims(self, client: OneClient) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self._issuer, "iat": now, "exp": now + _TOKEN_SECONDS}

    def get_encode_header(self, client: OneClient) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": self._key.thumbprint()}

    def resolve_client_private_key(self, client: OneClient) -> ECKey:
        return self._key

    def generate_user_info(self, user: Invented, scope: str) -> UserInfo:
        return UserInfo({"sub": user.sub, self._claim: [user.rol]})


class Named(IssuerParameter):
    """Every answer says from whom it is (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer
