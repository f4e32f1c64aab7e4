import pytest

from privacy._unseal import open_sealed
from privacy.errors import ErasedError, IntegrityError
from privacy.keys import KeyRing
from privacy.vault import CasusKeys, WrappedKeys, make_keys, open_keys
from tests.unit.privacy.examples import CASUS, a_label, a_record, new_id

NAAM = "Ngọc Farahani"


@pytest.fixture
def ring(tmp_path) -> KeyRing:
    return KeyRing.create(tmp_path / "sleutels")


@pytest.fixture
def made(ring) -> tuple[CasusKeys, WrappedKeys]:
    return make_keys(ring, CASUS)


@pytest.fixture
def keys(made) -> CasusKeys:
    return made[0]


def test_what_is_encrypted_comes_back_as_it_was(keys):
    record = a_record(naam=NAAM, datumUitstroom=None)

    blob = keys.encrypt(record, "stand", 1)

    assert dict(open_sealed(keys.decrypt(blob, "stand", a_label()))) == dict(open_sealed(record))
    assert NAAM.encode() not in blob


def test_keys_that_were_wrapped_open_what_was_encrypted_before(ring, made):
    keys, wrapped = made
    blob = keys.encrypt(a_record(naam=NAAM), "stand", 1)

    opened = open_keys(ring, CASUS, wrapped)

    assert open_sealed(opened.decrypt(blob, "stand", a_label()))["naam"] == NAAM
    assert opened.pseudoniem() == keys.pseudoniem()


def test_two_encryptions_of_the_same_differ(keys):
    blobs = {keys.encrypt(a_record(naam=NAAM), "stand", 1) for _ in range(50)}

    assert len(blobs) == 50


@pytest.mark.parametrize(
    ("table", "versie"),
    [
        pytest.param("verandering", 1, id="another table"),
        pytest.param("stand", 2, id="another version"),
    ],
)
def test_a_ciphertext_that_was_moved_does_not_open(keys, table, versie):
    """Statement 18."""
    blob = keys.encrypt(a_record(naam=NAAM), "stand", 1)

    with pytest.raises(IntegrityError):
        keys.decrypt(blob, table, a_label(versie=versie))


def test_a_ciphertext_of_another_casus_does_not_open(ring, keys):
    """Statement 18."""
    other, _ = make_keys(ring, new_id())
    blob = other.encrypt(a_record(naam=NAAM), "stand", 1)

    with pytest.raises(IntegrityError):
        keys.decrypt(blob, "stand", a_label())


def test_a_ciphertext_of_another_casus_does_not_open_with_its_own_keys_either():
    """That is: the casus is bound to the ciphertext, and not only to its keys."""
    one, other = CasusKeys(CASUS, bytes(32), bytes(32)), CasusKeys(new_id(), bytes(32), bytes(32))

    with pytest.raises(IntegrityError):
        other.decrypt(one.encrypt(a_record(), "stand", 1), "stand", a_label())


def test_an_altered_ciphertext_does_not_open_wherever_it_was_altered(keys):
    blob = keys.encrypt(a_record(naam=NAAM), "stand", 1)

    for at in range(len(blob)):
        altered = bytearray(blob)
        altered[at] ^= 1
        with pytest.raises(IntegrityError):
            keys.decrypt(bytes(altered), "stand", a_label())


@pytest.mark.parametrize("kept", [0, 1, 5, 13, -1])
def test_a_ciphertext_that_was_cut_off_does_not_open(keys, kept):
    with pytest.raises(IntegrityError):
        keys.decrypt(keys.encrypt(a_record(), "stand", 1)[:kept], "stand", a_label())


def test_a_change_comes_back_as_old_and_new(keys):
    blob = keys.encrypt_change(a_record(lijn="1"), a_record(lijn="2"), 3)

    old, new = keys.decrypt_change(blob, a_label(versie=3))

    assert (open_sealed(old)["lijn"], open_sealed(new)["lijn"]) == ("1", "2")


def test_details_of_a_consent_are_bound_to_their_statement(keys):
    blob = keys.encrypt_spoor(b"details", "toestemming a", 1)

    assert keys.decrypt_spoor(blob, "toestemming a", 1) == b"details"
    with pytest.raises(IntegrityError):
        keys.decrypt_spoor(blob, "toestemming b", 1)


# Names of a casus


def test_each_recipient_knows_a_casus_by_another_reference_and_always_the_same(keys):
    references = {recipient: keys.referentie(recipient) for recipient in ("IND", "DT&V", "AVIM")}

    assert len(set(references.values())) == 3
    assert keys.referentie("IND") == references["IND"]
    assert CASUS not in references.values()


def test_the_pseudonym_in_the_log_tells_nothing_of_references_or_salts(keys):
    names = [keys.pseudoniem(), keys.referentie("IND").hex, keys.salt("een").hex(), CASUS.hex]

    assert len(set(names)) == len(names)
    assert keys.salt("een") != keys.salt("twee")


def test_a_fingerprint_is_the_same_only_for_the_same_state_of_the_same_casus(ring, keys):
    one = keys.fingerprint(a_record(naam=NAAM), b"[]")

    others = {
        keys.fingerprint(a_record(naam="Ander"), b"[]"),
        keys.fingerprint(a_record(naam=NAAM), b"[1]"),
        keys.fingerprint(None, b"[]"),
        make_keys(ring, CASUS)[0].fingerprint(a_record(naam=NAAM), b"[]"),
    }
    assert keys.fingerprint(a_record(naam=NAAM), b"[]") == one
    assert len(others) == 4
    assert one not in others


def test_a_fingerprint_does_not_mistake_where_the_summary_ends(keys):
    assert keys.fingerprint(None, b"{}") != keys.fingerprint(None, b"")
    assert keys.fingerprint(a_record(), b"x") != keys.fingerprint(None, b"x")


# Erasure


def test_an_erased_summary_does_not_open_and_its_traces_do(ring, made):
    keys, wrapped = made
    blob = keys.encrypt(a_record(naam=NAAM), "stand", 1)

    left = open_keys(ring, CASUS, WrappedKeys(wrapped.epoch, None, wrapped.spoor))

    with pytest.raises(ErasedError):
        left.decrypt(blob, "stand", a_label())
    assert left.referentie("IND") == keys.referentie("IND")


def test_an_erased_casus_has_no_name_any_more(ring, made):
    gone = open_keys(ring, CASUS, WrappedKeys(made[1].epoch, None, None))

    for ask in (gone.pseudoniem, lambda: gone.referentie("IND"), lambda: gone.salt("een")):
        with pytest.raises(ErasedError):
            ask()


def test_no_key_is_printed(made):
    keys, wrapped = made

    assert repr(keys) == "<CasusKeys>"
    assert repr(wrapped) == "WrappedKeys(epoch=1)"
