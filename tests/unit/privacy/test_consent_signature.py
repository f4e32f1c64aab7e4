"""Statement 33: the signature of a consent fails after any change, by whoever and of whatever."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from privacy.consent_signature import (
    DOCUMENT,
    TYPE,
    Ondertekensleutel,
    signed_text,
    signer_of,
    text_of,
)
from schemas.records import Toestemming, wire_names
from schemas.terms import Doel, Vorm
from schemas.toestemming import toestemming_schema
from tests.builders import PARTNERS, a_consent
from tests.signing import signing_key

DAY = date(2020, 4, 1)
SCHEMA = toestemming_schema(DAY, frozenset(PARTNERS), frozenset({"2019-1"}))
CONSENT: Toestemming = SCHEMA.load(
    a_consent(toestemmingId="7d0f3cb2-3d5e-4a6b-8a44-0c2f2c1f7a11", vertegenwoordiger="ouder")
)
KEY = signing_key("sndvu")
KEYS = {KEY.kid: KEY.key.public_key()}
SIGNATURE = KEY.sign(signed_text("sndvu", CONSENT))
FIELDS = [each.name for each in fields(Toestemming) if each.name != "handtekening"]


def others(value: Any) -> st.SearchStrategy[Any]:
    """Another value of the same kind; a kind that is new here must be added, so nobody forgets."""
    kinds: dict[type, st.SearchStrategy[Any]] = {
        UUID: st.uuids(),
        tuple: st.lists(st.sampled_from([*PARTNERS, *Doel]), min_size=1, unique=True).map(tuple),
        date: st.dates(),
        str: st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        bool: st.booleans(),
        type(None): st.none() | st.dates() | st.text("ab", min_size=1),
    }
    if isinstance(value, StrEnum):
        return st.sampled_from(type(value))
    return kinds[type(value)] | st.none()


def signed_by(text: bytes, signature: str = SIGNATURE) -> str | None:
    return signer_of(text, signature, KEYS)


def test_what_the_organisation_signed_names_its_key():
    assert signed_by(signed_text("sndvu", CONSENT)) == KEY.kid


@pytest.mark.parametrize("name", FIELDS)
@given(data=st.data())
def test_33_the_signature_fails_after_a_change_of_any_field(name, data):
    before = getattr(CONSENT, name)
    after = data.draw(others(before).filter(lambda value: _says(value) != _says(before)))

    changed = replace(CONSENT, **{name: after})

    assert signed_by(signed_text("sndvu", changed)) is None


def _says(value: Any) -> Any:
    return sorted(value) if isinstance(value, tuple) else value


def test_33_the_signature_fails_at_another_organisation():
    assert signed_by(signed_text("seguro", CONSENT)) is None


def test_33_the_signature_of_another_key_is_none():
    other = Ondertekensleutel(KEY.kid, signing_key("seguro").key)

    assert (
        signed_by(signed_text("sndvu", CONSENT), other.sign(signed_text("sndvu", CONSENT))) is None
    )


@given(place=st.integers(0, len(SIGNATURE) - 1), sign=st.sampled_from("AQgw09-_."))
def test_33_no_character_of_a_signature_can_be_another(place, sign):
    changed = SIGNATURE[:place] + sign + SIGNATURE[place + 1 :]

    assert changed == SIGNATURE or signed_by(signed_text("sndvu", CONSENT), changed) is None


@given(st.text())
def test_a_text_that_is_no_signature_is_none(told):
    assert signed_by(signed_text("sndvu", CONSENT), told) is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KEY.kid, "typ": TYPE},
        {"alg": "HS256", "kid": KEY.kid, "typ": TYPE},
        {"alg": "ES256", "kid": KEY.kid},
        {"alg": "ES256", "kid": KEY.kid, "typ": "at+jwt"},
        {"alg": "ES256", "typ": TYPE},
        {"alg": "ES256", "kid": KEY.kid, "typ": TYPE, "b64": False, "crit": ["b64"]},
        {"alg": "ES256", "kid": KEY.kid, "typ": TYPE, "jwk": {}},
        {"alg": "ES256", "kid": [KEY.kid], "typ": TYPE},
        ["alg"],
    ],
    ids=json.dumps,
)
def test_only_our_own_kind_of_header_is_looked_at(header):
    told = urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()

    assert (
        signed_by(signed_text("sndvu", CONSENT), f"{told}..{SIGNATURE.rpartition('.')[2]}") is None
    )


def test_the_same_statement_is_signed_the_same_way_each_time():
    assert {KEY.sign(signed_text("sndvu", CONSENT)) for _ in range(5)} == {SIGNATURE}


def test_another_library_makes_and_reads_the_same_signatures():
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    text, key = signed_text("sndvu", CONSENT), ECKey.import_key(KEY.key)
    header = {"typ": TYPE, "kid": KEY.kid, "alg": "ES256"}

    theirs = jws.detach_content(jws.serialize_compact(header, text, key, registry=registry))

    assert signed_by(text, theirs) == KEY.kid
    assert jws.deserialize_compact(SIGNATURE, key, payload=text, registry=registry).headers() == {
        "alg": "ES256",
        "kid": KEY.kid,
        "typ": TYPE,
    }


def test_the_text_names_every_field_and_says_what_it_is():
    told = json.loads(signed_text("sndvu", CONSENT))

    assert set(told) == {"document", "versie", "bronhouder", "toestemming"}
    assert told["document"] == DOCUMENT
    assert set(told["toestemming"]) == {wire_names(Toestemming)[name] for name in FIELDS}


def test_what_is_left_out_of_a_message_is_signed_as_what_that_means():
    whole = SCHEMA.dump(SCHEMA.load(a_consent(toestemmingId=str(CONSENT.toestemming_id))))
    needed = ("toestemmingId", "ontvangers", "doelen", "eersteDag", "laatsteDag")
    short = {name: whole[name] for name in (*needed, "verklaring", "vorm", "taal", "tolk")}

    assert text_of("sndvu", short) == text_of("sndvu", whole)
    assert text_of("sndvu", short) == signed_text("sndvu", SCHEMA.load(short))


def test_the_order_in_which_recipients_are_named_says_nothing():
    other = replace(CONSENT, ontvangers=CONSENT.ontvangers[::-1], doelen=CONSENT.doelen[::-1])

    assert signed_text("sndvu", other) == signed_text("sndvu", CONSENT)


def test_a_text_of_the_document_of_the_interface_is_made_like_this():
    """As `docs/aansluiten.md` shows it: who signs without our code makes these very bytes."""
    shown = replace(CONSENT, vorm=Vorm.SCHRIFTELIJK, vertegenwoordiger=None, ontvangers=("IND",))

    assert signed_text("sndvu", shown).decode() == (
        '{"bronhouder":"sndvu","document":"lso-gateway toestemming","toestemming":{"besluit":'
        '"gegeven","bewijsSha256":null,"curatele":false,"doelen":["aanmelding","casusoverleg",'
        '"mutaties"],"eersteDag":"2020-01-01","ingetrokkenOp":null,"laatsteDag":"2020-12-31",'
        '"ontvangers":["IND"],"taal":"fa","toestemmingId":"7d0f3cb2-3d5e-4a6b-8a44-0c2f2c1f7a11",'
        '"tolk":true,"verklaring":"2019-1","vertegenwoordiger":null,"vertegenwoordigerVereist":'
        'false,"vorm":"schriftelijk"},"versie":1}'
    )


def test_the_header_is_read_by_everyone_as_base64url():
    header = SIGNATURE.partition(".")[0]

    assert json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["typ"] == TYPE
