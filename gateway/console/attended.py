"""Every action of a person at the console leaves a row in the access log, whatever came of it.

Noted after the view has run and before its answer leaves: without the row there is no answer. What
changes something is noted before it begins as well: what cannot be noted is not done.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from gateway.answers import Antwoord
from gateway.console.errors import ForgedFormError
from gateway.request import AskedRequest
from gateway.services.toegang import note
from gateway.wiring import Parts
from privacy.log.access import Toegang, Uitkomst

_ODD: Final = re.compile(r"[^A-Za-z0-9/_.:<>-]|[0-9]{10}")
#: An address may name a network card behind a percent sign.
_NO_PLACE: Final = re.compile(r"[^A-Za-z0-9._:/-]")
_ONLY_LOOKS: Final = frozenset({"GET", "HEAD"})


def attended(
    parts: Parts, asked: AskedRequest, persoon: str, act: Callable[[], Antwoord]
) -> Antwoord:
    """What the action answers, or raises, once it is noted as this person's."""
    if asked.method not in _ONLY_LOOKS:
        _note(parts, asked, persoon, Uitkomst.BEGONNEN)
    try:
        answer = act()
    except Exception as error:
        refused = isinstance(error, ForgedFormError)
        _note(parts, asked, persoon, Uitkomst.GEWEIGERD if refused else Uitkomst.MISLUKT)
        raise
    succeeded = answer.status_code < HTTPStatus.BAD_REQUEST
    _note(parts, asked, persoon, Uitkomst.GELUKT if succeeded else Uitkomst.GEWEIGERD)
    return answer


def note_refused(parts: Parts, asked: AskedRequest, persoon: str) -> None:
    """That this person asked for what another role may do."""
    _note(parts, asked, persoon, Uitkomst.GEWEIGERD)


def note_signed_in(parts: Parts, asked: AskedRequest, persoon: str) -> None:
    """That this person signed in."""
    _note(parts, asked, persoon, Uitkomst.GELUKT)


def _note(parts: Parts, asked: AskedRequest, persoon: str, uitkomst: Uitkomst) -> None:
    toegang = Toegang(
        wie=persoon,
        handeling=f"{asked.endpoint}",
        # A path is what somebody typed: what is no reference of ours is not kept.
        object=_ODD.sub("-", asked.path)[:200],
        uitkomst=uitkomst,
        herkomst=_NO_PLACE.sub("-", asked.place)[:128],
    )
    note(parts, toegang, asked.trace.trace_id)
