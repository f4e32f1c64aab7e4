"""The record of a receipt: what was agreed, who may have what, and how it stands today.

Its canonical bytes are what the code on the paper is the digest of. It holds codes and days, no
word of any language, no name, no V-nummer and no reference to a casus; and nothing of it changes
from one day to the next unless the state of the consent does (CON-04).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from privacy.clock import AMSTERDAM
from privacy.consent import Pair, Statement, Weigering, reach
from privacy.consent_events import Gebeurtenis
from privacy.notice import Notice, Notices
from schemas.terms import Doel

SCHEMA: Final = "lso-gateway/ontvangstbewijs/1"


class Stand(StrEnum):
    """How a consent stands, as its receipt says it."""

    GELDT = "geldt"
    NOG_NIET = "nog_niet"
    VERLOPEN = "verlopen"
    INGETROKKEN = "ingetrokken"
    VERVALLEN = "vervallen"
    GEWEIGERD = "geweigerd"
    LATER_GEWEIGERD = "later_geweigerd"
    UITLEG_TERUGGEROEPEN = "uitleg_teruggeroepen"
    TOLK_ONTBREEKT = "tolk_ontbreekt"
    VERTEGENWOORDIGER_ONTBREEKT = "vertegenwoordiger_ontbreekt"


#: In these something is shared, or will be.
STANDING: Final = frozenset({Stand.GELDT, Stand.NOG_NIET})


@dataclass(frozen=True, slots=True)
class Held:
    """One statement as its organisation holds it, beside all others of the same casus.

    `laatste` is its last event, `details` what was said of language, interpreter, form and who
    spoke.
    """

    bronhouder: str
    statement: Statement
    laatste: Gebeurtenis
    beside: tuple[Statement, ...]
    details: Mapping[str, Any] = field(repr=False)

    def pairs_on(self, day: date) -> frozenset[Pair]:
        """What it covers on a day, and what it will from its first day on."""
        looked = max(day, self.statement.eerste_dag)
        covered = dict(reach(self.beside, looked))
        return covered.get(self.statement, frozenset())


def receipt_record(held: Held, notices: Notices, day: date) -> dict[str, Any]:
    """The record as it is on a day. Who spoke is told as yes or no; a name has no place here."""
    said, notice = held.statement, notices.of(held.statement.verklaring)
    stand = _stand(held, notices, day)
    pairs = held.pairs_on(day) if stand in STANDING else said.pairs
    return {
        "schema": SCHEMA,
        "toestemmingId": str(said.toestemming_id),
        "versie": said.versie,
        "bronhouder": held.bronhouder,
        "stand": stand.value,
        "sinds": _since(said, stand, notices),
        "eersteDag": said.eerste_dag.isoformat(),
        "laatsteDag": said.laatste_dag.isoformat(),
        "verklaring": said.verklaring,
        "verklaringDigest": None if notice is None else notice.digest,
        "vorm": held.details["vorm"],
        "taal": held.details["taal"],
        "tolk": bool(held.details["tolk"]),
        "vertegenwoordigd": held.details["vertegenwoordiger"] is not None,
        "ontvangers": list(_recipients(pairs, notice)),
        "gestopt": list(_recipients(said.uitgezonderd, None)),
    }


def _since(said: Statement, stand: Stand, notices: Notices) -> str | None:
    """The day on which it stopped by what somebody did: withdrew it, or recalled the notice."""
    since = said.ingetrokken_op
    if stand is Stand.UITLEG_TERUGGEROEPEN:
        recalled = notices.recalled[said.verklaring].astimezone(AMSTERDAM).date()
        since = max(recalled, said.eerste_dag)
    return since.isoformat() if since else None


def _stand(held: Held, notices: Notices, day: date) -> Stand:
    """The first of these that is so: what someone said himself goes before what is amiss."""
    said = held.statement
    stopped = said.beeindigd or (said.ingetrokken_op is not None and day >= said.ingetrokken_op)
    causes = (
        (said.geweigerd, Stand.GEWEIGERD),
        (stopped and held.laatste is Gebeurtenis.VERVALLEN, Stand.VERVALLEN),
        (stopped, Stand.INGETROKKEN),
        (day > said.laatste_dag, Stand.VERLOPEN),
        (said.gebrek is Weigering.TOLK_ONTBREEKT, Stand.TOLK_ONTBREEKT),
        (said.gebrek is not None, Stand.VERTEGENWOORDIGER_ONTBREEKT),
        (said.verklaring in notices.recalled, Stand.UITLEG_TERUGGEROEPEN),
        (not held.pairs_on(day), Stand.LATER_GEWEIGERD),
        (day < said.eerste_dag, Stand.NOG_NIET),
    )
    return next((stand for so, stand in causes if so), Stand.GELDT)


def _recipients(pairs: Iterable[Pair], notice: Notice | None) -> Iterable[dict[str, Any]]:
    """By recipient its purposes, each with the fields and precisions that the notice names."""
    order = list(Doel)
    sorted_pairs = sorted(pairs, key=lambda pair: (pair[0], order.index(pair[1])))
    for recipient, group in groupby(sorted_pairs, key=itemgetter(0)):
        yield {
            "ontvanger": recipient,
            "doelen": [_purpose(recipient, doel, notice) for _, doel in group],
        }


def _purpose(recipient: str, doel: Doel, notice: Notice | None) -> dict[str, Any]:
    fields = {} if notice is None else notice.fields(recipient, doel)
    return {
        "doel": doel.value,
        "velden": {name: precisie.value for name, precisie in sorted(fields.items())},
    }
