"""The description as a page for people, made from the document itself: the two cannot differ."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gateway.auth.server import JWKS_PATH, TOKEN_PATH
from gateway.openapi_components import Json
from gateway.openapi_responses import problem_example
from gateway.problem_types import DOCS_PATH, ROWS

_CONTENT: Final = "Content-Type"


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation, as the template wants it."""

    anchor: str
    method: str
    path: str
    told: Json
    scopes: tuple[str, ...]
    asked: str
    answered: str
    call: str


def docs_page(document: Json) -> str:
    """The whole page; nothing in it comes from a request."""
    groups = [
        (tag, [each for each in _operations(document) if each.told["tags"] == [tag["name"]]])
        for tag in document["tags"]
    ]
    return _ENVIRONMENT.get_template("docs.html").render(
        document=document,
        groups=groups,
        going=[each for each in _operations(document) if each.told.get("deprecated")],
        problems=[(row, _pretty(problem_example(row))) for row in ROWS],
        issuer=document["servers"][0]["url"].removesuffix("/v1"),
        paths={"token": TOKEN_PATH, "jwks": JWKS_PATH, "docs": DOCS_PATH},
        anchors={row.status.value: row.slug for row in reversed(ROWS)},
    )


def _operations(document: Json) -> Iterator[Shown]:
    server = document["servers"][0]["url"]
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            body = _example_in(told.get("requestBody", {}))
            yield Shown(
                anchor=told["operationId"],
                method=method.upper(),
                path=path,
                told=told,
                scopes=tuple(scope for way in told["security"] for scope in way["oauth2"]),
                asked=_pretty(body),
                answered=_pretty(_example_in(_success(told))),
                call=_call(server + path, method.upper(), told),
            )


def _success(told: Json) -> Json:
    found: Json = next(each for status, each in told["responses"].items() if status < "300")
    return found


def _example_in(part: Json) -> Any:
    return next((each.get("example") for each in part.get("content", {}).values()), None)


def _call(url: str, method: str, told: Json) -> str:
    """A call as one types it; what differs per call stands in capitals."""
    for each in told["parameters"]:
        if each["in"] == "path":
            url = url.replace(f"{{{each['name']}}}", str(each["example"]))
    lines = [f"curl {'' if method == 'GET' else f'-X {method} '}'{url}'"]
    if told["security"]:
        lines += ["-H 'Authorization: DPoP TOEGANGSBEWIJS'", "-H 'DPoP: BEWIJS'"]
    for each in told["parameters"]:
        if each["in"] == "header" and each["name"] == "Idempotency-Key":
            lines.append(f"-H '{each['name']}: {each['example']}'")
    if "requestBody" in told:
        lines += [f"-H '{_CONTENT}: application/json'", "--data @bericht.json"]
    return " \\\n  ".join(lines)


def _pretty(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _marked(text: str) -> Markup:
    """Text in which `this` is code; all else is escaped."""
    parts = text.split("`")
    shown = [
        Markup("<code>{}</code>").format(part) if at % 2 else Markup("{}").format(part)
        for at, part in enumerate(parts)
    ]
    return Markup().join(shown)


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("gateway"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["gemerkt"] = _marked
