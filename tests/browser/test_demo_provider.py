"""The demo's own provider: marked as such, good enough to log in at, and only in the demo."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from gateway.app import create_app
from gateway.config import read_settings_without_keys
from gateway.demo.errors import DemoError
from gateway.demo.provider import PEOPLE, add_provider
from privacy.log.head import initialise
from privacy.store.engine import writing
from tests.api.world import parts_over, settings_for
from tests.browser.conftest import hands_of_now, listening


@pytest.fixture
def demo_url(tmp_path):
    """A gateway with the settings that the demo gives it."""
    with ExitStack() as stack:
        server = stack.enter_context(listening())
        url = f"http://127.0.0.1:{server.server_port}"
        table = add_provider(stack, tmp_path, url, demo=True)
        base = settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}")
        file = tmp_path / "gateway.toml"
        head = f'database = "{base.database}"\nsleutels = "{base.sleutels}"\nuitgever = "{url}"\n'
        file.write_text(f"{head}demo = true\n{table}")
        told = read_settings_without_keys({"LSO_GATEWAY_INSTELLINGEN": str(file)})
        parts = parts_over(replace(base, uitgever=url, console=told.console), hands_of_now())
        with writing(parts.engine) as tx:
            initialise(tx)
        server.app = create_app(parts)
        yield url
        parts.engine.dispose()


@pytest.mark.parametrize("who", PEOPLE, ids=lambda each: each.rol)
def test_in_the_demo_one_chooses_who_one_is(page, demo_url, who):
    page.goto(f"{demo_url}/console")
    page.get_by_role("link", name="Aanmelden").click()
    assert page.get_by_role("heading", level=1).inner_text() == "DEMO-aanbieder"
    assert page.get_by_text("Dit is geen echte aanmelding").is_visible()
    assert page.locator("input").count() == 0

    page.get_by_role("button", name=who.naam).click()
    page.wait_for_url(f"{demo_url}/console")
    assert page.get_by_role("heading", level=1).inner_text() == "Wie u hier bent"

    page.get_by_role("button", name="Afmelden").click()
    page.wait_for_url(f"{demo_url}/console")
    assert page.get_by_role("heading", level=1).inner_text() == "Meld u aan"


def test_who_breaks_off_is_nobody(page, demo_url):
    page.goto(f"{demo_url}/console/aanmelden")
    page.get_by_role("button", name="Afbreken").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Aanmelden is niet gelukt"


def test_outside_the_demo_it_does_not_start(tmp_path):
    with ExitStack() as stack, pytest.raises(DemoError):
        add_provider(stack, tmp_path, "https://gateway.example", demo=False)
