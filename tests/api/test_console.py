"""The console's doors without a browser: what opens them, what does not, and what is told."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from connectors.jwk import new_key, to_pem
from connectors.openid import Identity
from gateway.app import create_app
from gateway.cli import cli
from gateway.console.cookies import SESSION
from gateway.console.session import form_token, open_session
from gateway.settings_console import Console, Rol
from gateway.store.sessions import console_sessie, forget_sessions
from privacy.log.head import initialise
from privacy.store.engine import reading, writing
from tests.api.world import UITGEVER, parts_over, settings_for
from tests.getuigen import strict_file

ACR = "http://eidas.europa.eu/LoA/high"
AWAY = "http://127.0.0.1:9"  # nobody listens there
OWN = {"Origin": UITGEVER}


@pytest.fixture
def parts(tmp_path, hands):
    pem = tmp_path / "console.pem"
    pem.write_bytes(to_pem(new_key()))
    console = Console(AWAY, "lso-console", pem, (ACR,), "rollen", {"fg": Rol.PRIVACY_OFFICER})
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    made = parts_over(replace(settings, console=console), hands)
    with writing(made.engine) as tx:
        initialise(tx)
    yield made
    made.engine.dispose()


@pytest.fixture
def web(parts):
    return create_app(parts).test_client()


@pytest.fixture
def cookie(parts, web):
    """The session of an officer, in this browser."""
    rollen = frozenset({Rol.PRIVACY_OFFICER})
    made, _ = open_session(parts, Identity("femke", ACR, frozenset()), rollen, None)
    web.set_cookie(SESSION, made, domain="gateway.example", secure=True)
    return made


def _get(web, path="/console", **more):
    return web.get(path, base_url=UITGEVER, **more)


def _log_out(web, token, headers=OWN):
    path, form = "/console/afmelden", {"formulier": token}
    return web.post(path, base_url=UITGEVER, data=form, headers=headers)


def _count(parts):
    with reading(parts.engine) as tx:
        return len(tx.execute(console_sessie.select()).all())


def test_a_session_opens_the_console_and_nothing_of_it_is_kept(web, cookie):
    answer = _get(web)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert f"form-action 'self' {AWAY};" in answer.headers["Content-Security-Policy"]
    assert cookie not in answer.text


def test_without_a_session_the_answer_is_a_page_with_a_challenge(web):
    answer = _get(web)

    assert answer.status_code == 401
    assert answer.mimetype == "text/html"
    assert answer.headers["WWW-Authenticate"].startswith("Cookie ")


@pytest.mark.parametrize("told", ["", "A" * 43, "x" * 3_000, "één"])
def test_a_cookie_that_nobody_knows_is_no_cookie(web, told):
    web.set_cookie(SESSION, told, domain="gateway.example", secure=True)

    assert _get(web).status_code == 401


def test_a_token_of_a_machine_opens_nothing_here(web, sndvu):
    answer = _get(web, headers={"Authorization": "Bearer e.e.e"})

    assert answer.status_code == 401


def test_an_installation_without_a_console_has_no_such_pages(parts, hands):
    without = replace(parts.settings, console=None)
    web = create_app(replace(parts, settings=without, aanmelding=None)).test_client()

    for path in ("", "/aanmelden", "/terugkeer", "/opmaak.css"):
        assert _get(web, f"/console{path}").status_code == 404


def test_the_database_holds_neither_cookie_nor_name(parts, cookie):
    with reading(parts.engine) as tx:
        (row,) = tx.execute(console_sessie.select()).all()

    assert cookie.encode() not in bytes(row.afdruk)
    assert "femke" not in repr(row)


@pytest.mark.parametrize(
    ("right", "headers"),
    [
        pytest.param(False, OWN, id="a token of another session"),
        pytest.param(True, {"Origin": "https://elders.example"}, id="from another site"),
        pytest.param(True, {"Origin": "null"}, id="from nowhere"),
        pytest.param(True, {}, id="from who does not say"),
    ],
)
def test_a_forged_form_does_nothing(parts, web, cookie, right, headers):
    token = form_token(parts, cookie if right else "B" * 43)

    answer = _log_out(web, token, headers)

    assert answer.status_code == 403
    assert _count(parts) == 1


def test_who_logs_out_while_the_provider_cannot_be_asked_is_out_here(parts, web, cookie):
    answer = _log_out(web, form_token(parts, cookie))

    assert answer.status_code == 200
    assert "U bent hier afgemeld" in answer.text
    assert _count(parts) == 0


def test_logging_out_is_never_a_matter_of_a_link(web, cookie):
    answer = _get(web, "/console/afmelden")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_the_chair_sees_nothing_of_the_log(parts, web):
    rollen = frozenset({Rol.VOORZITTER})
    made, _ = open_session(parts, Identity("vera", ACR, frozenset()), rollen, None)
    web.set_cookie(SESSION, made, domain="gateway.example", secure=True)

    assert "Auditlog" not in _get(web).text


def test_the_style_sheet_is_asked_for_once(web):
    first = _get(web, "/console/opmaak.css", headers={"Accept": "text/css,*/*;q=0.1"})
    again = _get(web, "/console/opmaak.css", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.mimetype) == (200, "text/css")
    assert (again.status_code, again.data) == (304, b"")


def test_the_worker_forgets_sessions_that_are_over(parts, hands, cookie):
    hands.turn(480 * 60 + 1)

    with writing(parts.engine) as tx:
        assert forget_sessions(tx, int(hands.moment.timestamp())) == 1


def test_a_page_that_is_not_there_is_said_so_in_a_page(web):
    answer = _get(web, "/console/nergens")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    "stricter",
    [
        {"acr": ("http://eidas.europa.eu/LoA/substantial-plus",)},
        {"rollen": {"beheer": Rol.BEHEERDER}},
    ],
    ids=["another level", "without the role"],
)
def test_a_session_does_not_outlive_the_settings_that_it_was_given_under(parts, cookie, stricter):
    console = replace(parts.settings.console, **stricter)
    changed = replace(parts, settings=replace(parts.settings, console=console))
    web = create_app(changed).test_client()
    web.set_cookie(SESSION, cookie, domain="gateway.example", secure=True)

    assert _get(web).status_code == 401
    assert _count(parts) == 0


def test_every_session_can_be_ended_at_once(parts, web, cookie, tmp_path, monkeypatch):
    contact = {"LSO_GATEWAY_CONTACT": "lso@gemeente.example", "LSO_GATEWAY_UITGEVER": UITGEVER}
    for name, value in contact.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LSO_GATEWAY_DATABASE", parts.settings.database)
    monkeypatch.setenv("LSO_GATEWAY_SLEUTELS", str(parts.settings.sleutels))
    monkeypatch.setenv("LSO_GATEWAY_LOGKOPIE", str(parts.settings.logkopie))
    monkeypatch.setenv("LSO_GATEWAY_INSTELLINGEN", strict_file(tmp_path))

    told = CliRunner().invoke(cli, ["console", "uitloggen"])

    assert (told.exit_code, told.output) == (0, "1 sessies beëindigd.\n")
    assert _get(web).status_code == 401


def test_the_officer_finds_the_page_of_double_zaakhouders(web, cookie):
    assert 'href="/console/zaakhouders"' in _get(web).text

    page = _get(web, "/console/zaakhouders")

    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Van niemand. Casussen bekeken: 0." in page.text
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
