"""A gate over an empty log, and questions for it; for tests of the gate alone."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from privacy.clock import Clock
from privacy.consent import Statement
from privacy.disclosure import Disclosure
from privacy.entitlement import Rulebook
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.entries import Auditsoort
from privacy.log.head import initialise
from privacy.log.tables import auditregel
from privacy.question import Ask, Candidate, Gathered, Part, Released
from privacy.rules import FixedRules
from privacy.sealed import Sealed
from privacy.store.engine import reading, writing
from schemas.terms import Doel, Grondslag
from tests.unit.privacy.examples import CASUS, DAY

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SALT = bytes(16)
TRACE = "0123456789abcdef" * 2


def an_ask(**other: Any) -> Ask:
    given: dict[str, Any] = {
        "recipient": "IND",
        "purposes": frozenset({Doel.CASUSOVERLEG}),
        "herkomst": {"organisatie": "IND", "client": "ind", "trace": TRACE},
        "soort": Auditsoort.PAKKET,
        "name": "pakket",
        "items": "casussen",
    }
    return Ask(**{**given, **other})


def a_candidate(sealed: Sealed | None, *statements: Statement, **other: Any) -> Candidate:
    given: dict[str, Any] = {
        "casus": CASUS,
        "bronhouder": "sndvu",
        "pseudoniem": "ab" * 16,
        "statements": statements,
        "grondslag": Grondslag.TOESTEMMING,
        "purpose": Doel.CASUSOVERLEG,
        "parts": () if sealed is None else (Part("samenvatting", sealed),),
        "salt": lambda _occasion: SALT,
        "caption": {"casusreferentie": str(CASUS)},
    }
    return Candidate(**{**given, **other})


class Gatehouse:
    """The gate with a log of its own; rules and day can be changed between two questions."""

    def __init__(self, engine: Engine, folder: Path, rulebook: Rulebook) -> None:
        self.engine = engine
        self.keys = KeyRing.create(folder / "sleutels")
        self.rulebook = rulebook
        self.day: date = DAY
        self.now = NOW
        with writing(engine) as tx:
            initialise(tx)

    def disclose(
        self,
        ask: Ask,
        candidates: Sequence[Candidate],
        settle: Callable[[Connection, Sequence[Released], int], None] | None = None,
    ) -> Disclosure:
        more = {} if settle is None else {"settle": settle}
        return self.gate.disclose(ask, lambda _tx, _day: Gathered(candidates, **more))

    @property
    def gate(self) -> PrivacyGate:
        clock = Clock(now=lambda: self.now, day=lambda: self.day)
        return PrivacyGate(
            engine=self.engine, keys=self.keys, rules=FixedRules(self.rulebook), clock=clock
        )

    def lines(self) -> list[bytes]:
        with reading(self.engine) as tx:
            rows = tx.execute(auditregel.select().order_by(auditregel.c.nummer))
            return [row.regel for row in rows]
