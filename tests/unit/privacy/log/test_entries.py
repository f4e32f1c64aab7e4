"""What an entry says is closed, small, and the same bytes every time."""

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import pytest
import rfc8785

from privacy.log.entries import AuditEntry, encode
from privacy.log.errors import EntryRefusedError
from privacy.log.form import MAX_BYTES, are_canonical, is_canonical
from privacy.log.rules import RULES
from privacy.log.terms import Auditsoort
from schemas.canonical import canonical
from schemas.terms import Doel, Grondslag, Precisie
from tests.unit.privacy.log.examples import NOW, an_entry

CONSENT = "0190b2c0-6f1e-7bbb-8ccc-1234567890ab"


def test_the_bytes_are_canonical_json():
    line = encode(an_entry(onderdelen=300, klok_terug=True, reden="geen_toestemming"))

    assert line == canonical(json.loads(line)) == rfc8785.dumps(json.loads(line))


def test_an_entry_says_what_it_was_given():
    assert json.loads(encode(an_entry())) == {
        "v": 1,
        "soort": "verstrekking",
        "tijd": "2026-11-21T10:00:00.123Z",
        "organisatie": "gemeente",
        "client": "ind-koppeling",
        "ontvanger": "IND",
        "doel": "casusoverleg",
        "grondslag": "toestemming",
        "pseudoniem": "5e" * 32,
        "velden": {"vNummer": "volledig", "geboortedatum": "jaar"},
        "toestemmingen": [f"{CONSENT}:3"],
        "beleid": f"sha256:{'a1' * 32}",
        "verklaringen": ["2019-1"],
        "afdruk": "b2" * 32,
        "trace": "c3" * 16,
    }


def test_what_was_not_given_is_left_out():
    entry = AuditEntry(soort=Auditsoort.VERIFICATIE, tijd=NOW, organisatie="gemeente")

    assert encode(entry) == (
        b'{"organisatie":"gemeente","soort":"verificatie","tijd":"2026-11-21T10:00:00.123Z","v":1}'
    )


def test_a_page_without_casussen_says_so():
    assert json.loads(encode(an_entry(onderdelen=0)))["onderdelen"] == 0


def test_the_order_in_which_fields_were_named_changes_nothing():
    named = {"naam": Precisie.VOLLEDIG, "lijn": Precisie.VOLLEDIG, "rol": Precisie.VOLLEDIG}
    turned = dict(reversed(named.items()))

    assert encode(an_entry(velden=named)) == encode(an_entry(velden=turned))


def test_a_moment_is_told_in_utc_whatever_zone_it_came_in():
    amsterdam = NOW.astimezone(timezone(timedelta(hours=1)))

    assert encode(an_entry(tijd=amsterdam)) == encode(an_entry(tijd=NOW))


@pytest.mark.parametrize("soort", Auditsoort)
def test_every_kind_has_a_form(soort):
    assert is_canonical(encode(an_entry(soort=soort)))


@pytest.mark.parametrize("doel", Doel)
@pytest.mark.parametrize("grondslag", Grondslag)
def test_every_purpose_and_ground_has_a_form(doel, grondslag):
    assert is_canonical(encode(an_entry(doel=doel, grondslag=grondslag)))


def test_every_key_has_a_rule():
    assert {item.name for item in fields(AuditEntry)} == set(RULES)


def test_an_unknown_key_can_not_be_said():
    with pytest.raises(TypeError):
        an_entry(naam="van iemand")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("soort", "inbraak", id="a kind that does not exist"),
        pytest.param("organisatie", "Stichting met een naam", id="a name instead of a code"),
        pytest.param("organisatie", "", id="an empty code"),
        pytest.param("organisatie", "ndvu\n", id="a code with a line end"),
        pytest.param("client", 'x","doel":"mrt', id="a value that would write another key"),
        pytest.param("client", "a\\u0022", id="a value with an escape"),
        pytest.param("ontvanger", "IND en AVIM", id="two recipients"),
        pytest.param("doel", "nieuwsgierigheid", id="a purpose that does not exist"),
        pytest.param("grondslag", "wens", id="a ground that does not exist"),
        pytest.param("reden", "De heer A. belde", id="free text"),
        pytest.param("pseudoniem", "5E" * 32, id="hex in capitals"),
        pytest.param("pseudoniem", "5e" * 20, id="a pseudonym of another length"),
        pytest.param("velden", {"achternaam": Precisie.VOLLEDIG}, id="a field that does not exist"),
        pytest.param("velden", {"naam": "Amina"}, id="a value instead of a precision"),
        pytest.param("toestemmingen", (CONSENT,), id="a consent without version"),
        pytest.param("toestemmingen", (f"{CONSENT}:03",), id="a version with a leading zero"),
        pytest.param("beleid", "a1" * 32, id="a digest without its algorithm"),
        pytest.param("verklaringen", ("versie 2019",), id="a notice with a blank"),
        pytest.param("afdruk", "b2" * 31, id="a digest that is too short"),
        pytest.param("onderdelen", -1, id="fewer than none"),
        pytest.param("onderdelen", 100_000, id="more than a pack can hold"),
        pytest.param("onderdelen", 1.0, id="a count that is not whole"),
        pytest.param("trace", "٣" * 32, id="digits of another script"),
        pytest.param("v", 2, id="a version from the future"),
        pytest.param("tijd", datetime(2026, 11, 21), id="a moment without zone"),  # noqa: DTZ001
    ],
)
def test_a_value_against_its_rule_is_refused_without_being_repeated(key, value):
    with pytest.raises(EntryRefusedError) as refused:
        encode(an_entry(**{key: value}))

    assert refused.value.key == key
    assert value == "" or str(value) not in str(refused.value)


@pytest.mark.parametrize("key", ["soort", "organisatie", "tijd"])
def test_what_every_entry_carries_can_not_be_left_out(key):
    with pytest.raises((EntryRefusedError, TypeError, AttributeError)):
        encode(an_entry(**{key: None}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("client", "0123456789", id="alone"),
        pytest.param("client", "ind-0123456789", id="behind a hyphen"),
        pytest.param("client", "ind_0123456789", id="behind an underscore"),
        pytest.param("organisatie", "ndvu.0123456789.x", id="between dots"),
        pytest.param("verklaringen", ("2019-1", "0123456789"), id="as the second of a list"),
    ],
)
def test_ten_digits_that_stand_alone_are_refused_as_a_v_nummer(key, value):
    with pytest.raises(EntryRefusedError) as refused:
        encode(an_entry(**{key: value}))

    assert (refused.value.key, refused.value.rule) == (key, "lijkt_v_nummer")
    assert "0123456789" not in str(refused.value)


@pytest.mark.parametrize("client", ["012345678", "01234567890", "a0123456789", "0123456789b"])
def test_other_runs_of_digits_are_not_taken_for_a_v_nummer(client):
    assert json.loads(encode(an_entry(client=client)))["client"] == client


def test_an_entry_has_at_most_4096_bytes_and_room_for_the_flag():
    limit = MAX_BYTES - len(b'"klok_terug":true,')
    consents = tuple(f"{CONSENT}:{version}" for version in range(1000, 1079))
    room = limit - len(encode(an_entry(toestemmingen=consents)))
    fits = an_entry(toestemmingen=consents, client="ind-koppeling" + "x" * room)
    too_long = an_entry(toestemmingen=consents, client="ind-koppeling" + "x" * (room + 1))

    assert len(encode(fits)) == limit
    assert len(encode(replace(fits, klok_terug=True))) == MAX_BYTES
    with pytest.raises(EntryRefusedError, match="te_lang"):
        encode(too_long)


LINE = encode(an_entry())


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(LINE.replace(b'"v":1', b'"v": 1'), id="a blank"),
        pytest.param(LINE.replace(b'"v":1', b'"v":1,"x":2'), id="an unknown key"),
        pytest.param(LINE.replace(b'"v":1', b'"v":1.0'), id="a number written otherwise"),
        pytest.param(LINE.replace(b'"v":1,', b""), id="no version"),
        pytest.param(LINE.replace(b'"geboortedatum":"jaar",', b"")[:-1], id="cut off"),
        pytest.param(LINE.replace(b'"doel":', b'"doel":"mrt","doel":'), id="a key twice"),
        pytest.param(LINE.replace(b"IND", b"\\u0049ND"), id="an escape"),
        pytest.param(LINE.replace(b"ind-koppeling", b"0123456789"), id="a V-nummer"),
        pytest.param(LINE.replace(b"ind-koppeling", "één".encode()), id="beyond ASCII"),
        pytest.param(LINE + b"\n", id="a line end"),
        pytest.param(b"{" + b" " * 5000 + LINE[1:], id="too long"),
        pytest.param(LINE.replace(b'"jaar"', b'"Amina"'), id="a value among the fields"),
        pytest.param(LINE.replace(b'"jaar"', b'"jaar",'), id="a comma too many"),
        pytest.param(LINE.replace(b"jaar", b"amina"), id="a precision that does not exist"),
        pytest.param(
            LINE.replace(
                b'{"geboortedatum":"jaar","vNummer":"volledig"}',
                b'{"vNummer":"volledig","geboortedatum":"jaar"}',
            ),
            id="fields in another order",
        ),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="not text"),
    ],
)
def test_bytes_that_no_entry_of_ours_has_are_not_canonical(line):
    assert line != LINE
    assert not is_canonical(line)
    assert not are_canonical([line])
    assert not are_canonical([LINE, line, LINE])


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([LINE + b"\n" + LINE], id="two in one"),
        pytest.param([LINE + b"\n"], id="a line feed behind it"),
        pytest.param([b"\n" + LINE], id="a line feed before it"),
        pytest.param([LINE + b"\n" + LINE, b"no entry"], id="two in one beside none"),
        pytest.param([LINE[:40], LINE[40:]], id="one in two"),
        pytest.param([LINE + b"\n", b""], id="as many line feeds as lines"),
    ],
)
def test_lines_are_canonical_each_by_itself_never_together(lines):
    assert not all(map(is_canonical, lines))
    assert not are_canonical(lines)


def test_lines_that_are_canonical_are_so_together():
    assert are_canonical([LINE] * 3)
    assert are_canonical([])
