"""One table: exception to a page that a tired officer understands. Never the provider's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from werkzeug.exceptions import MethodNotAllowed

from connectors.errors import ConnectorError, TryLaterError, UnreachableError
from connectors.openid import LevelTooLowError, LoginRefusedError, WrongLoginError
from gateway.answers import Pagina
from gateway.console import errors
from gateway.console.cookies import SESSION, take_away
from gateway.console.pages import policy, render
from gateway.errors import row_for
from gateway.telemetry import log_failure

#: RFC 9110 asks for a challenge with each 401; browsers show the page and no dialogue.
_CHALLENGE: Final = f'Cookie realm="lso-gateway", cookie-name="{SESSION}"'


@dataclass(frozen=True, slots=True)
class Told:
    """What the person reads. `button` is the text of the link to the login; empty: none.

    `ends_session` only where the cookie itself came: a request from another site comes without
    it (SameSite), and must not make the browser drop it. `anew`: the same person, in the same
    way, would only lead here again, so the provider is told to ask.
    """

    status: HTTPStatus
    titel: str
    tekst: str
    button: str = "Opnieuw aanmelden"
    ends_session: bool = False
    anew: bool = False
    logged: bool = False


_AWAY: Final = Told(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "De aanmelddienst is niet bereikbaar",
    "Wij kregen geen antwoord van de aanmelddienst van uw organisatie. Probeer het over een paar"
    " minuten opnieuw.",
    logged=True,
)
TABLE: Final[Mapping[type[Exception], Told]] = MappingProxyType(
    {
        errors.NoSessionError: Told(
            HTTPStatus.UNAUTHORIZED,
            "Meld u aan",
            "De console is voor medewerkers met een rol in het LSO. U meldt zich aan bij uw"
            " eigen organisatie; hier is geen wachtwoord.",
            "Aanmelden",
        ),
        errors.IdleError: Told(
            HTTPStatus.UNAUTHORIZED,
            "Uw sessie is afgelopen",
            "U bent {minutes} minuten niet actief geweest. Daarom bent u afgemeld.",
            ends_session=True,
        ),
        errors.OverError: Told(
            HTTPStatus.UNAUTHORIZED,
            "Uw sessie is afgelopen",
            "U was zo lang aangemeld als mag. Meld u opnieuw aan om verder te gaan.",
            ends_session=True,
        ),
        errors.NoRoleError: Told(
            HTTPStatus.FORBIDDEN,
            "U heeft hier geen rol",
            "Uw aanmelding is gelukt, maar uw organisatie gaf u geen rol in deze console."
            " Vraag uw beheerder om een rol.",
            "Aanmelden als iemand anders",
            anew=True,
        ),
        errors.BothOfficersError: Told(
            HTTPStatus.FORBIDDEN,
            "Twee rollen die niet samengaan",
            "U bent aangewezen als privacyofficer én als tweede officer. Dat moeten twee"
            " mensen zijn. Vraag uw beheerder om een van beide in te trekken.",
            "Aanmelden als iemand anders",
            anew=True,
        ),
        errors.NotYourRoleError: Told(
            HTTPStatus.FORBIDDEN,
            "Deze pagina is niet voor uw rol",
            "U bent aangemeld, maar dit hoort bij het werk van een andere rol.",
            "",
        ),
        errors.ForgedFormError: Told(
            HTTPStatus.FORBIDDEN,
            "Dit formulier is niet aangenomen",
            "Het kwam niet van een pagina van deze console, of uw sessie was intussen een"
            " andere. Er is niets gebeurd. Ga terug naar de console en probeer het opnieuw.",
            "",
        ),
        WrongLoginError: Told(
            HTTPStatus.BAD_REQUEST,
            "Deze aanmelding is niet geldig",
            "Zij duurde langer dan tien minuten, was al gebruikt, of begon in een andere"
            " browser. Er is niemand aangemeld.",
        ),
        LoginRefusedError: Told(
            HTTPStatus.FORBIDDEN,
            "Aanmelden is niet gelukt",
            "De aanmelddienst van uw organisatie weigerde, of u brak het aanmelden af.",
        ),
        LevelTooLowError: Told(
            HTTPStatus.FORBIDDEN,
            "Uw manier van aanmelden is niet sterk genoeg",
            "Voor deze console is een hoger betrouwbaarheidsniveau nodig. Meld u opnieuw aan,"
            " met een tweede factor.",
            anew=True,
        ),
        UnreachableError: _AWAY,
        TryLaterError: _AWAY,
        ConnectorError: Told(
            HTTPStatus.BAD_GATEWAY,
            "De aanmelding is niet te vertrouwen",
            "De aanmelddienst gaf een antwoord dat niet klopt. Er is niemand aangemeld. Blijft"
            " dit gebeuren, vraag dan uw beheerder.",
            logged=True,
        ),
    }
)


def page_for(error: Exception) -> Pagina:
    """The page about an exception; what is not of the console is told as the API tells it."""
    told = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    if told is None:
        row = row_for(error)
        told = Told(row.status, row.title, row.detail, "", logged=row.logged)
    if told.logged:
        log_failure(error, status=told.status)
    tekst = told.tekst
    if isinstance(error, errors.IdleError):
        tekst = tekst.format(minutes=error.minutes)
    html = render("melding.html", titel=told.titel, tekst=tekst, button=told.button, anew=told.anew)
    page = Pagina(html, told.status, {**_headers(error, told.status), **policy()})
    if told.ends_session:
        take_away(page, SESSION)
    return page


def _headers(error: Exception, status: HTTPStatus) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": _CHALLENGE}
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": "30"}
        case _:
            return {}
