"""What officers do and see at the console, by its own forms: approvals, and recalls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
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
from privacy.rule_life import Levensloop, Regelstand
from tests.api.world import UITGEVER
from tests.architecture.checkout import ROOT
from tests.builders import a_consent, a_samenvatting, an_item
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
        cookie = open_session(self.parts, Identity(name, ACR, frozenset()), frozenset(rollen), None)
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


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "console.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    world = World(tmp_path, f"sqlite:///{file}")
    pem = tmp_path / "console.pem"
    pem.write_bytes(to_pem(new_key()))
    rollen = {rol.value: rol for rol in Rol}
    console = Console("http://127.0.0.1:9", "lso-console", pem, (ACR,), "rollen", rollen)
    before = world.parts
    world.parts = _with_clock(build(replace(before.settings, console=console)), before.clock)
    yield Desk(world, create_app(world.parts))
    before.engine.dispose()
    world.close()


@pytest.fixture
def digest(desk: Desk) -> str:
    """A version that was checked, and waits for its officers."""
    [taken] = regels.take_in_policies(desk.parts, [ANOTHER])
    regels.record_checks(desk.parts, [taken.life.versie.digest], DPIA)
    return taken.life.versie.digest


def test_two_officers_approve_by_their_own_forms(desk: Desk, digest: str):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)
    tariq = desk.browser("tariq", Rol.TWEEDE_OFFICER)

    answers = [desk.approve(each, digest) for each in (femke, tariq)]

    assert [each.status_code for each in answers] == [303, 303]
    assert desk.life(digest).stand is Regelstand.GOEDGEKEURD


@pytest.mark.parametrize("rol", [Rol.PRIVACY_OFFICER, Rol.TWEEDE_OFFICER])
def test_one_person_in_two_sessions_and_two_roles_is_one_officer(desk: Desk, digest: str, rol: Rol):
    first = desk.browser("femke", Rol.PRIVACY_OFFICER)
    second = desk.browser("femke", rol)

    answers = [desk.approve(each, digest) for each in (first, second, first)]

    assert [each.status_code for each in answers] == [303, 409, 409]
    assert "De tweede goedkeuring is van iemand anders" in answers[1].text
    assert desk.life(digest).still_needed == 1


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        pytest.param({"Origin": "https://elders.example"}, {}, id="from another site"),
        pytest.param({}, {}, id="from who does not say"),
        pytest.param({"Origin": "null"}, {}, id="from nowhere"),
        pytest.param(OWN, {"formulier": ""}, id="without a token"),
        pytest.param(OWN, {"formulier": "0" * 64}, id="with a made-up token"),
    ],
)
def test_a_form_that_is_not_of_this_session_approves_nothing(
    desk: Desk, digest: str, headers: dict[str, str], form: dict[str, str]
):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)

    answer = desk.approve(femke, digest, headers, **form)

    assert answer.status_code == 403
    assert desk.life(digest).still_needed == 2


def test_the_token_of_another_officers_form_is_of_no_use(desk: Desk, digest: str):
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    _, of_tariq = desk.browser("tariq", Rol.TWEEDE_OFFICER)

    assert desk.approve((femke, of_tariq), digest).status_code == 403
    assert desk.life(digest).still_needed == 2


@pytest.mark.parametrize("rol", [Rol.BEHEERDER, Rol.VOORZITTER])
def test_who_is_no_officer_approves_nothing(desk: Desk, digest: str, rol: Rol):
    assert desk.approve(desk.browser("bas", rol), digest).status_code == 403
    assert desk.life(digest).still_needed == 2


def test_warnings_that_were_not_read_are_not_taken_on(desk: Desk, digest: str):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)

    answer = desk.approve(femke, digest, gelezen="")

    assert answer.status_code == 409
    assert "Er is nog niets goedgekeurd" in answer.text
    assert desk.life(digest).still_needed == 2


def test_who_read_the_check_of_before_reads_the_new_one_first(desk: Desk, digest: str):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)
    page = femke[0].get(desk.path(digest), base_url=UITGEVER)
    [read] = re.findall(r'name="controle" value="(\d+)"', page.text)
    regels.record_checks(desk.parts, [digest], DPIA)

    answer = desk.approve(femke, digest, controle=read)

    assert answer.status_code == 409
    assert "intussen opnieuw gecontroleerd" in answer.text
    assert desk.life(digest).still_needed == 2
    [now] = re.findall(r'name="controle" value="(\d+)"', answer.text)
    assert desk.approve(femke, digest, controle=now).status_code == 303


@pytest.mark.parametrize("part", ["0" * 64, "sha256:" + "0" * 64, "x", "%2e%2e", "é"])
def test_a_version_that_there_is_not_is_not_found_whoever_asks(desk: Desk, part: str):
    web, token = desk.browser("femke", Rol.PRIVACY_OFFICER)

    assert web.get(f"/console/beleid/{part}", base_url=UITGEVER).status_code == 404
    answer = web.post(
        f"/console/beleid/{part}/goedkeuringen",
        base_url=UITGEVER,
        data={"formulier": token, "gelezen": "ja"},
        headers=OWN,
    )
    assert answer.status_code == 404


def test_recalls_are_shown_to_officers_without_a_person(desk: Desk):
    consent = a_consent()
    desk.world.casus(an_item(toestemmingen=[consent]))
    item = desk.world.feed("IND")[0]
    desk.world.withdraw(consent)
    web, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)

    answer = web.get("/console/terugroepingen", base_url=UITGEVER)

    assert answer.status_code == 200
    assert item["casusreferentie"] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for value in a_samenvatting().values():
        assert value is None or len(value) < 4 or value not in answer.text
    assert web.get("/console/terugroepingen?open=1", base_url=UITGEVER).status_code == 400


@pytest.mark.parametrize("path", ["/console/terugroepingen", "/console/beleid/", "/console"])
def test_without_a_role_for_it_nothing_of_it_is_shown(desk: Desk, digest: str, path: str):
    page = path if path != "/console/beleid/" else desk.path(digest)
    consent = a_consent()
    desk.world.casus(an_item(toestemmingen=[consent]))
    reference = desk.world.feed("IND")[0]["casusreferentie"]
    desk.world.withdraw(consent)

    nobody = desk.app.test_client().get(page, base_url=UITGEVER)
    chair, _ = desk.browser("vera", Rol.VOORZITTER)
    theirs = chair.get(page, base_url=UITGEVER)

    assert nobody.status_code == 401
    assert theirs.status_code == (200 if path == "/console" else 403)
    for answer in (nobody, theirs):
        assert reference not in answer.text
        assert digest.removeprefix("sha256:") not in answer.text
