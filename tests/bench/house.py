"""A gateway to measure: the real app over a real database, and clients with real tokens.

Requests go in at the WSGI interface and answers come out there, signatures included. What a
client does to make a request is not counted; nor is what gunicorn does to read it.
"""

import gc
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from joserfc.jwk import ECKey
from sqlalchemy import func, select
from werkzeug.test import create_environ, run_wsgi_app

from gateway.app import Gateway, create_app
from gateway.database import upgrade
from gateway.parties import Ketenpartner, Levering, Soort
from gateway.server import settle_memory
from gateway.services.feed_place import after_row
from gateway.store.clients import Binding
from gateway.wiring import Parts, build
from privacy.store.engine import reading
from privacy.store.tables import mutatie
from tests.api.world import TOKEN, Hands, Machine, add, registered, settings_for
from tests.bench.cpu import Meter
from tests.bench.people import BRONHOUDER, a_body
from tests.bench.raw import Call, Raw
from tests.bench.sample import Sample
from tests.rules import adopt
from tests.signing import know_signers

ORGANISATIE, PARTNER, GEMEENTE = BRONHOUDER, "AVIM", "utrecht"
_CLIENTS = {
    ORGANISATIE: Soort.BRONHOUDER,
    PARTNER: Soort.KETENPARTNER,
    GEMEENTE: Soort.GEMEENTE,
}
#: A request that is ready to go in.
Environ = dict[str, Any]


class _Now(Hands):
    """Machines of a bench live in the present."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)  # noqa: TID251  no test of time


@dataclass
class House:
    """One gateway on one database. `casussen` are the ids that it answered, in order."""

    parts: Parts
    app: Gateway
    meter: Meter
    raw: Raw
    machines: Mapping[str, Machine]
    casussen: list[str] = field(default_factory=list)
    _pushed: int = 1
    _unread: list[str] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(2020))  # noqa: S311
    _tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, folder: Path, database: str, meter: Meter, raw: Raw) -> "House":
        """Everything of its own: keys, tables, clients."""
        settings = settings_for(folder, database, demo=True)
        brought = Ketenpartner("DT&V", "DT&V", Levering.OPHALEN)
        settings = replace(
            settings,
            ketenpartners=(*settings.ketenpartners, brought),
            verzoeken_per_minuut=100_000,
        )
        parts = build(settings)
        upgrade(parts.engine)
        adopt(parts.engine)
        know_signers(parts.engine)
        parts.rules_now()
        machines = {}
        for organisatie, soort in _CLIENTS.items():
            key = ECKey.generate_key("P-256")
            machines[organisatie] = Machine(f"{organisatie.lower()}-1", key, _Now())
            # What a binding adds to a call is measured by itself (`tests.bench.tokens`).
            add(parts, registered(machines[organisatie], organisatie, soort, Binding.GEEN))
        app = create_app(parts)
        settle_memory()
        return cls(parts, app, meter, raw, machines)

    def close(self) -> None:
        self.raw.close()
        self.parts.engine.dispose()

    def refresh_tokens(self) -> None:
        """They last five minutes, a round much less."""
        for organisatie, machine in self.machines.items():
            form = replace(machine, hands=_Now()).form()
            asked = create_environ(TOKEN, method="POST", data=form)
            self._tokens[organisatie] = self.send(asked)["access_token"]

    def a_request(self, who: str, path: str, body: bytes | None = None, query: str = "") -> Environ:
        """A request of this client; with a body it is a POST with an Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if body is not None:
            headers["Idempotency-Key"] = str(uuid4())
        return create_environ(
            path,
            query_string=query,
            method="GET" if body is None else "POST",
            data=body,
            content_type=None if body is None else "application/json",
            headers=headers,
        )

    def answer(self, environ: Environ) -> bytes:
        """One request through the whole stack; anything but success ends the bench."""
        parts, status, _headers = run_wsgi_app(self.app, environ, buffered=True)
        if not status.startswith("2"):
            raise RuntimeError(f"{environ['PATH_INFO']}: {status}")
        return b"".join(parts)

    def send(self, environ: Environ) -> Any:
        return json.loads(self.answer(environ))

    def a_push(self, count: int) -> Environ:
        """A delivery of people who were not delivered before, consented and in guidance."""
        self._pushed += count
        numbers = range(self._pushed - count, self._pushed)
        now = datetime.now(UTC)  # noqa: TID251  no test of time
        body = a_body(numbers, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return self.a_request(ORGANISATIE, "/v1/aanleveringen", body)

    def note(self, answer: bytes) -> None:
        """Remember the casussen of an accepted delivery; every item must be accepted."""
        for result in json.loads(answer)["resultaten"]:
            if result["resultaat"] != "aangenomen":
                raise RuntimeError("The bench delivers what is refused.")
            self.casussen.append(result["casusId"])
            self._unread.append(result["casusId"])

    def take(self) -> str:
        """A casus from anywhere in the store that no read was about before."""
        place = self._chance.randrange(len(self._unread))
        self._unread[place], self._unread[-1] = self._unread[-1], self._unread[place]
        return self._unread.pop()

    def position_before(self, casus: str) -> int:
        """The place in the outbox that a page about this casus begins after."""
        first = select(func.min(mutatie.c.nummer)).where(mutatie.c.casus_id == UUID(casus))
        with reading(self.parts.engine) as tx:
            number: int = tx.execute(first).scalar_one()
        return after_row(number - 1)

    def begin(self) -> tuple[float, float]:
        """Where the two clocks stand. Garbage of before is not charged to what follows."""
        gc.collect()
        return self.meter.client(), self.meter.database()

    def end(self, begun: tuple[float, float], calls: Sequence[Call]) -> Sample:
        """What was used since, and right after it what the bytes cost raw."""
        client = self.meter.client() - begun[0]
        database = self.meter.database() - begun[1]
        raw = self.raw.cost(calls) if calls else None
        return Sample(len(calls), client, database, raw)

    def a_pack(self, casussen: list[str]) -> Environ:
        """A frozen conference about these casussen, and the question for its pack."""
        plan = json.dumps({"datum": "2030-01-01", "soort": "lso"}).encode()
        overleg = self.send(self.a_request(GEMEENTE, "/v1/overleggen", plan))["overlegId"]
        where = f"/v1/overleggen/{overleg}"
        points = json.dumps({"casussen": casussen}).encode()
        self.answer(self.a_request(ORGANISATIE, f"{where}/agendapunten", points))
        self.answer(self.a_request(GEMEENTE, f"{where}/bevriezingen", b""))
        return self.a_request(PARTNER, f"{where}/pakket")
