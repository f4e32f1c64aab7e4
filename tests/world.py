"""A small gateway with its callers, for tests of the use cases: no web, a real database.

The day stands until a test moves it; so does the clock. What partners get is taken from the
bytes that would leave.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from gateway.auth.permission_map import scopes_for
from gateway.caller import Caller
from gateway.parties import Soort
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.mutaties import disclose_page
from gateway.services.overleggen import freeze, plan_overleg
from gateway.services.pakketten import disclose_pakket
from gateway.services.toestemmingen import register_toestemming, withdraw_toestemming
from gateway.services.voordrachten import nominate
from gateway.wiring import Parts, build
from privacy.clock import Clock
from privacy.entitlement import Rulebook
from privacy.gate import PrivacyGate
from privacy.log.head import initialise, read_head
from privacy.log.tables import auditregel
from privacy.log.verify import verify
from privacy.rules import FixedRules
from privacy.store.engine import reading, writing
from privacy.store.rulebooks import regelgebeurtenis
from schemas.terms import Doel
from tests.api.world import settings_for
from tests.rules import adopt
from tests.signing import know_signers, signed, signed_consent

FIRST_DAY = date(2020, 4, 1)
TRACE = "0123456789abcdef" * 2


class World:
    """One gateway, and the organisations around it as their machines would be."""

    def __init__(self, folder: Path, database: str) -> None:
        self.day = FIRST_DAY
        self.now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
        clock = Clock(now=lambda: self.now, day=lambda: self.day)
        self.parts = _with_clock(build(settings_for(folder, database)), clock)
        if not is_installed(self.parts.engine):
            install(self.parts.engine)
        know_signers(self.parts.engine)
        self.parts.rules_now()
        with reading(self.parts.engine) as tx:
            #: What the log holds of setting up; what a test does comes after it.
            self.installed = read_head(tx).omvang

    def close(self) -> None:
        self.parts.engine.dispose()

    def go_to(self, day: date) -> None:
        self.day = day

    def pass_days(self, days: int) -> None:
        self.day += timedelta(days=days)

    def under(self, rulebook: Rulebook) -> None:
        """From now on with these policies and notices."""
        changed = replace(self.parts, rules=FixedRules(rulebook))
        self.parts = _with_clock(changed, self.parts.clock)

    # Organisations

    def push(
        self, *items: dict[str, Any], by: str = "sndvu", proef: bool = False
    ) -> list[dict[str, Any]]:
        body = {"items": signed(items, by)}
        caller = bronhouder(by)
        answer = accept_aanlevering(self.parts, caller, body, proef=proef, idempotency=None)
        return answer["resultaten"]

    def casus(self, *items: dict[str, Any], by: str = "sndvu") -> list[str]:
        """Push what must be accepted; their ids."""
        results = self.push(*items, by=by)
        assert {each["resultaat"] for each in results} == {"aangenomen"}, results
        return [each["casusId"] for each in results]

    def withdraw(self, consent: dict[str, Any], by: str = "sndvu", **body: Any) -> dict[str, Any]:
        name = UUID(consent["toestemmingId"])
        return withdraw_toestemming(self.parts, bronhouder(by), name, body)

    def give(self, casus: str, consent: dict[str, Any], by: str = "sndvu") -> dict[str, Any]:
        body = {"casusId": casus, "toestemming": signed_consent(consent, by)}
        return register_toestemming(self.parts, bronhouder(by), body)

    def put_on_agenda(self, overleg: UUID, *casussen: str, by: str = "sndvu") -> list[Any]:
        body = {"casussen": list(casussen)}
        return nominate(self.parts, bronhouder(by), overleg, body)["resultaten"]

    # The municipality

    def overleg(self, soort: str = "lso") -> UUID:
        body = {"datum": self.day.isoformat(), "soort": soort}
        return UUID(plan_overleg(self.parts, gemeente(), body)["overlegId"])

    def freeze(self, overleg: UUID) -> dict[str, Any]:
        return freeze(self.parts, gemeente(), overleg)

    def frozen(self, *casussen: str, by: str = "sndvu") -> UUID:
        """A conference about these casussen, frozen."""
        overleg = self.overleg()
        self.put_on_agenda(overleg, *casussen, by=by)
        self.freeze(overleg)
        return overleg

    # Partners

    def pack(self, partner: str, overleg: UUID) -> list[dict[str, Any]]:
        body = disclose_pakket(self.parts, ketenpartner(partner), overleg).body
        return json.loads(body)["pakket"]["casussen"]

    def summaries(self, partner: str, overleg: UUID) -> list[dict[str, Any]]:
        return [each["samenvatting"] for each in self.pack(partner, overleg)]

    def page(self, partner: str, na: str | None = None, limiet: int = 100) -> dict[str, Any]:
        disclosure = disclose_page(self.parts, ketenpartner(partner), na, limiet)
        return json.loads(disclosure.body)["mutaties"]

    def pages(self, partner: str, na: str | None = None, limiet: int = 100) -> list[dict[str, Any]]:
        found = [self.page(partner, na, limiet)]
        while found[-1]["meer"]:
            found.append(self.page(partner, found[-1]["volgende"], limiet))
        return found

    def feed(self, partner: str, na: str | None = None, limiet: int = 100) -> list[dict[str, Any]]:
        """Every item after a cursor, over as many pages as it takes."""
        return [item for page in self.pages(partner, na, limiet) for item in page["items"]]

    def cursor(self, partner: str, na: str | None = None) -> str:
        """Where the feed ends now; read from `na` on, if that is nearer."""
        return self.pages(partner, na)[-1]["volgende"]

    def told(self, partner: str, na: str | None = None) -> list[str]:
        """The kinds of the items after a cursor."""
        return [item["soort"] for item in self.feed(partner, na)]

    # The log

    def entries(self) -> list[dict[str, Any]]:
        """What the log holds since the gateway was set up."""
        with reading(self.parts.engine) as tx:
            rows = tx.execute(auditregel.select().order_by(auditregel.c.nummer)).all()
        assert [row.nummer for row in rows] == list(range(len(rows)))
        return [json.loads(row.regel) for row in rows[self.installed :]]

    def log_is_sound(self) -> bool:
        with reading(self.parts.engine) as tx:
            return verify(tx).sound


def install(engine: Engine) -> None:
    """A log, and the shipped policies and notices switched on; no key has a part in it."""
    with writing(engine) as tx:
        initialise(tx)
    adopt(engine)


def is_installed(engine: Engine) -> bool:
    """Whether rules were ever switched on; the log alone begins with the tables."""
    with reading(engine) as tx:
        return tx.execute(select(regelgebeurtenis.c.nummer).limit(1)).first() is not None


def bronhouder(code: str) -> Caller:
    return _caller(f"{code}-node", code, Soort.BRONHOUDER)


def ketenpartner(code: str, doelen: Sequence[Doel] = tuple(Doel)) -> Caller:
    name = code.lower().replace("&", "en")
    return replace(_caller(name, code, Soort.KETENPARTNER), doelen=frozenset(doelen))


def gemeente() -> Caller:
    return _caller("gemeente", "utrecht", Soort.GEMEENTE)


def _caller(client_id: str, organisatie: str, soort: Soort) -> Caller:
    return Caller(client_id, organisatie, soort, scopes_for(soort), frozenset(Doel), TRACE)


def _with_clock(parts: Parts, clock: Clock) -> Parts:
    gate = PrivacyGate(
        engine=parts.engine,
        keys=parts.keys,
        rules=parts.rules,
        clock=clock,
        hearing=parts.hearing,
    )
    return replace(parts, clock=clock, gate=gate)
