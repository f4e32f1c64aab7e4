"""What is amiss with a statement from the day it was given, so that it never counts. Pure.

Interpreter: who agrees must have understood (AVG 12 lid 1, CON-06); where the language is not
among those that the organisation's staff speak, an interpreter was there. Which languages those
are is a setting; without it nothing is said of interpreters.
Representative: under sixteen somebody else agrees (UAVG 5 lid 1). The organisation says whether
that was needed; besides, a full birth date that is delivered shows it. Of what is less than
full only the organisation knows the rest, so nothing is made of it here.
"""

import re
from collections.abc import Collection
from typing import Final

from privacy.consent import Weigering
from schemas.dates import could_be_under
from schemas.records import Toestemming
from schemas.terms import Besluit

_SIXTEEN: Final = 16
_FULL: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def gebrek_of(
    toestemming: Toestemming, talen: Collection[str] | None, geboortedatum: object
) -> Weigering | None:
    """One of GEBREKEN, or None for a statement that counts. A refusal always counts.

    `talen` are those that staff speak, None where the settings do not say; `geboortedatum` is
    that of the summary that came along, in whatever precision, or nothing at all.
    """
    if toestemming.besluit is Besluit.GEWEIGERD:
        return None
    if toestemming.vertegenwoordiger is None and _is_minor(toestemming, geboortedatum):
        return Weigering.VERTEGENWOORDIGER_ONTBREEKT
    if talen is not None and not toestemming.tolk and toestemming.taal not in talen:
        return Weigering.TOLK_ONTBREEKT
    return None


def shows_age(geboortedatum: object) -> bool:
    """Whether a birth date is full: only by such a one can a missing representative be judged."""
    return isinstance(geboortedatum, str) and _FULL.fullmatch(geboortedatum) is not None


def _is_minor(toestemming: Toestemming, geboortedatum: object) -> bool:
    if not isinstance(geboortedatum, str) or not shows_age(geboortedatum):
        return False
    return could_be_under(geboortedatum, _SIXTEEN, toestemming.eerste_dag)
