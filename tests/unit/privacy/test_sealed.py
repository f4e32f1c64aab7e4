import copy
import pickle
from dataclasses import replace

import pytest

from privacy._unseal import open_sealed
from privacy.disclosure import _GATE, Disclosure
from privacy.sealed import seal
from tests.unit.privacy.examples import a_label, a_record

NAAM = "Ngọc Farahani"


def a_disclosure(**other) -> Disclosure:
    given = {"recipient": "IND", "body": b"{}", "index": 3, "onderdelen": 1}
    given |= {"fingerprint": "00" * 32, "made_by": _GATE}
    return Disclosure(**{**given, **other})


def test_a_sealed_record_shows_its_version_and_nothing_else():
    sealed = a_record(naam=NAAM)

    assert repr(sealed) == str(sealed) == "<Sealed versie 1>"
    assert NAAM not in f"{[sealed]}{(sealed,)!r}"


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_sealed_record_is_neither_pickled_nor_copied(copied):
    with pytest.raises(TypeError):
        copied(a_record(naam=NAAM))


def test_what_is_sealed_cannot_be_changed_from_outside_or_inside():
    inhoud = {"naam": NAAM}
    sealed = seal(a_label(), inhoud)

    inhoud["naam"] = "Ander"

    assert open_sealed(sealed)["naam"] == NAAM
    with pytest.raises(TypeError):
        open_sealed(sealed)["naam"] = "Ander"


def test_two_sealed_records_of_the_same_content_do_not_compare():
    assert a_record(naam=NAAM) != a_record(naam=NAAM)


def test_only_the_gate_makes_a_disclosure():
    with pytest.raises(TypeError):
        a_disclosure(made_by=object())


def test_no_disclosure_is_made_of_another():
    with pytest.raises((TypeError, ValueError)):
        replace(a_disclosure(), body=b"other")


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_disclosure_is_neither_pickled_nor_copied(copied):
    with pytest.raises(TypeError):
        copied(a_disclosure())


def test_a_disclosure_shows_to_whom_and_by_which_entry_and_no_byte_of_its_body():
    shown = repr(a_disclosure(body=b'{"naam":"Farahani"}'))

    assert shown == "<Disclosure to IND, audit entry 3>"
