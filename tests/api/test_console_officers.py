"""What officers do and see at the console, by its own forms: approvals, and recalls."""

import re

import pytest

from gateway.services import regels
from gateway.settings_console import Rol
from privacy.rule_life import Regelstand
from tests.api.desk import ANOTHER, DPIA, OWN, Desk
from tests.api.world import UITGEVER
from tests.builders import a_consent, a_samenvatting, an_item


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
