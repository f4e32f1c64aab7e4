"""A salted digest pins the data and, without its salt, tells nothing of it."""

from hashlib import sha256

import pytest

from privacy.log.commitment import SALT_SIZE, commit, new_salt, opens
from privacy.log.errors import CommitmentError

SALT = bytes(range(SALT_SIZE))


def test_the_digest_is_of_domain_salt_and_data():
    expected = sha256(b"lso-gateway/afdruk/1\x00" + SALT + b"body").hexdigest()

    assert commit(b"body", SALT) == expected


def test_salt_and_data_open_their_own_digest():
    salt = new_salt()

    opens(commit(b"body", salt), b"body", salt)


@pytest.mark.parametrize(
    ("data", "salt"),
    [
        pytest.param(b"bodx", SALT, id="other data"),
        pytest.param(b"body", SALT[::-1], id="another salt"),
        pytest.param(SALT[-1:] + b"body", SALT[:-1], id="the border moved"),
        pytest.param(b"body", b"", id="no salt"),
    ],
)
def test_anything_else_does_not_open_it(data, salt):
    with pytest.raises(CommitmentError):
        opens(commit(b"body", SALT), data, salt)


@pytest.mark.parametrize("afdruk", ["", "é", "00" * 32])
def test_a_digest_of_nothing_of_ours_is_not_opened(afdruk):
    with pytest.raises(CommitmentError):
        opens(afdruk, b"body", SALT)


def test_equal_data_has_another_digest_under_each_salt():
    salts = {new_salt() for _ in range(100)}

    assert len({commit(b"body", salt) for salt in salts}) == len(salts) == 100


def test_a_salt_of_another_length_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        commit(b"body", b"short")
