"""ETag and If-None-Match: a 304 is as good an answer as the body, and tells no more than it."""

import json
from hashlib import md5, sha1, sha256
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.store.overleggen import overleg
from privacy.store.engine import reading
from tests.api.calling import Calls, is_for_people
from tests.builders import a_consent, a_samenvatting, an_item

OPEN_READS = (
    "/v1/openapi.json",
    "/v1/docs",
    "/oauth/jwks",
    "/.well-known/oauth-authorization-server",
)


def frozen(calls: Calls) -> UUID:
    """The conference that the gateway began with."""
    with reading(calls.world.parts.engine) as connection:
        found: UUID = connection.execute(select(overleg.c.id)).scalars().first()
    return found


@pytest.fixture
def reads(calls: Calls) -> dict[str, tuple[str, str]]:
    """Who reads what, of what may be asked after by its tag."""
    consent = a_consent()
    casus = calls.world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000077")))[0]
    calls.world.give(casus, consent)
    return {
        "pakket": ("ketenpartner", f"/v1/overleggen/{frozen(calls)}/pakket"),
        "mutaties": ("ketenpartner", "/v1/mutaties"),
        "mutaties, a full page": ("ketenpartner", "/v1/mutaties?limiet=1"),
        "beleid": ("bronhouder", "/v1/beleid"),
        "overleggen": ("gemeente", "/v1/overleggen"),
        "overleg": ("gemeente", f"/v1/overleggen/{frozen(calls)}"),
        "toestemming": ("bronhouder", f"/v1/toestemmingen/{consent['toestemmingId']}"),
    }


def ask(calls: Calls, read: tuple[str, str], tag: str | None = None, **headers: str):
    sent = headers if tag is None else {**headers, "If-None-Match": tag}
    return calls.call(read[0], "GET", read[1], headers=sent)


def test_what_did_not_change_is_304_with_the_headers_and_without_a_body(calls: Calls, reads):
    for name, read in reads.items():
        first = ask(calls, read)
        assert first.status_code == 200, name
        again = ask(calls, read, first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b""), name
        assert again.headers["ETag"] == first.headers["ETag"]
        for header in ("API-Version", "Cache-Control", "traceparent", "RateLimit"):
            assert header in again.headers, name
        assert "Content-Type" not in again.headers
        assert "Payload-Signature" not in again.headers


@pytest.mark.parametrize("path", OPEN_READS)
def test_what_is_open_to_all_has_a_tag_too_also_for_head(calls: Calls, path: str):
    tag = calls.web.get(path).headers["ETag"]
    assert calls.web.head(path).headers["ETag"] == tag
    for method in ("GET", "HEAD"):
        answer = calls.web.open(path, method=method, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.data) == (304, b"")


def test_every_read_of_the_api_that_succeeds_has_a_tag(calls: Calls):
    seen = 0
    for endpoint, method, path in calls.routes():
        answer = calls.ask(endpoint, method, path)
        if answer.status_code == 200 and method in {"GET", "HEAD"} and not is_for_people(path):
            assert "ETag" in answer.headers, path
            seen += 1
    assert seen > 5


FORMS = {
    "the tag itself": ("{}", 304),
    "a star": ("*", 304),
    "among others": ('"a", {} , W/"b"', 304),
    "as a weak tag": ("W/{}", 304),
    "another": ('"0000"', 200),
    "a part of it": ('"{:.10}"', 200),
    "nothing": ("", 200),
}


@pytest.mark.parametrize(("form", "status"), FORMS.values(), ids=FORMS.keys())
def test_tags_are_compared_as_rfc_9110_has_it(calls: Calls, form: str, status: int):
    read = "/v1/openapi.json"
    tag = calls.web.get(read).headers["ETag"]
    answer = calls.web.get(read, headers={"If-None-Match": form.format(tag)})
    assert answer.status_code == status


def test_of_personal_data_the_tag_is_weak_since_the_bytes_differ(calls: Calls, reads):
    first, second = (ask(calls, reads["pakket"]) for _ in range(2))
    assert first.data != second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["ETag"].startswith("W/")


def test_a_signed_whole_has_a_tag_of_its_own(calls: Calls, reads):
    plain = ask(calls, reads["pakket"])
    jose = ask(calls, reads["pakket"], Accept="application/jose")
    assert plain.headers["ETag"] != jose.headers["ETag"]
    assert plain.headers["Vary"] == jose.headers["Vary"] == "Accept"
    tag = jose.headers["ETag"]
    assert ask(calls, reads["pakket"], tag, Accept="application/jose").status_code == 304
    assert ask(calls, reads["pakket"], tag).status_code == 200


@pytest.mark.parametrize("name", ["pakket", "mutaties"])
def test_for_a_304_the_gate_judged_and_the_log_has_its_entries(calls: Calls, reads, name: str):
    before = len(calls.world.entries())
    tag = ask(calls, reads[name]).headers["ETag"]
    told = calls.world.entries()[before:]
    assert ask(calls, reads[name], tag).status_code == 304
    again = calls.world.entries()[before + len(told) :]
    assert [each["soort"] for each in again] == [each["soort"] for each in told]
    assert again[-1]["soort"] in {"pakket", "pagina"}
    assert calls.world.log_is_sound()


def test_after_a_withdrawal_nobody_gets_304_for_what_they_had(calls: Calls):
    consent = a_consent()
    item = an_item(samenvatting=a_samenvatting(vNummer="0000000078"), toestemmingen=[consent])
    where = calls.world.frozen(*calls.world.casus(item))
    read = ("ketenpartner", f"/v1/overleggen/{where}/pakket")
    tag = ask(calls, read).headers["ETag"]
    calls.world.withdraw(consent)
    after = ask(calls, read, tag)
    assert after.status_code == 200
    assert after.get_json()["pakket"]["casussen"] == []


def test_a_refusal_is_never_304(calls: Calls):
    nothing = f"/v1/overleggen/{UUID(int=5)}"
    assert ask(calls, ("gemeente", nothing), "*").status_code == 404
    assert calls.web.get("/v1/beleid", headers={"If-None-Match": "*"}).status_code == 401


def test_two_recipients_of_the_same_cannot_match_their_tags(calls: Calls):
    paths = ("/v1/overleggen", "/v1/mutaties")
    for path in paths:
        tags = {ask(calls, (who, path)).headers["ETag"] for who in ("ketenpartner", "avim")}
        assert len(tags) == 2, path


def test_a_tag_is_no_plain_digest_of_what_it_stands_for(calls: Calls):
    answer = ask(calls, ("bronhouder", "/v1/beleid"))
    tag = answer.get_etag()[0]
    for digest in (md5, sha1, sha256):
        assert not digest(answer.data).hexdigest().startswith(tag)


#: What changes without the partner being allowed to see it. IND may not have these fields.
HIDDEN = {
    "a field that it may not see": lambda world, item: world.push(
        {
            **item,
            "standVan": "2020-04-01T09:00:00Z",
            "samenvatting": {**item["samenvatting"], "naam": "Een Ander"},
        }
    ),
    "another organisation's casus of the same number": lambda world, item: world.push(
        {**item, "toestemmingen": []}, by="seguro"
    ),
    "a casus that is for another partner": lambda world, item: world.push(
        an_item(
            samenvatting=a_samenvatting(vNummer="0000000090"),
            toestemmingen=[a_consent(ontvangers=["AVIM"])],
        )
    ),
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.sampled_from(sorted(HIDDEN)), min_size=1, max_size=4))
def test_a_304_tells_no_more_than_the_body_would(calls: Calls, changes: list[str]):
    item = an_item(samenvatting=a_samenvatting(vNummer="0000000079"))
    calls.world.push(item)
    where = ("ketenpartner", f"/v1/overleggen/{frozen(calls)}/pakket")
    for read in (where, ("ketenpartner", "/v1/mutaties"), ("ketenpartner", "/v1/overleggen")):
        first = ask(calls, read)
        for name in changes:
            HIDDEN[name](calls.world, item)
        second = ask(calls, read, first.headers["ETag"])
        same = _content(first) == _content(ask(calls, read))
        assert (second.status_code == 304) is same, read


def test_hidden_changes_do_not_change_the_tag(calls: Calls):
    item = an_item(
        samenvatting=a_samenvatting(vNummer="0000000080"),
        toestemmingen=[a_consent(ontvangers=["IND"])],
    )
    calls.world.push(item)
    feed = ("ketenpartner", "/v1/mutaties")
    where = ("ketenpartner", f"/v1/overleggen/{frozen(calls)}/pakket")
    tags = [ask(calls, read).headers["ETag"] for read in (feed, where)]
    for name, change in HIDDEN.items():
        change(calls.world, item)
        for read, tag in zip((feed, where), tags, strict=True):
            assert ask(calls, read, tag).status_code == 304, name


def test_a_casus_in_the_pack_that_is_refused_does_not_change_the_tag(calls: Calls):
    seen = an_item(samenvatting=a_samenvatting(vNummer="0000000083"))
    consent = a_consent(ontvangers=["AVIM"])
    hidden = an_item(samenvatting=a_samenvatting(vNummer="0000000084"), toestemmingen=[consent])
    read = (
        "ketenpartner",
        f"/v1/overleggen/{calls.world.frozen(*calls.world.casus(seen, hidden))}/pakket",
    )
    first = ask(calls, read)
    assert len(first.get_json()["pakket"]["casussen"]) == 1
    calls.world.withdraw(consent)
    assert ask(calls, read, first.headers["ETag"]).status_code == 304


def _content(answer) -> str:
    """What the body tells, without moment, proof and the cursor."""
    told = answer.get_json()
    inner = told.get("pakket") or told.get("mutaties") or told
    return json.dumps(
        {name: value for name, value in inner.items() if name not in {"gemaaktOp", "volgende"}},
        sort_keys=True,
    )
