"""What is kept of a login while the person is at the provider: in its own browser, encrypted.

Good for ten minutes and one answer. A cookie that was changed, is too old or was used already is
a login that did not begin here.
"""

import json
from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from connectors.openid import Login, WrongLoginError
from gateway.store.asserties import use_assertion
from gateway.wiring import Parts
from privacy.store.engine import writing

LOGIN_SECONDS: Final = 600
START: Final = "/console"
#: Nobody's client id: a client id has no blank.
_US: Final = "console aanmelding"


def hide_login(parts: Parts, login: Login) -> str:
    """The cookie of a login that began."""
    kept = [login.state, login.nonce, login.verifier]
    now = int(parts.clock.now().timestamp())
    return _fernet(parts).encrypt_at_time(json.dumps(kept).encode(), now).decode()


def recall_login(parts: Parts, cookie: str | None) -> Login:
    """The login; WrongLoginError for any cookie but a fresh one of ours."""
    now = int(parts.clock.now().timestamp())
    try:
        told = _fernet(parts).decrypt_at_time((cookie or "").encode(), LOGIN_SECONDS, now)
    except InvalidToken:
        raise WrongLoginError from None
    return Login(*json.loads(told))


def use_login(parts: Parts, login: Login) -> None:
    """Once: the insert decides, between replicas too. WrongLoginError the second time."""
    now = int(parts.clock.now().timestamp())
    with writing(parts.engine) as tx:
        first = use_assertion(tx, _US, login.state, expires=now + LOGIN_SECONDS, now=now)
    if not first:
        raise WrongLoginError


def _fernet(parts: Parts) -> Fernet:
    return Fernet(urlsafe_b64encode(parts.keys.system_key("console aanmelding")))
