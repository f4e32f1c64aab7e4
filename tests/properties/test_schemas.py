"""What holds for every record: it comes back as it left, and no refusal holds a value."""

import json
from datetime import UTC, date, datetime, timedelta

import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from stdnum.nl import bsn

from schemas import nationaliteiten
from schemas.aanlevering import check_item, item_schema
from schemas.bsn import holds_bsn
from schemas.canonical import canonical
from schemas.dates import birth_fault, could_be_under, read_birth
from schemas.duplicates import find_duplicates
from schemas.faults import Foutcode, faults_of
from schemas.mutatie import mutatie_schema, terugroeping_schema
from schemas.records import (
    Aanleveringsitem,
    Casussamenvatting,
    Mutatie,
    Terugroeping,
    Toestemming,
    wire_names,
)
from schemas.rules import check_samenvatting, derive_status
from schemas.samenvatting import samenvatting_schema
from schemas.terms import (
    Begeleidingsscenario,
    Doel,
    Geslacht,
    Lijn,
    Mutatiesoort,
    Rol,
    Uitstroomreden,
    Vorm,
)
from schemas.texts import text_fault
from schemas.toestemming import toestemming_schema
from schemas.v_nummer import normalise_v_nummer

DAY = date(2020, 4, 1)
ONTVANGERS = frozenset({"IND", "DT&V", "AVIM"})
VERKLARINGEN = frozenset({"2019-1", "2020-1"})
CODES = [rij.code for rij in nationaliteiten.load().rijen if rij.is_valid(DAY)]

v_nummers = st.text("0123456789", min_size=10, max_size=10)
names = st.text(min_size=1, max_size=40).filter(lambda text: text_fault(text) is None)
days = st.dates(date(2000, 1, 1), DAY)
births = st.dates(date(1900, 1, 1), DAY).flatmap(
    lambda day: st.sampled_from([4, 7, 10]).map(lambda length: day.isoformat()[:length])
)


def subsets(values):
    return st.lists(st.sampled_from(sorted(values)), min_size=1, unique=True).map(tuple)


@st.composite
def courses(draw):
    """The dates of a casus in their order, with a reason where it ended."""
    first, second, third = sorted(draw(st.tuples(days, days, days)))
    length = draw(st.integers(1, 3))
    entry = second if length > 1 else None
    departure = third if length > 2 else None
    return {
        "datum_aanmelding": first,
        "datum_instroom": entry,
        "datum_uitstroom": departure,
        "uitstroomreden": draw(st.sampled_from(Uitstroomreden)) if departure else None,
        "status": derive_status(entry, departure),
    }


@st.composite
def samenvattingen(draw, *, whole=False):
    values = draw(courses()) | {
        "naam": draw(names),
        "geboortedatum": draw(st.none() | births),
        "geslacht": draw(st.sampled_from(Geslacht)),
        "nationaliteit": draw(st.sampled_from(CODES)),
        "lijn": draw(st.none() | st.sampled_from(Lijn)),
        "begeleidingsscenario": draw(st.none() | st.sampled_from(Begeleidingsscenario)),
        "bronhouder": draw(st.sampled_from(["sndvu", "stil"])),
        "rol": draw(st.sampled_from(Rol)),
    }
    kept = {name: value for name, value in values.items() if whole or draw(st.booleans())}
    return Casussamenvatting(v_nummer=draw(v_nummers), **kept)


@st.composite
def toestemmingen(draw):
    first = draw(days)
    vereist = draw(st.booleans())
    who = draw(names) if vereist else draw(st.none() | names)
    return Toestemming(
        toestemming_id=draw(st.uuids()),
        ontvangers=draw(subsets(ONTVANGERS)),
        doelen=draw(subsets(Doel)),
        eerste_dag=first,
        laatste_dag=first + timedelta(days=draw(st.integers(0, 1000))),
        verklaring=draw(st.sampled_from(sorted(VERKLARINGEN))),
        vorm=draw(st.sampled_from(Vorm)),
        taal=draw(st.sampled_from(["fa", "ti", "kmr"])),
        tolk=draw(st.booleans()),
        ingetrokken_op=draw(st.none() | days),
        vertegenwoordiger=who,
        vertegenwoordiger_vereist=vereist,
        bewijs_sha256=draw(st.none() | st.just("0f" * 32)),
    )


items = st.builds(
    Aanleveringsitem,
    stand_van=st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    toestemmingen=st.lists(
        toestemmingen(), min_size=1, max_size=3, unique_by=lambda one: one.toestemming_id
    ).map(tuple),
    samenvatting=st.none() | samenvattingen(),
    casus_id=st.none() | st.uuids(),
)
contents = st.dictionaries(
    st.sampled_from(sorted(wire_names(Casussamenvatting).values())), st.none() | names
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=12,
)


def comes_back(schema, record) -> bool:
    """Through JSON, as it goes over the wire."""
    return schema.load(json.loads(json.dumps(schema.dump(record)))) == record


@given(samenvattingen())
def test_a_summary_comes_back_as_it_left(record):
    assert comes_back(samenvatting_schema(DAY), record)


@given(toestemmingen())
def test_a_statement_comes_back_as_it_left(record):
    assert comes_back(toestemming_schema(DAY, ONTVANGERS, VERKLARINGEN), record)


@given(items)
def test_an_item_comes_back_as_it_left(record):
    assert comes_back(item_schema(DAY, ONTVANGERS, VERKLARINGEN), record)


@given(
    st.builds(Mutatie, soort=st.sampled_from(Mutatiesoort), samenvatting=contents, velden=contents)
)
def test_a_mutatie_comes_back_as_it_left(record):
    assert comes_back(mutatie_schema(), record)


@given(st.builds(Terugroeping, doelen=subsets(Doel)))
def test_a_recall_comes_back_as_it_left(record):
    assert comes_back(terugroeping_schema(), record)


@given(samenvattingen(whole=True), st.data())
def test_sharing_less_of_a_good_record_is_never_a_fault(record, data):
    """So that the gateway refuses nothing that the node found good."""
    assert check_samenvatting(record, DAY, complete=True) == []

    wire = samenvatting_schema(DAY).dump(record)
    shared = data.draw(st.sets(st.sampled_from(sorted(wire)))) | {"vNummer"}

    assert samenvatting_schema(DAY).load({name: wire[name] for name in shared})


@given(samenvattingen(), st.data())
def test_one_wrong_field_is_reported_once_and_without_its_value(record, data):
    wire = samenvatting_schema(DAY).dump(record)
    field = data.draw(st.sampled_from(sorted(wire)))

    try:
        samenvatting_schema(DAY).load(wire | {field: "zzqq\x00"})
    except ValidationError as error:
        found = faults_of(error)
        assert [fout.veld for fout in found].count(field) == 1
        assert "zzqq" not in repr(found)
    else:
        raise AssertionError


@given(json_values)
def test_whatever_comes_is_read_or_refused_with_codes(value):
    item, found = check_item(
        value, day=DAY, ontvangers=ONTVANGERS, verklaringen=VERKLARINGEN, prefix="/items/0"
    )

    assert item is None
    assert found
    assert all(isinstance(fout.code, Foutcode) for fout in found)
    assert all(fout.pointer.startswith("/items/0") for fout in found)


@given(items, st.data())
def test_any_value_in_any_place_is_read_or_refused_with_codes(record, data):
    wire = item_schema(DAY, ONTVANGERS, VERKLARINGEN).dump(record)
    part = data.draw(st.sampled_from([wire, *wire["toestemmingen"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)

    item, found = check_item(wire, day=DAY, ontvangers=ONTVANGERS, verklaringen=VERKLARINGEN)

    assert (item is None) == bool(found)


@given(v_nummers)
def test_no_v_nummer_is_refused_for_a_check_digit(number):
    assert normalise_v_nummer(number) == number


@given(st.text())
def test_what_is_found_in_any_text_is_ten_digits_or_nothing(text):
    found = normalise_v_nummer(text)

    assert found is None or (len(found) == 10 and found.isascii() and found.isdigit())


@given(st.integers(1, 999_999_999))
def test_a_number_is_a_bsn_exactly_when_the_test_says_so(number):
    text = f"{number:09d}"

    assert holds_bsn(f"nr {text}.") == bsn.is_valid(text)


@given(births)
def test_a_kept_birth_date_is_read_as_itself(birth):
    assert read_birth(birth) == birth
    assert birth_fault(birth, DAY) is None


@given(st.dates(date(1950, 1, 1), date(2019, 12, 31)), days, st.integers(1, 30))
def test_knowing_less_of_a_birth_date_never_makes_someone_older(birth, on, years):
    full = birth.isoformat()

    by_length = [could_be_under(full[:length], years, on) for length in (10, 7, 4)]

    assert by_length == sorted(by_length)


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("ab"))))
def test_of_doubles_at_most_one_stays_and_only_where_all_are_alike(entries):
    refused = find_duplicates(entries)

    for number in {number for number, _ in entries}:
        group = [place for place, (one, _) in enumerate(entries) if one == number]
        alike = len({entries[place][1] for place in group}) == 1
        left = [place for place in group if place not in refused]
        assert left == (group[:1] if alike or len(group) == 1 else [])


ascii_text = st.text(st.characters(codec="ascii"))
exact = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(ascii_text, below),
    max_leaves=20,
)


@given(exact)
def test_canonical_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(ascii_text, exact, min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)
