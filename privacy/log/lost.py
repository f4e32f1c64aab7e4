"""What entries that were lost say, as far as it must never be undone: read from the log alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from privacy.clock import AMSTERDAM
from privacy.log.copy import Line
from privacy.log.terms import Auditsoort
from schemas.terms import Grondslag

_WITHDRAWN: Final = Auditsoort.TOESTEMMING_INGETROKKEN.value
_DISCLOSED: Final = Auditsoort.VERSTREKKING.value
#: The steps of a policy or notice that officers take.
_RULES: Final = frozenset(
    {
        Auditsoort.BELEID_OPGENOMEN.value,
        Auditsoort.BELEID_GECONTROLEERD.value,
        Auditsoort.BELEID_GOEDGEKEURD.value,
        Auditsoort.BELEID_ACTIEF.value,
        Auditsoort.BELEID_INGETROKKEN.value,
        Auditsoort.VERKLARING_OPGENOMEN.value,
        Auditsoort.VERKLARING_TERUGGEROEPEN.value,
    }
)
_MARKS: Final = tuple(
    f'"soort":"{word}"'.encode() for word in sorted({_WITHDRAWN, _DISCLOSED, *_RULES})
)


@dataclass(frozen=True, slots=True)
class LostWithdrawal:
    """One withdrawal; no recipients is all of them, no purposes all of those."""

    bronhouder: str
    toestemming_id: UUID
    versie: int
    ontvangers: tuple[str, ...]
    doelen: tuple[str, ...]
    dag: date


@dataclass(frozen=True, slots=True, order=True)
class LostDisclosure:
    """That a recipient got a casus, by its name in the log, for a purpose."""

    pseudoniem: str
    ontvanger: str
    doel: str


@dataclass(frozen=True, slots=True)
class LostRule:
    """A step; `naam` is the recipient of a policy, or the version of a notice."""

    nummer: int
    soort: str
    digest: str
    naam: str


@dataclass(frozen=True, slots=True)
class Lost:
    """All of it, each thing once; the steps of officers in their order."""

    withdrawals: Sequence[LostWithdrawal]
    disclosures: Sequence[LostDisclosure]
    rules: Sequence[LostRule]


def read_lost(lines: Iterable[Line]) -> Lost:
    """Read out of entries what no node sends again."""
    withdrawals: dict[tuple[str, str], list[dict[str, Any]]] = {}
    disclosures: set[LostDisclosure] = set()
    rules: list[LostRule] = []
    for line in lines:
        if not any(mark in line.regel for mark in _MARKS):
            continue
        told = json.loads(line.regel)
        if told["soort"] == _WITHDRAWN:
            for name in told.get("toestemmingen", ()):
                withdrawals.setdefault((told["organisatie"], name), []).append(told)
        elif told["soort"] in _RULES:
            rules.append(_rule(line.nummer, told))
        elif told.get("grondslag") == Grondslag.TOESTEMMING and "doel" in told:
            disclosures.add(LostDisclosure(told["pseudoniem"], told["ontvanger"], told["doel"]))
    return Lost([_withdrawal(*each) for each in withdrawals.items()], sorted(disclosures), rules)


def _rule(nummer: int, told: Mapping[str, Any]) -> LostRule:
    naam = told.get("ontvanger") or "".join(told.get("verklaringen", ()))
    return LostRule(nummer, told["soort"], told["beleid"], naam)


def _withdrawal(key: tuple[str, str], told: Sequence[dict[str, Any]]) -> LostWithdrawal:
    """An entry for each recipient and purpose; together they are one withdrawal."""
    bronhouder, name = key
    toestemming_id, _, versie = name.partition(":")
    return LostWithdrawal(
        bronhouder=bronhouder,
        toestemming_id=UUID(toestemming_id),
        versie=int(versie),
        ontvangers=tuple(sorted({one["ontvanger"] for one in told if "ontvanger" in one})),
        doelen=tuple(sorted({one["doel"] for one in told if "doel" in one})),
        dag=_day(told[0]["tijd"]),
    )


def _day(tijd: str) -> date:
    return datetime.fromisoformat(tijd).astimezone(UTC).astimezone(AMSTERDAM).date()
