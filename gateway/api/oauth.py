"""Tokens for machines, and what they need to know to get and check them."""

from typing import Final

from flask import Blueprint
from werkzeug.exceptions import UnsupportedMediaType

from gateway.answers import Antwoord, Gegevens
from gateway.auth.revocation import RevocationServer
from gateway.auth.server import JWKS_PATH, REVOKE_PATH, TOKEN_PATH, TokenServer, metadata
from gateway.request import AskedRequest
from gateway.wiring import Parts

blueprint = Blueprint("oauth", __name__)
_MOST_BYTES: Final = 32_000
#: Discovery and keys may be kept for a while (NL GOV OAuth); a new key is there before it signs.
_KEEP: Final = {"Cache-Control": "public, max-age=3600"}


@blueprint.post(TOKEN_PATH)
def token(parts: Parts, asked: AskedRequest) -> Antwoord:
    _check_form(asked)
    return TokenServer(parts).issue(asked)


@blueprint.post(REVOKE_PATH)
def revoke(parts: Parts, asked: AskedRequest) -> Antwoord:
    _check_form(asked)
    return RevocationServer(parts).revoke(asked)


@blueprint.get(JWKS_PATH)
def jwks(parts: Parts, _asked: AskedRequest) -> Gegevens:
    return Gegevens(parts.signer.jwks(), headers=_KEEP)


@blueprint.get("/.well-known/oauth-authorization-server", endpoint="metadata")
def show_metadata(parts: Parts, _asked: AskedRequest) -> Gegevens:
    return Gegevens(metadata(parts.settings.uitgever), headers=_KEEP)


def _check_form(asked: AskedRequest) -> None:
    """Before anything is read: a form, not too long, and nothing in the URL."""
    asked.query()
    if asked.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType
    asked.max_content_length = _MOST_BYTES
