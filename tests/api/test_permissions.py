"""Every route, every kind of caller: the answer is what `rechten.toml` says, and nothing else.

The routes come from the URL map and the callers from `callers.py`; a route without a row, or a
row without a route, fails.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.app import create_app
from gateway.parties import Soort
from gateway.settings_console import Rol
from tests.api.callers import Callers, all_callers
from tests.api.world import Hands

TABLE = tomllib.loads((Path(__file__).parent / "rechten.toml").read_text(encoding="utf-8"))
UUID = "01890a5d-ac96-774b-bcce-b302099a8057"


def routes() -> list[str]:
    """Method and path of everything that is served; HEAD goes with its GET."""
    settings = SimpleNamespace(max_bytes=1, uitgever="", proxies=(), fsc=None, dpop_nonce=False)
    clock = SimpleNamespace(now=Hands().clock().now)
    parts = SimpleNamespace(settings=settings, signer=None, clock=clock)
    rules = create_app(parts).url_map.iter_rules()
    return sorted(
        f"{method} {re.sub(r'<[^>]+>', '{id}', rule.rule)}"
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


@pytest.fixture(scope="module")
def callers(tmp_path_factory) -> Iterator[Callers]:
    with all_callers(tmp_path_factory.mktemp("rechten")) as found:
        yield found


def let_in(answer) -> bool:
    """Whether the caller came as far as the view, whatever that said."""
    return answer.status_code not in {401, 403}


def asked(route: str) -> tuple[str, str]:
    method, path = route.split(" ")
    return method, path.replace("{id}", UUID)


def test_the_table_has_every_route_and_no_other():
    assert routes() == sorted(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_who_is_open_is_open_to_strangers_and_nothing_else_is(route, callers):
    for sentence, call in callers.strangers.items():
        answer = call(*asked(route))
        person = sentence == "a person of the console" and "beheerder" in TABLE[route]["wie"]
        # A person's form is only taken from a page of ours: 403, and that is later than the door.
        expected = TABLE[route]["wie"] == ["open"] or (person and route.startswith("GET"))
        assert let_in(answer) is expected, sentence


@pytest.mark.parametrize("route", TABLE)
def test_a_machine_is_let_in_by_kind_and_scope_alone(route, callers):
    row = TABLE[route]
    for sentence, caller in callers.machines.items():
        expected = row["wie"] == ["open"] or (
            caller.soort in row["wie"] and bool({*caller.scopes, "*"} & set(row.get("scopes", ())))
        )
        answer = caller.call(callers.app.test_client(), *asked(route))
        assert let_in(answer) is expected, sentence
        if not expected:
            assert answer.status_code == (401 if set(row["wie"]) <= set(Rol) else 403), sentence


@pytest.mark.parametrize("route", TABLE)
@pytest.mark.parametrize("rol", list(Rol))
def test_a_person_is_let_in_by_role_alone(route, rol, callers):
    answer = callers.as_person(rol, *asked(route))
    assert let_in(answer) is (TABLE[route]["wie"] == ["open"] or rol in TABLE[route]["wie"])


def test_the_table_names_kinds_and_roles_that_exist():
    known = {"open", *Soort, *Rol}
    assert all(set(row["wie"]) <= known for row in TABLE.values())
