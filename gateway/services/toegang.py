"""The access log in use: each action of a person is noted, and so is reading what was noted.

Fails closed: what cannot be noted is not done, or not answered (BIO2 8.15.01).
"""

import hmac
from hashlib import sha256

from gateway.settings_console import Console
from gateway.telemetry import log_event
from gateway.wiring import Parts
from privacy.log.access import Toegang, note_access
from privacy.log.access_term import due, say_over
from privacy.log.entries import Herkomst
from privacy.restore import GATEWAY
from privacy.store.engine import loser_tries_again, reading, writing


@loser_tries_again
def note(parts: Parts, toegang: Toegang, trace: str | None) -> None:
    """Note one action, in a transaction of its own. LogUnavailableError where that cannot be."""
    herkomst: Herkomst = {"organisatie": GATEWAY, "trace": trace}
    with writing(parts.engine) as tx:
        note_access(tx, toegang, herkomst, parts.clock.now())


def say_term_over(parts: Parts) -> None:
    """Note in the log which rows may go, for the signer to take away (docs/toegangslog.md)."""
    now = parts.clock.now()
    with reading(parts.engine) as tx:
        tot = due(tx, now - parts.settings.toegang_bewaard)
    if tot is not None:
        with writing(parts.engine) as tx:
            say_over(tx, tot, now, GATEWAY)
        log_event("toegang_vervallen", regel=tot)


def person_digest(parts: Parts, console: Console, subject: str) -> str:
    """Whom a person at the console is noted as: who knows the subject can find the rows."""
    key = parts.keys.system_key("console persoon")
    return hmac.digest(key, f"{console.aanbieder}\n{subject}".encode(), sha256).hex()
