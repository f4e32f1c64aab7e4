"""A client whose keys are read at its jwks_uri, over a real socket on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.app import create_app
from gateway.auth.client_keys import PAUSE_SECONDS, ClientKeys, over_the_network
from gateway.parties import Soort
from tests.api.world import Hands, Machine, add, machine, parts_over, registered, settings_for


@dataclass
class Site:
    """Publishes keys; `behave` replaces that, and `asked` counts who came."""

    keys: list[ECKey] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    behave: Callable[[BaseHTTPRequestHandler], None] | None = None
    uri: str = ""

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        self.asked.append(to.path)
        if self.behave is not None:
            self.behave(to)
            return
        say(to, json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode())


def say(to: BaseHTTPRequestHandler, body: bytes) -> None:
    to.send_response(200)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)


def _redirects(to: BaseHTTPRequestHandler) -> None:
    to.send_response(302)
    to.send_header("Location", "/elders")
    to.end_headers()


def _is_too_large(to: BaseHTTPRequestHandler) -> None:
    say(to, b'{"keys":[]}' + b" " * 200_000)


def _is_slow(_to: BaseHTTPRequestHandler) -> None:
    time.sleep(2.5)


def _fails(to: BaseHTTPRequestHandler) -> None:
    to.send_error(500)


def _gives_away_a_secret(to: BaseHTTPRequestHandler) -> None:
    secret = ECKey.generate_key("P-256").as_dict(private=True)
    say(to, json.dumps({"keys": [secret]}).encode())


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    made.uri = f"http://127.0.0.1:{server.server_port}/jwks"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Gateway:
    """One gateway with a client that publishes its keys, and a clock for how long they are kept."""

    web: FlaskClient
    client: Machine
    site: Site
    elapsed: float = 1_000.0

    def status(self, key: ECKey | None = None) -> int:
        known = self.client if key is None else replace(self.client, key=key)
        return known.ask_token(self.web).status_code

    def told_by_a_stranger(self) -> int:
        """Someone makes an assertion in the name of the client, with a kid of nobody."""
        key = ECKey.generate_key("P-256")
        claims = {"sub": self.client.client_id, "iss": self.client.client_id}
        made = jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key)
        form = self.client.form(made)
        return self.web.post("/oauth/token", data=form).status_code


@pytest.fixture
def open_gateway(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Gateway]]:
    opened = []

    def open_one(*, demo: bool) -> Gateway:
        hands = Hands()
        settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}", demo=demo)
        parts = parts_over(settings, hands)
        opened.append(parts)
        known = machine("ind-client", hands)
        site.keys = [known.key]
        client = registered(known, "IND", Soort.KETENPARTNER)
        add(parts, replace(client, jwks='{"keys":[]}', jwks_uri=site.uri))
        made = Gateway(create_app(parts).test_client(), known, site)
        source = ClientKeys(over_the_network(anywhere=demo), elapsed=lambda: made.elapsed)
        monkeypatch.setattr("gateway.auth.assertion.client_keys", lambda **_: source)
        return made

    yield open_one
    for parts in opened:
        parts.engine.dispose()


@pytest.fixture
def gateway(open_gateway: Callable[..., Gateway]) -> Gateway:
    """In the demo, where a jwks_uri may be on this machine."""
    return open_gateway(demo=True)


def test_a_client_proves_itself_with_the_keys_that_it_publishes(gateway, site):
    assert [gateway.status() for _ in range(3)] == [200, 200, 200]
    assert site.asked == ["/jwks"]


def test_a_key_that_it_publishes_anew_works_after_the_pause_and_the_old_one_no_more(gateway, site):
    assert gateway.status() == 200
    fresh = ECKey.generate_key("P-256")
    site.keys = [fresh]
    assert gateway.status(fresh) == 401

    gateway.elapsed += PAUSE_SECONDS

    assert gateway.status(fresh) == 200
    assert gateway.status() == 401
    assert len(site.asked) == 2


def test_a_flood_of_strangers_costs_the_client_one_request_and_not_its_access(gateway, site):
    assert {gateway.told_by_a_stranger() for _ in range(20)} == {401}
    assert gateway.status() == 200
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "behave", [_redirects, _is_too_large, _is_slow, _fails, _gives_away_a_secret]
)
def test_keys_that_cannot_be_had_are_a_client_that_does_not_prove_itself(
    gateway, site, caplog, behave
):
    unknown = replace(gateway.client, client_id="bestaat-niet")
    site.behave = behave

    answer = gateway.client.ask_token(gateway.web)

    assert answer.status_code == 401
    assert answer.data == unknown.ask_token(gateway.web).data
    assert site.asked == ["/jwks"]
    (line,) = [record for record in caplog.records if record.msg == "sleutels_niet_opgehaald"]
    assert line.sleutels.keys() == {"client", "fout"}
    assert site.uri not in caplog.text


def test_outside_the_demo_an_address_on_this_machine_is_never_called(open_gateway, site):
    gateway = open_gateway(demo=False)
    assert gateway.status() == 401
    assert site.asked == []


def test_a_site_that_comes_back_is_believed_again(gateway, site):
    site.behave = _fails
    assert gateway.status() == 401
    site.behave = None
    assert gateway.status() == 401
    gateway.elapsed += PAUSE_SECONDS
    assert gateway.status() == 200
