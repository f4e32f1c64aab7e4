"""The pages for people: who am I here, log in, come back, log out. Parse, ask, answer."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint

from connectors.errors import ConnectorError
from connectors.openid import OpenIdLogin, WrongLoginError
from gateway.answers import Antwoord, Doorverwijzing, Opmaak, Pagina
from gateway.console.attended import note_signed_in
from gateway.console.cookies import LOGIN, SESSION, give, take_away
from gateway.console.login import LOGIN_SECONDS, START, hide_login, recall_login, use_login
from gateway.console.overview import overview, pages_for
from gateway.console.pages import policy, render
from gateway.console.policies import address_of
from gateway.console.policy_page import find_policy, policy_page, warnings_of
from gateway.console.recalls import explanation, recall_tables
from gateway.console.roles import roles_of
from gateway.console.session import console_of, leave, open_session, require_own_form
from gateway.console.style import style_sheet
from gateway.console.table import time_text
from gateway.console.zaakhouders import double_zaakhouders
from gateway.refusals import NotFoundError
from gateway.request import AskedRequest
from gateway.services.regels import approve
from gateway.telemetry import log_event, log_failure
from gateway.wiring import Parts
from privacy.errors import RuleStepError

blueprint = Blueprint("console", __name__, url_prefix=START)
_MOST_BYTES: Final = 4_000
_UNREAD: Final = "Geef aan dat u de waarschuwingen hebt gelezen. Er is nog niets goedgekeurd."


@blueprint.get("", endpoint="start")
def start(parts: Parts, asked: AskedRequest) -> Antwoord:
    person = asked.person
    html = render(
        "start.html",
        titel="Console",
        person=person,
        rust=time_text(person.rust),
        tot=time_text(person.tot),
        minuten=console_of(parts).rust,
        paginas=pages_for(person.rollen),
        tabellen=overview(parts, person.rollen),
    )
    return Pagina(html, headers=policy(*_login(parts).form_targets))


@blueprint.get("/terugroepingen", endpoint="recalls")
def recalls(parts: Parts, asked: AskedRequest) -> Antwoord:
    asked.query()
    html = render(
        "terugroepingen.html",
        titel="Terugroepingen",
        uitleg=explanation(),
        tabellen=recall_tables(parts),
    )
    return Pagina(html, headers=policy())


@blueprint.get("/zaakhouders", endpoint="zaakhouders")
def zaakhouders(parts: Parts, asked: AskedRequest) -> Antwoord:
    asked.query()
    found = double_zaakhouders(parts)
    return Pagina(render("zaakhouders.html", titel="Zaakhouders", tabellen=found), headers=policy())


@blueprint.get("/beleid/<part>", endpoint="policy")
def show_policy(parts: Parts, asked: AskedRequest, part: str) -> Antwoord:
    """One version of policy, by its digest."""
    asked.query()
    html = policy_page(parts, asked.person, part)
    return Pagina(html, headers=policy(*_login(parts).form_targets))


@blueprint.post("/beleid/<part>/goedkeuringen", endpoint="approve")
def approve_policy(parts: Parts, asked: AskedRequest, part: str) -> Antwoord:
    """One officer's approval; what stands in its way is said on the page itself."""
    asked.max_content_length = _MOST_BYTES
    require_own_form(parts, asked)
    life = find_policy(parts, part)
    melding = _UNREAD if warnings_of(life) and asked.form.get("gelezen") != "ja" else ""
    if not melding:
        try:
            approve(
                parts,
                asked.person,
                life.versie.digest,
                asked.trace.trace_id,
                controle=asked.form.get("controle", ""),
            )
        except RuleStepError as error:
            melding = str(error)
    if not melding:
        return Doorverwijzing(address_of(life))
    html = policy_page(parts, asked.person, part, melding)
    headers = policy(*_login(parts).form_targets)
    return Pagina(html, HTTPStatus.CONFLICT, headers)


@blueprint.get("/aanmelden", endpoint="sign_in")
def sign_in(parts: Parts, asked: AskedRequest) -> Antwoord:
    """Off to the provider. Anyone may begin; what began is bound to this browser.

    Where it leads is not said in the URL: the way back ends at the start, whoever made the link.
    """
    login, url = _login(parts).begin(anew="opnieuw" in asked.args)
    answer = Doorverwijzing(url)
    give(answer, LOGIN, hide_login(parts, login), seconds=LOGIN_SECONDS)
    return answer


@blueprint.get("/terugkeer", endpoint="come_back")
def come_back(parts: Parts, asked: AskedRequest) -> Antwoord:
    """From the provider: a session under a new id, or a page that says why not."""
    provider, console = _login(parts), console_of(parts)
    if any(len(values) != 1 for _, values in asked.args.lists()):
        raise WrongLoginError
    login = recall_login(parts, asked.cookies.get(LOGIN))
    code = provider.accept(login, asked.args)
    use_login(parts, login)
    identity = provider.identify(login, code, parts.clock.now())
    rollen = roles_of(identity.values, console.rollen)
    cookie, persoon = open_session(parts, identity, rollen, asked.cookies.get(SESSION))
    note_signed_in(parts, asked, persoon)
    log_event("console_aangemeld", trace=asked.trace.trace_id)
    answer = Doorverwijzing(START)
    take_away(answer, LOGIN)
    give(answer, SESSION, cookie)
    return answer


@blueprint.post("/afmelden", endpoint="sign_out")
def sign_out(parts: Parts, asked: AskedRequest) -> Antwoord:
    """Here first, then at the provider: its being away must not keep anybody signed in."""
    asked.max_content_length = _MOST_BYTES
    require_own_form(parts, asked)
    leave(parts, asked)
    answer: Antwoord
    try:
        answer = Doorverwijzing(
            _login(parts).farewell(f"{parts.settings.uitgever}{START}") or START
        )
    except ConnectorError as error:
        log_failure(error)
        answer = Pagina(
            render(
                "melding.html",
                titel="U bent hier afgemeld",
                tekst="De aanmelddienst van uw organisatie is niet bereikbaar: daar bent u"
                " misschien nog aangemeld. Sluit uw browser om zeker te zijn.",
                button="Opnieuw aanmelden",
                anew=False,
            ),
            headers=policy(),
        )
    take_away(answer, SESSION)
    return answer


@blueprint.get("/opmaak.css", endpoint="style")
def style(parts: Parts, asked: AskedRequest) -> Antwoord:
    console_of(parts)
    answer = Opmaak(*style_sheet())
    answer.make_conditional(asked.environ)
    return answer


def _login(parts: Parts) -> OpenIdLogin:
    if parts.aanmelding is None:
        raise NotFoundError
    return parts.aanmelding
