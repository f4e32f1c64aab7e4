"""The receipt of a consent, asked for by the organisation that it was given to."""

import io
import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from pypdf import PdfReader

from gateway.services import regels
from tests.api.calling import Calls
from tests.builders import a_consent, a_samenvatting, an_item

ACCEPT = {"pdf": "application/pdf", "html": "text/html", "json": "application/json"}


@pytest.fixture
def consent(calls: Calls) -> dict:
    calls.world.go_to(date(2020, 4, 1))
    consent = a_consent(taal="fr", ontvangers=["IND", "AVIM"])
    calls.world.casus(
        an_item(samenvatting=a_samenvatting(vNummer="0000000083"), toestemmingen=[consent])
    )
    return consent


def path(consent: dict, taal: str | None = None) -> str:
    query = f"?taal={taal}" if taal else ""
    return f"/v1/toestemmingen/{consent['toestemmingId']}/ontvangstbewijs{query}"


def ask(calls: Calls, consent: dict, form: str = "json", taal: str | None = None, who="bronhouder"):
    return calls.call(who, "GET", path(consent, taal), headers={"Accept": ACCEPT[form]})


def text_of(answer) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_it_comes_as_paper_as_page_and_as_record(calls, consent):
    for form, media in ACCEPT.items():
        answer = ask(calls, consent, form)
        assert answer.status_code == 200
        assert answer.mimetype == media
        assert answer.headers["Vary"] == "Accept"


def test_without_a_wish_it_is_the_record(calls, consent):
    answer = calls.call("bronhouder", "GET", path(consent))

    assert answer.mimetype == "application/json"
    assert answer.get_json()["ontvangstbewijs"]["stand"] == "geldt"


def test_the_code_on_the_paper_is_the_digest_of_the_record_that_anyone_can_ask_for(calls, consent):
    digest = sha256(ask(calls, consent).data).hexdigest()

    paper = "".join(text_of(ask(calls, consent, "pdf")).split())

    assert digest in paper
    assert f"sha256:{digest}" in ask(calls, consent, "html").text


@pytest.mark.parametrize("form", ["pdf", "html", "json"])
def test_con_04_the_same_consent_gives_the_same_bytes_also_tomorrow(calls, consent, form):
    today = ask(calls, consent, form).data
    calls.world.pass_days(1)

    assert ask(calls, consent, form).data == today


def test_what_is_not_changed_is_not_sent_again(calls, consent):
    first = ask(calls, consent, "pdf")

    again = calls.call(
        "bronhouder",
        "GET",
        path(consent),
        headers={"Accept": ACCEPT["pdf"], "If-None-Match": first.headers["ETag"]},
    )

    assert again.status_code == 304


def test_it_is_in_the_persons_own_language_where_the_notice_has_it(calls, consent):
    assert "Reçu de votre accord" in text_of(ask(calls, consent, "pdf"))


@pytest.mark.parametrize(
    ("taal", "title"),
    [("nl", "Ontvangstbewijs"), ("en", "Receipt"), ("fr", "Reçu")],
)
def test_it_is_in_any_language_of_the_notice_that_is_asked_for(calls, consent, taal, title):
    assert title in text_of(ask(calls, consent, "pdf", taal))
    page = ask(calls, consent, "html", taal).text
    assert f'<html lang="{taal}" dir="ltr">' in page
    assert title in page


def test_a_language_that_the_notice_does_not_have_is_refused_by_name_and_nothing_is_logged(
    calls, consent
):
    before = len(calls.world.entries())

    answer = ask(calls, consent, "pdf", "tig")

    assert answer.status_code == 400
    assert answer.get_json()["detail"] == "taal is een van: en, fr, nl."
    assert len(calls.world.entries()) == before


def test_another_form_is_406(calls, consent):
    answer = calls.call("bronhouder", "GET", path(consent), headers={"Accept": "image/png"})

    assert answer.status_code == 406


def test_another_organisations_receipt_answers_as_one_that_does_not_exist(calls, consent):
    theirs = ask(calls, consent, who="andere")
    nobodys = ask(calls, a_consent(), who="andere")
    state = calls.call("andere", "GET", f"/v1/toestemmingen/{consent['toestemmingId']}")

    assert theirs.status_code == 404
    assert theirs.get_json() == nobodys.get_json() == state.get_json()


def test_it_tells_no_number_no_name_and_no_casus(calls, consent):
    casus = calls.world.entries()[0]
    for form in ACCEPT:
        answer = ask(calls, consent, form)
        told = text_of(answer) if form == "pdf" else answer.text
        for secret in ("0000000083", "Farahani", "1987", "0149"):
            assert secret not in told, (form, casus["soort"])


def test_a_withdrawn_consent_says_so_at_the_top_with_the_day(calls, consent):
    calls.world.withdraw(consent)

    answer = ask(calls, consent, "pdf", "nl")

    assert "Gestopt op 1 april 2020" in text_of(answer)
    assert "<h2>Gestopt op 1 april 2020</h2>" in ask(calls, consent, "html", "nl").text
    assert ask(calls, consent).get_json()["ontvangstbewijs"]["stand"] == "ingetrokken"


def test_an_expired_consent_says_so_and_no_job_had_to_run(calls, consent):
    calls.world.go_to(date(2021, 1, 1))

    assert "Verlopen" in text_of(ask(calls, consent, "pdf", "nl"))


def test_a_refusal_gets_a_receipt_too(calls, consent):
    casus = calls.call(
        "bronhouder", "GET", f"/v1/toestemmingen/{consent['toestemmingId']}"
    ).get_json()["casusId"]
    refused = a_consent(besluit="geweigerd", ontvangers=["AVIM"])
    calls.world.give(casus, refused)

    assert "U hebt nee gezegd" in text_of(ask(calls, refused, "pdf", "nl"))


def test_what_is_withdrawn_for_one_recipient_is_gone_from_who_sees_what(calls, consent):
    calls.world.withdraw(consent, ontvangers=["AVIM"])

    told = ask(calls, consent).get_json()["ontvangstbewijs"]

    assert [each["ontvanger"] for each in told["ontvangers"]] == ["IND"]
    assert [each["ontvanger"] for each in told["gestopt"]] == ["AVIM"]
    assert "U bent al gestopt met: AVIM" in " ".join(
        text_of(ask(calls, consent, "pdf", "nl")).split()
    )


def test_each_receipt_stands_in_the_log_under_its_own_name(calls, consent):
    before = len(calls.world.entries())

    ask(calls, consent, "pdf")

    entries = calls.world.entries()[before:]
    assert [each["soort"] for each in entries] == ["verstrekking", "ontvangstbewijs"]
    assert entries[0]["grondslag"] == "eigen"
    assert "velden" not in entries[0]
    assert calls.world.log_is_sound()


def test_it_runs_nothing_and_fetches_nothing(calls, consent):
    answer = ask(calls, consent, "html")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    for word in ("<script", "src=", "href=", "url(", "http://", "https://"):
        assert word not in answer.text


def test_no_head_where_nothing_would_be_read(calls, consent):
    assert calls.call("bronhouder", "HEAD", path(consent)).status_code == 405


def test_the_record_holds_codes_and_days_only(calls, consent):
    told = json.loads(ask(calls, consent).data)["ontvangstbewijs"]

    assert "casusId" not in told
    assert told["taal"] == "fr"
    assert told["tolk"] is True
    assert told["vertegenwoordigd"] is False


def test_under_a_policy_past_its_date_or_withdrawn_the_receipt_is_the_same_paper(calls, consent):
    before = ask(calls, consent).data
    regels.withdraw_policy(calls.world.parts, "AVIM")
    without = ask(calls, consent).data
    review = calls.world.parts.policies.of("IND").herzien_voor
    moment = datetime(review.year + 1, 1, 1, 12, tzinfo=UTC)
    calls.world.now = moment
    for machine in calls.machines.values():
        machine.hands.moment = moment
    calls.tokens.clear()

    assert calls.call("ketenpartner", "GET", "/v1/mutaties").status_code == 503
    assert before == without == ask(calls, consent).data
    assert ask(calls, consent, "pdf").status_code == 200


def test_of_a_recalled_notice_the_receipt_says_since_when_on_one_page(calls, consent):
    regels.recall_notice(calls.world.parts, "2019-1")

    told = ask(calls, consent).get_json()["ontvangstbewijs"]
    calls.world.pass_days(9)

    assert (told["stand"], told["sinds"]) == ("uitleg_teruggeroepen", "2026-05-04")
    assert ask(calls, consent).get_json()["ontvangstbewijs"] == told
    for taal, words in (("nl", "sinds 4 mei 2026"), ("en", "4 May 2026"), ("fr", "4 mai 2026")):
        paper = ask(calls, consent, "pdf", taal)
        assert len(PdfReader(io.BytesIO(paper.data)).pages) == 1
        assert words in text_of(paper)
