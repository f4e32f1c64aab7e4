"""The system of an organisation that answers over HTTP: its pages, day by day, as they are kept."""

import re
from datetime import date
from http import HTTPStatus
from typing import Final

from gateway.demo.loopback import Answering, Question, Reply
from gateway.demo.registers import FIRST_PAGE, Organisatie, Registers

#: Pages only: nothing else that lies in the folder can be asked for.
_PATH: Final = re.compile(r"/([0-9-]{10})/([A-Za-z0-9_-]+)/(clients-[0-9]+\.json)", re.ASCII)


def answer_from(registers: Registers) -> Answering:
    """Gives the page that is asked for, of a day and organisation that the demo plays."""
    known = {
        (dag.isoformat(), organisatie.code): registers.of(dag, organisatie).parent
        for dag in registers.dagen
        for organisatie in registers.organisaties
        if organisatie.over_http
    }

    def answer(question: Question) -> Reply:
        asked = _PATH.fullmatch(question.path)
        folder = known.get((asked[1], asked[2])) if asked else None
        if folder is None or asked is None or question.method != "GET":
            return Reply(HTTPStatus.NOT_FOUND)
        page = folder / asked[3]
        return Reply(HTTPStatus.OK, page.read_bytes()) if page.is_file() else Reply(404)

    return answer


def first_page(base: str, dag: date, organisatie: Organisatie) -> str:
    """Where its node begins to read."""
    return f"{base}/{dag.isoformat()}/{organisatie.code}/{FIRST_PAGE}"
