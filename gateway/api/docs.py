"""GET /v1/docs: the description to read; problems lead to it by their `type`."""

from flask import Blueprint, current_app

from gateway.answers import Opmaak, Pagina
from gateway.console.pages import policy
from gateway.console.style import style_sheet
from gateway.docs_page import docs_page
from gateway.openapi import document
from gateway.problem_types import DOCS_PATH
from gateway.request import AskedRequest
from gateway.wiring import Parts

blueprint = Blueprint("docs", __name__, url_prefix=DOCS_PATH)


@blueprint.get("", endpoint="page")
def show(parts: Parts, asked: AskedRequest) -> Pagina:
    """Open to all, as the document is."""
    asked.query()
    html = docs_page(document(current_app.url_map, parts))
    answer = Pagina(html, headers=policy())
    answer.kern = html.encode()
    return answer


@blueprint.get("/opmaak.css", endpoint="style")
def style(_parts: Parts, _asked: AskedRequest) -> Opmaak:
    """The console's style sheet; served here too, since a gateway may have no console."""
    return Opmaak(*style_sheet())
