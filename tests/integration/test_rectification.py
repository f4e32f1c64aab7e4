"""Rectification (AVG 16 and 19): who got a field that was wrong is told so, and nobody else is."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from gateway.idempotency import read_idempotency
from gateway.refusals import NotFoundError
from gateway.services.recall_state import Stand, list_recalls
from gateway.services.rectificaties import rectify_casus
from privacy.received import fields_of
from privacy.store.engine import reading
from privacy.store.tables import casusreferentie
from schemas.terms import Precisie
from tests.builders import PARTNERS, a_consent, a_samenvatting, an_item
from tests.integration.racing import at_once, second_gateway
from tests.integration.test_recalls import confirm, listed
from tests.integration.test_restriction import restrict
from tests.world import World, bronhouder

LATER = "2020-04-01T11:00:00Z"


def rectify(world: World, casus: str, *velden: str, by: str = "sndvu") -> dict[str, Any]:
    return rectify_casus(world.parts, bronhouder(by), UUID(casus), {"velden": list(velden)})


def correct(world: World, consent: dict[str, Any], **fields: Any) -> None:
    """Deliver the casus once more, with other values."""
    stand = a_samenvatting(**fields)
    world.casus(an_item(standVan=LATER, samenvatting=stand, toestemmingen=[consent]))


def told(world: World) -> dict[str, list[str]]:
    """Per partner the fields of its notices."""
    found = {}
    for partner in PARTNERS:
        lines = listed(world, partner)
        assert {each["soort"] for each in lines} <= {"rectificatie"}
        if lines:
            found[partner] = [name for each in lines for name in each["velden"]]
    return found


@pytest.fixture
def consent() -> dict[str, Any]:
    return a_consent()


@pytest.fixture
def casus(world: World, consent) -> str:
    """One casus, of which all had the feed, and IND and AVIM the pack."""
    [made] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(made)
    for partner in PARTNERS:
        world.feed(partner)
    for partner in ("IND", "AVIM"):
        world.pack(partner, overleg)
    return made


def test_a_correction_that_no_feed_tells_is_told_to_who_got_the_field(world, casus, consent):
    ends = {partner: world.cursor(partner) for partner in PARTNERS}

    correct(world, consent, nationaliteit="0263")

    assert told(world) == {"IND": ["nationaliteit"], "AVIM": ["nationaliteit"]}
    [item] = world.feed("IND", ends["IND"])
    assert (item["soort"], item["velden"]) == ("rectificatie", ["nationaliteit"])
    assert world.feed("DT&V", ends["DT&V"]) == []


def test_a_notice_tells_a_reference_and_names_and_never_a_value(world, casus, consent):
    reference = world.feed("IND")[0]["casusreferentie"]

    correct(world, consent, nationaliteit="0263")

    [line] = listed(world, "IND")
    assert line == {
        "terugroepingId": line["terugroepingId"],
        "casusreferentie": reference,
        "soort": "rectificatie",
        "velden": ["nationaliteit"],
        "uiterlijk": "2020-04-15",
        "bevestigdOp": None,
    }


def test_a_correction_that_the_feed_tells_needs_no_notice(world, casus, consent):
    end = world.cursor("IND")

    correct(world, consent, datumInstroom="2019-07-12")

    assert world.told("IND", end) == ["correctie"]
    assert told(world) == {}


def test_who_sees_of_a_field_no_more_than_its_year_hears_nothing_of_the_day(world, casus, consent):
    correct(world, consent, geboortedatum="1987-03-15")

    assert told(world) == {"AVIM": ["geboortedatum"]}  # which alone has it in full


def test_that_someone_left_is_no_correction(world, casus, consent):
    gone = {"status": "uitgestroomd", "datumUitstroom": "2020-03-01", "uitstroomreden": "overig"}

    correct(world, consent, **gone)

    assert told(world) == {}


def test_who_never_got_the_casus_hears_nothing(world, consent):
    world.casus(an_item(toestemmingen=[consent]))

    correct(world, consent, nationaliteit="0263")

    assert told(world) == {}
    assert "rectificatie" not in {each["soort"] for each in world.entries()}


def test_who_may_have_it_no_more_is_told_all_the_same(world, casus, consent):
    world.withdraw(consent, ontvangers=["IND"])

    correct(world, consent, nationaliteit="0263", datumInstroom="2019-07-12")

    recall, notice = listed(world, "IND")
    assert (recall["soort"], notice["soort"]) == ("terugroeping", "rectificatie")
    assert notice["velden"] == ["datumInstroom", "nationaliteit"]  # its feed tells nothing now


def test_of_a_restricted_casus_every_correction_is_told_by_a_notice(world, casus, consent):
    restrict(world, casus)

    correct(world, consent, datumInstroom="2019-07-12")

    assert [each["soort"] for each in listed(world, "DT&V")] == ["beperking", "rectificatie"]


def test_one_delivery_corrects_for_each_casus_on_its_own(world):
    items = [
        an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"), toestemmingen=[a_consent()])
        for at in range(1, 4)
    ]
    overleg = world.frozen(*world.casus(*items))
    world.pack("IND", overleg)
    changed = [items[0]["samenvatting"] | {"nationaliteit": "0263"}, items[1]["samenvatting"]]
    changed.append(items[2]["samenvatting"] | {"geslacht": "V", "nationaliteit": "0263"})

    world.push(
        *(
            {**item, "standVan": LATER, "samenvatting": stand}
            for item, stand in zip(items, changed, strict=True)
        )
    )

    assert [each["velden"] for each in listed(world, "IND")] == [
        ["nationaliteit"],
        ["geslacht", "nationaliteit"],
    ]
    logged = [each for each in world.entries() if each["soort"] == "rectificatie"]
    assert [sorted(each["velden"]) for each in logged] == [
        ["nationaliteit"],
        ["geslacht", "nationaliteit"],
    ]
    assert world.log_is_sound()


def test_at_the_word_of_the_organisation_whoever_got_the_field_is_told(world, casus):
    answer = rectify(world, casus, "nationaliteit", "naam")

    assert answer == {
        "casusId": casus,
        "velden": ["naam", "nationaliteit"],
        "ontvangers": ["AVIM", "IND"],
        "uiterlijk": "2020-04-15",
    }
    assert told(world) == {"IND": ["nationaliteit"], "AVIM": ["naam", "nationaliteit"]}
    [logged] = [each for each in world.entries() if each["soort"] == "rectificatie"]
    assert logged["velden"] == {"naam": "ja_nee", "nationaliteit": "ja_nee"}


def test_avg_12_a_rectification_is_open_until_it_is_confirmed(world, casus):
    rectify(world, casus, "naam")
    [regel] = list_recalls(world.parts)
    assert (regel.stand, regel.waarover) == (Stand.OPEN, "rectificatie: naam")

    first = confirm(world, "AVIM", listed(world, "AVIM")[0])

    assert confirm(world, "AVIM", listed(world, "AVIM")[0]) == first
    assert listed(world, "AVIM", only_open=True) == []
    assert list_recalls(world.parts)[0].stand is Stand.BEVESTIGD


def test_a_field_that_nobody_got_is_noted_and_told_to_nobody(world, casus):
    assert rectify(world, casus, "rol")["ontvangers"] == []

    assert world.entries()[-1]["soort"] == "rectificatie"
    assert told(world) == {}


def test_with_a_key_the_same_request_makes_its_notices_once(world, casus):
    key = read_idempotency(world.parts.keys, "sndvu-node", f'"{uuid4()}"', [b"route", b"body"])
    asked = (world.parts, bronhouder("sndvu"), UUID(casus), {"velden": ["naam"]}, key)

    assert rectify_casus(*asked) == rectify_casus(*asked)

    assert told(world) == {"AVIM": ["naam"]}


def test_two_at_once_with_one_key_make_their_notices_once(world, installed_url, casus):
    other = second_gateway(world.parts, installed_url)
    key = read_idempotency(world.parts.keys, "sndvu-node", f'"{uuid4()}"', [b"route", b"body"])
    body = {"velden": ["naam"]}

    one, two = at_once(
        *(
            lambda parts=parts: rectify_casus(parts, bronhouder("sndvu"), UUID(casus), body, key)
            for parts in (world.parts, other)
        )
    )
    other.engine.dispose()

    assert one == two
    assert told(world) == {"AVIM": ["naam"]}


def test_another_organisations_casus_is_as_one_that_is_not_there(world, casus):
    for asked in (casus, str(uuid4())):
        with pytest.raises(NotFoundError):
            rectify(world, asked, "naam", by="seguro")


@pytest.mark.parametrize("velden", [[], ["naam", "naam"], ["adres"], ["Jan de Vries"], "naam"])
def test_fields_that_are_not_understood_are_refused_without_naming_them(world, casus, velden):
    with pytest.raises(ValidationError) as refused:
        rectify_casus(world.parts, bronhouder("sndvu"), UUID(casus), {"velden": velden})

    assert "Jan" not in str(refused.value)


def test_what_a_recipient_ever_got_is_kept_and_only_grows(world, consent):
    def got(partner: str) -> dict[str, Precisie]:
        with reading(world.parts.engine) as tx:
            query = select(casusreferentie.c.velden).where(casusreferentie.c.ontvanger == partner)
            return dict(fields_of(tx.execute(query).scalar_one()))

    [made] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(made)
    world.feed("IND")
    of_feed = got("IND")
    assert "nationaliteit" not in of_feed
    assert of_feed["status"] is Precisie.VOLLEDIG

    world.pack("IND", overleg)
    of_both = got("IND")
    assert of_both["geboortedatum"] is Precisie.JAAR
    assert of_feed.items() <= of_both.items()

    world.feed("IND")
    assert got("IND") == of_both
