"""What people do at the console is noted, with the six fields of BIO2 8.15.01 (BIO-01)."""

import json

import pytest
from sqlalchemy import delete, update

from gateway.services import regels
from gateway.services.toegang import person_digest
from gateway.settings_console import Rol
from privacy.errors import LogUnavailableError
from privacy.log.access import Regel, Uitkomst, altered, read_access
from privacy.log.head import read_head
from privacy.log.tables import audithoofd, auditregel, toegangsregel
from privacy.log.verify import Reden, verify
from privacy.store.engine import reading, writing
from tests.api.desk import ANOTHER, DPIA, Desk
from tests.api.world import UITGEVER

PLACE = "127.0.0.1"


def noted(desk: Desk) -> list[Regel]:
    with reading(desk.parts.engine) as tx:
        return read_access(tx, read_head(tx).omvang, 100)[::-1]


def sound(desk: Desk) -> bool:
    with reading(desk.parts.engine) as tx:
        return verify(tx).sound and not list(altered(tx))


def test_looking_at_a_page_is_noted_with_all_six_fields(desk):
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)

    femke.get("/console/terugroepingen", base_url=UITGEVER)

    (row,) = noted(desk)
    console = desk.parts.settings.console
    assert row.toegang.wie == person_digest(desk.parts, console, "femke")
    assert row.toegang.handeling == "console.recalls"
    assert row.toegang.object == "/console/terugroepingen"
    assert row.toegang.uitkomst is Uitkomst.GELUKT
    assert row.toegang.herkomst == PLACE
    assert row.tijd == desk.world.now
    assert sound(desk)


def test_what_another_role_may_do_is_noted_as_refused(desk):
    piet, _ = desk.browser("piet", Rol.VOORZITTER)

    answer = piet.get("/console/terugroepingen", base_url=UITGEVER)

    assert answer.status_code == 403
    assert [row.toegang.uitkomst for row in noted(desk)] == [Uitkomst.GEWEIGERD]


def test_a_form_from_elsewhere_is_noted_as_refused(desk):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)
    life = regels.take_in_policies(desk.parts, [ANOTHER])[0].life

    answer = desk.approve(femke, life.versie.digest, headers={"Origin": "https://elders.example"})

    assert answer.status_code == 403
    assert noted(desk)[-1].toegang.uitkomst is Uitkomst.GEWEIGERD


def test_nobody_makes_the_log_grow_without_signing_in(desk):
    stranger = desk.app.test_client()

    answer = stranger.get("/console", base_url=UITGEVER)

    assert answer.status_code == 401
    assert noted(desk) == []


def test_what_somebody_typed_into_a_path_is_not_kept(desk):
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)

    femke.get("/console/beleid/0012345678", base_url=UITGEVER)

    assert [row.toegang.object for row in noted(desk)] == ["/console/beleid/-"]


def test_without_a_row_there_is_no_answer(desk):
    """Fails closed: what cannot be noted is not shown."""
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    with writing(desk.parts.engine) as tx:
        tx.execute(delete(audithoofd))

    answer = femke.get("/console/terugroepingen", base_url=UITGEVER)

    assert answer.status_code == 503
    assert "terugroeping" not in answer.get_data(as_text=True).lower()


def test_the_tree_says_nothing_of_who(desk):
    """LDV: no employee in the record of processing; the tree has a digest of the row alone."""
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    femke.get("/console/terugroepingen", base_url=UITGEVER)
    (row,) = noted(desk)

    with reading(desk.parts.engine) as tx:
        lines = tx.execute(auditregel.select().where(auditregel.c.nummer == row.nummer)).one()
    told = json.loads(lines.regel)

    assert set(told) == {"afdruk", "organisatie", "soort", "tijd", "trace", "v"}
    assert told["soort"] == "toegang"


@pytest.mark.parametrize(
    "changed",
    [
        {"wie": "iemand-anders"},
        {"uitkomst": "gelukt"},
        {"herkomst": "10.0.0.1"},
        {"zout": bytes(16)},
    ],
    ids=["who", "outcome", "place", "salt"],
)
def test_a_row_that_was_changed_is_named(desk, changed):
    piet, _ = desk.browser("piet", Rol.VOORZITTER)
    piet.get("/console/terugroepingen", base_url=UITGEVER)
    (row,) = noted(desk)
    with writing(desk.parts.engine) as tx:
        tx.execute(update(toegangsregel).values(**changed))

    with reading(desk.parts.engine) as tx:
        assert list(altered(tx)) == [row.nummer]
        found = verify(tx)
    assert (found.reason, found.first_bad, found.access) == (
        Reden.TOEGANG,
        row.nummer,
        (row.nummer,),
    )


def test_a_row_that_was_taken_away_is_named_also_the_oldest(desk):
    """BIO2 8.15.06: who takes away what it did is found. The end of a term: test_logopruiming."""
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    for _ in range(4):
        femke.get("/console/terugroepingen", base_url=UITGEVER)
    first, second, third, last = [row.nummer for row in noted(desk)]

    def take_away(number: int) -> list[int]:
        with writing(desk.parts.engine) as tx:
            tx.execute(delete(toegangsregel).where(toegangsregel.c.nummer == number))
        with reading(desk.parts.engine) as tx:
            return list(altered(tx))

    assert take_away(first) == [first]
    assert take_away(last) == [first, last]
    assert take_away(third) == [first, third, last]
    assert take_away(second) == [first, second, third, last]


def test_every_page_for_people_is_noted(desk):
    """Also one that is added later: the row is written before the view's answer leaves."""
    person, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    pages = [
        rule.rule
        for rule in desk.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "GET" in rule.methods and not rule.arguments
    ]
    open_to_all = {"/console/aanmelden", "/console/terugkeer", "/console/opmaak.css"}

    for page in sorted({*pages} - open_to_all):
        before = len(noted(desk))
        person.get(page, base_url=UITGEVER)
        assert len(noted(desk)) == before + 1, page


@pytest.mark.parametrize("place", ["::1", "2001:db8::7", "fe80::1%eth0", "10.0.3.7", ""])
def test_whatever_the_network_it_came_over_an_action_is_noted(desk, place):
    femke, _ = desk.browser("femke", Rol.PRIVACY_OFFICER)
    at = {"environ_base": {"REMOTE_ADDR": place}}

    answer = femke.get("/console/terugroepingen", base_url=UITGEVER, **at)

    assert answer.status_code == 200
    assert noted(desk)[-1].toegang.herkomst == (place.replace("%", "-") or "onbekend")


@pytest.fixture
def approvable(desk) -> str:
    """A policy that waits for its two officers."""
    life = regels.take_in_policies(desk.parts, [ANOTHER])[0].life
    regels.record_checks(desk.parts, [life.versie.digest], DPIA)
    return life.versie.digest


def test_what_changes_something_is_noted_before_it_begins(desk, approvable):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)

    desk.approve(femke, approvable)

    rows = [row.toegang for row in noted(desk)]
    assert [row.uitkomst for row in rows] == [Uitkomst.BEGONNEN, Uitkomst.GELUKT]
    assert len({(row.wie, row.handeling, row.object) for row in rows}) == 1


def test_what_cannot_be_noted_is_not_done(desk, approvable, monkeypatch):
    femke = desk.browser("femke", Rol.PRIVACY_OFFICER)

    def broken(*_: object) -> None:
        raise LogUnavailableError("the log cannot be written")

    monkeypatch.setattr("gateway.console.attended.note", broken)
    answer = desk.approve(femke, approvable)

    assert answer.status_code == 503
    assert desk.life(approvable).still_needed == 2
