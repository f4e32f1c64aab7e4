"""Every route has a row in the permission table, and the table has no row too many."""

import re

import pytest

from gateway.app import create_app
from gateway.auth.permission_map import OPEN, PERMISSIONS
from gateway.openapi_operations import OPERATIONS
from gateway.parties import Soort
from tests.api.world import Hands, parts_over, settings_for

#: What is open to all, and why: nothing else may be.
OPEN_TO_ALL = {
    "health.live": "operators, without a token",
    "health.ready": "operators, without a token",
    "oauth.token": "the client proves itself in the form",
    "oauth.revoke": "the client proves itself in the form",
    "oauth.jwks": "public keys",
    "oauth.metadata": "how to come by a token",
    "openapi.document": "the description is public (ADR-02)",
    "docs.page": "the same, to read; problems lead to it",
    "docs.style": "the same for everyone",
    "console.sign_in": "who is not signed in yet must be able to",
    "console.come_back": "bound to the browser by the cookie of the login that it began",
    "console.style": "the same for everyone",
}
#: No number, name or birth date in any URL (design 9).
PERSONAL = re.compile(r"v_?nummer|bsn|naam|geboorte|persoon", re.IGNORECASE)


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("routes")
    parts = parts_over(settings_for(folder, f"sqlite:///{folder / 'gateway.sqlite'}"), Hands())
    yield list(create_app(parts).url_map.iter_rules())
    parts.engine.dispose()


def test_every_route_has_a_row_and_every_row_a_route(rules):
    assert {rule.endpoint for rule in rules} == set(PERMISSIONS)


def test_only_these_are_open_to_all():
    assert {name for name, rule in PERMISSIONS.items() if rule is OPEN} == set(OPEN_TO_ALL)


def test_a_row_that_is_not_open_names_a_scope_and_a_kind_of_organisation_or_a_role():
    for name, rule in PERMISSIONS.items():
        for_machines = bool((rule.scopes or rule.any_scope) and rule.soorten)
        for_people = bool(rule.rollen) and not rule.discloses
        assert rule is OPEN or for_machines != for_people, name


def test_what_is_for_people_is_under_console_and_nothing_else_is(rules):
    for rule in rules:
        for_people = rule.endpoint.startswith("console.")
        assert (f"{rule.rule}/".startswith("/console/")) == for_people
        assert for_people or not PERMISSIONS[rule.endpoint].rollen


def test_personal_data_goes_to_partners_the_organisation_itself_and_the_officer_only():
    for name, rule in PERMISSIONS.items():
        if rule.discloses:
            own = name.startswith(("casussen.", "toestemmingen."))
            # The report of one person goes through the officer to that person (AVG 15).
            by_officer = name == "inzageverzoeken.report"
            kind = Soort.BRONHOUDER if own else Soort.FG if by_officer else Soort.KETENPARTNER
            assert rule.soorten == {kind}


def test_paths_are_of_one_version_kebab_case_and_without_a_slash_at_the_end(rules):
    for rule in rules:
        fixed = re.sub(r"<(?:uuid:)?\w+>", "x", rule.rule)
        assert re.fullmatch(r"(/\.?[a-z0-9]+([.-][a-z0-9]+)*)+", fixed), rule.rule
        open_to_all = rule.endpoint.partition(".")[0] in {"console", "health", "oauth"}
        assert fixed.startswith("/v1/") or open_to_all


def test_no_url_has_a_place_for_personal_data(rules):
    for rule in rules:
        assert not PERSONAL.search(rule.rule)


def test_every_route_of_the_api_is_in_the_description(rules):
    of_the_api = {rule.endpoint for rule in rules if rule.rule.startswith("/v1/")}
    assert of_the_api == set(OPERATIONS)
