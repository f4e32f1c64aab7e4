"""What can be said of one endpoint in the OpenAPI document; paths, scopes and errors it knows.

Schemas are names in `components`: those of `schemas.json_schema`, and `openapi_schemas.json`.
Their examples stand in `openapi_examples.json`.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from gateway.answers import JSON
from gateway.deprecation import Vervallen
from gateway.problem_types import Row


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `answer` and `body` name schemas; `errors` adds to those all share.

    `kinds` are problems that an operation has only if it names them. `located`: the answer says
    where what was made can be read. `media` is the form of an answer that is no JSON; `also` are
    the others that it has beside its usual one.
    """

    summary: str
    tag: str
    answer: str
    description: str = ""
    body: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    errors: tuple[HTTPStatus, ...] = ()
    kinds: tuple[Row, ...] = ()
    located: bool = False
    media: str = JSON
    also: tuple[str, ...] = ()
    vervallen: Vervallen | None = None


NOT_FOUND: Final = (HTTPStatus.NOT_FOUND,)
CONFLICT: Final = (HTTPStatus.CONFLICT,)
CREATED: Final = HTTPStatus.CREATED
