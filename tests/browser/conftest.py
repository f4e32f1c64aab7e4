"""A gateway that listens, a real OpenID provider and a real browser. None is ever skipped."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from connectors.jwk import new_key, to_pem
from gateway.app import create_app
from gateway.settings_console import Console, Rol
from gateway.wiring import Parts
from privacy.clock import real_clock
from privacy.log.head import initialise
from privacy.store.engine import writing
from tests.api.world import Hands, parts_over, settings_for
from tests.browser.programs import NotInstalledError, find_browser, find_node
from tests.browser.provider import HIGH, Provider, running

CLIENT_ID = "lso-console"
ROLLEN = MappingProxyType(
    {
        "lso-fg": Rol.PRIVACY_OFFICER,
        "lso-fg-tweede": Rol.TWEEDE_OFFICER,
        "lso-beheer": Rol.BEHEERDER,
        "lso-voorzitter": Rol.VOORZITTER,
    }
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class House:
    """The gateway with its console, and the provider of its people."""

    url: str
    parts: Parts
    hands: Hands
    provider: Provider


@pytest.fixture(scope="session")
def node() -> str:
    return _or_fail(find_node)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker; each test has a context of its own in it."""
    found = _or_fail(find_browser)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.program,
            args=list(FLAGS),
            env={**os.environ, **found.environment},
        )
        yield browser
        browser.close()


@pytest.fixture
def house(tmp_path: Path, node: str) -> Iterator[House]:
    hands = hands_of_now()
    key = new_key()
    pem = tmp_path / "console.pem"
    pem.touch(0o600)
    pem.write_bytes(to_pem(key))
    with listening() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        with running(CLIENT_ID, key, url) as provider:
            settings = replace(
                settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}"),
                uitgever=url,
                console=Console(provider.issuer, CLIENT_ID, pem, (HIGH,), "rollen", ROLLEN),
            )
            parts = parts_over(settings, hands)
            with writing(parts.engine) as tx:
                initialise(tx)
            server.app = create_app(parts)
            yield House(url, parts, hands, provider)
            parts.engine.dispose()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context()
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@contextmanager
def listening() -> Iterator[object]:
    """A web server without an app yet: the app must know the port."""
    server = make_server("127.0.0.1", 0, _nothing, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _nothing(_environ: object, _start_response: object) -> list[bytes]:
    raise AssertionError("nobody asks anything before the app is there")


def _or_fail(find: Callable[[], object]) -> object:
    try:
        return find()
    except NotInstalledError as error:
        pytest.fail(str(error), pytrace=False)


def hands_of_now() -> Hands:
    """The clock stands where the provider's own clock is; from there a test turns it."""
    hands = Hands()
    hands.moment = real_clock().now()
    return hands


def log_in(page: Page, house: House, who: str, level: str = HIGH) -> None:
    """As a person does: to the console, to the provider, choose who, and back."""
    page.goto(f"{house.url}/console")
    page.get_by_role("link", name="Aanmelden").click()
    choose(page, who, level)
    page.wait_for_url(f"{house.url}/**")


def choose(page: Page, who: str, level: str = HIGH) -> None:
    page.get_by_role("button", name=f"{who} {level}").click()


def begun(page: Page, house: House, **changed: str | None) -> str:
    """The address at the provider that our gateway sends the browser to, with this changed."""
    from urllib.parse import parse_qsl, urlsplit

    answer = page.context.request.get(f"{house.url}/console/aanmelden", max_redirects=0)
    assert answer.status == 303
    there = urlsplit(answer.headers["location"])
    asked = {**dict(parse_qsl(there.query)), **changed}
    kept = {name: value for name, value in asked.items() if value is not None}
    return there._replace(query=urlencode(kept)).geturl()
