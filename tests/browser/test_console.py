"""People log in: a real browser, a real OpenID provider that enforces PKCE (OIDC-01)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.store.sessions import console_sessie
from privacy.store.engine import reading
from tests.browser.conftest import begun, choose, log_in
from tests.browser.provider import HIGH, LOW

SESSION, LOGIN = "__Host-lso-console", "__Host-lso-aanmelding"


def _cookies(page):
    return {each["name"]: each for each in page.context.cookies()}


def _sessions(house):
    with reading(house.parts.engine) as tx:
        return tx.execute(console_sessie.select()).all()


def _heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def _is_nobody(page, house):
    """No session came of it: not in the browser, not in the database."""
    return SESSION not in _cookies(page) and not _sessions(house)


def test_an_officer_logs_in_at_the_provider_and_sees_who_she_is(page, house):
    log_in(page, house, "femke")

    assert page.url == f"{house.url}/console"
    assert page.get_by_text("Privacyofficer").is_visible()
    assert page.get_by_text(HIGH).is_visible()
    assert page.get_by_role("heading", name="Beleid per ontvanger").is_visible()


@pytest.mark.parametrize(
    ("who", "sees", "sees_not"),
    [
        ("tariq", "Auditlog", "Clients"),
        ("bea", "Clients", "Auditlog"),
        ("vera", "Overleggen", "Clients"),
    ],
)
def test_each_role_sees_its_own_work_only(page, house, who, sees, sees_not):
    log_in(page, house, who)

    assert page.get_by_role("heading", name=sees, exact=True).is_visible()
    assert page.get_by_role("heading", name=sees_not, exact=True).count() == 0


def test_the_page_runs_no_script_and_the_browser_refuses_nothing_of_it(page, house):
    refused = []
    page.on("console", lambda told: refused.append(told.text))

    log_in(page, house, "femke")
    refused.clear()
    page.reload()

    assert page.locator("script").count() == 0
    assert refused == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_falls_off_the_side_of_a_screen(page, house, width):
    page.set_viewport_size({"width": width, "height": 800})

    log_in(page, house, "bea")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_skips_to_the_content_and_logs_out(page, house):
    log_in(page, house, "femke")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"
    page.get_by_role("button", name="Afmelden").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.provider.issuer}/**")

    assert _sessions(house) == []


def test_oidc_01_what_we_ask_has_s256_and_long_secrets_and_no_profile(page, house):
    asked = parse_qs(urlsplit(begun(page, house)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == [f"{house.url}/console/terugkeer"]
    assert asked["acr_values"] == [HIGH]
    assert min(len(asked["state"][0]), len(asked["nonce"][0])) >= 43  # 256 bits in base64url


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"code_challenge": None, "code_challenge_method": None}, id="no PKCE"),
        pytest.param({"code_challenge_method": "plain"}, id="plain PKCE"),
        pytest.param({"code_challenge_method": None}, id="PKCE without a method, so plain"),
    ],
)
def test_oidc_01_the_provider_refuses_a_login_without_s256(page, house, changed):
    page.goto(begun(page, house, **changed))

    assert _heading(page) == "Aanmelden is niet gelukt"
    assert _is_nobody(page, house)


def test_oidc_01_a_code_for_another_verifier_is_refused(page, house):
    page.goto(begun(page, house, code_challenge="A" * 43))
    choose(page, "femke")

    assert _heading(page) == "Aanmelden is niet gelukt"
    assert _is_nobody(page, house)


def test_oidc_01_a_wrong_nonce_is_refused(page, house):
    page.goto(begun(page, house, nonce="another-nonce-than-ours-of-at-least-128-bits"))
    choose(page, "femke")

    assert _heading(page) == "De aanmelding is niet te vertrouwen"
    assert _is_nobody(page, house)


def test_oidc_01_a_wrong_state_is_refused(page, house):
    page.goto(begun(page, house, state="another-state-than-ours-of-at-least-128-bits"))
    choose(page, "femke")

    assert _heading(page) == "Deze aanmelding is niet geldig"
    assert _is_nobody(page, house)


def test_oidc_01_a_level_that_is_too_low_is_refused(page, house):
    log_in(page, house, "femke", LOW)

    assert _heading(page) == "Uw manier van aanmelden is niet sterk genoeg"
    assert _is_nobody(page, house)


def test_an_answer_that_another_browser_began_is_refused(page, house, chromium):
    page.goto(begun(page, house))
    with page.expect_request(f"{house.url}/console/terugkeer**") as sent:
        page.context.clear_cookies(name=LOGIN)
        choose(page, "femke")

    assert sent.value.url.startswith(house.url)
    assert _heading(page) == "Deze aanmelding is niet geldig"
    assert _is_nobody(page, house)


def test_an_answer_counts_once(page, house):
    page.goto(begun(page, house))
    kept = _cookies(page)[LOGIN]
    with page.expect_request(f"{house.url}/console/terugkeer**") as sent:
        choose(page, "femke")
    page.wait_for_url(f"{house.url}/console")
    page.context.clear_cookies(name=SESSION)
    page.context.add_cookies([kept])

    page.goto(sent.value.url)

    assert _heading(page) == "Deze aanmelding is niet geldig"
    assert SESSION not in _cookies(page)


def test_a_login_that_took_longer_than_ten_minutes_is_refused(page, house):
    page.goto(begun(page, house))
    house.hands.turn(601)
    choose(page, "femke")

    assert _heading(page) == "Deze aanmelding is niet geldig"
    assert _is_nobody(page, house)


def test_who_breaks_off_reads_why_in_our_words_only(page, house):
    page.goto(f"{house.url}/console/aanmelden")
    page.get_by_role("button", name="afbreken").click()

    assert _heading(page) == "Aanmelden is niet gelukt"
    assert "Dit mag niemand zien" not in page.content()
    assert _is_nobody(page, house)


def test_without_a_role_there_is_no_session(page, house):
    log_in(page, house, "niemand")

    assert _heading(page) == "U heeft hier geen rol"
    assert _is_nobody(page, house)


def test_who_has_no_role_can_log_in_as_another(page, house):
    log_in(page, house, "niemand")

    page.get_by_role("link", name="Aanmelden als iemand anders").click()
    choose(page, "bea")
    page.wait_for_url(f"{house.url}/console")

    assert page.get_by_text("Beheerder").is_visible()


def test_nobody_is_both_officers(page, house):
    log_in(page, house, "dubbel")

    assert _heading(page) == "Twee rollen die niet samengaan"
    assert _is_nobody(page, house)


def test_who_does_nothing_for_fifteen_minutes_is_signed_out_and_told_so(page, house):
    log_in(page, house, "femke")
    house.hands.turn(14 * 60)
    page.reload()
    assert _heading(page) == "Wie u hier bent"

    house.hands.turn(15 * 60)
    page.reload()

    assert _heading(page) == "Uw sessie is afgelopen"
    assert page.get_by_text("U bent 15 minuten niet actief geweest").is_visible()
    assert _is_nobody(page, house)


def test_a_session_ends_however_active(page, house):
    log_in(page, house, "femke")
    for _ in range(39):
        house.hands.turn(12 * 60)
        page.reload()
        assert _heading(page) == "Wie u hier bent"

    house.hands.turn(12 * 60)
    page.reload()

    assert _heading(page) == "Uw sessie is afgelopen"
    assert page.get_by_text("zo lang aangemeld als mag").is_visible()
    assert _is_nobody(page, house)


def test_logging_out_logs_out_at_the_provider_too(page, house):
    log_in(page, house, "femke")

    page.get_by_role("button", name="Afmelden").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{house.url}/console")

    assert _heading(page) == "Meld u aan"
    assert _is_nobody(page, house)
    page.get_by_role("link", name="Aanmelden").click()
    assert page.get_by_role("button", name=f"femke {HIGH}").is_visible()  # asks who it is, again


def test_the_back_button_after_logging_out_shows_nothing(page, house):
    log_in(page, house, "femke")
    page.get_by_role("button", name="Afmelden").click()
    page.wait_for_url(f"{house.provider.issuer}/**")

    page.go_back()

    assert page.url == f"{house.url}/console"
    assert _heading(page) == "Meld u aan"
    assert "Auditlog" not in page.content()


def test_the_session_cookie_is_for_this_host_alone_and_for_no_script(page, house):
    log_in(page, house, "femke")

    cookies = _cookies(page)
    cookie = cookies[SESSION]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["expires"]) == ("/", -1)
    assert len(cookie["value"]) == 43  # 256 bits
    assert LOGIN not in cookies
    assert page.evaluate("document.cookie") == ""


def test_a_session_that_someone_planted_is_not_the_one_that_is_used(page, house):
    where = {"domain": "127.0.0.1", "path": "/", "secure": True}
    page.context.add_cookies([{"name": SESSION, "value": "A" * 43, **where}])

    log_in(page, house, "femke")
    first = _cookies(page)[SESSION]["value"]
    page.goto(f"{house.url}/console/aanmelden")  # the provider still knows her
    page.wait_for_url(f"{house.url}/console")

    second = _cookies(page)[SESSION]["value"]
    assert len({"A" * 43, first, second}) == 3
    assert len(_sessions(house)) == 1


def test_two_people_at_once_are_two_people(page, house, chromium):
    log_in(page, house, "femke")
    elsewhere = chromium.new_context()
    other = elsewhere.new_page()
    log_in(other, house, "bea")
    page.reload()

    assert page.get_by_text("Privacyofficer").is_visible()
    assert other.get_by_text("Beheerder").is_visible()
    assert len({row.persoon for row in _sessions(house)}) == 2
    elsewhere.close()


def test_a_provider_that_is_away_is_said_so(page, house):
    house.provider.stop()

    answer = page.goto(f"{house.url}/console/aanmelden")

    assert answer.status == 503
    assert _heading(page) == "De aanmelddienst is niet bereikbaar"


def test_a_provider_that_goes_away_halfway_lets_nobody_in(page, house):
    page.goto(begun(page, house))
    asks = page.context.request
    chosen = asks.post(page.url, form={"als": "femke 1"}, max_redirects=0)
    answer = asks.get(chosen.headers["location"], max_redirects=0)
    house.provider.stop()

    page.goto(answer.headers["location"])

    assert _heading(page) == "De aanmelddienst is niet bereikbaar"
    assert _is_nobody(page, house)


def test_who_logs_out_while_the_provider_is_away_is_out_here(page, house):
    log_in(page, house, "femke")
    house.provider.stop()
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Afmelden").click()
    another = page.context.new_page()

    another.goto(f"{house.url}/console")

    assert _heading(another) == "Meld u aan"
    assert _is_nobody(another, house)


def test_a_form_from_another_site_does_not_log_anybody_out(page, house):
    log_in(page, house, "femke")
    other = page.context.new_page()
    other.goto(house.provider.issuer + "/wie/nergens")
    other.evaluate(
        """(to) => { const form = document.createElement('form');
        form.method = 'post'; form.action = to; document.body.append(form); form.submit(); }""",
        f"{house.url}/console/afmelden",
    )
    other.wait_for_url(f"{house.url}/console/afmelden")

    page.reload()

    assert _heading(page) == "Wie u hier bent"


def test_a_cookie_of_the_console_opens_nothing_of_the_api(page, house):
    log_in(page, house, "femke")

    answer = page.context.request.get(f"{house.url}/v1/overleggen")

    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
