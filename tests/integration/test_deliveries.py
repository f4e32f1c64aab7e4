"""What an organisation delivers: each bad item has its own answer, and good ones go through."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from privacy.log.tables import auditregel
from privacy.store.engine import reading
from privacy.store.metadata import metadata
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.world import World

EARLIER = "2020-03-31T08:00:00Z"
LATER = "2020-04-01T09:00:00Z"


def problems(result) -> set[tuple[str, str]]:
    return {(each["pointer"], each["code"]) for each in result["problemen"]}


def rows(world: World) -> dict[str, int]:
    with reading(world.parts.engine) as tx:
        return {
            table.name: len(tx.execute(select(table)).all()) for table in metadata.sorted_tables
        }


REFUSED = [
    pytest.param(
        an_item(samenvatting=a_samenvatting(vNummer="123")),
        {("/items/1/samenvatting/vNummer", "geen_v_nummer")},
        id="no V-nummer",
    ),
    pytest.param(
        an_item(samenvatting=a_samenvatting() | {"notitie": "vertrouwelijk"}),
        {("/items/1/samenvatting/notitie", "onbekend_veld")},
        id="a field that does not exist",
    ),
    pytest.param(
        an_item(samenvatting=a_samenvatting(bronhouder="seguro")),
        {("/items/1/samenvatting/bronhouder", "strijdig")},
        id="the name of another organisation",
    ),
    pytest.param(
        an_item(samenvatting=a_samenvatting(rol="zaakhouder")),
        {("/items/1/samenvatting/rol", "geen_toestemming")},
        id="a field that no policy names",
    ),
    pytest.param(
        an_item(toestemmingen=[a_consent(ontvangers=["IND"])]),
        {
            ("/items/1/samenvatting/naam", "geen_toestemming"),
            ("/items/1/samenvatting/geboortedatum", "geen_toestemming"),
        },
        id="a field, and a precision, that nobody consented to",
    ),
    pytest.param(
        an_item(toestemmingen=[]),
        {("/items/1/samenvatting", "geen_toestemming")},
        id="no consent at all",
    ),
    pytest.param(
        an_item(toestemmingen=[a_consent(laatsteDag="2020-03-31")]),
        {("/items/1/samenvatting", "geen_toestemming")},
        id="a consent that is over",
    ),
    pytest.param(
        an_item(toestemmingen=[a_consent(eersteDag="2020-03-02", laatsteDag="2020-03-01")]),
        {("/items/1/toestemmingen/0/laatsteDag", "einde_voor_begin")},
        id="a consent that ends before it begins",
    ),
    pytest.param(
        an_item(toestemmingen=[a_consent(ontvangers=["COA"])]),
        {("/items/1/toestemmingen/0/ontvangers/0", "onbekende_ontvanger")},
        id="an unknown recipient",
    ),
    pytest.param(
        an_item(toestemmingen=[a_consent(verklaring="2031-9")]),
        {("/items/1/toestemmingen/0/verklaring", "onbekende_verklaring")},
        id="an unknown notice",
    ),
    *(
        pytest.param(
            an_item(
                samenvatting=a_samenvatting(
                    status="uitgestroomd", datumUitstroom="2020-03-30", uitstroomreden=reden
                )
            ),
            {("/items/1/samenvatting/uitstroomreden", "geen_toestemming")},
            id=f"{reden}, which tells of health",
        )
        for reden in ("medisch", "artikel_64")
    ),
    pytest.param(
        an_item(casusId=str(UUID(int=7))),
        {("/items/1/casusId", "onbekende_casus")},
        id="a casus that is not there",
    ),
    pytest.param("geen object", {("/items/1", "verkeerd_type")}, id="no object"),
    pytest.param(
        an_item(standVan="gisteren"), {("/items/1/standVan", "geen_tijdstip")}, id="no moment"
    ),
    pytest.param(
        an_item(samenvatting=a_samenvatting(naam="\ud800")),
        {("/items/1/samenvatting/naam", "onbekende_waarde")},
        id="half a character",
    ),
]


@pytest.mark.parametrize(("bad", "expected"), REFUSED)
def test_a_bad_item_is_refused_and_the_good_ones_go_through(embedded, bad, expected):
    before, after = people(2)

    first, refused, last = embedded.push(before, bad, after)

    assert refused["resultaat"] == "geweigerd"
    assert refused["casusId"] is None
    assert problems(refused) == expected
    assert (first["resultaat"], last["resultaat"]) == ("aangenomen", "aangenomen")


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_body_with_none_or_with_more_than_a_thousand_items_is_refused_whole(embedded, count):
    before = rows(embedded)

    with pytest.raises(ValidationError):
        embedded.push(*people(count))

    assert rows(embedded) == before


def test_a_thousand_items_are_taken(world):
    results = world.push(*people(1_000))

    assert {each["resultaat"] for each in results} == {"aangenomen"}
    assert len({each["casusId"] for each in results}) == 1_000


# The moment of the register


def test_a_repeat_changes_nothing_and_names_the_same_casus(world):
    item = an_item()
    [casus] = world.casus(item)
    before = rows(world)

    [repeat] = world.push(item | {"standVan": LATER})

    assert (repeat["resultaat"], repeat["casusId"]) == ("ongewijzigd", casus)
    assert rows(world) == before | {"auditregel": before["auditregel"] + 1}


def test_an_order_of_consents_makes_no_difference(world):
    consents = [a_consent(), a_consent(ontvangers=["IND"])]
    world.casus(an_item(toestemmingen=consents))

    [turned] = world.push(an_item(toestemmingen=consents[::-1]))

    assert turned["resultaat"] == "ongewijzigd"


def test_what_is_older_than_what_is_stored_is_outdated(world):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))

    older = an_item(
        standVan=EARLIER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent]
    )
    [result] = world.push(older)

    assert (result["resultaat"], result["casusId"]) == ("verouderd", casus)
    assert [each["lijn"] for each in world.summaries("IND", world.frozen(casus))] == ["1"]


def test_a_repeat_of_later_makes_what_lies_between_outdated(world):
    item = an_item()
    world.casus(item)
    world.push(item | {"standVan": "2020-04-01T12:00:00Z"})

    between = item | {"standVan": "2020-04-01T10:00:00Z", "samenvatting": a_samenvatting(lijn="2")}
    [result] = world.push(between)

    assert result["resultaat"] == "verouderd"


@pytest.mark.parametrize(
    ("ahead", "result"),
    [
        pytest.param(timedelta(minutes=5), "aangenomen", id="five minutes"),
        pytest.param(timedelta(minutes=5, seconds=1), "geweigerd", id="more than five minutes"),
        pytest.param(timedelta(days=365_000), "geweigerd", id="a thousand years"),
    ],
)
def test_a_register_cannot_be_read_in_the_future(embedded, ahead, result):
    moment = (embedded.now + ahead).isoformat()

    [answer] = embedded.push(an_item(standVan=moment))

    assert answer["resultaat"] == result
    expected = set() if result == "aangenomen" else {("/items/0/standVan", "in_de_toekomst")}
    assert problems(answer) == expected


def test_a_moment_from_the_future_makes_nothing_later_outdated(world):
    consent = a_consent()
    world.push(an_item(standVan="9999-12-31T00:00:00Z", toestemmingen=[consent]))

    [result] = world.push(an_item(standVan=datetime(2026, 5, 4, tzinfo=UTC).isoformat()))

    assert result["resultaat"] == "aangenomen"


# One casus named twice


def test_one_v_nummer_twice_in_a_body_is_refused_in_both_places(world):
    results = world.push(an_item(), *people(1), an_item(samenvatting=a_samenvatting(lijn="2")))

    assert [each["resultaat"] for each in results] == ["geweigerd", "aangenomen", "geweigerd"]
    assert [problems(each) for each in results] == [
        {("/items/0/samenvatting/vNummer", "dubbel_verschillend")},
        set(),
        {("/items/2/samenvatting/vNummer", "dubbel_verschillend")},
    ]


def test_one_casus_named_in_two_ways_is_refused_in_both_places(world):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    before = rows(world)
    corrected = a_samenvatting(vNummer="0000000001")

    by_id, by_v_nummer = world.push(
        an_item(standVan=LATER, casusId=casus, samenvatting=corrected),
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2")),
    )

    assert problems(by_id) == {("/items/0/casusId", "dubbel_verschillend")}
    assert problems(by_v_nummer) == {("/items/1/samenvatting/vNummer", "dubbel_verschillend")}
    assert rows(world) == before | {"auditregel": before["auditregel"] + 1}


def test_one_casus_named_by_its_number_and_by_a_consent_is_refused_in_both_places(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))

    by_v_nummer, by_consent = world.push(
        an_item(standVan=LATER),
        an_item(standVan=LATER, samenvatting=None, toestemmingen=[consent]),
    )

    assert problems(by_v_nummer) == {("/items/0/samenvatting/vNummer", "dubbel_verschillend")}
    assert problems(by_consent) == {("/items/1/toestemmingen", "dubbel_verschillend")}


# Consents and casussen of others


def test_a_consent_of_one_casus_is_refused_for_another(world):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))

    [result] = world.push(
        an_item(samenvatting=a_samenvatting(vNummer="0000000001"), toestemmingen=[consent])
    )

    assert problems(result) == {("/items/0/toestemmingen", "strijdig")}


def test_a_v_nummer_cannot_be_corrected_into_that_of_another_casus(world):
    [_one, other] = world.casus(an_item(), *people(1))

    [result] = world.push(an_item(standVan=LATER, casusId=other))

    assert problems(result) == {("/items/0/samenvatting/vNummer", "vnummer_van_andere_casus")}


def test_a_casus_of_another_organisation_is_refused_like_an_unknown_one(world):
    [casus] = world.casus(an_item())
    of_another = an_item(standVan=LATER, casusId=casus)
    unknown = an_item(standVan=LATER, casusId=str(uuid4()))

    answers = [world.push(item, by="seguro") for item in (of_another, unknown)]

    assert answers[0] == answers[1]


def test_a_consent_withdrawn_with_a_summary_that_is_refused_is_still_withdrawn(world):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(casus)

    ended = consent | {"ingetrokkenOp": "2020-04-01"}
    [result] = world.push(an_item(standVan=LATER, toestemmingen=[ended]))

    assert result["resultaat"] == "geweigerd"
    assert world.pack("IND", overleg) == []


def test_very_many_consents_of_one_person_stop_nobody_else(world):
    many = an_item(toestemmingen=[a_consent() for _ in range(100)])

    [casus, other] = world.casus(many, *people(1))

    assert len(world.pack("IND", world.frozen(casus, other))) == 2
    assert world.log_is_sound()


# Trying


def test_a_trial_writes_nothing_and_says_what_would_be(world):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    before = rows(world)

    results = world.push(
        an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2"), toestemmingen=[consent]),
        *people(1),
        an_item(samenvatting=a_samenvatting(vNummer="x")),
        proef=True,
    )

    assert [each["resultaat"] for each in results] == ["aangenomen", "aangenomen", "geweigerd"]
    assert [each["casusId"] for each in results] == [casus, None, None]
    assert rows(world) == before


def test_every_delivery_has_one_entry_for_itself_and_one_for_each_casus_it_changed(world):
    world.push(*people(3), an_item(samenvatting=a_samenvatting(vNummer="x")))

    kinds = [entry["soort"] for entry in world.entries()]

    assert kinds == ["casus_aangenomen"] * 3 + ["aanlevering"]
    assert world.entries()[-1]["onderdelen"] == 3


def test_no_answer_repeats_a_value(world):
    secret = "Zeldzame Naam"

    [result] = world.push(an_item(toestemmingen=[], samenvatting=a_samenvatting(naam=secret)))

    assert secret not in str(result)
    with reading(world.parts.engine) as tx:
        assert secret.encode() not in b"".join(tx.execute(select(auditregel.c.regel)).scalars())
