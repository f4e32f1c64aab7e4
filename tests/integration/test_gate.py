"""The one way out; what goes through a transaction of its own is tested on both databases."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, text

from privacy.errors import LogUnavailableError, PolicyUnavailableError, SystemRefusalError
from privacy.log.commitment import opens
from privacy.log.tables import audithoofd
from privacy.question import PROCESSOR, Part
from privacy.store.engine import make_engine, writing
from schemas.canonical import canonical
from schemas.terms import Doel, Grondslag, Precisie
from tests.gates import SALT, Gatehouse, a_candidate, an_ask
from tests.unit.privacy.examples import a_record, a_rulebook, a_statement

VOL = Precisie.VOLLEDIG
RULES = a_rulebook(
    {
        ("IND", Doel.CASUSOVERLEG): {"vNummer": VOL, "geboortedatum": Precisie.JAAR, "lijn": VOL},
        ("IND", Doel.MRT): {"lijn": VOL},
        ("AVIM", Doel.CASUSOVERLEG): {"naam": VOL, "geboortedatum": VOL},
    }
)
RECORD = a_record(naam="Farahani", geboortedatum="1987-03-14", lijn=None, rol="zaakhouder")
GOOD = a_candidate(RECORD, a_statement())
REFUSED = a_candidate(RECORD)


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[Gatehouse]:
    file = tmp_path / "gate.sqlite"
    shutil.copyfile(sqlite_template, file)
    engine = make_engine(f"sqlite:///{file}")
    yield Gatehouse(engine, tmp_path, RULES)
    engine.dispose()


@pytest.fixture
def either(engine: Engine, tmp_path: Path) -> Gatehouse:
    """A gate over either database."""
    return Gatehouse(engine, tmp_path, RULES)


def items(disclosure) -> list[dict]:
    return json.loads(disclosure.body)["pakket"]["casussen"]


def entries(house: Gatehouse) -> list[dict]:
    return [json.loads(line) for line in house.lines()]


def test_what_leaves_is_what_the_policy_names_in_its_precision(house):
    [item] = items(house.disclose(an_ask(), [GOOD]))

    assert item["samenvatting"] == {
        "vNummer": "0902224584",
        "geboortedatum": "1987",
        "lijn": None,
    }


@pytest.mark.parametrize(
    ("only", "left"),
    [
        pytest.param({"lijn"}, {"lijn": None}, id="narrowed to one field"),
        pytest.param({"naam", "rol"}, {}, id="narrowed to what may not leave"),
        pytest.param(set(), {}, id="narrowed to nothing"),
    ],
)
def test_a_part_can_be_narrowed_and_never_widened(house, only, left):
    part = Part("velden", RECORD, frozenset(only))

    [item] = items(house.disclose(an_ask(), [a_candidate(None, a_statement(), parts=(part,))]))

    assert item["velden"] == left


def test_a_casus_without_consent_is_simply_not_there(house):
    disclosure = house.disclose(an_ask(), [REFUSED, GOOD, REFUSED])

    assert len(items(disclosure)) == disclosure.onderdelen == 1


def test_a_refusal_looks_like_nobody_from_outside(house):
    nobody = json.loads(house.disclose(an_ask(), []).body)["pakket"]
    refused = json.loads(house.disclose(an_ask(), [REFUSED]).body)["pakket"]

    assert refused == nobody


def test_every_candidate_has_its_entry_and_the_answer_one(either):
    """Statement 8: as many entries as disclosures."""
    either.disclose(an_ask(), [REFUSED, GOOD])

    refusal, disclosure, pack = entries(either)
    assert (refusal["soort"], refusal["reden"]) == ("weigering", "geen_toestemming")
    assert "velden" not in refusal
    assert "afdruk" not in refusal
    assert disclosure["soort"] == "verstrekking"
    assert disclosure["velden"] == {
        "vNummer": "volledig",
        "geboortedatum": "jaar",
        "lijn": "volledig",
    }
    assert disclosure["toestemmingen"] == [f"{a_statement().toestemming_id}:1"]
    assert disclosure["verklaringen"] == ["2019-1"]
    assert (pack["soort"], pack["onderdelen"]) == ("pakket", 2)


def test_where_nobody_in_particular_was_asked_about_refusals_are_not_told(house):
    house.disclose(an_ask(log_refusals=False), [REFUSED, GOOD])

    assert [entry["soort"] for entry in entries(house)] == ["verstrekking", "pakket"]


def test_the_answer_carries_its_own_entry_and_what_opens_it(either):
    disclosure = either.disclose(an_ask(), [GOOD])

    body = json.loads(disclosure.body)
    proof = body["bewijs"]
    assert proof["index"] == disclosure.index == 1
    assert canonical(proof["regel"]) == either.lines()[1]
    opens(proof["regel"]["afdruk"], canonical(body["pakket"]), bytes.fromhex(proof["zout"]))
    assert disclosure.body == canonical(body)


def test_the_entry_of_a_casus_opens_with_its_own_salt(house):
    disclosure = house.disclose(an_ask(), [GOOD])

    opens(entries(house)[0]["afdruk"], canonical(items(disclosure)[0]), SALT)


def test_no_value_stands_in_an_entry(house):
    house.disclose(an_ask(), [GOOD, REFUSED])

    log = b"".join(house.lines())
    assert not [v for v in (b"0902224584", b"Farahani", b"1987", b"zaakhouder") if v in log]


# Order


@pytest.mark.parametrize(
    "candidates",
    [
        pytest.param([], id="about nobody"),
        pytest.param([GOOD], id="about one who agreed"),
        pytest.param([REFUSED], id="about one who did not"),
    ],
)
def test_past_the_review_date_every_question_has_one_answer_and_nobody_is_looked_up(
    house, candidates
):
    house.now = datetime(2031, 1, 1, tzinfo=UTC)
    looked = []

    with pytest.raises(PolicyUnavailableError) as refused:
        house.gate.disclose(an_ask(), lambda _tx, _day: looked.append(candidates))

    assert isinstance(refused.value, SystemRefusalError)
    assert "IND" in str(refused.value)
    assert (looked, house.lines()) == ([], [])


def test_without_a_log_nothing_leaves_and_nothing_is_settled(either):
    """Statement 8: and not one byte without an entry."""
    settled = []
    with writing(either.engine) as tx:
        tx.execute(delete(audithoofd))

    with pytest.raises(LogUnavailableError):
        either.disclose(an_ask(), [GOOD], lambda *_: settled.append(True))

    assert settled == []


def test_what_cannot_be_settled_is_not_disclosed_and_leaves_no_entry(either):
    def fails(*_: object) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  whatever it is, it comes out
        either.disclose(an_ask(), [GOOD], fails)

    assert either.lines() == []


def test_what_is_settled_is_committed_with_the_entries_and_after_them(either):
    with writing(either.engine) as tx:
        tx.execute(text("CREATE TABLE gevolg (nummer INTEGER)"))
    gevolg = text("INSERT INTO gevolg VALUES (:nummer)")

    either.disclose(
        an_ask(), [GOOD, REFUSED], lambda tx, _c, first: tx.execute(gevolg, {"nummer": first})
    )

    with writing(either.engine) as tx:
        assert tx.execute(text("SELECT nummer FROM gevolg")).scalars().all() == [0]


def test_only_what_is_released_is_settled(house):
    settled = []

    house.disclose(an_ask(), [REFUSED, GOOD], lambda _tx, released, _f: settled.extend(released))

    assert [each.candidate for each in settled] == [GOOD]


# Grounds


def test_a_purpose_that_was_not_asked_for_is_a_fault_of_the_caller(house):
    other = a_candidate(RECORD, a_statement(doelen=frozenset({Doel.MRT})), purpose=Doel.MRT)

    with pytest.raises(RuntimeError):
        house.disclose(an_ask(), [other])

    assert house.lines() == []


def test_a_recipient_gets_nothing_on_the_consent_for_another(house):
    disclosure = house.disclose(
        an_ask(), [a_candidate(RECORD, a_statement(ontvangers=frozenset({"AVIM"})))]
    )

    assert items(disclosure) == []
    assert entries(house)[0]["reden"] == "andere_ontvanger"


def test_an_organisation_gets_its_own_casus_in_full(house):
    own = a_candidate(RECORD, grondslag=Grondslag.EIGEN, purpose=None)

    [item] = items(
        house.disclose(an_ask(recipient="sndvu", herkomst={"organisatie": "sndvu"}), [own])
    )

    assert item["samenvatting"]["naam"] == "Farahani"
    assert item["samenvatting"]["rol"] == "zaakhouder"


def test_nobody_else_has_the_ground_of_the_organisation_itself(house):
    with pytest.raises(RuntimeError):
        house.disclose(an_ask(), [a_candidate(RECORD, grondslag=Grondslag.EIGEN, purpose=None)])


def test_a_recall_carries_no_field(house):
    with pytest.raises(RuntimeError):
        house.disclose(an_ask(), [a_candidate(RECORD, grondslag=Grondslag.WETTELIJK, purpose=None)])


def test_what_the_law_orders_goes_without_a_policy_and_nothing_else_goes_with_it(house):
    ask = an_ask(lawful_only=True)

    with pytest.raises(RuntimeError):
        house.disclose(ask, [GOOD])


def test_a_recall_needs_no_consent(house):
    recall = a_candidate(None, grondslag=Grondslag.WETTELIJK, purpose=None)

    assert len(items(house.disclose(an_ask(), [recall]))) == 1
    assert entries(house)[0]["grondslag"] == "wettelijk"


def test_the_processor_gets_the_union_of_what_consented_partners_may_have(house):
    both = a_statement(ontvangers=frozenset({"IND", "AVIM"}))
    ask = an_ask(recipient=PROCESSOR, purposes=frozenset(), proof=False, items="items")

    disclosure = house.disclose(ask, [a_candidate(RECORD, both, purpose=None)])

    [item] = json.loads(disclosure.body)["items"]
    assert item["samenvatting"] == {
        "vNummer": "0902224584",
        "naam": "Farahani",
        "geboortedatum": "1987-03-14",
        "lijn": None,
    }


def test_one_casus_with_very_many_consents_does_not_stop_the_pack(house):
    many = [a_statement(versie=number) for number in range(1, 500)]

    assert len(items(house.disclose(an_ask(), [a_candidate(RECORD, *many), GOOD]))) == 2


def test_a_transaction_that_lost_to_another_is_run_again_from_its_beginning(either):
    with writing(either.engine) as tx:
        tx.execute(text("CREATE TABLE bezet (sleutel INTEGER PRIMARY KEY)"))
        tx.execute(text("INSERT INTO bezet VALUES (1)"))
    tries = []

    def collides_once(tx, _released, _first) -> None:
        tries.append(1)
        tx.execute(text("INSERT INTO bezet VALUES (:n)"), {"n": len(tries)})

    either.disclose(an_ask(), [GOOD], collides_once)

    assert len(tries) == 2
    assert len(either.lines()) == 2
