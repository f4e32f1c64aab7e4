"""The watch over all logs sees what it is there for, wherever and at whatever level it is said.

Statement 30 holds in every test by it.
"""

import logging

import pytest

from tests.conftest import WATCH
from tests.log_watch import KINDS, found_in

HELD = {
    "a token or an assertion": "Authorization: DPoP eyJhbGciOiJF.eyJpc3MiOiJo.c2lnbmF0dXVy",
    "a private key": '{"kty": "EC", "d": "Kq3Vb0hYkq2zT5nJ4x8mQeR7uW1cL6pS9aD0fG2hJ3k"}',
    "a V-nummer": "casus 0012345678 is niet bekend",
    "a name": "mevrouw Ngọc Farahani",
}
INNOCENT = (
    "verzoek trace=0123456789abcdef0123456789abcdef ms=0.1234567890",
    "om 1785312000 verlopen; 2026-05-04T09:30:00.123456Z",
    "casus 01234567-89ab-7def-8123-012345678901",
)


def test_there_is_an_example_of_every_kind():
    assert set(HELD) == set(KINDS)


@pytest.mark.parametrize(("kind", "text"), HELD.items())
def test_each_kind_is_known_by_its_form(kind, text):
    assert found_in(text) == [kind]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_like_it_is_left_alone(text):
    assert found_in(text) == []


@pytest.mark.logs_on_purpose
@pytest.mark.parametrize("text", HELD.values())
def test_a_library_that_says_it_at_debug_to_nobody_is_heard(text):
    library = logging.getLogger("een.bibliotheek.die.niemand.kent")
    library.propagate = False

    library.debug("gekregen: %s", text)

    assert len(WATCH.take()) == 1


@pytest.mark.logs_on_purpose
def test_what_hangs_on_a_line_is_read_too():
    logging.getLogger("lso_gateway").info("verzoek", extra={"sleutels": {"wie": "0012345678"}})

    assert len(WATCH.take()) == 1


@pytest.mark.logs_on_purpose
def test_a_file_that_a_program_left_behind_is_read(tmp_path):
    (tmp_path / "diep").mkdir()
    (tmp_path / "diep" / "gateway.log").write_text(HELD["a name"])

    WATCH.read_files(tmp_path)

    assert len(WATCH.take()) == 1
