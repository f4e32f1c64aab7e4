"""Two officers approve a policy in the console, each in a browser of their own; then it goes on."""

import pytest

from gateway.services import regels
from gateway.services.regels import Text
from privacy.dpia.answers import load_dpia
from tests.architecture.checkout import ROOT
from tests.browser.conftest import log_in

DPIA = load_dpia(ROOT / "tests/data/dpia-lvv-utrecht.json")


@pytest.fixture
def digest(house) -> str:
    """A new version for the IND, checked and waiting for two."""
    text = (ROOT / "privacy/pia/ind.toml").read_text()
    new = text.replace('naam = "Immigratie- en', 'naam = "De Immigratie- en', 1)
    [one] = regels.take_in_policies(house.parts, [Text("ind.toml", new)])
    made = one.life.versie.digest
    regels.record_checks(house.parts, [made], DPIA)
    return made


def _stand(house, digest):
    [life] = [each for each in regels.all_lives(house.parts) if each.versie.digest == digest]
    return life.stand.value


def _open(page, house, digest, who):
    log_in(page, house, who)
    row = page.get_by_role("row").filter(has_text=digest[:19])
    row.get_by_role("link", name="IND").click()


def _approve(page):
    page.get_by_label("Ik heb de waarschuwingen hieronder gelezen").check()
    page.get_by_role("button", name="Ik keur dit beleid goed").click()


def test_one_officer_approves_and_cannot_again_and_the_second_completes_it(
    page, house, chromium, digest
):
    _open(page, house, digest, "femke")
    assert page.get_by_text("Nog nodig: Goedkeuring door twee verschillende officers").is_visible()
    assert page.get_by_text("UAVG 46").first.is_visible()
    _approve(page)
    assert page.get_by_text("U keurde dit beleid goed op").is_visible()
    assert page.get_by_text("De tweede goedkeuring is van iemand anders dan u.").is_visible()
    assert page.get_by_role("button", name="Ik keur dit beleid goed").count() == 0
    assert _stand(house, digest) == "gecontroleerd"

    elsewhere = chromium.new_context()
    other = elsewhere.new_page()
    _open(other, house, digest, "tariq")
    assert other.get_by_text("Een andere officer keurde dit beleid goed").is_visible()
    _approve(other)
    assert other.get_by_text("Twee officers keurden dit goed").is_visible()
    elsewhere.close()

    assert _stand(house, digest) == "goedgekeurd"
    regels.activate(house.parts, "IND")
    page.reload()
    assert page.get_by_text("Dit beleid is actief.").is_visible()


def test_who_approves_in_two_windows_approves_once_and_reads_why(page, house, digest):
    _open(page, house, digest, "femke")
    window = page.context.new_page()
    window.goto(page.url)
    _approve(window)

    _approve(page)

    assert page.get_by_role("alert").inner_text() == (
        "U hebt dit beleid al goedgekeurd. De tweede goedkeuring is van iemand anders."
    )
    assert _stand(house, digest) == "gecontroleerd"


def test_the_warnings_must_be_read_before_anything_is_approved(page, house, digest):
    _open(page, house, digest, "femke")
    page.get_by_role("button", name="Ik keur dit beleid goed").click()  # the browser holds it

    assert page.get_by_text("Nog nodig: Goedkeuring door twee verschillende officers").is_visible()
    assert page.get_by_label("Ik heb de waarschuwingen").evaluate("it => it.validity.valueMissing")


@pytest.mark.parametrize("who", ["bea", "vera"])
def test_who_is_no_officer_sees_no_policy(page, house, digest, who):
    log_in(page, house, who)

    answer = page.goto(f"{house.url}/console/beleid/{digest.removeprefix('sha256:')}")

    assert answer.status == 403


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_of_a_policy_falls_off_the_side_of_a_screen(page, house, digest, width):
    page.set_viewport_size({"width": width, "height": 800})
    _open(page, house, digest, "femke")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_of_a_policy_runs_no_script_and_the_browser_refuses_nothing(page, house, digest):
    refused = []
    page.on("console", lambda told: refused.append(told.text))
    _open(page, house, digest, "femke")
    refused.clear()
    page.reload()

    assert page.locator("script").count() == 0
    assert refused == []
