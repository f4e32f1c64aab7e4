"""The API Design Rules 2.2 by their numbers, over every route that the URL map has.

ADR-01 is the official linter (docs/api.md); what it does not see stands here. ADR-16 is the
proxy's.
"""

import json
import re
from datetime import date

import pytest
from sqlalchemy import func, select

from gateway.auth.permission_map import PERMISSIONS
from gateway.openapi_operations import OPERATIONS
from gateway.version import API_VERSION
from privacy.store.engine import reading
from privacy.store.metadata import metadata
from schemas.aanlevering import item_schema
from tests.api.calling import CONTACT, NOWHERE, Calls, is_for_people
from tests.builders import an_item

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TELLTALE = re.compile(
    r"Traceback|werkzeug|flask|sqlalchemy|SELECT |psycopg|gunicorn", re.IGNORECASE
)
#: Of a person, in whatever language or case.
PERSONAL = re.compile(r"v_?nummer|bsn|naam|name|geboorte|birth|nationali|persoon", re.IGNORECASE)


@pytest.fixture
def document(calls: Calls):
    return calls.web.get("/v1/openapi.json").get_json()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def properties(node):
    """Every name of a property with its schema, wherever in the document."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"].items()
        for below in node.values():
            yield from properties(below)
    elif isinstance(node, list):
        for below in node:
            yield from properties(below)


def test_adr_02_the_description_is_open_to_browsers_and_needs_no_token(calls: Calls):
    answer = calls.web.get("/v1/openapi.json", headers={"Origin": "https://elders.example"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.get_json()["openapi"].startswith("3.1.")


def test_adr_03_every_answer_has_the_version_of_the_description(calls: Calls, document):
    version = document["info"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    for asked, answer in calls.answers():
        assert answer.headers["API-Version"] == version, asked


def test_adr_04_the_path_has_the_major_version_only_and_there_is_one(calls: Calls, document):
    assert document["servers"][0]["url"].endswith("/v1")
    majors = {rule.rule.split("/")[1] for rule in calls.rules() if rule.rule.startswith("/v")}
    assert majors == {f"v{API_VERSION.partition('.')[0]}"}
    assert calls.web.get("/v1").status_code == 404


def test_adr_05_a_slash_at_the_end_is_404_and_never_a_redirect(calls: Calls):
    for endpoint, method, path in calls.routes():
        for wrong in {f"{path}/", "//".join(path.rsplit("/", 1)) if path.count("/") > 1 else "/x/"}:
            answer = calls.ask(endpoint, method, wrong)
            assert answer.status_code == 404, wrong


def test_adr_06_every_error_is_a_problem_that_says_nothing_of_how_we_are_made(calls: Calls):
    seen = set()
    for asked, answer in calls.answers():
        if answer.status_code < 400 or is_for_people(asked.split()[1]):
            continue
        assert answer.mimetype == "application/problem+json", asked
        if asked.startswith("HEAD"):
            continue
        told = answer.get_json()
        assert {"type", "status", "title", "detail"} <= told.keys(), asked
        assert told["status"] == answer.status_code, asked
        assert not TELLTALE.search(answer.get_data(as_text=True)), asked
        seen.add(answer.status_code)
    assert {400, 401, 404, 405, 406, 415} <= seen


def test_adr_06_every_problem_has_a_type_that_the_page_explains(calls: Calls):
    page = calls.web.get("/v1/docs").get_data(as_text=True)
    types = {
        answer.get_json()["type"]
        for asked, answer in calls.answers()
        if answer.mimetype == "application/problem+json" and not asked.startswith("HEAD")
    }
    assert len(types) > 5
    for uri in types:
        path, _, slug = uri.partition("#")
        assert path == "/v1/docs"
        assert f'id="{slug}"' in page


def test_adr_07_all_faults_of_a_body_are_in_one_400_each_with_a_pointer(calls: Calls):
    wrong = {"datum": "morgen", "soort": "borrel", "extra": 1}
    answer = calls.call("gemeente", "POST", "/v1/overleggen", json=wrong)
    assert answer.status_code == 400
    assert {fout["pointer"] for fout in answer.get_json()["fouten"]} == {
        "/datum",
        "/soort",
        "/extra",
    }
    assert not {"morgen", "borrel"} & set(re.findall(r"\w+", answer.get_data(as_text=True)))


def test_adr_07_422_never_occurs(calls: Calls, document):
    assert all(answer.status_code != 422 for _, answer in calls.answers())
    assert all("422" not in operation["responses"] for _, operation in operations(document))


def test_adr_08_another_method_is_405_with_those_that_there_are(calls: Calls):
    for rule in calls.rules():
        path = re.sub(r"<uuid:\w+>", str(NOWHERE), rule.rule)
        for method in {"DELETE", "PUT", "PATCH", "TRACE"} - (rule.methods or set()):
            answer = calls.web.open(path, method=method)
            assert answer.status_code == 405, (method, path)
            assert (rule.methods or set()) <= set(answer.headers["Allow"].split(", ")), path


def test_adr_08_another_type_is_415_and_a_form_that_there_is_not_406(calls: Calls):
    for endpoint, method, path in calls.routes():
        if is_for_people(path):
            continue
        if endpoint in OPERATIONS and OPERATIONS[endpoint].body:
            text = calls.ask(endpoint, method, path, data="x", content_type="text/plain")
            assert text.status_code == 415, path
        csv = calls.ask(endpoint, method, path, headers={"Accept": "text/csv"})
        refused = {405, 406} if method == "HEAD" else {406}
        assert csv.status_code in refused, (method, path)


def test_adr_09_every_answer_has_the_security_headers(calls: Calls):
    for asked, answer in calls.answers():
        assert SECURITY_HEADERS.items() <= dict(answer.headers).items(), asked
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, asked
        assert "frame-ancestors 'none'" in policy, asked
        assert "max-age=" in answer.headers["Strict-Transport-Security"], asked
        assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}, asked
        body = answer.status_code != 304 and answer.content_length
        assert not body or answer.mimetype, asked


def test_adr_09_nothing_that_needs_a_token_may_be_kept_or_read_from_another_site(calls: Calls):
    for endpoint, method, path in calls.routes():
        if calls.who_may(endpoint) is None:
            continue
        answer = calls.ask(endpoint, method, path, headers={"Origin": "https://elders.example"})
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_adr_10_no_internal_header_of_an_outsider_is_believed_and_none_comes_out(calls: Calls):
    injected = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": "elders.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "for=203.0.113.7;host=elders.example",
        "Client-Cert": ":AAAA:",
        "Fsc-Authorization": "Bearer onzin",
        "Fsc-Transaction-Id": "onzin",
    }
    usual = calls.call("gemeente", "GET", "/v1/overleggen")
    answer = calls.call("gemeente", "GET", "/v1/overleggen", headers=injected)
    assert answer.get_json() == usual.get_json()
    internal = {name.lower() for name in injected} | {"server", "x-powered-by"}
    for asked, each in calls.answers():
        assert not internal & {name.lower() for name in each.headers.keys()}, asked  # noqa: SIM118
        assert "elders.example" not in each.get_data(as_text=True), asked


def test_adr_11_paths_are_kebab_case_plural_and_queries_lower_camel_case(document):
    for asked, operation in operations(document):
        *segments, last = [
            part for part in asked.split()[1].split("/")[1:] if not part.startswith("{")
        ]
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) for each in segments), asked
        assert re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", last), asked
        for parameter in operation["parameters"]:
            if parameter["in"] != "header":
                assert re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", parameter["name"]), asked


def test_adr_11_only_standard_methods_are_described(document):
    for asked, _operation in operations(document):
        assert asked.split()[0] in {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_adr_11_members_of_json_are_in_lower_camel_case(document):
    # A problem of the token endpoint has two members of RFC 6749; that endpoint is not in here.
    for name, _schema in properties(document["components"]["schemas"]):
        assert re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)*", name), name


@pytest.mark.parametrize(
    ("given_time", "good"),
    [
        ("2020-04-01T08:00:00Z", True),
        ("2020-04-01T10:00:00+02:00", True),
        ("2020-04-01T03:00:00-05:00", True),
        ("2020-04-01T08:00:00-00:00", False),
        ("2020-04-01t08:00:00Z", False),
        ("2020-04-01T08:00:00z", False),
        ("2020-04-01T08:00:00", False),
        ("2020-04-01", False),
    ],
)
def test_adr_12_times_of_any_offset_are_taken_and_others_are_not(given_time, good):
    schema = item_schema(
        date(2026, 5, 4), frozenset({"IND", "DT&V", "AVIM"}), frozenset({"2019-1"})
    )
    faults = schema.validate({**an_item(), "standVan": given_time})
    assert ("standVan" not in json.dumps(faults, default=str)) is good


def test_adr_12_times_in_answers_are_in_utc_and_days_have_no_time(calls: Calls):
    text = "".join(
        answer.get_data(as_text=True)
        for asked, answer in calls.answers()
        if answer.mimetype == "application/json" and "openapi" not in asked
    )
    times = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', text)
    assert times
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d+)?Z", each) for each in times)


def test_adr_12_what_is_called_a_date_is_typed_as_one(document):
    for name, schema in properties(document["components"]["schemas"]):
        if name.endswith(("datum", "Datum")):
            text = json.dumps(schema)
            assert "date-time" not in text
            # A birth date may be partly unknown, and what was disclosed is cut to its precision.
            assert '"date"' in text or name == "geboortedatum", name


def test_adr_13_no_place_in_a_url_is_for_personal_data(calls: Calls, document):
    for rule in calls.rules():
        assert not PERSONAL.search(rule.rule)
    for asked, operation in operations(document):
        for parameter in operation["parameters"]:
            assert not PERSONAL.search(parameter["name"]), asked


def test_adr_13_no_access_line_of_any_call_holds_ten_digits(calls: Calls, caplog):
    caplog.set_level("DEBUG")
    for _asked, _answer in calls.answers():
        pass
    lines = [json.dumps(r.__dict__.get("sleutels")) for r in caplog.records if r.msg == "verzoek"]
    assert len(lines) > 100
    assert not [line for line in lines if re.search(r"(?<![0-9a-f-])\d{10}(?![0-9a-f])", line)]


#: Reading is logged, a proof is used once, a reference is made when it is first told.
WRITTEN_BY_READING = re.compile(r"audit|dpop|verwijzing|verstrek|gezien|referentie|console|fsc")


def test_adr_14_reading_changes_nothing_but_the_log(calls: Calls):
    for who in calls.machines:
        calls.call(who, "GET", "/v1/openapi.json")
    before = _counts(calls)
    for endpoint, method, path in calls.routes():
        if method in {"GET", "HEAD"} and not is_for_people(path):
            calls.ask(endpoint, method, path)
            calls.web.options(path)
    after = _counts(calls)
    changed = {name for name in before if before[name] != after[name]}
    assert not [name for name in changed if not WRITTEN_BY_READING.search(name)]


def test_adr_14_there_is_no_put_and_no_delete_that_could_differ_the_second_time(calls: Calls):
    assert not [rule for rule in calls.rules() if {"PUT", "DELETE"} & (rule.methods or set())]


def _counts(calls: Calls) -> dict[str, int]:
    with reading(calls.world.parts.engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_adr_15_the_contact_is_a_team_with_an_address(document):
    assert document["info"]["contact"] == {
        "name": "Team LSO-gateway",
        "url": "https://gateway.example",
        "email": CONTACT,
    }


# What the official linter does not catch


def test_every_error_in_the_description_is_a_problem_and_none_hides_behind_all_of(document):
    for asked, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status < "400":
                continue
            assert list(answer["content"]) == ["application/problem+json"], asked
            schema = answer["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/probleem"}, asked
    problem = document["components"]["schemas"]["probleem"]
    assert {"type", "title", "status", "detail"} <= set(problem["required"])
    assert "allOf" not in problem


def test_every_answer_in_the_description_has_the_version(document):
    for asked, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert {"API-Version", "traceparent"} <= answer["headers"].keys(), (asked, status)


def test_every_route_is_asked_by_this_file(calls: Calls):
    assert {endpoint for endpoint, _, _ in calls.routes()} == set(PERMISSIONS)
