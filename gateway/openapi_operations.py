"""What the OpenAPI document says of each endpoint, in Dutch; paths, scopes and errors it knows.

Schemas are names in `components`: those of `schemas.json_schema`, and `openapi_schemas.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `answer` and `body` name schemas; `errors` adds to those all share."""

    summary: str
    tag: str
    answer: str
    body: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    errors: tuple[HTTPStatus, ...] = ()


_CONFLICT: Final = (HTTPStatus.CONFLICT,)
_CREATED: Final = HTTPStatus.CREATED

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "aanleveringen.accept": Operation(
            "Lever casussamenvattingen aan, met hun toestemmingen",
            "Aanleveringen",
            "aanleveringsresultaat",
            body="aanlevering",
            query=("proef",),
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "beleid.show": Operation(
            "Toon het beleid en de verklaringen die gelden", "Aanleveringen", "beleid"
        ),
        "toestemmingen.register": Operation(
            "Leg een toestemming vast",
            "Toestemmingen",
            "toestemmingsstand",
            body="toestemmingsverzoek",
            status=_CREATED,
            errors=_CONFLICT,
        ),
        "toestemmingen.show": Operation(
            "Toon een toestemming", "Toestemmingen", "toestemmingsstand"
        ),
        "toestemmingen.withdraw": Operation(
            "Trek een toestemming in",
            "Toestemmingen",
            "toestemmingsstand",
            body="intrekking",
            status=_CREATED,
            errors=_CONFLICT,
        ),
        "mutaties.page": Operation(
            "Haal de mutaties op die voor u zijn",
            "Mutaties",
            "mutatiepagina",
            query=("na", "limiet"),
        ),
        "overleggen.plan": Operation(
            "Plan een overleg",
            "Overleggen",
            "overleg",
            body="overlegplan",
            status=_CREATED,
            errors=_CONFLICT,
        ),
        "overleggen.index": Operation("Toon de overleggen", "Overleggen", "overleggen"),
        "overleggen.show": Operation("Toon een overleg", "Overleggen", "overleg"),
        "overleggen.nominate": Operation(
            "Draag casussen voor",
            "Overleggen",
            "voordrachtresultaat",
            body="agendering",
            errors=_CONFLICT,
        ),
        "overleggen.freeze": Operation(
            "Bevries de agenda", "Overleggen", "overleg", status=_CREATED, errors=_CONFLICT
        ),
        "pakketten.download": Operation(
            "Haal uw pakket van een overleg op", "Overleggen", "pakket", errors=_CONFLICT
        ),
        "openapi.document": Operation("Toon deze beschrijving", "Beschrijving", "antwoord"),
    }
)
