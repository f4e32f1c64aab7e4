"""The served description: well-formed, and true to what the API does."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import BadRequest

from gateway.auth.permission_map import PERMISSIONS
from gateway.deprecation import Vervallen
from gateway.errors import TABLE
from gateway.openapi_operations import OPERATIONS
from gateway.parties import Soort
from gateway.problem_types import INVALID, ROWS
from gateway.version import API_VERSION
from tests.api.world import add, machine, registered

FORMATS = FormatChecker()


@pytest.fixture
def document(web):
    answer = web.get("/v1/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.get_json()


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for below in node.values():
            yield from references(below)
    elif isinstance(node, list):
        for below in node:
            yield from references(below)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_openapi_3_1_of_this_version(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == API_VERSION
    assert {"name", "url"} <= document["info"]["contact"].keys()
    assert [each["url"] for each in document["servers"]] == ["https://gateway.example/v1"]


def test_every_reference_leads_somewhere_inside_the_document(document):
    for reference in references(document):
        assert reference.startswith("#/")
        node = document
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]


def test_every_schema_is_a_schema(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_endpoint_is_there_once_with_its_own_name(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert sorted(names) == sorted(name.replace(".", "-") for name in OPERATIONS)


def test_every_error_is_a_problem_document_and_422_never_occurs(document):
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (path, method)
                assert answer["content"]["application/problem+json"]["examples"]
            assert "API-Version" in answer["headers"]
        assert "422" not in operation["responses"]


def test_every_operation_lists_what_it_asks_and_the_refusals(document):
    for path, method, operation in operations(document):
        asks = PERMISSIONS[operation["operationId"].replace("-", ".")]
        assert {scope for way in operation["security"] for scope in way["oauth2"]} == asks.scopes
        refusals = {"401", "403", "429"} & operation["responses"].keys()
        asked = bool(asks.scopes) or asks.any_scope
        assert refusals == ({"401", "403", "429"} if asked else set()), (path, method)
        if asked:
            for answer in operation["responses"].values():
                assert {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
            assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_every_operation_and_parameter_is_explained_in_words(document):
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert len(operation["description"]) > 20, (path, method)
        assert set(operation["tags"]) <= tags, (path, method)
        for parameter in operation["parameters"]:
            assert parameter["description"], (path, parameter["name"])
        for answer in operation["responses"].values():
            assert answer["description"], (path, method)
    assert all(tags)


def test_every_read_can_be_304_and_every_body_413_and_415(document):
    for path, method, operation in operations(document):
        answers = operation["responses"]
        assert ("304" in answers) is (method == "get"), path
        if method == "get":
            assert "content" not in answers["304"]
            assert "ETag" in answers["200"]["headers"]
        if "requestBody" in operation:
            assert {"413", "415"} <= answers.keys()


def media(document):
    for path, method, operation in operations(document):
        yield path, method, operation.get("requestBody", {}).get("content", {})
        for status, answer in operation["responses"].items():
            yield path, f"{method} {status}", answer.get("content", {})


def test_every_message_and_answer_has_an_example_that_fits_its_schema(document):
    seen = 0
    for path, what, content in media(document):
        for kind, described in content.items():
            if kind.startswith("text/") or (path == "/openapi.json" and "200" in what):
                continue
            examples = [each["value"] for each in described.get("examples", {}).values()]
            examples += [described["example"]] if "example" in described else []
            assert examples, (path, what, kind)
            whole = {**described["schema"], "components": document["components"]}
            for each in examples:
                Draft202012Validator(whole, format_checker=FORMATS).validate(each)
                seen += 1
    assert seen > 50


def test_no_example_has_a_number_that_could_be_somebodys(document):
    numbers = set(re.findall(r'"(\d{10})"', json.dumps(document)))
    assert all(int(number) < 100 for number in numbers), numbers


def test_the_problems_are_those_of_the_table_and_no_other(document):
    problem = document["components"]["schemas"]["probleem"]
    assert problem["properties"]["type"]["enum"] == [row.uri for row in ROWS]
    assert len({row.slug for row in ROWS}) == len(ROWS)
    assert set(TABLE.values()) <= {*ROWS, TABLE[BadRequest]}
    assert TABLE[BadRequest].uri == INVALID.uri


def test_an_operation_that_goes_away_says_so_in_document_page_and_answer(web, monkeypatch):
    going = Vervallen(sinds=date(2026, 1, 1), tot=date(2027, 1, 1), opvolger="/v2/overleggen")
    rows = {
        **OPERATIONS,
        "overleggen.index": replace(OPERATIONS["overleggen.index"], vervallen=going),
    }
    for module in ("gateway.app", "gateway.openapi"):
        monkeypatch.setattr(f"{module}.OPERATIONS", rows)
    answer = web.get("/v1/overleggen")
    assert answer.status_code == 401
    assert answer.headers["Deprecation"] == "@1767225600"
    assert answer.headers["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    links = answer.headers["Link"]
    assert '</v1/docs#vervallen>; rel="deprecation"; type="text/html"' in links
    assert '</v2/overleggen>; rel="successor-version"' in links
    told = web.get("/v1/openapi.json").get_json()["paths"]["/overleggen"]
    assert told["get"]["deprecated"] is True
    assert {"Deprecation", "Sunset", "Link"} <= told["get"]["responses"]["200"]["headers"].keys()
    assert "deprecated" not in told["post"]
    page = web.get("/v1/docs").get_data(as_text=True)
    assert "Vervalt" in page
    assert '<a href="#overleggen-index">GET /overleggen</a>' in page
    for header in ("Deprecation", "Sunset", "Link"):
        assert header not in web.get("/v1/beleid").headers


def test_the_page_shows_every_operation_and_every_problem_and_runs_nothing(web, document):
    answer = web.get("/v1/docs", headers={"Accept": "text/html,application/xhtml+xml;q=0.9"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    page = answer.get_data(as_text=True)
    anchors = set(re.findall(r'id="([^"]+)"', page))
    for _, _, operation in operations(document):
        assert operation["operationId"] in anchors
    assert {row.slug for row in ROWS} <= anchors
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert "<script" not in page
    assert " style=" not in page
    assert not re.findall(r'(?:src|href)="https?://', page)


def test_the_page_has_its_own_style_sheet(web):
    answer = web.get("/v1/docs/opmaak.css", headers={"Accept": "text/css,*/*;q=0.1"})
    assert (answer.status_code, answer.mimetype) == (200, "text/css")


def test_only_names_in_camel_case_and_never_head(document):
    for _, method, operation in operations(document):
        assert method in {"get", "post"}
        for parameter in operation["parameters"]:
            if parameter["in"] != "header":
                assert parameter["name"].isidentifier()
                assert "_" not in parameter["name"]


def fits(document, path: str, method: str, answer) -> None:
    """The answer is one that the description names, and its body fits."""
    told = document["paths"][path][method]["responses"][str(answer.status_code)]
    schema = told["content"][answer.mimetype]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole).validate(answer.get_json())


def test_answers_fit_what_the_description_says_of_them(web, document, parts, hands):
    chair = machine("gemeente", hands)
    add(parts, registered(chair, "utrecht", Soort.GEMEENTE))
    plan = {"datum": "2026-05-20", "soort": "lso"}
    planned = chair.call(web, "POST", "/v1/overleggen", json=plan)
    assert planned.status_code == 201
    fits(document, "/overleggen", "post", planned)
    where = planned.headers["Location"]
    fits(document, "/overleggen/{overlegId}", "get", chair.call(web, "GET", where))
    fits(document, "/overleggen", "get", chair.call(web, "GET", "/v1/overleggen"))
    frozen = chair.call(web, "POST", f"{where}/bevriezingen")
    fits(document, "/overleggen/{overlegId}/bevriezingen", "post", frozen)
    for wrong, status in (({"soort": "x"}, 400), ({}, 400)):
        answer = chair.call(web, "POST", "/v1/overleggen", json=wrong)
        assert answer.status_code == status
        assert answer.get_json()["fouten"]
        fits(document, "/overleggen", "post", answer)
    fits(document, "/overleggen", "post", web.post("/v1/overleggen", json=plan))
