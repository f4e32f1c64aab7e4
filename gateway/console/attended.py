"""Every action of a person at the console leaves a row in the access log, whatever came of it.

Noted after the view has run and before its answer leaves: without the row there is no answer.
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


def attended(
    parts: Parts, asked: AskedRequest, persoon: str, act: Callable[[], Antwoord]
) -> Antwoord:
    """What the action answers, or raises, once it is noted as this person's."""
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
        herkomst=asked.place,
    )
    note(parts, toegang, asked.trace.trace_id)
