"""What the log proves, over the web: to whoever has a token, and to nobody else."""

import json
from base64 import b64decode

import pytest
from sqlalchemy import delete

from gateway.app import create_app
from gateway.auth.permission_map import scopes_for
from gateway.log_trust import trust_of
from gateway.parties import Soort
from privacy.log.merkle import leaf_hash
from privacy.log.notes import Checkpoint, parse_note
from privacy.log.proofs import verify_consistency
from privacy.log.tables import medeondertekening
from privacy.log.trust import LogProof
from privacy.store.engine import writing
from schemas.canonical import canonical
from tests.api.calling import Calls, whole_gateway
from tests.overseen import Overseen


@pytest.fixture
def world(sqlite_template, tmp_path):
    file = tmp_path / "geheel.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    made = Overseen(tmp_path, f"sqlite:///{file}")
    made.sign()
    yield made
    made.close()


@pytest.fixture
def calls(world) -> Calls:
    return whole_gateway(world)


def test_a_partner_checks_the_entry_of_its_own_page_offline(world, calls):
    """Statement 14: the receipt of a page, from request to proof, with nothing but the keys."""
    page = calls.call("ketenpartner", "GET", "/v1/mutaties")
    told = json.loads(page.data)["bewijs"]
    early = calls.call("ketenpartner", "GET", f"/v1/audit/bewijzen/{told['index']}")
    world.sign()

    answer = calls.call("ketenpartner", "GET", f"/v1/audit/bewijzen/{told['index']}")

    assert (early.status_code, early.headers["Retry-After"]) == (404, "10")
    assert early.get_json()["type"] == "/v1/docs#bewijs-nog-niet"
    proof = LogProof.parse(answer.get_json()["bewijs"])
    entry = leaf_hash(canonical(told["regel"]))
    assert proof.verify(entry, trust_of(world.parts.settings)).size == answer.get_json()["omvang"]
    assert proof.index == told["index"]


def test_two_checkpoints_after_each_other_are_of_one_log(world, calls):
    first = calls.call("ketenpartner", "GET", "/v1/audit/checkpoint").get_json()
    calls.call("ketenpartner", "GET", "/v1/mutaties")
    world.sign()

    path = f"/v1/audit/checkpoint?vanaf={first['omvang']}"
    later = calls.call("ketenpartner", "GET", path).get_json()

    old, new = (Checkpoint.parse(parse_note(each["controlepunt"]).text) for each in (first, later))
    proof = [b64decode(each) for each in later["bewijs"]]
    verify_consistency(old.size, new.size, old.root, new.root, proof)
    assert "bewijs" not in first
    assert new.size > old.size


@pytest.mark.parametrize("who", ["bronhouder", "ketenpartner", "gemeente"])
def test_whatever_a_token_is_for_it_may_see_that_the_log_only_grows(calls, who):
    machine = calls.machines[who]
    scope = calls.call(who, "GET", "/v1/audit/checkpoint")
    token = machine.token(calls.web, scope=_one_scope(who))

    narrow = machine.call(calls.web, "GET", "/v1/audit/checkpoint", token)

    assert (scope.status_code, narrow.status_code) == (200, 200)


def _one_scope(who: str) -> str:
    return min(scopes_for(Soort(who)))


def test_without_a_token_nothing_is_told(calls):
    for path in ("/v1/audit/checkpoint", "/v1/audit/bewijzen/0"):
        assert calls.web.get(path).status_code == 401


@pytest.mark.parametrize("index", ["-1", "01", "1.0", "x", "9" * 16, "999999"])
def test_what_is_no_entry_of_the_log_is_not_found(calls, index):
    answer = calls.call("ketenpartner", "GET", f"/v1/audit/bewijzen/{index}")

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/v1/docs#niet-gevonden"


@pytest.mark.parametrize(("vanaf", "status"), [("-1", 400), ("veel", 400), ("999999", 409)])
def test_a_size_that_is_none_or_is_yet_to_come_is_refused(calls, vanaf, status):
    answer = calls.call("ketenpartner", "GET", f"/v1/audit/checkpoint?vanaf={vanaf}")

    assert answer.status_code == status


def test_an_unchanged_checkpoint_is_not_sent_twice(calls):
    tag = calls.call("ketenpartner", "GET", "/v1/audit/checkpoint").headers["ETag"]

    again = calls.call(
        "ketenpartner", "GET", "/v1/audit/checkpoint", headers={"If-None-Match": tag}
    )

    assert again.status_code == 304


def test_operators_see_whether_the_witnesses_are_heard_and_nothing_else_of_them(world):
    def told() -> str:
        answer = create_app(world.parts).test_client().get("/health/ready")
        assert answer.status_code == 200
        assert "getuige-0" not in answer.get_data(as_text=True)
        return answer.get_json()["getuigen"]

    assert told() == "gehoord"
    world.wait(minutes=16)
    assert told() == "stil"
    world.wait(hours=4)
    assert told() == "gestopt"
    world.sign()
    assert told() == "gehoord"


def test_silence_is_503_to_a_known_and_an_unknown_person_alike(world, calls):
    """Statement 13: from outside the two cannot be told apart."""
    with writing(world.parts.engine) as tx:
        tx.execute(delete(medeondertekening))

    told = {
        calls.call("ketenpartner", "POST", "/v1/bewaringstoetsen", json={"vNummer": number}).data
        for number in ("0902224584", "0000000001")
    }
    page = calls.call("ketenpartner", "GET", "/v1/mutaties")

    assert len(told) == 1
    assert json.loads(told.pop())["status"] == 503
    assert page.status_code == 503
