"""The whole gateway over the web, with a machine of each kind and something to find.

`Calls` reaches every route of the URL map, those still to come too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.auth.permission_map import PERMISSIONS
from gateway.parties import Soort
from tests.api.world import Hands, Machine, add, machine, registered
from tests.builders import an_item
from tests.world import World

NOWHERE = UUID("6f9619ff-8b86-4011-b42d-00c04fc964ff")
CONTACT = "api@gateway.example"


@dataclass
class Calls:
    """Machines that call, each with a token of its own and a fresh proof per call."""

    world: World
    web: FlaskClient
    machines: dict[str, Machine]
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, who: str, method: str, path: str, **more: Any) -> TestResponse:
        if who not in self.tokens:
            self.tokens[who] = self.machines[who].token(self.web)
        return self.machines[who].call(self.web, method, path, self.tokens[who], **more)

    def rules(self) -> list[Rule]:
        return list(self.web.application.url_map.iter_rules())

    def routes(self) -> Iterator[tuple[str, str, str]]:
        """Endpoint, method and a path that leads to it, for every route but OPTIONS."""
        for rule in self.rules():
            path = re.sub(r"<(?:uuid:)?\w+>", str(NOWHERE), rule.rule)
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield rule.endpoint, method, path

    def who_may(self, endpoint: str) -> str | None:
        """A machine of the right kind; None for what is open, or for people."""
        soorten = PERMISSIONS[endpoint].soorten
        return next((soort.value for soort in Soort if soort in soorten), None)

    def ask(self, endpoint: str, method: str, path: str, **more: Any) -> TestResponse:
        """As whoever may, or as nobody where nobody has to be."""
        who = self.who_may(endpoint)
        if who is None:
            return self.web.open(path, method=method, **more)
        return self.call(who, method, path, **more)

    def answers(self) -> Iterator[tuple[str, TestResponse]]:
        """Each route asked well, asked badly in every way that we know, and asked by nobody."""
        for endpoint, method, path in self.routes():
            yield f"{method} {path}", self.ask(endpoint, method, path)
            yield f"{method} {path} +/", self.ask(endpoint, method, f"{path}/")
            yield f"{method} {path} ?x", self.ask(endpoint, method, f"{path}?onbekend=1")
            yield f"{method} {path} csv", self.ask(endpoint, method, path, headers=_CSV)
            yield f"PATCH {path}", self.ask(endpoint, "PATCH", path)
            yield f"OPTIONS {path}", self.web.options(path)
            yield f"{method} {path} by nobody", self.web.open(path, method=method)
            yield f"{method} {path} badly", self.web.open(path, method=method, headers=_BAD)
            if method == "POST":
                yield f"{method} {path} text", self.ask(endpoint, method, path, data="x")
                yield f"{method} {path} {{}}", self.ask(endpoint, method, path, json={})


_CSV = {"Accept": "text/csv"}
_BAD = {"Authorization": "Bearer onzin"}


def whole_gateway(world: World) -> Calls:
    """Over this world, with a casus, its consent and a frozen conference about it."""
    settings = replace(world.parts.settings, contact=CONTACT)
    world.parts = replace(world.parts, settings=settings)
    world.frozen(*world.casus(an_item()))
    hands = Hands()
    hands.moment = world.now
    machines = {}
    for name, organisatie, soort in (
        ("bronhouder", "sndvu", Soort.BRONHOUDER),
        ("andere", "seguro", Soort.BRONHOUDER),
        ("ketenpartner", "IND", Soort.KETENPARTNER),
        ("avim", "AVIM", Soort.KETENPARTNER),
        ("gemeente", "utrecht", Soort.GEMEENTE),
        ("fg", "utrecht", Soort.FG),
    ):
        machines[name] = machine(f"{name}-client", hands)
        add(world.parts, registered(machines[name], organisatie, soort))
    return Calls(world, create_app(world.parts).test_client(), machines)


def is_for_people(path: str) -> bool:
    return f"{path}/".startswith("/console/")
