"""Every route has a row in the permission table, and the table has no row too many."""

import re
from types import SimpleNamespace

import pytest

from gateway.app import create_app
from gateway.auth.permission_map import OPEN, PERMISSIONS
from gateway.openapi_operations import OPERATIONS
from gateway.parties import Soort

#: What is open to all, and why: nothing else may be.
OPEN_TO_ALL = {
    "health.live": "operators, without a token",
    "health.ready": "operators, without a token",
    "oauth.token": "the client proves itself in the form",
    "oauth.jwks": "public keys",
    "oauth.metadata": "how to come by a token",
    "openapi.document": "the description is public (ADR-02)",
}
#: No number, name or birth date in any URL (design 9).
PERSONAL = re.compile(r"v_?nummer|bsn|naam|geboorte|persoon", re.IGNORECASE)


@pytest.fixture(scope="module")
def rules():
    settings = SimpleNamespace(max_bytes=1, uitgever="https://gateway.example")
    parts = SimpleNamespace(settings=settings, signer=SimpleNamespace(tokens=()))
    return list(create_app(parts).url_map.iter_rules())


def test_every_route_has_a_row_and_every_row_a_route(rules):
    assert {rule.endpoint for rule in rules} == set(PERMISSIONS)


def test_only_these_are_open_to_all():
    assert {name for name, rule in PERMISSIONS.items() if rule is OPEN} == set(OPEN_TO_ALL)


def test_a_row_that_is_not_open_names_a_scope_and_a_kind_of_organisation():
    for name, rule in PERMISSIONS.items():
        assert rule is OPEN or (rule.scopes and rule.soorten), name


def test_personal_data_goes_to_partners_only():
    for rule in PERMISSIONS.values():
        if rule.discloses:
            assert rule.soorten == {Soort.KETENPARTNER}


def test_paths_are_of_one_version_kebab_case_and_without_a_slash_at_the_end(rules):
    for rule in rules:
        fixed = re.sub(r"<uuid:\w+>", "x", rule.rule)
        assert re.fullmatch(r"(/\.?[a-z0-9]+([.-][a-z0-9]+)*)+", fixed), rule.rule
        open_to_all = rule.endpoint.partition(".")[0] in {"health", "oauth"}
        assert fixed.startswith("/v1/") or open_to_all


def test_no_url_has_a_place_for_personal_data(rules):
    for rule in rules:
        assert not PERSONAL.search(rule.rule)


def test_every_route_of_the_api_is_in_the_description(rules):
    of_the_api = {rule.endpoint for rule in rules if rule.rule.startswith("/v1/")}
    assert of_the_api == set(OPERATIONS)
