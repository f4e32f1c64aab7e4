"""The console, and whoever sits at it; each in a browser of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connectors.jwk import new_key, to_pem
from connectors.openid import Identity
from gateway.app import Gateway, create_app
from gateway.console.cookies import SESSION
from gateway.console.session import form_token, open_session
from gateway.services import regels
from gateway.services.regels import Text
from gateway.settings_console import Console, Rol
from gateway.wiring import Parts, build
from privacy.dpia.answers import load_dpia
from privacy.rule_life import Levensloop
from tests.api.world import UITGEVER
from tests.architecture.checkout import ROOT
from tests.world import World, _with_clock

DPIA = load_dpia(ROOT / "tests/data/dpia-lvv-utrecht.json")
SHIPPED = (ROOT / "privacy/pia/ind.toml").read_text(encoding="utf-8")
ANOTHER = Text("ind.toml", SHIPPED.replace("naam = ", 'naam = "IND, opnieuw" # ', 1))
OWN = {"Origin": UITGEVER}
ACR = "hoog"


@dataclass
class Desk:
    """The console, and whoever sits at it; each in a browser of their own."""

    world: World
    app: Gateway

    @property
    def parts(self) -> Parts:
        return self.world.parts

    def browser(self, name: str, *rollen: Rol) -> tuple[FlaskClient, str]:
        """Someone who is logged in; with the token of the forms of this session."""
        cookie, _ = open_session(
            self.parts, Identity(name, ACR, frozenset()), frozenset(rollen), None
        )
        web = self.app.test_client()
        web.set_cookie(SESSION, cookie, domain="gateway.example", secure=True)
        return web, form_token(self.parts, cookie)

    def life(self, digest: str) -> Levensloop:
        return next(e for e in regels.all_lives(self.parts) if e.versie.digest == digest)

    def path(self, digest: str) -> str:
        return f"/console/beleid/{digest.removeprefix('sha256:')}"

    def approve(
        self, who: tuple[FlaskClient, str], digest: str, headers: dict[str, str] = OWN, **form: str
    ) -> TestResponse:
        web, token = who
        controle = self.life(digest).controle
        asked = {
            "formulier": token,
            "gelezen": "ja",
            "controle": "" if controle is None else str(controle.nummer),
        }
        return web.post(
            f"{self.path(digest)}/goedkeuringen",
            base_url=UITGEVER,
            data=asked | form,
            headers=headers,
        )


@contextmanager
def seated(sqlite_installed: Path, folder: Path) -> Iterator[Desk]:
    file = folder / "console.sqlite"
    file.write_bytes(sqlite_installed.read_bytes())
    world = World(folder, f"sqlite:///{file}")
    pem = folder / "console.pem"
    pem.write_bytes(to_pem(new_key()))
    rollen = {rol.value: rol for rol in Rol}
    console = Console("http://127.0.0.1:9", "lso-console", pem, (ACR,), "rollen", rollen)
    before = world.parts
    world.parts = _with_clock(build(replace(before.settings, console=console)), before.clock)
    yield Desk(world, create_app(world.parts))
    before.engine.dispose()
    world.close()
