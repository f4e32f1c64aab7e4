"""Nominates for a case conference: whoever is in guidance and agreed to be discussed there.

Only the gateway's ids of casussen leave here; they say nothing of a person.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from gateway.node.memory import Herinnering, recall_all
from gateway.node.parts import Node
from privacy.consent import covering
from privacy.store.engine import reading
from schemas.terms import Doel, Itemresultaat, Status

#: As many as one request may hold.
_AT_ONCE: Final = 1_000
_DISCUSSED: Final = (Doel.CASUSOVERLEG, Doel.MRT)


@dataclass(frozen=True, slots=True)
class Voordracht:
    """What became of the nominated, counted."""

    overleg: UUID
    dag: date
    counted: Counter[Itemresultaat]

    def to_wire(self) -> dict[str, Any]:
        """For machines."""
        told = {each.value: self.counted[each] for each in Itemresultaat}
        told.pop(Itemresultaat.VEROUDERD.value)
        return {"overlegId": str(self.overleg), "dag": self.dag.isoformat(), "casussen": told}


def voordragen(node: Node, overleg: UUID) -> Voordracht:
    """Put them on the agenda; doing it again changes nothing. ConnectorError where it fails."""
    with reading(node.engine) as tx:
        known = recall_all(tx, node.keys, node.bron.bronhouder)
    casussen = sorted(
        each.casus_id
        for each in known.values()
        if each.casus_id is not None and _is_for_discussion(node, each)
    )
    counted: Counter[Itemresultaat] = Counter()
    for start in range(0, len(casussen), _AT_ONCE):
        answers = node.client.nominate(overleg, casussen[start : start + _AT_ONCE])
        counted.update(each.resultaat for each in answers)
    return Voordracht(overleg, node.clock.day(), counted)


def _is_for_discussion(node: Node, known: Herinnering) -> bool:
    if known.status() != Status.IN_BEGELEIDING:
        return False
    statements, day = known.consents().statements, node.clock.day()
    return any(
        covering(statements, recipient, doel, day)
        for recipient in node.rulebook.policies.recipients
        for doel in _DISCUSSED
    )
