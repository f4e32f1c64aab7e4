from hypothesis import given
from hypothesis import strategies as st

from privacy.precision import SUPPORTED, finer
from privacy.received import ORDER, fields_of, marks_of
from privacy.store.tables import ALL_FIELDS
from schemas.terms import Precisie

PAIRS = [(name, precisie) for name, allowed in SUPPORTED.items() for precisie in allowed]
some = st.lists(st.sampled_from(PAIRS)).map(dict)


def test_every_field_has_a_bit_in_each_precision_in_which_it_can_leave():
    assert set(PAIRS) == set(ORDER)
    assert len(ORDER) == len(set(ORDER))
    assert marks_of(dict(PAIRS)) < ALL_FIELDS  # which fits in a column, with bits to spare


def test_the_order_of_the_bits_is_stored_and_stays():
    stored = {("vNummer", "volledig"): 0, ("geboortedatum", "jaar"): 8, ("rol", "ja_nee"): 38}

    for (name, precisie), place in stored.items():
        assert marks_of({name: Precisie(precisie)}) == 1 << place


@given(some)
def test_what_was_got_is_read_back(velden):
    assert dict(fields_of(marks_of(velden))) == velden


@given(some, some)
def test_of_two_answers_the_finer_counts(one, other):
    both = dict(fields_of(marks_of(one) | marks_of(other)))

    assert both.keys() == one.keys() | other.keys()
    for name, precisie in both.items():
        assert precisie is finer(one.get(name, precisie), other.get(name, precisie))


def test_who_got_it_before_this_was_kept_may_have_got_everything():
    got = fields_of(ALL_FIELDS)

    assert got.keys() == SUPPORTED.keys()
    assert got["geboortedatum"] is Precisie.VOLLEDIG
    assert fields_of(0) == {}
