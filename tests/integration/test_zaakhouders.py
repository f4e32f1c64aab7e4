"""Two zaakhouders of one V-nummer: the first counts, and the officer alone is told."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.console.zaakhouders import double_zaakhouders
from gateway.services.zaakhouders import Bevinding, find_zaakhouders
from privacy.entitlement import Rulebook
from privacy.notice import Notice, Notices
from privacy.policy import Policies
from privacy.store.engine import writing
from privacy.store.tables import casus as casus_table
from schemas.terms import Doel, Precisie
from tests.builders import PARTNERS, a_consent, an_item
from tests.unit.privacy.examples import a_policy
from tests.world import World

LEADS, HELPS = "zaakhouder", "medebegeleiding"
NUMBER = "0902224584"
FIELDS = dict.fromkeys(("vNummer", "status", "lijn", "rol", "bronhouder"), Precisie.VOLLEDIG)


class Shelter:
    """Organisations whose partners may know their role, and people known to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._minutes = count(10)
        self._consents: dict[tuple[str, str], dict[str, Any]] = {}
        table = {Doel.CASUSOVERLEG: FIELDS}
        policies = {name: a_policy(name, table) for name in PARTNERS}
        explained = {(name, Doel.CASUSOVERLEG): FIELDS for name in PARTNERS}
        notice = Notice("2019-1", "titel", explained, "sha256:1")
        world.under(Rulebook(Policies(policies), Notices({"2019-1": notice})))

    def say(self, by: str, rol: str | None, number: str = NUMBER, **other: Any) -> str:
        """What an organisation says of someone, a minute after what was said before."""
        self.world.now += timedelta(minutes=1)
        told = {"vNummer": number, "status": "in_begeleiding", "lijn": "1"} | other
        if rol is not None:
            told["rol"] = rol
        consent = self._consents.setdefault((by, number), a_consent(doelen=["casusoverleg"]))
        moment = f"2020-04-01T08:{next(self._minutes)}:00Z"
        item = an_item(samenvatting=told, standVan=moment, toestemmingen=[consent])
        return self.world.casus(item, by=by)[0]

    def withdraw(self, by: str) -> None:
        self.world.withdraw(self._consents[by, NUMBER], by=by)

    def find(self) -> Bevinding:
        return find_zaakhouders(self.world.parts)

    def told(self) -> list[list[str]]:
        """Per person the organisations that lead, the one that counts first."""
        return [[each.bronhouder for each in group] for group in self.find().personen]


@pytest.fixture
def shelter(world: World) -> Shelter:
    return Shelter(world)


def test_the_first_counts_and_each_is_named_by_its_casus_and_since_when(shelter: Shelter):
    first = shelter.say("seguro", LEADS)
    began = shelter.world.now
    second = shelter.say("sndvu", LEADS)

    [group] = shelter.find().personen

    assert [(str(each.casus), each.bronhouder) for each in group] == [
        (first, "seguro"),
        (second, "sndvu"),
    ]
    assert [each.sinds for each in group] == [began, began + timedelta(minutes=1)]


@pytest.mark.parametrize(
    "rol", [pytest.param(HELPS, id="helps"), pytest.param(None, id="does not say")]
)
def test_who_does_not_lead_is_no_second_zaakhouder(shelter: Shelter, rol):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", rol)

    assert shelter.told() == []


def test_guidance_that_ended_is_led_by_nobody(shelter: Shelter):
    shelter.say("seguro", LEADS, status="uitgestroomd")
    shelter.say("sndvu", LEADS)

    assert shelter.told() == []


def test_two_people_are_not_one(shelter: Shelter):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", LEADS, number="0000000001")

    assert shelter.told() == []


def test_since_when_goes_by_when_it_began_to_lead_and_not_by_when_it_was_known(shelter: Shelter):
    shelter.say("seguro", HELPS)
    shelter.say("sndvu", LEADS)
    shelter.say("seguro", LEADS)

    assert shelter.told() == [["sndvu", "seguro"]]


def test_who_led_handed_over_and_leads_again_leads_since_then(shelter: Shelter):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", LEADS)
    shelter.say("seguro", HELPS)
    assert shelter.told() == []

    shelter.say("seguro", LEADS)

    assert shelter.told() == [["sndvu", "seguro"]]


def test_another_change_does_not_begin_it_anew(shelter: Shelter):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", LEADS)

    shelter.say("seguro", LEADS, lijn="2")

    assert shelter.told() == [["seguro", "sndvu"]]


def test_a_corrected_number_begins_it_for_the_person_it_now_is(shelter: Shelter):
    other = shelter.say("seguro", LEADS, number="0000000001")
    shelter.say("sndvu", LEADS)
    told = {"vNummer": NUMBER, "status": "in_begeleiding", "lijn": "1", "rol": LEADS}
    consent = a_consent(doelen=["casusoverleg"])
    item = an_item(
        casusId=other, standVan="2020-04-01T09:00:00Z", samenvatting=told, toestemmingen=[consent]
    )

    shelter.world.casus(item, by="seguro")

    assert shelter.told() == [["sndvu", "seguro"]]


def test_a_casus_that_does_not_open_is_counted_apart_and_holds_up_nothing(shelter: Shelter):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", LEADS)
    third = shelter.say("seguro", LEADS, number="0000000001")
    broken = casus_table.c.bronhouder == "seguro"
    with writing(shelter.world.parts.engine) as tx:
        rows = tx.execute(select(casus_table.c.id).where(broken)).scalars().all()
        [unread] = [each for each in rows if str(each) == third]
        values = {"inhoud_sleutel": b"\x01broken"}
        tx.execute(update(casus_table).where(casus_table.c.id == unread).values(values))

    found = shelter.find()

    assert (found.casussen, found.onleesbaar, len(found.personen)) == (3, 1, 1)


def test_looking_is_logged_without_anyone_in_it_and_changes_nothing_else(shelter: Shelter):
    shelter.say("seguro", LEADS)
    shelter.say("sndvu", LEADS)
    before = len(shelter.world.entries())

    shelter.find()

    [entry] = shelter.world.entries()[before:]
    del entry["tijd"]
    assert entry == {"v": 1, "soort": "zaakhouders_getoetst", "organisatie": "gateway"}
    assert shelter.world.log_is_sound()


def test_neither_organisation_and_no_partner_learns_of_it(shelter: Shelter):
    """What they get is compared with what they get where the other helps instead of leads."""
    casus = shelter.say("sndvu", LEADS)
    shelter.say("seguro", HELPS)
    overleg = shelter.world.frozen(casus)
    before = [shelter.world.summaries(name, overleg) for name in PARTNERS]

    shelter.say("seguro", LEADS)
    shelter.find()

    assert len(shelter.told()) == 1
    assert [shelter.world.summaries(name, overleg) for name in PARTNERS] == before
    assert {each["rol"] for summaries in before for each in summaries} == {LEADS}


def test_the_page_for_officers_shows_numbers_of_casussen_and_no_person(shelter: Shelter):
    first = shelter.say("seguro", LEADS)
    second = shelter.say("sndvu", LEADS)

    [table] = double_zaakhouders(shelter.world.parts)

    assert [row[0].tekst for row in table.rijen] == [first, second]
    assert [row[-1].tekst for row in table.rijen] == ["ja", "nee"]
    assert NUMBER not in repr(table)
