"""One key, one effect, one answer; also for two that come at once, on both databases."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text, update
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.idempotency import KEPT, Idempotency, forget_answers, once, read_idempotency
from gateway.parties import Soort
from gateway.refusals import ConflictError, InvalidRequestError
from gateway.services.overleggen import plan_overleg
from gateway.services.toestemmingen import withdraw_toestemming
from gateway.store.idempotentie import idempotentie
from privacy.entitlement import Rulebook
from privacy.keys import KeyRing
from privacy.notice import Notices
from privacy.store.engine import make_engine, reading, writing
from tests.api.world import Hands, Machine, add, machine, registered
from tests.builders import a_consent, an_item, people
from tests.world import World, bronhouder, gemeente

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ANSWER = {"resultaten": [{"resultaat": "aangenomen", "casusId": None}]}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with writing(made) as connection:
        connection.execute(text("CREATE TABLE gevolg (tekst VARCHAR(10))"))
    yield made
    made.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "sleutels")


def asked(keys: KeyRing, body: bytes = b"{}", client: str = "sndvu-node") -> Idempotency:
    return read_idempotency(keys, client, "sleutel-0001", (b"/v1/aanleveringen", body))


def use_case(engine: Engine, idempotency: Idempotency, *, breaks: bool = False):
    """What a service does: claim, work, keep, in one transaction."""
    with writing(engine) as connection:

        def work():
            connection.execute(text("INSERT INTO gevolg VALUES ('een')"))
            return ANSWER

        answer = once(idempotency, connection, NOW, work)
        if breaks:
            raise RuntimeError
    return answer


def effects(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(text("SELECT count(*) FROM gevolg")).scalar_one()


def test_the_same_request_twice_has_one_effect_and_one_answer(engine, keys):
    first = use_case(engine, asked(keys))
    assert use_case(engine, asked(keys)) == first
    assert effects(engine) == 1


def test_two_at_once_have_one_effect_and_one_answer(engine, keys):
    start = Barrier(2)

    def run(_: int):
        start.wait()
        return use_case(engine, asked(keys))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, range(2))) == [ANSWER, ANSWER]
    assert effects(engine) == 1


def test_the_same_key_with_another_body_is_a_conflict(engine, keys):
    use_case(engine, asked(keys))
    with pytest.raises(ConflictError):
        use_case(engine, asked(keys, body=b'{"items": []}'))
    assert effects(engine) == 1


def test_the_same_key_of_another_client_is_another_key(engine, keys):
    use_case(engine, asked(keys))
    use_case(engine, asked(keys, client="seguro-node"))
    assert effects(engine) == 2


def test_a_request_that_failed_left_no_answer_and_can_be_done_again(engine, keys):
    with pytest.raises(RuntimeError):
        use_case(engine, asked(keys), breaks=True)
    assert use_case(engine, asked(keys)) == ANSWER
    assert effects(engine) == 1


def test_an_answer_is_forgotten_after_its_time(engine, keys):
    use_case(engine, asked(keys))
    with writing(engine) as connection:
        assert forget_answers(connection, NOW + KEPT - timedelta(hours=1)) == 0
        assert forget_answers(connection, NOW + KEPT + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    "header", [None, "", "kort", "a" * 129, "met spatie ja", '"half-open', "é" * 9]
)
def test_a_key_that_is_absent_or_malformed_is_refused(keys, header):
    with pytest.raises(InvalidRequestError):
        read_idempotency(keys, "sndvu-node", header, (b"",))


def test_a_key_may_stand_in_quotes(keys):
    quoted = read_idempotency(keys, "sndvu-node", '"sleutel-0001"', (b"/v1/aanleveringen", b"{}"))
    assert quoted == asked(keys)


def test_a_key_that_has_no_answer_blocks_nobody(engine, keys):
    idempotency = asked(keys)
    with writing(engine) as connection:
        assert idempotency.claim(connection, NOW) is None

    assert use_case(engine, idempotency) == ANSWER
    assert use_case(engine, idempotency) == ANSWER
    assert effects(engine) == 1


def test_the_digest_tells_nothing_without_the_key(keys, tmp_path):
    elsewhere = KeyRing.create(tmp_path / "andere")
    assert asked(keys).afdruk != asked(elsewhere).afdruk


# Every write whose answer holds no personal data


@dataclass(frozen=True)
class Write:
    """One write as a client sends it; `other` is another body, `wrong` one that is refused."""

    who: str
    path: str
    body: Any = None
    other: Any = None
    wrong: Any = None


class Web:
    """The application with clients of an organisation, another, and the municipality."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open()
        self._hands = Hands()
        self._machines: dict[str, Machine] = {}
        for name, code, soort in (
            ("sndvu-node", "sndvu", Soort.BRONHOUDER),
            ("sndvu-ander", "sndvu", Soort.BRONHOUDER),
            ("gemeente", "utrecht", Soort.GEMEENTE),
        ):
            self._machines[name] = machine(name, self._hands)
            add(world.parts, registered(self._machines[name], code, soort))

    def send(
        self, write: Write, key: str | None = "sleutel-0001", who: str = "", **more: Any
    ) -> TestResponse:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = more.get("body", write.body)
        sent = {} if body is None else {"json": body}
        known = self._machines[who or write.who]
        return known.call(self.client, "POST", write.path, headers=headers, **sent)

    def open(self) -> None:
        """As a process that starts anew."""
        self.client: FlaskClient = create_app(self.world.parts).test_client()

    def effects(self) -> int:
        return len(self.world.entries())

    def reference(self, write: Write) -> str:
        """The reference in its path; a text that is nowhere if it has none."""
        found = re.search(r"[0-9a-f-]{36}", write.path)
        return found[0] if found else "-"

    def another_path(self, write: Write) -> str:
        """Another route that this client may call, of the same form where there is one."""
        reference = self.reference(write)
        if reference != "-":
            return write.path.replace(reference, str(uuid4()))
        if write.who == "gemeente":
            return f"/v1/overleggen/{self.world.overleg()}/bevriezingen"
        return f"/v1/toestemmingen/{write.body['toestemming']['toestemmingId']}/intrekkingen"


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def plan(world: World) -> Write:
    body = {"datum": "2020-05-01", "soort": "lso"}
    other, wrong = {**body, "datum": "2020-05-02"}, {**body, "datum": "morgen"}
    return Write("gemeente", "/v1/overleggen", body, other, wrong)


def nomination(world: World) -> Write:
    one, two = world.casus(*people(2))
    path = f"/v1/overleggen/{world.overleg()}/agendapunten"
    bodies = [{"casussen": casussen} for casussen in ([one], [two], ["geen"])]
    return Write("sndvu-node", path, *bodies)


def freezing(world: World) -> Write:
    return Write("gemeente", f"/v1/overleggen/{world.overleg()}/bevriezingen")


def registration(world: World) -> Write:
    [casus] = world.casus(*people(1, start=60))
    consent = a_consent(ontvangers=["IND"])
    bodies = [
        {"casusId": casus, "toestemming": {**consent, "laatsteDag": day}}
        for day in ("2020-12-31", "2020-11-30", "2019-01-01")
    ]
    return Write("sndvu-node", "/v1/toestemmingen", *bodies)


def withdrawal(world: World) -> Write:
    [person] = people(1, start=50)
    consent = person["toestemmingen"][0]
    world.casus(person)
    path = f"/v1/toestemmingen/{consent['toestemmingId']}/intrekkingen"
    return Write("sndvu-node", path, {"ontvangers": ["AVIM"]}, {}, {"ontvangers": ["onbekend"]})


WRITES = {each.__name__: each for each in (plan, nomination, freezing, registration, withdrawal)}


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, world: World) -> Write:
    return WRITES[request.param](world)


def test_a_write_that_is_repeated_has_one_effect_and_the_same_answer(web, write):
    first = web.send(write)
    after = web.effects()
    again = web.send(write)

    assert first.status_code in {200, 201}
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers.get("Location") == first.headers.get("Location")
    assert web.effects() == after


def test_a_write_without_a_key_is_done_as_ever(web, write):
    assert web.send(write, None).status_code in {200, 201}
    assert web.send(write, None).status_code in {200, 201}


def test_a_write_with_the_key_of_another_body_is_refused_without_effect(web, write):
    web.send(write)
    after = web.effects()

    if write.other is not None:
        assert web.send(write, body=write.other).status_code == 409
    assert web.effects() == after


def test_a_write_with_the_key_of_another_route_is_refused_without_effect(web, write):
    elsewhere = replace(write, path=web.another_path(write))
    web.send(write)
    after = web.effects()

    assert web.send(elsewhere).status_code == 409
    assert web.effects() == after


def test_a_write_that_was_refused_leaves_its_key_unused(web, write):
    if write.wrong is not None:
        assert web.send(write, body=write.wrong).status_code == 400
    unknown = replace(write, path=write.path.replace(web.reference(write), str(uuid4())))
    if unknown != write:
        assert web.send(unknown).status_code == 404

    assert web.send(write).status_code in {200, 201}


def test_a_write_with_a_malformed_key_is_refused_and_not_done(web, write):
    before = web.effects()

    assert web.send(write, "kort").status_code == 400
    assert web.effects() == before


def test_a_key_is_of_one_client_also_within_an_organisation(web):
    write = withdrawal(web.world)
    first = web.send(write)

    assert web.send(write, who="sndvu-ander", body=write.other).status_code == first.status_code


def test_a_reference_in_other_letters_is_the_same_request(web):
    write = freezing(web.world)
    first = web.send(write)
    upper = replace(
        write, path=write.path.replace(web.reference(write), web.reference(write).upper())
    )

    assert web.send(upper).data == first.data


def test_a_withdrawal_with_a_key_that_has_no_answer_is_done(web):
    write = withdrawal(web.world)
    answer = web.send(write)
    with writing(web.world.parts.engine) as tx:
        tx.execute(update(idempotentie).values(antwoord=None))

    again = web.send(write)

    assert (again.status_code, again.get_json()["ontvangers"]) == (
        201,
        answer.get_json()["ontvangers"],
    )


def test_a_registration_is_answered_again_when_it_would_be_refused_by_now(web):
    write = registration(web.world)
    first = web.send(write)
    web.world.under(Rulebook(web.world.parts.policies, Notices({})))
    web.open()

    assert web.send(write, "sleutel-0002").status_code == 400
    assert web.send(write).data == first.data


def test_two_plans_at_once_with_one_key_are_one_overleg(world):
    body = {"datum": "2020-05-01", "soort": "lso"}
    start = Barrier(4)

    def run(_: int) -> dict[str, Any]:
        start.wait()
        return plan_overleg(world.parts, gemeente(), body, key_for(world, b"plan", "gemeente"))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(4)))

    assert answers == [answers[0]] * 4
    assert [entry["soort"] for entry in world.entries()].count("overleg_gepland") == 1


def test_two_withdrawals_at_once_with_one_key_are_one_withdrawal(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    name, start = UUID(consent["toestemmingId"]), Barrier(4)

    def run(_: int) -> dict[str, Any]:
        start.wait()
        key = key_for(world, b"intrekking", "sndvu-node")
        return withdraw_toestemming(world.parts, bronhouder("sndvu"), name, {}, key)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(4)))

    assert answers == [answers[0]] * 4
    assert [entry["soort"] for entry in world.entries()].count("toestemming_ingetrokken") == 1


def test_what_is_kept_holds_no_personal_data(web):
    for make in WRITES.values():
        web.send(make(web.world), f"sleutel-{make.__name__}")

    with reading(web.world.parts.engine) as tx:
        rows = tx.execute(select(idempotentie)).all()

    assert len(rows) == len(WRITES)
    for row in rows:
        assert not re.search(r"00000000\d\d|Farahani|geboortedatum|1987-03-14", row.antwoord)


def key_for(world: World, sent: bytes, client: str) -> Idempotency:
    return read_idempotency(world.parts.keys, client, "sleutel-0001", (sent,))
