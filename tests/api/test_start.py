"""What the gateway refuses before it serves, and a route that nobody gave a permission."""

from dataclasses import replace
from http import HTTPStatus

import pytest
from flask import Blueprint

from gateway.answers import Verstrekt
from gateway.app import create_app
from gateway.parties import Ketenpartner, Levering
from gateway.wiring import build
from privacy.disclosure import Disclosure
from privacy.errors import KeysUnavailableError


def test_with_a_partner_without_a_policy_the_gateway_starts_and_says_so(parts):
    stranger = Ketenpartner("DJI", "DJI", Levering.OPHALEN)
    made = build(replace(parts.settings, ketenpartners=(stranger,)))

    told = create_app(made).test_client().get("/health/ready").get_json()

    assert told["beleid"] == "niet_van_kracht"
    assert told["meldingen"] == ["DJI: geen bruikbaar beleid of verklaring"]
    made.engine.dispose()


def test_a_missing_signing_key_is_refused(parts):
    (parts.settings.sleutels / "ondertekening-tokens-000001.pem").unlink()
    with pytest.raises(KeysUnavailableError):
        build(parts.settings)


def test_a_route_without_a_row_in_the_permission_table_is_open_to_nobody(parts):
    app = create_app(parts)
    ran = []
    forgotten = Blueprint("vergeten", __name__)
    forgotten.add_url_rule("/v1/vergeten", "show", lambda *_: ran.append(1))
    app.register_blueprint(forgotten)
    answer = app.test_client().get("/v1/vergeten")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert ran == []


def test_only_the_gate_makes_what_leaves_as_personal_data(parts):
    with pytest.raises(TypeError):
        Disclosure(
            recipient="IND", body=b"{}", index=0, onderdelen=0, fingerprint="", made_by=object()
        )
    with pytest.raises(TypeError):
        Verstrekt({"naam": "x"}, parts.signer)
