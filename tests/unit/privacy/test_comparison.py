"""Kinds of mutation by the rules of REGELS ("Mutaties"), as one recipient is told of them."""

import pytest

from privacy._unseal import open_sealed
from privacy.comparison import (
    change,
    corrected,
    digest_of,
    exceeding,
    precedes,
    same,
    seen_in,
    told,
    told_at_start,
)
from schemas.terms import Mutatiesoort, Precisie
from tests.unit.privacy.examples import VIEWER, a_record

VOL, GROEP, JA_NEE = Precisie.VOLLEDIG, Precisie.GROEP, Precisie.JA_NEE
FEED = {
    "vNummer": VOL,
    "status": VOL,
    "lijn": VOL,
    "datumInstroom": VOL,
    "datumUitstroom": VOL,
    "uitstroomreden": GROEP,
    "bronhouder": VOL,
}
AANGEMELD = {
    "status": "aangemeld",
    "lijn": "1",
    "datumInstroom": None,
    "datumUitstroom": None,
    "uitstroomreden": None,
}
BINNEN = AANGEMELD | {"status": "in_begeleiding", "datumInstroom": "2020-03-01"}
WEG = BINNEN | {
    "status": "uitgestroomd",
    "datumUitstroom": "2020-03-30",
    "uitstroomreden": "terugkeer",
}


def kinds(old: dict, new: dict, visible=FEED) -> list[tuple[str, set[str]]]:
    changed = change(a_record(**old), a_record(**new))
    if changed is None:
        return []
    return [(each.soort.value, set(each.velden)) for each in told(*changed, visible, VIEWER)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(BINNEN, BINNEN, [], id="nothing"),
        pytest.param(AANGEMELD, BINNEN, [("instroom", {"status", "datumInstroom"})], id="came in"),
        pytest.param(
            AANGEMELD,
            BINNEN | {"lijn": "2"},
            [("instroom", {"status", "datumInstroom", "lijn"})],
            id="came in, and to the second line: instroom takes all",
        ),
        pytest.param(
            AANGEMELD,
            WEG,
            [
                ("instroom", {"status", "datumInstroom"}),
                ("uitstroom", {"datumUitstroom", "uitstroomreden"}),
            ],
            id="came in and left between two runs",
        ),
        pytest.param(BINNEN, BINNEN | {"lijn": "2"}, [("doorstroom", {"lijn"})], id="went on"),
        pytest.param(
            BINNEN | {"lijn": "2"},
            BINNEN,
            [("correctie", {"lijn"})],
            id="back to the first line is a correction",
        ),
        pytest.param(
            BINNEN | {"lijn": None}, BINNEN, [("correctie", {"lijn"})], id="a line that was empty"
        ),
        pytest.param(
            BINNEN,
            WEG,
            [("uitstroom", {"status", "datumUitstroom", "uitstroomreden"})],
            id="left",
        ),
        pytest.param(
            BINNEN,
            WEG | {"lijn": "2"},
            [
                ("doorstroom", {"lijn"}),
                ("uitstroom", {"status", "datumUitstroom", "uitstroomreden"}),
            ],
            id="went on and left",
        ),
        pytest.param(
            BINNEN,
            WEG | {"datumInstroom": "2020-02-01"},
            [
                ("uitstroom", {"status", "datumUitstroom", "uitstroomreden"}),
                ("correctie", {"datumInstroom"}),
            ],
            id="left, and an entry date was put right",
        ),
        pytest.param(
            WEG,
            BINNEN | {"datumInstroom": "2020-03-31", "lijn": "2"},
            [
                (
                    "heropening",
                    {"status", "datumInstroom", "datumUitstroom", "uitstroomreden", "lijn"},
                )
            ],
            id="came back, to the second line: heropening takes all",
        ),
        pytest.param(
            WEG,
            AANGEMELD,
            [("correctie", {"status", "datumInstroom", "datumUitstroom", "uitstroomreden"})],
            id="registered by mistake as having left",
        ),
        pytest.param(
            BINNEN, AANGEMELD, [("correctie", {"status", "datumInstroom"})], id="never came in"
        ),
        pytest.param(
            WEG,
            WEG | {"datumUitstroom": "2020-03-29"},
            [("correctie", {"datumUitstroom"})],
            id="another day of leaving",
        ),
        pytest.param(
            WEG,
            WEG | {"uitstroomreden": "mob"},
            [("correctie", {"uitstroomreden"})],
            id="another reason of leaving",
        ),
        pytest.param(
            BINNEN, BINNEN | {"vNummer": "1"}, [("correctie", {"vNummer"})], id="another V-nummer"
        ),
    ],
)
def test_a_change_is_told_by_its_kinds_in_order_and_each_field_once(old, new, expected):
    assert kinds(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"naam": "A"}, {"naam": "B"}, id="a field that is not in the feed"),
        pytest.param(
            {"uitstroomreden": "medisch"}, {"uitstroomreden": "artikel_64"}, id="health to health"
        ),
        pytest.param(
            {"uitstroomreden": "medisch"}, {"uitstroomreden": "overig"}, id="health to other"
        ),
    ],
)
def test_what_is_the_same_in_the_precision_that_leaves_is_told_to_nobody(old, new):
    assert kinds(WEG | old, WEG | new) == []


@pytest.mark.parametrize(
    ("coarse", "old", "new", "expected"),
    [
        pytest.param(
            {"datumInstroom": Precisie.JAAR},
            BINNEN,
            BINNEN | {"datumInstroom": "2020-01-01"},
            [],
            id="another day of the same year",
        ),
        pytest.param(
            {"datumInstroom": JA_NEE, "status": JA_NEE},
            AANGEMELD,
            BINNEN,
            [("instroom", {"datumInstroom"})],
            id="came in, told by a date that is there now",
        ),
        pytest.param(
            {"datumUitstroom": Precisie.MAAND, "uitstroomreden": JA_NEE, "status": JA_NEE},
            BINNEN,
            WEG,
            [("uitstroom", {"datumUitstroom", "uitstroomreden"})],
            id="left, told by month",
        ),
        pytest.param(
            {"datumUitstroom": JA_NEE, "uitstroomreden": JA_NEE, "datumInstroom": Precisie.JAAR},
            WEG,
            BINNEN | {"datumInstroom": "2020-03-31"},
            [("heropening", {"status", "datumUitstroom", "uitstroomreden"})],
            id="came back within the year",
        ),
        pytest.param({"lijn": JA_NEE}, BINNEN, BINNEN | {"lijn": "2"}, [], id="to another line"),
        pytest.param(
            {"lijn": JA_NEE},
            BINNEN | {"lijn": None},
            BINNEN,
            [("correctie", {"lijn"})],
            id="to a line at all",
        ),
        pytest.param(
            {},
            BINNEN | {"status": "ja"},
            WEG,
            [
                ("uitstroom", {"datumUitstroom", "uitstroomreden", "status"}),
            ],
            id="left, told by the date where the status was not known",
        ),
        pytest.param(
            {},
            WEG | {"status": "ja", "datumInstroom": "2020"},
            WEG,
            [("correctie", {"status", "datumInstroom"})],
            id="a recipient that may know more is not told that anyone left",
        ),
    ],
)
def test_kinds_are_told_as_far_as_coarse_values_tell_of_them(coarse, old, new, expected):
    assert kinds(old, new, FEED | coarse) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("12-15", "16-17", True, id="the organisation sends another group"),
        pytest.param("2004-04-02", "2004-04-01", True, id="a birth date was corrected"),
        pytest.param("onbekend", "16-17", True, id="the organisation knows it now"),
        pytest.param("16-17", None, True, id="the birth date was taken out"),
        pytest.param("16-17", "2004", False, id="another partner may have the year"),
        pytest.param("2004", "16-17", False, id="and may have it no more"),
    ],
)
def test_an_age_group_that_changes_with_another_partners_consent_is_told_to_nobody(
    old, new, expected
):
    visible = {"geboortedatum": Precisie.LEEFTIJDSGROEP}

    found = kinds({"geboortedatum": old}, {"geboortedatum": new}, visible)

    assert found == ([("correctie", {"geboortedatum"})] if expected else [])


def test_a_name_that_looks_like_a_group_of_ages_is_told_as_any_name():
    found = kinds({"naam": "onbekend"}, {"naam": "2 Pac"}, {"naam": VOL})

    assert found == [("correctie", {"naam"})]


@pytest.mark.parametrize("hidden", ["status", "lijn", "datumInstroom", "datumUitstroom"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(AANGEMELD, WEG | {"lijn": "2"}, id="came in and left"),
        pytest.param(WEG, BINNEN | {"lijn": "2"}, id="came back"),
    ],
)
def test_a_field_that_a_recipient_may_not_see_makes_no_difference(old, new, hidden):
    """Neither its name nor the kind tells that it changed."""
    visible = {name: how for name, how in FEED.items() if name != hidden}
    unchanged = new | {hidden: old[hidden]}

    assert kinds(old, new, visible) == kinds(old, unchanged, visible)


@pytest.mark.parametrize("hidden", ["status", "datumInstroom", "datumUitstroom"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(AANGEMELD, BINNEN, id="came in"),
        pytest.param(AANGEMELD, WEG | {"lijn": "2"}, id="came in and left"),
        pytest.param(WEG, BINNEN | {"lijn": "2"}, id="came back"),
        pytest.param(BINNEN, WEG, id="left"),
    ],
)
def test_hiding_one_field_takes_that_field_from_what_is_told_and_nothing_else(old, new, hidden):
    visible = {name: how for name, how in FEED.items() if name != hidden}

    expected = [(soort, velden - {hidden}) for soort, velden in kinds(old, new)]

    assert kinds(old, new, visible) == [each for each in expected if each[1]]


def test_who_sees_only_whether_there_is_a_status_and_no_date_is_not_told_which():
    visible = {"status": JA_NEE, "lijn": VOL}

    assert kinds(AANGEMELD, WEG | {"lijn": "2"}, visible) == kinds(
        BINNEN | {"lijn": AANGEMELD.get("lijn")}, BINNEN | {"lijn": "2"}, visible
    )


def test_a_field_that_came_or_went_with_consent_is_no_change():
    assert change(a_record(lijn="1"), a_record(lijn="1", naam="A")) is None
    assert change(a_record(lijn="1", naam="A"), a_record(lijn="1")) is None


def test_a_change_holds_the_fields_that_differ_and_no_other():
    old, new = change(a_record(lijn="1", naam="A"), a_record(lijn="2", naam="A"))

    assert (dict(open_sealed(old)), dict(open_sealed(new))) == ({"lijn": "1"}, {"lijn": "2"})


@pytest.mark.parametrize(
    ("stand", "visible", "expected"),
    [
        pytest.param(AANGEMELD, FEED, [], id="not yet in"),
        pytest.param(BINNEN, FEED, ["instroom"], id="in"),
        pytest.param(WEG, FEED, ["instroom", "uitstroom"], id="left"),
        pytest.param(WEG, {"vNummer": VOL}, [], id="who may see neither dates nor status"),
        pytest.param(WEG, {"status": VOL}, ["instroom", "uitstroom"], id="who sees the status"),
        pytest.param(WEG, {"status": JA_NEE}, [], id="who sees whether there is a status"),
        pytest.param(WEG, {"datumInstroom": VOL}, ["instroom"], id="who sees the entry"),
        pytest.param(BINNEN, {"datumUitstroom": JA_NEE}, [], id="who sees that nobody left"),
    ],
)
def test_what_follows_an_aanmelding_is_what_the_recipient_sees_of_it(stand, visible, expected):
    found = told_at_start(a_record(**stand), visible, VIEWER)

    assert [each.soort.value for each in found] == expected
    assert {each.velden for each in found} <= {()}


def test_kinds_are_told_in_the_order_of_the_list():
    order = list(Mutatiesoort)

    found = [Mutatiesoort(kind) for kind, _ in kinds(AANGEMELD, WEG | {"vNummer": "1"})]

    assert found == sorted(found, key=order.index)


# Other questions


def test_a_record_exceeds_what_it_holds_too_much_or_too_precisely_of():
    record = a_record(naam="A", geboortedatum="1987-03-14", uitstroomreden="medisch", lijn=None)
    allowed = {"vNummer": VOL, "geboortedatum": Precisie.JAAR, "uitstroomreden": GROEP}

    found = exceeding(record, allowed, VIEWER)

    assert set(found) == {"naam", "geboortedatum", "uitstroomreden", "lijn"}


@pytest.mark.parametrize(
    ("precisie", "held", "exceeds"),
    [
        pytest.param(Precisie.JAAR, "1987-03", True, id="a month for a year"),
        pytest.param(Precisie.JAAR, "25-39", False, id="a group for a year"),
        pytest.param(Precisie.JAAR, "onbekend", False, id="an unknown group for a year"),
        pytest.param(Precisie.LEEFTIJDSGROEP, "1987", True, id="a year for a group"),
        pytest.param(Precisie.LEEFTIJDSGROEP, "ja", False, id="a word for a group"),
        pytest.param(JA_NEE, "25-39", True, id="a group for a word"),
        pytest.param(JA_NEE, None, True, id="emptiness for a word"),
        pytest.param(VOL, "nee", False, id="a word for a day"),
    ],
)
def test_a_record_may_always_hold_less_than_is_allowed(precisie, held, exceeds):
    found = exceeding(a_record(geboortedatum=held), {"geboortedatum": precisie}, VIEWER)

    assert ("geboortedatum" in found) is exceeds


def test_a_record_within_what_is_allowed_exceeds_nothing():
    allowed = {"vNummer": VOL, "geboortedatum": Precisie.JAAR, "uitstroomreden": GROEP}

    assert exceeding(a_record(geboortedatum="1987", uitstroomreden="overig"), allowed, VIEWER) == ()


def test_of_two_different_records_exactly_one_precedes():
    records = [a_record(lijn=lijn, naam=naam) for lijn in (None, "1", "2") for naam in ("A", "B")]

    for one in records:
        for other in records:
            assert precedes(one, other) + precedes(other, one) == (not same(one, other))


def test_a_digest_goes_by_what_the_filter_leaves_and_by_its_key():
    allowed = {"geboortedatum": Precisie.JAAR}
    one = digest_of(a_record(geboortedatum="1987-03-14"), allowed, VIEWER, b"k")

    assert one == digest_of(a_record(geboortedatum="1987-12-31"), allowed, VIEWER, b"k")
    assert one != digest_of(a_record(geboortedatum="1988-03-14"), allowed, VIEWER, b"k")
    assert one != digest_of(a_record(geboortedatum="1987-03-14"), allowed, VIEWER, b"l")


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        pytest.param(AANGEMELD, BINNEN, set(), id="came in: nothing was wrong"),
        pytest.param(
            BINNEN,
            BINNEN | {"datumInstroom": "2020-03-02"},
            {"datumInstroom"},
            id="the day was wrong",
        ),
        pytest.param(
            WEG | {"uitstroomreden": "medisch"},
            WEG | {"uitstroomreden": "artikel_64"},
            set(),
            id="both leave as overig, to everyone",
        ),
        pytest.param(
            AANGEMELD | {"geslacht": "M"},
            BINNEN | {"geslacht": "V"},
            {"geslacht"},
            id="came in, and one field was wrong",
        ),
    ],
)
def test_what_was_wrong_is_what_no_event_explains(old: dict, new: dict, wrong: set[str]):
    changed = change(a_record(**old), a_record(**new))

    assert changed is not None
    assert corrected(*changed, VIEWER) == wrong


def test_who_got_a_year_sees_nothing_of_another_day_in_it():
    changed = change(a_record(geboortedatum="1987-03-14"), a_record(geboortedatum="1987-03-15"))

    assert changed is not None
    assert corrected(*changed, VIEWER) == {"geboortedatum"}
    assert seen_in(*changed, {"geboortedatum": Precisie.JAAR}, VIEWER) == set()
    assert seen_in(*changed, {"geboortedatum": Precisie.VOLLEDIG}, VIEWER) == {"geboortedatum"}
