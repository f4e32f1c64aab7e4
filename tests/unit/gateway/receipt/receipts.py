"""Statements, notices and words for the tests of the receipt; one keyword to differ."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from gateway.receipt.record import Held, receipt_record
from gateway.receipt.sheet import Blad, digest_of, make_sheet
from gateway.receipt.words import PACKAGED, load_words
from privacy.consent import Statement
from privacy.consent_events import Gebeurtenis
from privacy.notice import Notices, parse_notice
from schemas.terms import Doel

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests" / "data" / "verklaringen"
DAY = date(2020, 4, 1)
TALEN = ("ar", "en", "fr", "nl")
SHIPPED = (ROOT / "privacy/verklaringen/2019-1.toml").read_text(encoding="utf-8")
NOTICE = parse_notice("2019-1.toml", SHIPPED + (DATA / "arabisch.toml").read_text("utf-8"))
NOTICES = Notices({NOTICE.versie: NOTICE})
WORDS = load_words(PACKAGED, DATA / "woorden")
DETAILS = {"vorm": "schriftelijk", "taal": "fa", "tolk": True, "vertegenwoordiger": None}
NAAM = "Stichting Noodopvang Dakloze Vreemdelingen Utrecht"


def a_statement(**other: Any) -> Statement:
    """Agreed to all three partners, for all that the notice explains."""
    given: dict[str, Any] = {
        "toestemming_id": UUID("01900000-0000-7000-8000-000000000002"),
        "versie": 1,
        "ontvangers": frozenset({"IND", "DT&V", "AVIM"}),
        "doelen": frozenset(Doel),
        "eerste_dag": date(2020, 1, 1),
        "laatste_dag": date(2020, 12, 31),
        "verklaring": "2019-1",
    }
    return Statement(**(given | other))


def a_record(
    statement: Statement,
    *beside: Statement,
    day: date = DAY,
    laatste: Gebeurtenis = Gebeurtenis.GEGEVEN,
    notices: Notices = NOTICES,
    **details: Any,
) -> dict[str, Any]:
    held = Held("sndvu", statement, laatste, (statement, *beside), DETAILS | details)
    return receipt_record(held, notices, day)


def a_sheet(record: dict[str, Any], taal: str = "nl") -> Blad:
    return make_sheet(record, digest_of(record), WORDS[taal], NOTICE.teksten[taal], NAAM)
