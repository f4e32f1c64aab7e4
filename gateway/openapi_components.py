"""What the operations of the OpenAPI document share: schemas, headers, parameters, security."""

import json
from copy import deepcopy
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from gateway.auth.permission_map import ALL_SCOPES
from gateway.auth.server import TOKEN_PATH
from gateway.problem_types import ROWS
from gateway.wiring import Parts
from schemas.betrokkenenrechten import BeperkingsverzoekSchema, RectificatieverzoekSchema
from schemas.herstel import HerstelmeldingSchema
from schemas.inzage import InzageverzoekSchema, LogvraagSchema
from schemas.json_schema import documents
from schemas.verzoeken import (
    AgenderingSchema,
    CasusvraagSchema,
    OverlegplanSchema,
    intrekking_schema,
    toestemmingsverzoek_schema,
)

Json = dict[str, Any]

_ANY_DAY: Final = date(2020, 1, 1)
_SECURITY: Final = (
    "Alleen client_credentials met private_key_jwt. Het toegangsbewijs duurt vijf minuten en is"
    " gebonden aan wie het vroeg: met een DPoP-bewijs (RFC 9449) in de header `DPoP` van elk"
    " verzoek en `Authorization: DPoP \u2026`, of met het TLS-certificaat van uw client (RFC 8705)"
    " en `Authorization: Bearer \u2026`. Wat van beide geldt, staat in uw registratie."
)


def components(parts: Parts) -> Json:
    """All that is referred to from elsewhere in the document."""
    flow = {
        "tokenUrl": parts.settings.uitgever + TOKEN_PATH,
        "scopes": {scope: _words(scope) for scope in sorted(ALL_SCOPES)},
    }
    return {
        "schemas": _schemas(parts.policies.recipients, parts.notices.versions),
        "headers": shared("headers"),
        "securitySchemes": {
            "oauth2": {
                "type": "oauth2",
                "description": _SECURITY,
                "flows": {"clientCredentials": flow},
            }
        },
    }


def shared(kind: str) -> Json:
    """The headers of answers, or the parameters of requests, by name."""
    found: Json = _file("openapi_shared.json")[kind]
    return deepcopy(found)


def example(schema: str) -> Any:
    """An invented value of this schema; None where there is none to show."""
    return _file("openapi_examples.json").get(schema)


def _words(scope: str) -> str:
    subject, _, verb = scope.partition(":")
    return f"{subject.capitalize()} {verb}"


@cache
def _file(name: str) -> Json:
    found: Json = json.loads(files("gateway").joinpath(name).read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=4)
def _schemas(recipients: frozenset[str], notices: frozenset[str]) -> Json:
    # The shape does not depend on which recipients and notices there are; what is allowed does.
    asked = {
        "toestemmingsverzoek": toestemmingsverzoek_schema(_ANY_DAY, recipients, notices),
        "intrekking": intrekking_schema(recipients),
        "overlegplan": OverlegplanSchema(),
        "agendering": AgenderingSchema(),
        "casusvraag": CasusvraagSchema(),
        "beperkingsverzoek": BeperkingsverzoekSchema(),
        "rectificatieverzoek": RectificatieverzoekSchema(),
        "herstelmelding": HerstelmeldingSchema(),
        "inzageverzoek": InzageverzoekSchema(),
        "logvraag": LogvraagSchema(),
    }
    given = {**documents(), **{name: schema.json_schema() for name, schema in asked.items()}}
    found = {}
    for name, schema in given.items():
        text = json.dumps(schema).replace('"#/$defs/', '"#/components/schemas/')
        plain = {k: v for k, v in json.loads(text).items() if k not in {"$schema", "$defs"}}
        found[name] = _narrowed(plain, sorted(recipients), sorted(notices))
    own = deepcopy(_file("openapi_schemas.json"))
    own["probleem"]["properties"]["type"]["enum"] = [row.uri for row in ROWS]
    return {**found, **own}


def _narrowed(node: Any, recipients: list[str], notices: list[str]) -> Any:
    """Say which recipients and notices this installation knows, wherever one is asked."""
    if isinstance(node, list):
        return [_narrowed(each, recipients, notices) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _narrowed(below, recipients, notices) for name, below in node.items()}
    asked = made.get("properties")
    if isinstance(asked, dict) and "verklaring" in asked:
        asked["verklaring"] = {"type": "string", "enum": notices}
    if isinstance(asked, dict) and "ontvangers" in asked:
        for one in (asked["ontvangers"], *asked["ontvangers"].get("anyOf", ())):
            if one.get("type") == "array":
                one["items"] = {"type": "string", "enum": recipients}
    return made
