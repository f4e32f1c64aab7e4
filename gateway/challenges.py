"""WWW-Authenticate: in which ways one can come in, and what was wrong with the way that was tried.

RFC 6750, 3 for Bearer (a token bound to a certificate) and RFC 9449, 7.1 for DPoP.
"""

from collections.abc import Mapping
from typing import Final

REALM: Final = "lso-gateway"
#: The header with the nonce that the next proof must hold (RFC 9449, 8).
NONCE: Final = "DPoP-Nonce"
#: With which a proof can be signed; a client of profile `fapi` cannot use the last.
PROOF_ALGORITHMS: Final = ("ES256", "PS256", "RS256")
#: Codes that are about the proof; to a Bearer token they would say nothing.
_OF_PROOFS: Final = frozenset({"invalid_dpop_proof", "use_dpop_nonce"})


def challenge(told: Mapping[str, str]) -> str:
    """A challenge for each scheme; `told` are our own words, never the caller's."""
    proof = _one("DPoP", {**told, "algs": " ".join(PROOF_ALGORITHMS)})
    if told.get("error") in _OF_PROOFS:
        return proof
    return f"{proof}, {_one('Bearer', told)}"


def _one(scheme: str, told: Mapping[str, str]) -> str:
    words = {"realm": REALM, **told}
    return f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in words.items())
