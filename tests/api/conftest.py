"""The shell with a few endpoints of its own, so that it is tested apart from any use case."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from gateway.answers import Gegevens
from gateway.app import Gateway, create_app
from gateway.auth.permission_map import OPEN, PERMISSIONS, Rule
from gateway.body import parse_json, read_bytes
from gateway.parties import Soort
from gateway.request import AskedRequest
from gateway.wiring import Parts
from tests.api.calling import Calls, whole_gateway
from tests.api.desk import Desk, seated
from tests.api.world import Hands, Machine, add, machine, parts_over, registered, settings_for
from tests.world import World


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def parts(tmp_path: Path, hands: Hands) -> Iterator[Parts]:
    made = parts_over(settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}"), hands)
    yield made
    made.engine.dispose()


@pytest.fixture
def sndvu(parts: Parts, hands: Hands) -> Machine:
    """A registered client of an organisation."""
    known = machine("sndvu-node", hands)
    add(parts, registered(known, "sndvu", Soort.BRONHOUDER))
    return known


@pytest.fixture
def app(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """The app with the endpoints of `proefstuk` beside its own."""
    rules = {
        "proefstuk.echo": Rule(frozenset({"casussen:aanleveren"}), frozenset({Soort.BRONHOUDER})),
        "proefstuk.open_echo": OPEN,
        "proefstuk.breaks": OPEN,
        "proefstuk.leaks": OPEN,
    }
    monkeypatch.setattr("gateway.app.PERMISSIONS", {**PERMISSIONS, **rules})
    app = create_app(parts)
    app.register_blueprint(_proefstuk())
    return app


@pytest.fixture
def web(app: Gateway) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def calls(sqlite_installed: Path, tmp_path: Path) -> Iterator[Calls]:
    """The whole gateway with a machine of each kind, and something to find."""
    file = tmp_path / "geheel.sqlite"
    shutil.copyfile(sqlite_installed, file)
    world = World(tmp_path, f"sqlite:///{file}")
    yield whole_gateway(world)
    world.close()


@pytest.fixture
def token(web: FlaskClient, sndvu: Machine) -> str:
    """Bound to a key of `sndvu`: call with `sndvu.call`."""
    return sndvu.token(web)


def _proefstuk() -> Blueprint:
    blueprint = Blueprint("proefstuk", __name__, url_prefix="/v1/proefstukken")

    @blueprint.post("")
    def echo(_parts: Parts, asked: AskedRequest) -> Gegevens:
        caller = asked.caller
        value = parse_json(read_bytes(asked))
        return Gegevens({"organisatie": caller.organisatie, "gelezen": value})

    @blueprint.post("/open")
    def open_echo(_parts: Parts, asked: AskedRequest) -> Gegevens:
        return Gegevens({"gelezen": parse_json(read_bytes(asked))})

    @blueprint.get("/stuk")
    def breaks(_parts: Parts, asked: AskedRequest) -> Gegevens:
        raise KeyError("0123456789 Ayse Yilmaz")

    @blueprint.get("/lek")
    def leaks(_parts: Parts, asked: AskedRequest) -> object:
        return {"naam": "Ayse Yilmaz"}

    return blueprint


@pytest.fixture
def desk(sqlite_installed: Path, tmp_path: Path) -> Iterator[Desk]:
    """The console over a gateway of this test alone."""
    with seated(sqlite_installed, tmp_path) as made:
        yield made
