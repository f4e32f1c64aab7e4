"""Every kind of caller that there is, on one small gateway: machines good and bad, and people."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from connectors.jwk import new_key, to_pem
from connectors.openid import OpenIdLogin, RelyingParty
from connectors.retries import NO_PATIENCE
from connectors.transport import Transport
from gateway.app import Gateway, create_app
from gateway.auth.permission_map import ALL_SCOPES, scopes_for
from gateway.console.cookies import SESSION
from gateway.console.session import form_token
from gateway.parties import Soort
from gateway.settings_console import Console, Rol
from gateway.store.clients import Binding, freeze_client
from gateway.store.sessions import Sessie, begin_session
from gateway.wiring import Parts
from privacy.store.engine import writing
from tests.api.world import (
    UITGEVER,
    Hands,
    Machine,
    add,
    machine,
    parts_over,
    registered,
    settings_for,
)

ORGANISATIES = MappingProxyType(
    {
        Soort.BRONHOUDER: "sndvu",
        Soort.KETENPARTNER: "IND",
        Soort.GEMEENTE: "utrecht",
        Soort.FG: "utrecht",
    }
)
NOBODY = "http://127.0.0.1:9"
TRANSACTIE = "01890a5d-ac96-774b-bcce-b302099a8057"
Call = Callable[[str, str], TestResponse]


@dataclass(frozen=True)
class MachineCaller:
    """A client whose token holds: what it is, and the scopes that its token has."""

    known: Machine
    token: str
    soort: Soort
    scopes: frozenset[str]

    def call(self, web: FlaskClient, method: str, path: str) -> TestResponse:
        body = {"json": {}} if method == "POST" else {}
        return self.known.call(web, method, path, self.token, **body)


@dataclass(frozen=True)
class Callers:
    """`machines` are known; of `strangers` none is, each for a reason of its own."""

    parts: Parts
    app: Gateway
    machines: Mapping[str, MachineCaller]
    strangers: Mapping[str, Call] = field(default_factory=dict)

    def as_person(self, rol: Rol, method: str, path: str) -> TestResponse:
        """Someone who is logged in with one role, and sends a form of this session."""
        cookie = begin_as(self.parts, rol)
        sends_form = method == "POST" and path.startswith("/console")
        return self.app.test_client(use_cookies=False).open(
            path,
            method=method,
            data={"formulier": form_token(self.parts, cookie)} if sends_form else None,
            headers={"Origin": UITGEVER},
            environ_overrides={"HTTP_COOKIE": f"{SESSION}={cookie}"},
        )


@contextmanager
def all_callers(folder: Path) -> Iterator[Callers]:
    """A gateway with a console, and everyone who may come to its door."""
    hands = Hands()
    key = folder / "console.pem"
    key.write_bytes(to_pem(new_key()))
    settings = replace(
        settings_for(folder, f"sqlite:///{folder / 'gateway.sqlite'}"),
        verzoeken_per_minuut=100_000,
        console=Console(
            aanbieder=NOBODY,
            client_id="console",
            sleutel=key,
            acr=("hoog",),
            rolclaim="rollen",
            rollen={rol.value: rol for rol in Rol},
        ),
    )
    party = RelyingParty(
        issuer=NOBODY,
        client_id="console",
        key=new_key(),
        redirect_uri=f"{UITGEVER}/console/terugkeer",
        acr=("hoog",),
        role_claim="rollen",
    )
    # The provider is away, and nobody waits for it: who may ask is all that is asked here.
    away = OpenIdLogin(party, Transport(patience=NO_PATIENCE))
    parts = replace(parts_over(settings, hands), aanmelding=away)
    app = create_app(parts)
    machines = _machines(parts, app, hands)
    yield Callers(parts, app, machines, _strangers(parts, app, hands, machines))
    parts.engine.dispose()


def _machines(parts: Parts, app: Gateway, hands: Hands) -> dict[str, MachineCaller]:
    """Of each kind one with all, one with one scope less and one with that alone, for each."""
    found = {}
    for soort in Soort:
        whole = scopes_for(soort)
        wanted = {"everything": whole, "also the scopes of others": ALL_SCOPES}
        wanted |= {f"without {scope}": whole - {scope} for scope in sorted(whole)}
        wanted |= {f"with {scope} alone": frozenset({scope}) for scope in sorted(whole)}
        for words, scopes in wanted.items():
            if scopes:
                found[f"{soort}, {words}"] = _machine(parts, app, hands, soort, scopes)
    return found


def _machine(
    parts: Parts, app: Gateway, hands: Hands, soort: Soort, scopes: frozenset[str]
) -> MachineCaller:
    known = machine(secrets.token_hex(8), hands)
    add(parts, replace(registered(known, ORGANISATIES[soort], soort), scopes=scopes))
    return MachineCaller(known, known.token(app.test_client()), soort, scopes)


def begin_as(parts: Parts, rol: Rol) -> str:
    """A session with this role, as if the provider had said so; the cookie."""
    now = int(parts.clock.now().timestamp())
    cookie = secrets.token_urlsafe(32)
    with writing(parts.engine) as tx:
        begin_session(tx, cookie, Sessie("ab" * 32, frozenset({rol}), "hoog", now, now, now + 3600))
    return cookie


def _strangers(
    parts: Parts,
    app: Gateway,
    hands: Hands,
    machines: Mapping[str, MachineCaller],
) -> dict[str, Call]:
    good = machines[f"{Soort.BRONHOUDER}, everything"]
    other = replace(good.known, key=ECKey.generate_key("P-256"))
    frozen = _machine(parts, app, hands, Soort.BRONHOUDER, scopes_for(Soort.BRONHOUDER))
    with writing(parts.engine) as tx:
        freeze_client(tx, frozen.known.client_id)
    withdrawn = _machine(parts, app, hands, Soort.BRONHOUDER, scopes_for(Soort.BRONHOUDER))
    form = withdrawn.known.form(token=withdrawn.token)
    assert app.test_client().post("/oauth/revoke", data=form).status_code == 200
    through_fsc = machine("fsc-client", hands)
    fsc = registered(through_fsc, "sndvu", Soort.BRONHOUDER, Binding.FSC)
    add(parts, fsc)
    cookie = {"HTTP_COOKIE": f"{SESSION}={begin_as(parts, Rol.BEHEERDER)}"}

    def with_headers(headers: Mapping[str, str]) -> Call:
        return lambda method, path: app.test_client().open(path, method=method, headers=headers)

    return {
        "nobody": with_headers({}),
        "a word for a token": with_headers({"Authorization": "DPoP abc"}),
        "a bound token without its proof": with_headers({"Authorization": f"DPoP {good.token}"}),
        "a bound token as if it were not": with_headers({"Authorization": f"Bearer {good.token}"}),
        "a proof by another key": lambda method, path: other.call(
            app.test_client(), method, path, good.token
        ),
        "a frozen client": lambda method, path: frozen.call(app.test_client(), method, path),
        "a withdrawn token": lambda method, path: withdrawn.call(app.test_client(), method, path),
        "a client of FSC past the Inway": lambda method, path: through_fsc.call(
            app.test_client(), method, path, good.token
        ),
        "headers of FSC past the Inway": with_headers(
            {"Fsc-Authorization": "abc", "Fsc-Transaction-Id": TRANSACTIE}
        ),
        "a person of the console": lambda method, path: app.test_client(use_cookies=False).open(
            path, method=method, environ_overrides=cookie
        ),
    }
