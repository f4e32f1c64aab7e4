"""The served description: well-formed, and true to what the API does."""

import pytest
from jsonschema import Draft202012Validator

from gateway.openapi_operations import OPERATIONS
from gateway.parties import Soort
from gateway.version import API_VERSION
from tests.api.world import add, machine, registered


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
    assert document["servers"] == [{"url": "https://gateway.example/v1"}]


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
            assert "API-Version" in answer["headers"]
        assert "422" not in operation["responses"]


def test_every_protected_operation_lists_its_scopes_and_the_refusals(document):
    for path, _, operation in operations(document):
        if path == "/openapi.json":
            assert operation["security"] == []
            continue
        assert operation["security"]
        assert {"401", "403"} <= operation["responses"].keys()


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
    token = web.post("/oauth/token", data=chair.form()).get_json()["access_token"]
    auth = {"Authorization": f"Bearer {token}"}
    plan = {"datum": "2026-05-20", "soort": "lso"}
    planned = web.post("/v1/overleggen", json=plan, headers=auth)
    assert planned.status_code == 201
    fits(document, "/overleggen", "post", planned)
    where = planned.headers["Location"]
    fits(document, "/overleggen/{overlegId}", "get", web.get(where, headers=auth))
    fits(document, "/overleggen", "get", web.get("/v1/overleggen", headers=auth))
    frozen = web.post(f"{where}/bevriezingen", headers=auth)
    fits(document, "/overleggen/{overlegId}/bevriezingen", "post", frozen)
    for wrong, status in (({"soort": "x"}, 400), ({}, 400)):
        answer = web.post("/v1/overleggen", json=wrong, headers=auth)
        assert answer.status_code == status
        assert answer.get_json()["fouten"]
        fits(document, "/overleggen", "post", answer)
    fits(document, "/overleggen", "post", web.post("/v1/overleggen", json=plan))
