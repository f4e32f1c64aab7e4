"""The OpenAPI 3.1 document, made from the URL map, the permission table and the schemas.

Nothing about paths, methods, scopes or limits is written down twice, so it cannot go stale.

Not in it: the addresses outside `/v1` (tokens, keys, discovery, health, console). They have no
version of this API: OAuth gives them their form, and the discovery document leads to them. The
page at `/v1/docs` tells of them.
"""

import re
from typing import Final

from werkzeug.routing import Map, Rule

from gateway.answers import JSON
from gateway.auth.permission_map import OPEN, PERMISSIONS
from gateway.auth.permission_map import Rule as Asked
from gateway.openapi_components import Json, components, example, shared
from gateway.openapi_operation import Operation
from gateway.openapi_operations import OPERATIONS, TAGS
from gateway.openapi_responses import responses
from gateway.problem_types import DOCS_PATH
from gateway.version import API_VERSION
from gateway.wiring import Parts

BASE: Final = "/v1"
#: HEAD is answered wherever GET is and nothing is disclosed, and never described: it is no
#: operation of its own (ADR /core/http-methods).
_SHOWN: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
_DESCRIPTION: Final = (
    "Casussamenvattingen rond het LSO, met toestemming en gefilterd verstrekt. Elk antwoord draagt"
    " `API-Version` en `traceparent`; elke fout is een probleem (RFC 9457) waarvan `type` leidt"
    " naar de uitleg. Alle voorbeelden zijn verzonnen."
)


def document(url_map: Map, parts: Parts) -> Json:
    """The whole document. Addresses are those of the settings, not of the request."""
    paths: dict[str, Json] = {}
    for rule in url_map.iter_rules():
        if rule.endpoint in OPERATIONS:
            path = re.sub(r"<(?:uuid:)?(\w+)>", lambda hit: "{" + _camel(hit[1]) + "}", rule.rule)
            found = paths.setdefault(path.removeprefix(BASE), {})
            for method in sorted((rule.methods or set()) & _SHOWN):
                found[method.lower()] = _operation(rule, method)
    uitgever = parts.settings.uitgever
    return {
        "openapi": "3.1.0",
        "info": _info(parts),
        "servers": [{"url": uitgever + BASE, "description": "Deze installatie"}],
        "externalDocs": {"url": uitgever + DOCS_PATH, "description": "Dezelfde beschrijving"},
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": components(parts),
    }


def _info(parts: Parts) -> Json:
    contact = {"name": "Team LSO-gateway", "url": parts.settings.uitgever}
    if parts.settings.contact:
        contact["email"] = parts.settings.contact
    return {
        "title": "LSO-gateway",
        "version": API_VERSION,
        "description": _DESCRIPTION,
        "contact": contact,
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }


def _operation(rule: Rule, method: str) -> Json:
    told, asks = OPERATIONS[rule.endpoint], PERMISSIONS[rule.endpoint]
    reads = method == "GET"
    shown: Json = {
        "operationId": rule.endpoint.replace(".", "-"),
        "summary": told.summary,
        "description": told.description,
        "tags": [told.tag],
        "parameters": _parameters(rule, told, reads=reads),
        # Any one of the scopes will do, so each is an alternative of its own.
        "security": _security(asks),
        "responses": responses(told, asks, reads=reads, found=bool(rule.arguments)),
    }
    if told.vervallen:
        shown["deprecated"] = True
    if told.body:
        shown["requestBody"] = _body(told.body)
    if asks is OPEN:
        shown["description"] += " Zonder toegangsbewijs."
    return shown


def _security(asks: Asked) -> list[Json]:
    """A route for any token has an empty list of scopes, which asks for a token none the less."""
    if asks.any_scope:
        return [{"oauth2": []}]
    return [{"oauth2": [scope]} for scope in sorted(asks.scopes)]


def _body(schema: str) -> Json:
    content: Json = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    shown = example(schema)
    if shown is not None:
        content["example"] = shown
    return {"required": True, "content": {JSON: content}}


def _parameters(rule: Rule, told: Operation, *, reads: bool) -> list[Json]:
    known = shared("parameters")
    names = [*map(_camel, sorted(rule.arguments)), *told.query, *told.headers]
    names += ["If-None-Match", "traceparent"] if reads else ["traceparent"]
    shown: list[Json] = [{"name": name, **known[name]} for name in names]
    for each in shown:
        if each["in"] == "path":
            each["required"] = True
    return shown


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
