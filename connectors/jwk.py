"""Keys for ES256: a private key from its file, public keys from and to a JWKS (RFC 7517).

Only P-256 with a `kid` counts. A JWKS that gives away a private key is refused as a whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from connectors.errors import NotAuthenticError
from connectors.wire import Fields

ALGORITHM = "ES256"
CURVE = "P-256"


def new_key() -> ECKey:
    return ECKey.generate_key(CURVE)


def private_key(pem: bytes) -> ECKey:
    """Read a private key from PEM. Raises ValueError, without its content, for anything else."""
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or not key.is_private or key.curve_name != CURVE:
        raise ValueError("not an unencrypted private key on P-256 in PEM")
    return key


def to_pem(key: ECKey) -> bytes:
    return key.as_pem(private=True)


def key_id(key: ECKey) -> str:
    """Name a key by its thumbprint (RFC 7638): nobody has to think of a name."""
    return key.thumbprint()


def to_jwks(keys: Mapping[str, ECKey]) -> dict[str, list[dict[str, object]]]:
    """Show what `/oauth/jwks` publishes of keys by their kid: the public half."""
    return {"keys": [_published(kid, key) for kid, key in keys.items()]}


def _published(kid: str, key: ECKey) -> dict[str, object]:
    return {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The keys by which someone's signatures are checked."""

    by_kid: Mapping[str, ECKey] = field(repr=False)

    @classmethod
    def read(cls, jwks: Fields) -> "PublicKeys":
        """Keys of another kind or use are passed over (RFC 7517, 5); two of one kid are not."""
        found: dict[str, ECKey] = {}
        for told in jwks.listed("keys"):
            if told.has("d"):
                raise NotAuthenticError("de sleutelset bevat een geheime sleutel")
            if not _is_ours(told):
                continue
            if told.text("kid") in found:
                raise NotAuthenticError("de sleutelset noemt een kid tweemaal")
            found[told.text("kid")] = _public_key(told)
        return cls(found)


def _is_ours(told: Fields) -> bool:
    plain = told.plain()
    return (
        isinstance(plain.get("kid"), str)
        and (plain.get("kty"), plain.get("crv")) == ("EC", CURVE)
        and plain.get("use", "sig") == "sig"
        and plain.get("alg", ALGORITHM) == ALGORITHM
    )


def _public_key(told: Fields) -> ECKey:
    try:
        key = ECKey.import_key({name: told.text(name) for name in ("kty", "crv", "x", "y")})
        key.public_key  # noqa: B018  the point is checked to lie on the curve only when asked
    except (JoseError, ValueError):
        key = None
    if key is None:
        raise NotAuthenticError("de sleutelset bevat een onbruikbare sleutel")
    return key
