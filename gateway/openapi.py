"""The OpenAPI 3.1 document, made from the URL map, the permission table and the schemas.

Nothing about paths, methods, scopes or limits is written down twice, so it cannot go stale.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from werkzeug.routing import Map, Rule

from gateway.answers import JOSE, JSON, PROBLEM
from gateway.auth.permission_map import ALL_SCOPES, OPEN, PERMISSIONS
from gateway.auth.server import TOKEN_PATH
from gateway.config import Settings
from gateway.openapi_operations import OPERATIONS, Operation
from gateway.version import API_VERSION
from schemas.json_schema import documents
from schemas.verzoeken import (
    AgenderingSchema,
    OverlegplanSchema,
    intrekking_schema,
    toestemmingsverzoek_schema,
)

_BASE: Final = "/v1"
_SHOWN: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
_SHARED_ERRORS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_CALLER_ERRORS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_BODY_ERRORS: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_QUERY: Final[Mapping[str, dict[str, Any]]] = {
    "proef": {"type": "boolean", "default": False},
    "na": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"},
    "limiet": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
}
_ANY_DAY: Final = date(2020, 1, 1)
_KEY: Final = {"type": "string", "minLength": 8, "maxLength": 130}


def document(url_map: Map, settings: Settings) -> dict[str, Any]:
    """The whole document. Addresses are those of the settings, not of the request."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in url_map.iter_rules():
        if rule.endpoint in OPERATIONS:
            path = re.sub(r"<uuid:(\w+)>", lambda hit: "{" + _camel(hit[1]) + "}", rule.rule)
            found = paths.setdefault(path.removeprefix(_BASE), {})
            for method in sorted((rule.methods or set()) & _SHOWN):
                found[method.lower()] = _operation(rule, OPERATIONS[rule.endpoint])
    return {
        "openapi": "3.1.0",
        "info": _info(settings),
        "servers": [{"url": settings.uitgever + _BASE}],
        "tags": [{"name": tag} for tag in sorted({op.tag for op in OPERATIONS.values()})],
        "paths": dict(sorted(paths.items())),
        "components": _components(settings.uitgever),
    }


def _info(settings: Settings) -> dict[str, Any]:
    contact = {"name": "Team LSO-gateway", "url": settings.uitgever}
    if settings.contact:
        contact["email"] = settings.contact
    return {
        "title": "LSO-gateway",
        "version": API_VERSION,
        "description": "Casussamenvattingen rond het LSO, met toestemming en gefilterd verstrekt.",
        "contact": contact,
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }


def _operation(rule: Rule, told: Operation) -> dict[str, Any]:
    asks = PERMISSIONS[rule.endpoint]
    errors = [*_SHARED_ERRORS, *told.errors]
    if asks is not OPEN:
        errors += _CALLER_ERRORS
    if told.body:
        errors += _BODY_ERRORS
    shown: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "-"),
        "summary": told.summary,
        "tags": [told.tag],
        "parameters": _parameters(rule, told),
        # Any one of the scopes will do, so each is an alternative of its own.
        "security": [{"oauth2": [scope]} for scope in sorted(asks.scopes)],
        "responses": {str(told.status.value): _success(told, discloses=asks.discloses)}
        | {str(status.value): _problem(status) for status in sorted(errors)},
    }
    if told.body:
        shown["requestBody"] = {"required": True, "content": {JSON: _schema(told.body)}}
    return shown


def _parameters(rule: Rule, told: Operation) -> list[dict[str, Any]]:
    uuid = {"type": "string", "format": "uuid"}
    found = [
        {"name": _camel(name), "in": "path", "required": True, "schema": uuid}
        for name in sorted(rule.arguments)
    ]
    found += [{"name": name, "in": "query", "schema": _QUERY[name]} for name in told.query]
    found += [{"name": name, "in": "header", "schema": _KEY} for name in told.headers]
    return found


def _success(told: Operation, *, discloses: bool) -> dict[str, Any]:
    headers = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
    content: dict[str, Any] = {JSON: _schema(told.answer)}
    if discloses:
        headers["Payload-Signature"] = {"$ref": "#/components/headers/Payload-Signature"}
        content[JOSE] = {"schema": {"type": "string"}}
    return {"description": told.status.phrase, "headers": headers, "content": content}


def _problem(status: HTTPStatus) -> dict[str, Any]:
    return {
        "description": status.phrase,
        "headers": {"API-Version": {"$ref": "#/components/headers/API-Version"}},
        "content": {PROBLEM: _schema("probleem")},
    }


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _components(uitgever: str) -> dict[str, Any]:
    flow = {
        "tokenUrl": uitgever + TOKEN_PATH,
        "scopes": {scope: scope.replace(":", " ") for scope in sorted(ALL_SCOPES)},
    }
    text = {"type": "string"}
    return {
        "schemas": _schemas(),
        "headers": {
            "API-Version": {"description": "Versie van deze API", "schema": text},
            "Payload-Signature": {"description": "JWS, ES256, losse inhoud", "schema": text},
        },
        "securitySchemes": {"oauth2": {"type": "oauth2", "flows": {"clientCredentials": flow}}},
    }


@cache
def _schemas() -> dict[str, Any]:
    own = json.loads(files("gateway").joinpath("openapi_schemas.json").read_text(encoding="utf-8"))
    shared = {}
    for name, schema in {**documents(), **_asked_schemas()}.items():
        text = json.dumps(schema).replace('"#/$defs/', '"#/components/schemas/')
        shared[name] = {
            key: value for key, value in json.loads(text).items() if key not in {"$schema", "$defs"}
        }
    return {**shared, **own}


def _asked_schemas() -> dict[str, Any]:
    # Which recipients and notices there are is configuration; the shape does not depend on it.
    nobody: frozenset[str] = frozenset()
    return {
        "toestemmingsverzoek": toestemmingsverzoek_schema(_ANY_DAY, nobody, nobody).json_schema(),
        "intrekking": intrekking_schema(nobody).json_schema(),
        "overlegplan": OverlegplanSchema().json_schema(),
        "agendering": AgenderingSchema().json_schema(),
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
