"""Who sits there, on every request anew: the cookie, its row, the two time-outs, the role."""

import hmac
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from connectors.openid import Identity, origin_of
from gateway.console.cookies import SESSION
from gateway.console.errors import (
    ForgedFormError,
    IdleError,
    NoSessionError,
    NotYourRoleError,
    OverError,
)
from gateway.person import Person
from gateway.refusals import NotFoundError
from gateway.request import AskedRequest
from gateway.services.toegang import person_digest
from gateway.settings_console import Console, Rol
from gateway.store.sessions import (
    Sessie,
    begin_session,
    end_session,
    find_session,
    keep_session,
)
from gateway.wiring import Parts
from privacy.store.engine import writing

#: 256 bits; base64url makes 43 characters of it.
_ID_BYTES: Final = 32
_LONGEST: Final = 64
_MINUTE: Final = 60


def console_of(parts: Parts) -> Console:
    """The settings; NotFoundError where this installation has no console."""
    if parts.settings.console is None:
        raise NotFoundError
    return parts.settings.console


def open_session(
    parts: Parts, identity: Identity, rollen: frozenset[Rol], before: str | None
) -> tuple[str, str]:
    """A new session under a new id, which is the cookie, and whose; the one before it ends.

    So an id that someone planted in the browser never becomes a session (fixation).
    """
    console = console_of(parts)
    cookie = secrets.token_urlsafe(_ID_BYTES)
    now = int(parts.clock.now().timestamp())
    begun = Sessie(
        persoon=person_digest(parts, console, identity.subject),
        rollen=rollen,
        acr=identity.acr,
        begonnen=now,
        gezien=now,
        verloopt=now + console.langst * _MINUTE,
    )
    with writing(parts.engine) as tx:
        if before is not None:
            end_session(tx, before)
        begin_session(tx, cookie, begun)
    return cookie, begun.persoon


def recognise(parts: Parts, asked: AskedRequest, wanted: Collection[Rol]) -> Person:
    """The person, with one of the wanted roles; each ConsoleError says what is the matter."""
    console = console_of(parts)
    cookie = asked.cookies.get(SESSION, "")
    if not cookie or len(cookie) > _LONGEST:
        raise NoSessionError
    now = int(parts.clock.now().timestamp())
    fault: Exception | None = None
    with writing(parts.engine) as tx:
        found = find_session(tx, cookie)
        if found is None:
            raise NoSessionError
        fault = _end_of(found, console, now)
        if fault is None:
            keep_session(tx, cookie, now)
        else:
            # Raised only after the commit: the session must really be gone.
            end_session(tx, cookie)
    if fault is not None:
        raise fault
    if not found.rollen & frozenset(wanted):
        raise NotYourRoleError(found.persoon)
    return Person(
        persoon=found.persoon,
        rollen=found.rollen,
        acr=found.acr,
        rust=_moment(min(now + console.rust * _MINUTE, found.verloopt)),
        tot=_moment(found.verloopt),
        formulier=form_token(parts, cookie),
    )


def leave(parts: Parts, asked: AskedRequest) -> None:
    """End the session of this browser."""
    with writing(parts.engine) as tx:
        end_session(tx, asked.cookies.get(SESSION, ""))


def require_own_form(parts: Parts, asked: AskedRequest) -> None:
    """ForgedFormError unless the form came from a page of ours, in this session."""
    if asked.headers.get("Origin") != origin_of(parts.settings.uitgever):
        raise ForgedFormError
    told = asked.form.get("formulier", "").encode()
    if not hmac.compare_digest(told, asked.person.formulier.encode()):
        raise ForgedFormError


def form_token(parts: Parts, cookie: str) -> str:
    """Made of the session's id, so that it is of no use in another session."""
    key = parts.keys.system_key("console formulier")
    return hmac.digest(key, cookie.encode(), sha256).hex()


def _end_of(found: Sessie, console: Console, now: int) -> Exception | None:
    if now >= found.verloopt:
        return OverError()
    # The settings were made stricter since: who logs in now is asked for what holds now.
    if found.acr not in console.acr or not found.rollen <= frozenset(console.rollen.values()):
        return OverError()
    if now - found.gezien >= console.rust * _MINUTE:
        return IdleError(console.rust)
    return None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
